"""Sports: bodies, lines on the ground and one very long throw."""

from __future__ import annotations

import math

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Mask, Pen, Point, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene

_KEEPER: dict[str, Point] = {
    "head": (6, -156), "neck": (2, -130), "hip": (-8, -78),
    "l_elbow": (34, -136), "l_hand": (66, -158), "r_elbow": (-34, -150), "r_hand": (-52, -190),
    "l_knee": (34, -52), "l_foot": (66, -6), "r_knee": (-34, -40), "r_foot": (-74, -2),
}  # fmt: skip


@scene("sports-pitch")
def pitch(s: Sheet) -> None:
    """The pitch from its corner: mown stripes, a wet patch, the stand under lights."""
    horizon = 380.0
    field = s.below(s.y * 0 + horizon)
    s.one(s.lines(0.75 - 0.6 * ramp(s.y, 0, 300), s.y, 27), ~field)
    stand = s.pen().poly((0, 130), (1600, 60), (1600, 384), (0, 384)).mask()
    s.only_one(stand)
    crowd = s.dots(0.5 + 0.2 * s.noise(7, 130, 1), 25, 8)
    s.clear(crowd, s.pen().poly((0, 176), (1600, 118), (1600, 330), (0, 330)).mask())
    s.two(
        crowd, s.pen().poly((0, 176), (1600, 118), (1600, 330), (0, 330)).mask(), np.asarray(s.noise(19, 44, 1) > 0.5)
    )
    s.clear(s.rect(0, 330, 1600, 338) | s.rect(0, 372, 1600, 384))
    t = ramp(s.y, horizon, 1000)
    stripe = s.angle(420, 60) * 1000
    light = np.asarray(stripe % 22 < 11, dtype=np.bool_)
    s.only_one(field)
    s.clear_one(field, light, s.lines(0.66, s.y * (1 + t), 40))
    s.two(field, light, s.lines(0.66, s.y * (1 + t), 40))
    wet = s.pen().blob((830, 640), (1010, 596), (1240, 640), (1330, 720), (1150, 800), (900, 770)).mask()
    s.clear(wet)
    s.one(s.lines(0.5, s.y + 6 * np.sin(s.x / 37), 26), wet)
    s.clear(s.pen().line((420, 860), (760, 384), width=15).line((420, 860), (1660, 935), width=19).mask())
    s.clear(s.pen().curve((483, 772), (556, 792), (600, 830), (598, 871), width=15).mask())
    _goal(s, 1130, 480, 0.8)
    s.clear(s.pen().line((420, 866), (420, 450), width=36).poly((414, 436), (660, 510), (414, 600)).mask())
    s.both(s.pen().line((420, 866), (420, 450), width=16).mask())
    s.only_two(s.pen().poly((430, 458), (616, 512), (430, 576)).mask())
    for x in (170, 1420):
        lamp = s.pen().rect(x - 7, 0, x + 7, 170).rect(x - 90, 0, x + 90, 70)
        s.both(lamp.mask())
        bulbs = s.pen()
        for i in range(5):
            bulbs.disc(x - 68 + i * 34, 20, 12).disc(x - 68 + i * 34, 50, 12)
        s.clear(bulbs.mask())


def _goal(s: Sheet, x: float, y: float, size: float) -> None:
    frame = s.pen().at(x, y, size).line((-190, 0), (-190, -150), (190, -150), (190, 0), width=13)
    net = s.pen().at(x, y, size).poly((-190, -150), (190, -150), (190, 0), (-190, 0)).mask()
    s.clear(net)
    s.one(net, s.lines(0.2, s.x + s.y, 15) | s.lines(0.2, s.x - s.y, 15))
    s.clear(frame.mask())
    s.both(s.pen().at(x, y, size).line((-200, 0), (-200, -160), (200, -160), (200, 0), width=5).mask())


@scene("sports-track")
def track(s: Sheet) -> None:
    """A runner alone in front on the last bend, her shadow long behind her."""
    x, y = 560.0, 1750.0
    far = s.away(x, y)
    lanes = np.asarray((far > 760) & (far < 1400), dtype=np.bool_)
    grass = np.asarray(far <= 760, dtype=np.bool_)
    outside = ~lanes & ~grass
    s.one(s.lines(0.42 + 0.5 * ramp(s.y, 420, -60), far, 30), outside)
    s.clear(s.disc(1240, 190, 128))
    s.two(s.disc(1240, 190, 108))
    s.two(lanes)
    s.one(s.lines(ramp(far, 1150, 1420) * 0.5, far, 20), lanes)
    s.clear(np.asarray((far - 760) % 106 < 11, dtype=np.bool_), lanes)
    s.one(s.lines(0.55, s.x + s.y, 26), grass)
    s.clear(np.asarray(np.abs(far - 1404) < 12, dtype=np.bool_))
    for at_x, at_y, size, joints in ((205, 628, 1.1, motifs.PUSH), (92, 700, 1.2, motifs.STRIDE)):
        other = s.pen().at(at_x, at_y, size, 4)
        motifs.walker(other, joints, 15)
        s.one(other.mask())
    shadow = s.pen().at(800, 832, 3.0, 0)
    shadow.line((0, -6), (-140, 6), width=20).line((-120, 4), (-210, 22), width=12).line((-60, 0), (-96, 24), width=9)
    s.one(shadow.mask(), s.lines(0.62, s.y, 22))
    _runner(s, 810, 838, 3.9)


def _runner(s: Sheet, x: float, y: float, size: float) -> None:
    halo = s.pen().at(x, y, size, 4)
    motifs.walker(halo, motifs.STRIDE, 19)
    s.clear(halo.mask())
    body = s.pen().at(x, y, size, 4)
    motifs.walker(body, motifs.STRIDE, 14.5)
    body.poly((6, -164), (-22, -172), (-34, -160), (-16, -158), (2, -148))  # her plait, in the wind
    s.both(body.mask())
    vest = s.pen().at(x, y, size, 4).line((11, -122), (2, -92), width=26)
    s.only_one(vest.mask())
    bib = s.pen().at(x, y, size, 4).poly((-3, -116), (16, -119), (12, -97), (-8, -97))
    s.clear(bib.mask())
    s.only_two(s.pen().at(x, y, size, 4).poly((0, -111), (11, -113), (9, -102), (-3, -102)).mask())
    shoes = s.pen().at(x, y, size, 4).line((26, -14), (44, -17), width=9).line((-62, -36), (-68, -20), width=9)
    s.clear(
        s.pen().at(x, y, size, 4).line((26, -14), (44, -17), width=13).line((-62, -36), (-68, -20), width=13).mask()
    )
    s.only_two(shoes.mask())


@scene("sports-fell")
def fell(s: Sheet) -> None:
    """Runners with lamps climb a ridge at night."""
    moon = s.away(1190, 250)
    s.one(s.lines(0.93 - 0.62 * np.exp(-((moon / 480) ** 2)), moon, 27))
    s.clear(s.disc(1190, 250, 150))
    s.clear(motifs.stars(s, 44, 70, 520))
    s.clear(s.disc(1190, 250, 128))
    s.two(s.disc(1190, 250, 128))
    far = s.below(s.ridge(5, 640, 230, 520))
    s.clear(far)
    s.one(s.lines(0.6, s.y * 0.8 + s.x * 0.35 + 16 * np.sin(s.x / 66), 26), far)
    edge = 905 - 0.36 * s.x + s.ridge(27, 0, 50, 220, 6) + 0.000095 * (s.x - 620) ** 2
    ridge = s.below(edge)
    s.clear(s.below(edge - 12))
    s.both(ridge)
    s.clear_one(ridge, s.lines(ramp(s.y - edge, 60, 700) * 0.6, s.y - edge + 20 * np.sin(s.x / 70), 34))
    profile = np.broadcast_to(np.asarray(edge), (1, s.shape[1]))[0]
    for i, (x, size) in enumerate(
        ((330, 1.55), (575, 1.4), (800, 1.25), (985, 1.0), (1130, 0.85), (1245, 0.7), (1345, 0.58))
    ):
        y = float(profile[min(int(x * s.scale), s.shape[1] - 1)]) + 3
        _night_runner(s, ridge, (x, y), size, motifs.STRIDE if i % 2 else motifs.PUSH)


def _night_runner(s: Sheet, ridge: Mask, foot: Point, size: float, joints: dict[str, Point]) -> None:
    x, y = foot
    reach = 330 * size
    lamp = (x + size * 48, y - size * 148)
    light = motifs.beam(s, *lamp, -3, 30) & np.asarray(s.away(*lamp) < reach, dtype=np.bool_) & ~ridge
    s.clear_one(light)
    s.two(light, s.dots(ramp(s.away(*lamp), reach * 1.15, reach * 0.1), 20, 15))
    halo = s.pen().at(x, y, size, -12)
    motifs.walker(halo, joints, 24)
    s.clear(halo.mask(), ~ridge)
    body = s.pen().at(x, y, size, -12)
    motifs.walker(body, joints, 16)
    s.both(body.mask())
    s.only_two(s.pen().disc(*lamp, 9 * size).mask())


@scene("sports-rowing")
def rowing(s: Sheet) -> None:
    """Two eights side by side at dawn, blades in and blades out."""
    line = 470.0
    s.two(s.dots(ramp(s.y, 520, -40) * 0.75, 26, 30), ~s.below(s.y * 0 + line))
    s.clear(s.disc(1130, 330, 160))
    s.two(s.disc(1130, 330, 142))
    trees = s.below(s.ridge(88, line - 6, 80, 120, 6)) & ~s.below(s.y * 0 + line)
    s.only_one(trees)
    water = s.below(s.y * 0 + line)
    s.clear(water)
    s.one(s.lines(0.3 + 0.5 * ramp(s.y, line, 1000), motifs.swell(s, line, 10), 27), water)
    glint = np.exp(-(((s.x - 1130) / 210) ** 2))
    s.two(s.lines(glint * 0.75, motifs.swell(s, line, 10) + 13, 27), water)
    _eight(s, 150, 600, 0.8, 14.0)
    _eight(s, -90, 845, 1.22, -16.0)


def _eight(s: Sheet, x: float, y: float, size: float, lean: float) -> None:
    """A boat of eight with its cox, bow to the right; `lean` in degrees, forward is to the left."""
    halo, boat, bodies, oars = (s.pen().at(x, y, size) for _ in range(4))
    for pen, grow in ((halo, 12), (boat, 0)):
        pen.poly((40, -grow - 6), (1440 + grow * 3, -14 - grow), (1250, 18 + grow), (180, 18 + grow))
    for seat in range(8):
        left = 330 + seat * 118
        for pen, grow in ((halo, 20), (bodies, 0)):
            tip = math.radians(lean)
            neck = (left + 78 * math.sin(tip), -20 - 78 * math.cos(tip))
            pen.line((left, -20), neck, width=30 + grow)
            pen.line(neck, (left - 62, -56), width=14 + grow)
            pen.line((left, -16), (left - 50, -44), (left - 84, -14), width=17 + grow)
            pen.disc(neck[0] + 8 * math.sin(tip), neck[1] - 26, 19 + grow / 2)
        reach = -118 if lean > 0 else -34
        oars.line((left - 62, -56), (left + reach, 66), width=8)
        oars.line((left + reach - 4, 62), (left + reach - 26 if lean > 0 else left + reach + 16, 88), width=22)
    for pen, grow in ((halo, 18), (bodies, 0)):
        pen.line((205, -16), (212, -70), width=28 + grow).disc(214, -94, 18 + grow / 2).line(
            (210, -62), (244, -34), width=12 + grow
        )
    s.clear(halo.mask())
    s.both(bodies.mask())
    s.clear(s.pen().at(x, y, size).poly((40, -8), (1440, -16), (1250, 20), (180, 20)).mask())
    s.only_two(boat.mask())
    s.both(s.pen().at(x, y, size).poly((100, 4), (1340, 0), (1250, 18), (180, 18)).mask())
    s.both(oars.mask())


@scene("sports-goal")
def goal(s: Sheet) -> None:
    """The keeper throws from his line; the ball is on its way over everybody."""
    ground = 800.0
    net = s.pen().poly((150, 150), (1450, 150), (1330, 730), (270, 730)).mask()
    s.one(s.lines(0.5, s.y, 30), ~net)
    bulge = 26 * np.sin((s.x - 150) / 1300 * math.pi * 3) * ramp(s.y, 150, 500)
    mesh = s.lines(0.13, (s.x - 800) / (1.14 - 0.00026 * s.y) + bulge, 54) | s.lines(0.13, s.y + bulge * 0.8, 54)
    s.clear(net)
    s.two(s.dots(ramp(s.away(800, 480), 720, 60) * 0.8, 27, 45), net)
    s.one(mesh, net)
    s.clear(s.below(s.y * 0 + ground))
    s.one(s.below(s.y * 0 + ground), s.lines(0.78, s.angle(800, 380) * 1500, 62))
    s.clear(s.rect(0, ground - 6, 1600, ground + 14))
    posts = s.pen().line((150, 812), (150, 140), (1450, 140), (1450, 812), width=38)
    s.both(s.pen().line((150, 812), (150, 140), (1450, 140), (1450, 812), width=54).mask())
    s.clear(posts.mask())
    _keeper(s, 790, 872, 3.5)
    _ball(s, 1240, 128, 92)


def _keeper(s: Sheet, x: float, y: float, size: float) -> None:
    halo, body = s.pen().at(x, y, size), s.pen().at(x, y, size)
    motifs.walker(halo, _KEEPER, 21)
    halo.disc(-56, -198, 14).disc(70, -162, 13)
    motifs.walker(body, _KEEPER, 16)
    s.clear(halo.mask())
    s.both(body.mask())
    shirt = (
        s.pen().at(x, y, size).line((2, -126), (-6, -88), width=29).line((2, -128), (34, -136), (58, -153), width=13)
    )
    shirt.line((2, -128), (-34, -150), (-48, -180), width=13)
    s.only_one(shirt.mask())
    s.clear(shirt.mask(), s.lines(0.3, s.y - s.x * 0.1, 46))
    shorts = s.pen().at(x, y, size).line((-8, -78), (18, -62), width=22).line((-8, -78), (-25, -54), width=22)
    s.only_two(shorts.mask())
    gloves = s.pen().at(x, y, size).disc(-54, -195, 11).disc(69, -160, 10)
    s.only_two(gloves.mask())
    boots = s.pen().at(x, y, size).line((64, -5), (86, -9), width=12).line((-76, -2), (-60, 2), width=11)
    s.both(boots.mask())


def _ball(s: Sheet, x: float, y: float, radius: float) -> None:
    streaks = s.pen()
    for i, (off, length) in enumerate(((-62, 300), (-22, 420), (20, 380), (60, 260))):
        streaks.curve(
            (x - radius, y + off + 14),
            (x - length * 0.6, y + off + 70),
            (x - length, y + off + 150),
            width=10 + i % 2 * 4,
        )
    s.only_two(streaks.mask())
    s.clear(s.disc(x, y, radius + 16))
    s.both(s.disc(x, y, radius))
    s.clear(s.disc(x, y, radius - 9))
    patches: Pen = s.pen().poly(*motifs.ring_points(x, y, radius * 0.36, 5, -90))
    for cx, cy in motifs.ring_points(x, y, radius * 0.9, 5, -90):
        patches.poly(*motifs.ring_points(cx, cy, radius * 0.3, 5, 90)).line((x, y), (cx, cy), width=6)
    s.both(patches.mask(), s.disc(x, y, radius))

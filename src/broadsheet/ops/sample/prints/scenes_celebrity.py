"""Celebrity: velvet, light and what stands in it."""

from __future__ import annotations

import math

import numpy as np

from broadsheet.ops.sample.prints.engine import Field, Mask, Pen, Point, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


def _folds(s: Sheet, x: Field, wave: float) -> Field:
    """How far into the shade a curtain lies at each place, 0 to 1."""
    return 0.5 + 0.5 * np.asarray(np.sin(x / wave + 0.6 * np.sin(x / (wave * 2.7)) + 0.15 * np.sin(s.y / 170)))


@scene("celebrity-curtain")
def curtain(s: Sheet) -> None:
    """A curtain a hand's breadth open, footlights, and one flower on the boards."""
    stage = 790.0
    light = np.exp(-(((s.x - 800) / 330) ** 2) - ((s.y - 560) / 420) ** 2)
    fold = _folds(s, s.x, 27)
    cloth = ~s.below(s.y * 0 + stage)
    s.one(s.lines(np.clip(0.22 + 0.78 * fold - 0.2 * light, 0.1, 1), s.x + 12 * np.sin(s.y / 210), 25), cloth)
    s.two(s.dots(light * 1.15 - 0.1, 25, 30), cloth)
    # The gap: two edges drawn apart, light behind them.
    half = 26 + 150 * ramp(s.y, 200, stage) ** 2.2
    gap = np.asarray(np.abs(s.x - 800) < half, dtype=np.bool_) & cloth
    s.clear(np.asarray(np.abs(s.x - 800) < half + 13, dtype=np.bool_) & cloth)
    s.two(gap)
    s.clear(s.lines(ramp(s.y, 200, 700) * 0.5, s.angle(800, 190) * 2400, 40), gap)
    boards = ~cloth
    s.two(boards, tint=True)
    s.one(s.lines(0.24, s.angle(800, 330) * 1000, 21), boards)
    s.clear(s.pen().poly((775, stage), (825, stage), (1080, 1000), (520, 1000)).mask(), boards)
    s.two(s.pen().poly((775, stage), (825, stage), (1080, 1000), (520, 1000)).mask(), s.lines(0.5, s.y, 24), boards)
    _swags(s)
    shells = s.pen()
    for i in range(8):
        x = 120 + i * 194.0
        if abs(x - 800) > 110:
            shells.oval(x, 1000, 66, 72, 180, 360)
    s.both(shells.mask())
    _flower(s, 720, 900)


def _swags(s: Sheet) -> None:
    """The pelmet: five swags with fringes."""
    depth = 120 + 92 * np.abs(np.sin((s.x - 0) / 1600 * math.pi * 5))
    pelmet = ~s.below(depth)
    s.clear(~s.below(depth + 34))
    s.two(~s.below(depth + 24), s.lines(0.55, s.x, 16))
    s.clear_two(pelmet)
    s.one(pelmet)
    inner = depth - 26
    s.clear(s.lines(0.3, inner - s.y, 42), ~s.below(inner))
    s.both(s.lines(0.28, inner - s.y + 16, 42), ~s.below(inner))


def _flower(s: Sheet, x: float, y: float) -> None:
    stem = s.pen().at(x, y, 1, 12).curve((-30, 6), (60, 14), (150, -4), (235, 10), width=11)
    stem.blob((70, 10), (110, -32), (150, -30), (112, 0)).blob((110, 8), (140, 44), (186, 44), (150, 12))
    s.clear(s.pen().at(x, y, 1, 12).line((-40, 0), (235, 6), width=40).disc(-42, 0, 66).mask())
    s.both(stem.mask())
    s.only_one(s.pen().at(x, y, 1, 12).disc(-40, 0, 46).disc(-72, -14, 30).disc(-70, 20, 28).disc(-10, -26, 26).mask())
    bloom = s.pen().at(x, y, 1, 12).arc(-46, 0, 15, 20, 300, width=6).arc(-42, 0, 31, 120, 400, width=6)
    s.clear(bloom.mask())


@scene("celebrity-record")
def record(s: Sheet) -> None:
    """A new record half out of its sleeve, the light lying in its grooves."""
    s.two(s.dots(0.16 + 0.5 * ramp(s.x + s.y, 2300, 700), 28, 15), tint=True)
    x, y, radius = 960.0, 520.0, 430.0
    far, turn = s.away(x, y), s.angle(x, y)
    disc = np.asarray(far < radius, dtype=np.bool_)
    s.clear(np.asarray(far < radius + 16, dtype=np.bool_))
    s.one(disc)
    gleam = np.maximum(np.cos((turn - 0.88) * 4 * math.pi), 0) ** 14
    s.clear(s.lines(0.1 + 0.75 * gleam, far + 3 * np.sin(turn * 40), 22), disc, np.asarray(far > 175, dtype=np.bool_))
    s.two(s.lines(0.9 * gleam, far + 11, 22), disc, np.asarray(far > 175, dtype=np.bool_))
    s.clear(np.asarray(far < 170, dtype=np.bool_))
    s.two(np.asarray(far < 158, dtype=np.bool_))
    s.one(np.asarray(np.abs(far - 128) < 4, dtype=np.bool_))
    s.both(
        s.pen()
        .rect(x - 80, y - 84, x + 80, y - 66)
        .rect(x - 50, y - 50, x + 50, y - 40)
        .rect(x - 92, y + 60, x + 92, y + 72)
        .mask()
    )
    s.clear(s.disc(x, y, 17))
    sleeve = s.pen().at(490, 530, 1, -5)
    s.clear(sleeve.rect(-418, -448, 418, 448).mask())
    s.both(s.pen().at(490, 530, 1, -5).rect(-404, -434, 404, 434).mask())
    front = s.pen().at(490, 530, 1, -5).rect(-388, -418, 388, 418).mask()
    s.clear(front)
    _sleeve_art(s, front)


def _sleeve_art(s: Sheet, front: Mask) -> None:
    """Ridge upon ridge of sound, each hiding the one behind it."""
    s.only_two(front)
    s.clear(s.disc(520, 390, 190), front)
    s.one(s.disc(520, 390, 176), front, s.lines(0.7, s.y, 24))
    for i in range(9):
        base = 560 + i * 44
        hill = np.exp(-(((s.x - 500) / 190) ** 2))
        line = s.ridge(130 + i, base, 10, 60) - hill * (30 + 150 * np.abs(s.ridge(170 + i, 0, 1, 74, 4)))
        s.clear(front, s.below(line - 4))
        s.one(front, s.below(line - 4), ~s.below(line + 9))
        s.two(front, s.below(line + 9), tint=i % 2 == 1)


@scene("celebrity-award")
def award(s: Sheet) -> None:
    """The prize is a lantern, and tonight it is lit."""
    x, y = 800.0, 420.0
    far, turn = s.away(x, y), s.angle(x, y)
    rays = np.asarray((turn * 28) % 1 < 0.5, dtype=np.bool_)
    s.one(rays)
    s.two(~rays, s.lines(ramp(far, 980, 260), far, 36))
    s.clear(np.asarray(far < 300, dtype=np.bool_))
    s.two(s.lines(ramp(far, 320, 150), far, 24), np.asarray(far < 290, dtype=np.bool_))
    halo, iron = s.pen().at(x, y, 1.12), s.pen().at(x, y, 1.12)
    for pen, g in ((halo, 14.0), (iron, 0.0)):
        pen.poly((-118 - g, 140 + g), (-90 - g, -118 - g), (90 + g, -118 - g), (118 + g, 140 + g))
        pen.poly((-116 - g, -112), (0, -214 - g), (116 + g, -112)).rect(-134 - g, 134 - g, 134 + g, 168 + g)
        pen.arc(0, -232, 36, 0, 360, width=15 + 2 * g).rect(-30 - g, 160, 30 + g, 240).poly(
            (-30, 236), (30, 236), (92, 312), (-92, 312)
        )
        pen.rect(-150 - g, 308 - g, 150 + g, 420)
    s.clear(halo.mask())
    s.both(iron.mask())
    glass = (
        s.pen()
        .at(x, y, 1.12)
        .poly((-92, 128), (-70, -100), (-12, -100), (-12, 128))
        .poly((92, 128), (70, -100), (12, -100), (12, 128))
    )
    s.clear(glass.mask())
    s.two(glass.mask(), s.dots(ramp(s.away(x, y + 40), 190, 20), 20, 10))
    flame = s.pen().at(x, y, 1.12).blob((0, -66), (34, 10), (46, 56), (0, 100), (-46, 56), (-30, 6))
    s.clear(s.pen().at(x, y, 1.12).blob((0, -86), (46, 6), (60, 60), (0, 114), (-60, 60), (-42, 2)).mask())
    s.only_two(flame.mask())
    s.clear(s.pen().at(x, y, 1.12).blob((0, 10), (18, 52), (0, 88), (-18, 52)).mask())
    s.only_two(s.pen().at(x, y, 1.12).rect(-104, 338, 104, 386).mask())
    _confetti(s)


def _confetti(s: Sheet) -> None:
    draw = np.random.default_rng(404)
    plum, light = s.pen(), s.pen()
    for i in range(46):
        x, y = draw.random() * 1600, draw.random() * 1000
        if abs(x - 800) < 300:
            continue
        for pen, grow in ((light, 7), (plum, 0)):
            pen.at(x, y, 1, 180 * i * 0.618).rect(-19 - grow, -10 - grow, 19 + grow, 10 + grow)
    s.clear(light.mask())
    s.both(plum.mask())


_CELLO: tuple[Point, ...] = (
    (0, -250), (62, -244), (104, -196), (98, -130), (66, -82), (62, -30), (112, 26), (142, 110), (118, 196), (52, 240),
    (0, 248),
)  # fmt: skip


@scene("celebrity-cello")
def cello(s: Sheet) -> None:
    """A cello and its bow; the air around it is bent by the note."""
    x, y = 770.0, 640.0
    far = s.away(x, y)
    push = 62 * np.exp(-((far / 420) ** 2)) * np.sin(far / 34)
    s.one(s.lines(0.3 + 0.42 * ramp(s.x, 0, 1600), s.y + push + 14 * np.sin(s.x / 150), 29))
    _cello_body(s, x, y)
    bow = s.pen().at(790, 640, 1, -24).line((-560, -14), (560, -14), width=13).line((-540, 12), (545, 12), width=5)
    bow.rect(-560, -18, -500, 18).poly((548, -20), (578, 2), (548, 18))
    s.clear(s.pen().at(790, 640, 1, -24).rect(-576, -32, 592, 30).mask())
    s.both(bow.mask())


def _cello_body(s: Sheet, x: float, y: float) -> None:
    def pen() -> Pen:
        return s.pen().at(x, y, 1.13, 14)

    outline = [*_CELLO, *((-px, py) for px, py in reversed(_CELLO[1:-1]))]
    s.clear(
        pen().blob(*((px * 1.14, py * 1.06) for px, py in outline)).rect(-44, -530, 44, -50).disc(0, -546, 46).mask()
    )
    s.clear(pen().rect(-84, -548, 84, -470).rect(-18, 240, 18, 340).mask())
    body = pen().blob(*outline).mask()
    s.both(body)
    inner = [(px * 0.92, py * 0.955) for px, py in outline]
    front = pen().blob(*inner).mask()
    s.only_two(front)
    grain = s.x * math.cos(math.radians(14)) + s.y * math.sin(math.radians(14)) + 6 * np.sin(s.y / 90)
    s.one(s.lines(0.12 + 0.5 * ramp(s.x, x - 60, x + 230), grain, 24), front)
    neck = pen().poly((-17, -470), (17, -470), (30, -60), (-30, -60)).oval(0, -506, 34, 46).disc(0, -548, 27)
    for side in (-1, 1):
        neck.line((side * 20, -520), (side * 62, -526), width=13).line((side * 18, -488), (side * 58, -490), width=13)
    neck.poly((-24, 100), (24, 100), (36, 214), (-36, 214)).rect(-62, 62, 62, 76).rect(-6, 240, 6, 330)
    s.both(neck.mask())
    holes = pen()
    for side in (-1, 1):
        holes.curve(
            (side * 54, 2),
            (side * 70, -4),
            (side * 74, 30),
            (side * 82, 64),
            (side * 86, 98),
            (side * 104, 92),
            width=10,
        )
    s.both(holes.mask())
    strings = pen()
    for i in range(4):
        strings.line((-12 + i * 8, -470), (-18 + i * 12, 110), width=2.4)
    s.clear(strings.mask())
    s.clear(pen().disc(0, -548, 9).mask())


@scene("celebrity-portrait")
def portrait(s: Sheet) -> None:
    """A chair in a spotlight. The sitter has not come."""
    s.one(s.lines(0.9, s.x + 9 * np.sin(s.y / 130), 28))
    floor = s.below(s.y * 0 + 730)
    s.clear(floor)
    s.one(floor, s.lines(0.8, s.y * 1.0, 28))
    cone = s.pen().poly((1120, -60), (1200, -60), (1190, 860), (410, 860)).mask() & ~floor
    pool = s.pen().oval(800, 860, 400, 104).mask()
    s.clear(cone)
    s.two(cone, s.dots(ramp(s.y, -100, 900) * 0.85, 25, 20))
    s.clear(s.pen().oval(800, 860, 424, 118).mask())
    s.two(pool)
    shadow = s.pen().poly((640, 868), (905, 868), (700, 952), (380, 930)).line((690, 880), (470, 916), width=20)
    s.one(shadow.mask(), pool, s.lines(0.66, s.y, 20))
    halo, chair = s.pen().at(800, 880, 1.3), s.pen().at(800, 880, 1.3)
    for pen, g in ((halo, 16.0), (chair, 0.0)):
        pen.line((-100, 0), (-86, -190), width=17 + g).line((92, 0), (84, -190), width=17 + g)
        pen.line((-52, -38), (-56, -190), width=14 + g).line((120, -34), (104, -200), width=14 + g)
        pen.poly((-112 - g, -176 + g / 2), (96 + g, -176 + g / 2), (124 + g, -224 - g / 2), (-74 - g, -224 - g / 2))
        pen.line((-64, -206), (-86, -470), width=17 + g).line((116, -206), (100, -478), width=17 + g)
        pen.curve((-88, -460), (4, -500), (102, -470), width=30 + g)
    s.clear(halo.mask())
    s.both(chair.mask())
    back = s.pen().at(800, 880, 1.3)
    for i in range(4):
        back.line((-36 + i * 36, -222), (-50 + i * 36, -474), width=8)
    s.both(back.mask())
    scarf = (
        s.pen()
        .at(800, 880, 1.3)
        .curve((-96, -420), (-72, -474), (-46, -470), (-50, -380), (-70, -300), (-52, -238), width=24)
    )
    s.only_one(scarf.mask())
    lamp = (
        s.pen()
        .at(1180, 0, 1.2, 24)
        .rect(-62, -60, 62, 70)
        .poly((-62, 66), (62, 66), (86, 110), (-86, 110))
        .rect(-10, -160, 10, -60)
    )
    s.clear(
        s.pen().at(1180, 0, 1.2, 24).rect(-74, -80, 74, 70).poly((-74, 66), (74, 66), (102, 120), (-102, 120)).mask()
    )
    s.both(lamp.mask())

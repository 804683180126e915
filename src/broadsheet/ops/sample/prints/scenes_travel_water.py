"""Travel over water: a night train, a mail boat, a bridge that opens."""

from __future__ import annotations

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


@scene("travel-nighttrain")
def nighttrain(s: Sheet) -> None:
    """The night train on a viaduct by the sea, every window lit."""
    line = 520.0
    moon = s.away(1180, 215)
    s.one(s.lines(0.93 - 0.5 * np.exp(-((moon / 330) ** 2)), s.y + 8 * np.sin(s.x / 170), 29))
    s.clear(motifs.stars(s, 17, 60, 420))
    s.clear(s.disc(1180, 215, 128))
    s.two(s.disc(1180, 215, 110))
    s.clear(s.disc(1136, 190, 92))
    s.one(s.disc(1136, 190, 92), s.lines(0.6, s.y + 8 * np.sin(s.x / 170), 29))
    hills = s.below(s.ridge(66, line - 20, 190, 460) + (s.x - 600) * 0.06)
    s.clear(s.below(s.ridge(66, line - 32, 190, 460) + (s.x - 600) * 0.06))
    s.both(hills)
    sea = s.below(s.y * 0 + line)
    s.clear(sea)
    wave = motifs.swell(s, line, 12)
    s.one(s.lines(0.55 + 0.35 * ramp(s.y, line, 1000), wave, 30), sea)
    glint = np.exp(-(((s.x - 1180) / (60 + 120 * ramp(s.y, line, 1000))) ** 2))
    s.clear_one(sea, s.lines(glint * 0.8, wave + 15, 30))
    s.two(sea, s.lines(glint * 0.8, wave + 15, 30))
    _viaduct(s, 690)
    _sleeping_cars(s, 690)


def _viaduct(s: Sheet, deck: float) -> None:
    arches = s.pen().rect(-10, deck, 1610, 1010).rub()
    for i in range(6):
        x = 40 + i * 304
        arches.rect(x - 112, deck + 170, x + 112, 1010).oval(x, deck + 170, 112, 112, 180, 360)
    stone = arches.mask()
    rim = s.pen().rect(-10, deck - 8, 1610, 1010).rub()
    for i in range(6):
        x = 40 + i * 304
        rim.rect(x - 98, deck + 170, x + 98, 1010).oval(x, deck + 170, 98, 98, 180, 360)
    s.clear(rim.mask())
    s.both(stone)
    s.clear_two(stone, s.lines(0.5, s.y, 36))
    s.clear(stone, s.rect(0, deck + 22, 1600, deck + 32))


def _sleeping_cars(s: Sheet, rail: float) -> None:
    s.clear(
        s.rect(-10, rail - 190, 1330, rail)
        | s.pen().blob((1250, rail - 196), (1400, rail - 190), (1500, rail - 90), (1508, rail), (1250, rail)).mask()
    )
    body, glass, wheels = s.pen(), s.pen(), s.pen()
    for i in range(4):
        left = -250 + i * 392.0
        body.rect(left, rail - 172, left + 376, rail - 24)
        wheels.rect(left + 370, rail - 60, left + 400, rail - 40)
        for window in range(6):
            glass.rect(left + 22 + window * 58, rail - 138, left + 62 + window * 58, rail - 84)
        for axle in (44, 92, 284, 332):
            wheels.disc(left + axle, rail - 18, 19)
    body.poly(
        (1318, rail - 172),
        (1370, rail - 172),
        (1440, rail - 130),
        (1484, rail - 60),
        (1486, rail - 24),
        (1318, rail - 24),
    )
    wheels.disc(1360, rail - 18, 19).disc(1408, rail - 18, 19)
    shell = body.mask()
    s.both(shell)
    s.only_one(shell, s.rect(-10, rail - 66, 1600, rail - 40))
    s.clear(shell, s.rect(-10, rail - 74, 1600, rail - 66))
    s.only_two(glass.mask())
    s.both(wheels.mask())
    sleeper = s.pen()
    for x in (612, 1004, 400):  # here and there a passenger sits up
        sleeper.disc(x, rail - 108, 13).oval(x, rail - 82, 21, 18, 180, 360)
    s.both(sleeper.mask(), glass.mask())
    s.only_two(s.pen().poly((1392, rail - 150), (1440, rail - 118), (1452, rail - 92), (1392, rail - 92)).mask())
    ray = motifs.beam(s, 1486, rail - 44, 3, 16) & np.asarray((s.y < rail - 8) & (s.x > 1490), dtype=np.bool_)
    s.clear(ray)
    s.two(ray, s.dots(0.66, 21, 30))


@scene("travel-boat")
def boat(s: Sheet) -> None:
    """The mail boat from above, between four islands, its wake behind it."""
    s.one(s.lines(0.5, s.y + 20 * np.sin(s.x / 120 + s.y / 210) + 7 * np.sin(s.x / 43), 31))
    islands = (
        (310, 260, 250, 190, 3), (1330, 230, 230, 170, 7), (1270, 800, 290, 180, 12), (240, 840, 210, 150, 21),
    )  # fmt: skip
    for x, y, rx, ry, seed in islands:
        turn = s.angle(x, y) * 2 * np.pi
        rough = (
            1 + 0.12 * np.sin(3 * turn + seed) + 0.07 * np.sin(5 * turn + 2 * seed) + 0.04 * np.sin(11 * turn + seed)
        )
        shore = np.hypot((s.x - x) / rx, (s.y - y) / ry) / rough
        s.clear(np.asarray(shore < 1.36, dtype=np.bool_))
        s.one(np.asarray((shore > 1.2) & (shore < 1.27), dtype=np.bool_))
        s.two(np.asarray(shore < 1.08, dtype=np.bool_))
        s.one(np.asarray(shore < 0.86, dtype=np.bool_), s.lines(0.34 + 0.5 * (0.86 - shore), shore * 250 + seed, 40))
        roofs = s.pen()
        for i in range(4):
            roofs.at(x - rx * 0.4 + i * rx * 0.24, y + ry * 0.2 - (i * 37 % 50), 1, seed * 9 + i * 20).rect(
                -19, -13, 19, 13
            )
        s.clear(roofs.mask())
    wake = s.pen().curve((-40, 560), (180, 580), (420, 540), (640, 560), (790, 505), width=86)
    s.clear(wake.mask())
    rolls = s.pen()
    for place, heading in motifs.along([(-40, 560), (180, 580), (420, 540), (640, 560), (790, 505)], 44):
        rolls.at(*place, 1, heading).curve((-14, -34), (8, 0), (-14, 34), width=11)
    s.two(rolls.mask())
    _mail_boat(s, 880, 466, -22)
    birds = s.pen()
    for left, top, size, lean in ((760, 250, 1.7, 10), (860, 190, 1.2, -8), (690, 800, 1.5, 6), (980, 700, 1.1, 14)):
        motifs.gull(birds.at(left, top, size, lean))
    s.clear(birds.mask())


def _mail_boat(s: Sheet, x: float, y: float, turn: float) -> None:
    def pen() -> Pen:
        return s.pen().at(x, y, 1.25, turn)

    s.clear(pen().blob((-160, -66), (20, -76), (140, -48), (214, 0), (140, 48), (20, 76), (-160, 66), (-176, 0)).mask())
    s.both(pen().blob((-144, -50), (20, -60), (124, -36), (188, 0), (124, 36), (20, 60), (-144, 50), (-156, 0)).mask())
    s.only_two(
        pen().blob((-128, -36), (20, -46), (112, -26), (164, 0), (112, 26), (20, 46), (-128, 36), (-136, 0)).mask()
    )
    s.clear(pen().rect(-30, -34, 62, 34).mask())
    s.both(pen().rect(-30, -34, 62, -28).rect(-30, 28, 62, 34).rect(46, -34, 62, 34).rect(-30, -34, -24, 34).mask())
    s.both(pen().disc(4, 0, 15).mask())
    sacks = pen()
    for px, py in ((-104, -18), (-80, 12), (-108, 16), (-62, -16)):
        sacks.disc(px, py, 15)
    s.only_one(sacks.mask())
    s.clear(pen().line((84, 0), (140, 0), width=4).disc(112, 0, 7).mask())


@scene("travel-bridge")
def bridge(s: Sheet) -> None:
    """A bascule bridge stands open for a single sail."""
    line = 730.0
    s.two(s.lines(ramp(s.y, 700, -120), s.y + 10 * np.sin(s.x / 190), 29), ~s.below(s.y * 0 + line))
    s.clear(s.disc(800, 430, 270))
    s.two(s.disc(800, 430, 250))
    s.one(s.below(s.ridge(35, line - 20, 80, 260)) & ~s.below(s.y * 0 + line))
    water = s.below(s.y * 0 + line)
    s.clear(water)
    s.one(s.lines(0.4 + 0.4 * ramp(s.y, line, 1000), motifs.swell(s, line, 11), 29), water)
    glint = np.exp(-(((s.x - 800) / 250) ** 2))
    s.two(s.lines(glint * 0.66, motifs.swell(s, line, 11) + 14, 29), water)
    for flip in (False, True):
        _leaf(s, flip)
    halo, hull, canvas = (s.pen().at(800, 800, 2.6) for _ in range(3))
    for pen, g in ((halo, 4.0), (hull, 0.0)):
        pen.poly((-66 - g, -14 - g), (72 + g, -20 - g), (46 + g, 8 + g), (-50 - g, 8 + g)).rect(
            -2 - g, -196 - g, 2 + g, -12
        )
    halo.poly((-10, -192), (-10, -18), (-72, -18)).poly((10, -200), (10, -18), (78, -22))
    canvas.poly((-6, -180), (-6, -24), (-60, -24)).poly((7, -186), (7, -24), (66, -28))
    s.clear(halo.mask())
    s.both(hull.mask())
    s.one(canvas.mask(), np.asarray(s.x > 800, dtype=np.bool_))
    s.one(canvas.mask(), np.asarray(s.x < 800, dtype=np.bool_), s.lines(0.4, s.y, 21))


def _leaf(s: Sheet, flip: bool) -> None:
    """One half of the bridge: the pier with its tower, and the raised leaf."""

    def pen() -> Pen:
        return s.pen().at(1600 if flip else 0, 0, 1, flip=flip)

    s.clear(
        pen()
        .rect(-10, 560, 470, 630)
        .rect(184, 600, 452, 1010)
        .rect(206, 220, 414, 600)
        .poly((190, 230), (310, 100), (430, 230))
        .mask()
    )
    s.both(pen().rect(-10, 574, 456, 618).mask())
    stone = pen().rect(196, 618, 440, 1010).rect(220, 236, 400, 580).poly((204, 240), (310, 122), (416, 240)).mask()
    s.one(stone)
    s.clear(stone, s.lines(0.2, s.y, 44), s.rect(0, 250, 1600, 1000))
    s.only_two(pen().rect(270, 300, 350, 400).oval(310, 300, 40, 40, 180, 360).mask())
    s.both(pen().rect(306, 262, 314, 400).rect(270, 340, 350, 348).mask())
    s.both(pen().rect(288, 480, 332, 580).oval(310, 480, 22, 24, 180, 360).mask())
    rail = pen().rect(-10, 520, 210, 530)
    for i in range(7):
        rail.rect(i * 36 - 6, 520, i * 36 + 2, 580)
    s.both(rail.mask())
    lift = s.pen().at(1150 if flip else 450, 600, 1, 73 if flip else -73, flip=flip)
    wide = s.pen().at(1150 if flip else 450, 600, 1, 73 if flip else -73, flip=flip)
    for p, g in ((wide, 13.0), (lift, 0.0)):
        p.poly((-60 - g, -14 - g), (420 + g, -14 - g), (420 + g, 12 + g), (60, 64 + g), (-60 - g, 64 + g))
    s.clear(wide.mask())
    s.both(lift.mask())
    truss = s.pen().at(1150 if flip else 450, 600, 1, 73 if flip else -73, flip=flip)
    for i in range(5):
        truss.poly((40 + i * 64, 8), (80 + i * 64, 8), (60 + i * 64, 40 - i * 7))
    s.clear(truss.mask())
    chain = s.pen().line((1600 - 380 if flip else 380, 250), (1600 - 552 if flip else 552, 262), width=8)
    s.both(chain.mask())

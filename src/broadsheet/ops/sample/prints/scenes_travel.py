"""Travel: slow ways of getting to places."""

from __future__ import annotations

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene

_WALL, _SHADE, _ROOF, _PANE = range(1, 5)


@scene("travel-city")
def city(s: Sheet) -> None:
    """Breakfast above a city of cubes and domes."""
    s.two(s.dots(ramp(s.y, 520, -60) * 0.8, 27, 30))
    s.clear(s.disc(1180, 210, 128))
    s.two(s.disc(1180, 210, 112))
    sea = s.rect(0, 400, 1600, 760)
    s.clear(sea)
    s.one(s.lines(0.5, motifs.swell(s, 330, 7), 25), sea)
    s.only_one(s.rect(0, 690, 1600, 1000))
    pen = s.pen()
    draw = np.random.default_rng(19)
    for row in range(8):
        count = 5 + row
        for i in range(count):
            spread = 190 + row * 118
            x = 800 + (i - (count - 1) / 2) * spread * 2 / count + draw.random() * 24 - 12
            _cube_house(
                pen, x, 330 + row * 62 + draw.random() * 16, 62 + row * 7 + draw.random() * 26, int(draw.integers(0, 6))
            )
    town = pen.numbers()
    s.clear(town > 0)
    s.one(town == _SHADE)
    s.two(town == _ROOF)
    s.both(town == _PANE)
    _breakfast(s)


def _cube_house(pen: Pen, x: float, foot: float, wide: float, kind: int) -> None:
    """A house of two faces; some carry a dome, some a stair of terraces."""
    tall = wide * (0.9 + 0.16 * kind)
    pen.at(x, foot)
    pen.ink(_SHADE).rect(-wide / 2 - 6, -tall - 6, wide / 2 + 6, 90)
    pen.ink(_WALL).rect(-wide / 2, -tall, wide / 2, 84)
    pen.ink(_SHADE).rect(wide * 0.16, -tall, wide / 2, 84)
    if kind in (1, 4):
        pen.ink(_SHADE).oval(0, -tall, wide * 0.4 + 6, wide * 0.46 + 6, 180, 360).rect(-3, -tall - wide * 0.7, 4, -tall)
        pen.ink(_ROOF).oval(0, -tall, wide * 0.4, wide * 0.46, 180, 360)
        pen.ink(_SHADE).oval(wide * 0.14, -tall, wide * 0.2, wide * 0.36, 180, 360)
    elif kind == 2:
        pen.ink(_ROOF).rect(-wide / 2, -tall, wide * 0.16, -tall + wide * 0.16)
    pen.ink(_PANE)
    for column in (-0.34, -0.06):
        for row in range(2):
            left, top = wide * column, -tall + wide * (0.34 + 0.42 * row)
            pen.rect(left, top + wide * 0.06, left + wide * 0.14, top + wide * 0.26).oval(
                left + wide * 0.07, top + wide * 0.06, wide * 0.07, wide * 0.07
            )


def _breakfast(s: Sheet) -> None:
    s.clear(s.pen().oval(800, 1010, 620, 176).mask())
    s.both(s.pen().oval(800, 1010, 600, 160).mask())
    s.clear(s.pen().oval(800, 1002, 574, 140).mask())
    s.two(s.pen().oval(800, 1002, 574, 140).mask(), s.lines(0.5, s.x + s.y, 44) | s.lines(0.5, s.x - s.y, 44))
    cup = s.pen().at(1010, 968).oval(0, 0, 150, 34)
    s.clear(s.pen().at(1010, 968).oval(0, 0, 164, 44).oval(0, -54, 112, 84).rect(-112, -110, 170, -50).mask())
    s.both(cup.mask())
    bowl = (
        s.pen()
        .at(1010, 960)
        .oval(0, -50, 96, 58, 0, 180)
        .rect(-96, -104, 96, -48)
        .arc(100, -62, 34, -100, 110, width=15)
    )
    s.only_one(bowl.mask())
    s.clear(s.pen().at(1010, 960).oval(0, -104, 96, 22).mask())
    s.both(s.pen().at(1010, 960).oval(0, -102, 82, 15).mask())
    s.clear(s.pen().at(590, 950).oval(0, 14, 206, 44).oval(0, -20, 170, 70).mask())
    s.one(s.pen().at(590, 966).oval(0, 0, 190, 32).mask())
    s.clear(s.pen().at(590, 960).oval(0, 0, 160, 22).mask())
    roll = (
        s.pen()
        .at(590, 950)
        .blob((-140, 10), (-110, -44), (-40, -76), (50, -74), (116, -40), (140, 14), (60, -12), (-60, -14))
    )
    s.only_two(roll.mask())
    s.one(roll.mask(), s.lines(0.34, s.angle(590, 1080) * 900, 27))
    steam = s.pen()
    for x in (985, 1035):
        steam.curve((x, 840), (x + 18, 790), (x - 4, 740), (x + 14, 690), width=12)
    s.both(steam.mask())


@scene("travel-dunes")
def dunes(s: Sheet) -> None:
    """Salt pans at the foot of the dunes, with cones of raked salt."""
    s.two(s.dots(ramp(s.y, -60, 460) * 0.6, 27, 15))
    s.clear(s.disc(520, 230, 132))
    s.two(s.disc(520, 230, 116))
    for i, (base, height, phase) in enumerate(((400, 90, 0.4), (470, 110, 2.3), (560, 100, 4.4))):
        crest = base - height * np.abs(np.sin(s.x / (410 + 60 * i) + phase)) ** 1.6
        dune = s.below(crest)
        # The edge between the sunny and the lee side runs down from the crest at a slant.
        slant = (s.x - 1.5 * (s.y - crest) - 30 * np.sin((s.y - crest) / 50)) / (410 + 60 * i) + phase
        lee = np.asarray(np.cos(slant) * np.sin(slant) < 0, dtype=np.bool_)
        s.clear(s.below(crest - 8))
        ripple = s.y - crest + 15 * np.sin(s.x / 72 + s.y / 46)
        s.two(dune, lee)
        s.one(s.lines(0.3 + 0.16 * i, ripple, 28), dune, lee)
        s.two(s.lines(0.5, ripple, 28), dune, ~lee)
    flat = s.below(s.y * 0 + 610)
    s.clear(flat)
    t = ramp(s.y, 560, 1000)
    across, away = (s.x - 930) / (0.16 + t), 120 / (0.16 + t)
    dam = np.asarray((np.abs(across % 420 - 210) > 186) | (away % 96 > 82), dtype=np.bool_) & flat
    number = np.floor((across + 0) / 420) * 3 + np.floor(away / 96) * 5
    wet = flat & ~dam
    s.one(wet, np.asarray(number % 4 == 1, dtype=np.bool_))
    s.two(wet, np.asarray(number % 4 == 3, dtype=np.bool_), tint=True)
    s.one(wet, np.asarray(number % 4 == 2, dtype=np.bool_), s.lines(0.42, s.y, 25))
    s.both(
        flat,
        np.asarray(np.abs(np.abs(across % 420 - 210) - 186) < 5, dtype=np.bool_),
        ~np.asarray(away % 96 > 86, dtype=np.bool_),
    )
    for x, y, size in (
        (310, 800, 1.15),
        (560, 745, 0.8),
        (745, 700, 0.55),
        (1245, 850, 1.3),
        (1120, 735, 0.7),
        (980, 690, 0.5),
    ):
        _salt(s, x, y, size)
    _raker(s, 800, 905, 1.2)


def _salt(s: Sheet, x: float, y: float, size: float) -> None:
    s.both(s.pen().at(x, y, size).blob((-132, 8), (-60, -70), (0, -142), (60, -70), (132, 8), (0, 26)).mask())
    heap = s.pen().at(x, y, size).blob((-120, 4), (-56, -68), (0, -128), (56, -68), (120, 4), (0, 18)).mask()
    s.clear(heap)
    s.one(heap, s.lines(ramp(s.x, x - 30 * size, x + 110 * size) * 0.8, s.y - np.abs(s.x - x) * 0.5, 18))


def _raker(s: Sheet, x: float, y: float, size: float) -> None:
    joints = motifs.PUSH | {
        "r_hand": (52, -84),
        "r_elbow": (22, -100),
        "l_hand": (64, -96),
        "head": (26, -150),
        "neck": (18, -126),
    }
    halo, body = s.pen().at(x, y, size), s.pen().at(x, y, size)
    motifs.walker(halo, joints, 26)
    halo.line((0, -150), (190, 4), width=26)
    motifs.walker(body, joints, 17)
    body.line((2, -152), (190, 2), width=8).rect(168, -4, 214, 8).oval(26, -162, 36, 9).oval(26, -166, 18, 16)
    s.clear(halo.mask())
    s.both(body.mask())
    s.only_two(s.pen().at(x, y, size).line((18, -118), (4, -90), width=26).mask())


@scene("travel-peaks")
def peaks(s: Sheet) -> None:
    """A hut with its lamp lit below three peaks, and two walkers who have seen it."""
    s.one(s.lines(ramp(s.y, 620, -200) * 0.85, s.y + 9 * np.sin(s.x / 150), 29))
    s.clear(s.disc(430, 250, 126))
    s.two(s.disc(430, 250, 110))
    for x, top, wide, seed in ((330, 330, 0.9, 3), (1320, 250, 0.82, 9), (850, 120, 1.0, 5)):
        edge = top + np.abs(s.x - x) * wide + s.ridge(seed * 11, 0, 60, 130, 5)
        mountain = s.below(edge)
        s.clear(s.below(edge - 9))
        side = np.asarray(s.x + 22 * np.sin(s.y / 46) + 0.12 * (s.y - top) > x, dtype=np.bool_)
        snow = ~s.below(top + 175 + 40 * np.sin(s.x / 37) + 20 * np.sin(s.x / 13))
        slope = np.where(side, s.x, -s.x) * 0.62 + s.y + 10 * np.sin(s.x / 40)
        s.one(mountain, side, s.lines(0.8, slope, 29))
        s.one(mountain, ~side, ~snow, s.lines(0.34, slope, 29))
        s.clear(mountain, side, snow, s.lines(0.5, slope + 14, 29))
    meadow = s.below(s.ridge(91, 800, 130, 520, 4) + 60 * np.cos((s.x - 800) / 330))
    s.clear(s.below(s.ridge(91, 786, 130, 520, 4) + 60 * np.cos((s.x - 800) / 330)))
    s.two(meadow)
    s.one(meadow, s.lines(0.3 + 0.34 * ramp(s.y, 760, 1000), s.y + 16 * np.sin(s.x / 118), 30))
    trees, halo = s.pen(), s.pen()
    for x, y, size in (
        (120, 860, 1.5),
        (205, 880, 1.9),
        (300, 860, 1.3),
        (1420, 880, 2.0),
        (1510, 860, 1.6),
        (1330, 870, 1.3),
    ):
        motifs.conifer(halo.at(x, y + 8, size * 1.14))
        motifs.conifer(trees.at(x, y, size))
    s.clear(halo.mask())
    s.both(trees.mask())
    _hut(s, 1010, 850, 2.3)
    path = s.pen().curve((560, 1010), (610, 950), (760, 930), (900, 900), (985, 858), width=17)
    s.clear(path.mask())
    for x, y, size, joints in ((600, 942, 0.86, motifs.PUSH), (695, 930, 0.8, motifs.STRIDE)):
        _hiker(s, x, y, size, dict(joints))


def _hut(s: Sheet, x: float, y: float, size: float) -> None:
    s.clear(
        s.pen()
        .at(x, y, size)
        .poly((-62, 8), (-62, -40), (-76, -40), (0, -102), (76, -40), (62, -40), (62, 8))
        .rect(22, -104, 44, -60)
        .mask()
    )
    s.both(s.pen().at(x, y, size).poly((-52, 0), (-52, -40), (52, -40), (52, 0)).rect(28, -94, 38, -60).mask())
    s.only_one(s.pen().at(x, y, size).poly((-66, -38), (0, -92), (66, -38)).mask())
    s.clear(s.pen().at(x, y, size).poly((-66, -38), (0, -92), (-8, -70), (-40, -38)).mask(), s.lines(0.5, s.y, 15))
    s.only_two(s.pen().at(x, y, size).rect(-38, -30, -14, -10).rect(18, -30, 40, 0).mask())
    s.both(s.pen().at(x, y, size).rect(-27, -30, -25, -10).rect(-38, -21, -14, -19).mask())


def _hiker(s: Sheet, x: float, y: float, size: float, joints: dict[str, tuple[float, float]]) -> None:
    joints |= {"r_hand": (56, -92), "r_foot": (-34, -2), "r_knee": (-14, -42), "l_foot": (38, -2)}
    halo, body = s.pen().at(x, y, size), s.pen().at(x, y, size)
    for pen, thick in ((halo, 25), (body, 16)):
        motifs.walker(pen, joints, thick)
        pen.line((56, -104), (70, 4), width=thick * 0.42)
    halo.rect(-46, -142, 2, -74)
    s.clear(halo.mask())
    s.both(body.mask())
    s.only_one(s.pen().at(x, y, size).poly((-38, -132), (2, -136), (-6, -80), (-40, -84)).mask())

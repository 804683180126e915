"""Gaming after dark: a canal city and an arcade."""

from __future__ import annotations

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


@scene("gaming-lanterns")
def lanterns(s: Sheet) -> None:
    """A dark city on a canal; one boat, and all its lamps."""
    line = 560.0
    s.one(s.lines(0.9 - 0.5 * ramp(s.y, 0, line), s.away(800, 470), 30))
    s.clear(s.disc(800, 330, 120))
    s.two(s.disc(800, 330, 104))
    draw = np.random.default_rng(31)
    for side in (-1, 1):
        for i in range(8):  # from far to near: houses grow and step outwards
            t = (i / 6) ** 1.6
            inner, outer = 70 + 470 * t, 70 + 470 * ((i + 1.3) / 6) ** 1.6 + 40
            top, foot = 330 - 330 * t + draw.random() * 70 - 35, line + 18 + 250 * t
            _canal_house(s, side, (inner, outer, top, foot), int(draw.integers(0, 3)))
    _canal_water(s, line)
    bridge = (
        s.pen().oval(800, 600, 250, 120, 180, 360).rect(540, 560, 1060, 600).mask()
        & ~s.pen().oval(800, 606, 170, 84).mask()
    )
    s.clear(s.pen().oval(800, 600, 262, 132, 180, 360).mask() & bridge)
    s.both(bridge)
    for x, y, r in ((800, 452, 15), (690, 474, 13), (910, 474, 13), (585, 540, 15), (1015, 540, 15)):
        _lamp(s, x, y, r)
    for x, y, r in ((430, 560, 22), (1170, 560, 22), (250, 600, 32), (1350, 600, 32), (70, 660, 42), (1530, 660, 42)):
        pole = s.pen().rect(x - r * 0.16, y, x + r * 0.16, y + r * 8)
        s.both(pole.mask())
        _lamp(s, x, y, r)
    _lantern_boat(s)


def _canal_house(s: Sheet, side: int, box: tuple[float, float, float, float], kind: int) -> None:
    inner, outer, top, foot = box

    def pen() -> Pen:
        return s.pen().at(800, 0, 1, flip=side < 0)

    wide = outer - inner
    wall = pen().rect(inner, top, outer, foot)
    if kind == 0:
        wall.poly((inner, top), (inner + wide / 2, top - wide * 0.5), (outer, top))
    elif kind == 1:
        for step in range(4):
            wall.rect(inner + step * wide * 0.12, top - (step + 1) * wide * 0.11, outer - step * wide * 0.12, top)
    else:
        wall.oval(inner + wide / 2, top, wide * 0.36, wide * 0.4, 180, 360).rect(
            inner + wide * 0.48, top - wide * 0.62, inner + wide * 0.52, top
        )
    body = wall.mask()
    s.clear(pen().rect(inner - 8, top, inner, foot).mask())
    s.both(body)
    s.clear_two(body, s.lines(ramp(s.y, top, foot) * 0.5, s.y, 34))
    panes, unit = pen(), wide / 5
    for column in range(2):
        for row in range(int((foot - top) / (unit * 2))):
            if (column * 5 + row * 3 + kind) % 4 != 1:
                x, y = inner + unit * (0.8 + 2 * column), top + unit * (0.5 + 1.9 * row)
                panes.rect(x, y, x + unit * 1.1, y + unit * 1.1)
    s.only_two(panes.mask(), s.below(s.y * 0 + top), ~s.below(s.y * 0 + foot - unit))


def _canal_water(s: Sheet, line: float) -> None:
    t = ramp(s.y, line + 20, 1000)
    water = np.asarray(np.abs(s.x - 800) < 60 + 760 * t, dtype=np.bool_) & s.below(s.y * 0 + line + 20)
    s.clear(np.asarray(np.abs(s.x - 800) < 76 + 790 * t, dtype=np.bool_) & s.below(s.y * 0 + line + 16))
    wave = motifs.swell(s, line, 12, 50)
    s.one(water)
    s.clear(s.lines(0.2 + 0.1 * t, wave, 30), water)
    glow = np.exp(-(((s.x - 800) / (60 + 120 * t)) ** 2))
    for x in (-470, 470, -250, 250):
        glow = np.maximum(glow, 0.8 * np.exp(-(((s.x - 800 - x * (0.6 + t)) / 46) ** 2)))
    lit = s.lines(glow * 0.9, wave + 15, 30)
    s.clear_one(lit, water)
    s.two(lit, water)


def _lamp(s: Sheet, x: float, y: float, r: float) -> None:
    glow = s.away(x, y)
    s.clear(np.asarray(glow < r * 2.1, dtype=np.bool_))
    s.two(np.asarray((glow > r * 1.45) & (glow < r * 1.85), dtype=np.bool_))
    s.two(np.asarray(glow < r * 1.1, dtype=np.bool_))


def _lantern_boat(s: Sheet) -> None:
    def pen() -> Pen:
        return s.pen().at(800, 840, 1.15)

    hull = (
        (-250, -64),
        (-200, -10),
        (-110, 22),
        (110, 22),
        (200, -10),
        (262, -76),
        (180, -34),
        (90, -20),
        (-100, -20),
        (-190, -34),
    )
    s.clear(pen().poly(*((x * 1.06, y * 1.2) for x, y in hull)).mask())
    s.both(pen().poly(*hull).mask())
    person = pen()
    motifs.walker(
        person, motifs.PUSH | {"r_hand": (44, -110), "r_elbow": (24, -104), "l_foot": (20, 0), "l_knee": (22, -40)}, 17
    )
    s.clear(pen().line((8, -128), (0, -30), width=58).disc(22, -154, 30).mask())
    s.both(person.mask())
    s.both(pen().line((58, -280), (-60, 130), width=9).mask())
    s.clear(pen().disc(-170, -120, 74).mask())
    s.two(pen().disc(-170, -120, 62).mask(), s.lines(0.62, s.away(604, 702), 22))
    s.both(pen().line((-204, -30), (-196, -210), (-170, -214), (-170, -160), width=9).mask())
    s.only_two(pen().blob((-170, -160), (-140, -128), (-150, -86), (-190, -86), (-200, -128)).mask())
    s.both(pen().rect(-192, -166, -148, -156).rect(-186, -86, -154, -76).rect(-173, -156, -167, -86).mask())


@scene("gaming-arcade")
def arcade(s: Sheet) -> None:
    """Three old cabinets by the sea front; one is still being played."""
    s.one(s.lines(0.88, s.x, 29))
    s.clear(s.pen().poly((560, 240), (1040, 240), (1500, 1000), (100, 1000)).mask())
    s.two(
        s.pen().poly((560, 240), (1040, 240), (1480, 1000), (120, 1000)).mask(),
        s.dots(0.2 + 0.5 * ramp(s.y, 300, 1000), 27, 30),
    )
    floor = s.below(s.y * 0 + 850)
    s.clear(floor)
    check = np.asarray(
        (np.floor((s.x - 800) / (40 + 0.32 * (s.y - 850)) / 2) + np.floor(200 / (s.y - 760) * 9)) % 2 == 0,
        dtype=np.bool_,
    )
    s.one(floor, check)
    for x, size in ((300, 0.86), (1300, 0.86)):
        _cabinet(s, x, 885, size, lit=False)
    _cabinet(s, 800, 955, 1.2, lit=True)
    bulbs = s.pen()
    for i in range(20):
        bulbs.disc(42 + i * 80, 34, 17)
    s.clear(s.rect(0, 0, 1600, 72))
    s.both(s.rect(0, 0, 1600, 64))
    s.only_two(bulbs.mask())


def _cabinet(s: Sheet, x: float, foot: float, size: float, lit: bool) -> None:
    def pen() -> Pen:
        return s.pen().at(x, foot, size)

    s.clear(
        pen()
        .poly(
            (-214, -724),
            (214, -724),
            (214, -540),
            (190, -520),
            (190, -330),
            (226, -262),
            (226, 14),
            (-226, 14),
            (-226, -262),
            (-190, -330),
            (-190, -520),
            (-214, -540),
        )
        .mask()
    )
    s.both(
        pen()
        .poly(
            (-200, -710),
            (200, -710),
            (200, -548),
            (176, -520),
            (176, -326),
            (212, -256),
            (212, 0),
            (-212, 0),
            (-212, -256),
            (-176, -326),
            (-176, -520),
            (-200, -548),
        )
        .mask()
    )
    s.only_two(pen().rect(-178, -690, 178, -600).mask())
    stars = pen()
    for i in range(5):
        stars.poly(*motifs.ring_points(-128 + i * 64, -645, 22, 4))
    s.both(stars.mask())
    screen = pen().rect(-150, -568, 150, -342).mask()
    if lit:
        s.clear(screen)
        _invaders(s, x, foot, size)
    else:
        s.clear_two(screen)
        s.clear(screen, s.lines(0.3, s.y + s.x, 30))
    s.only_one(pen().poly((-174, -322), (174, -322), (206, -258), (-206, -258)).mask())
    stick = pen().line((-86, -284), (-96, -348), width=13)
    s.clear(pen().line((-86, -284), (-96, -340), width=26).disc(-97, -356, 31).mask())
    s.both(stick.mask())
    s.only_two(pen().disc(-97, -356, 23).oval(50, -288, 22, 12).oval(112, -288, 22, 12).mask())
    side = pen().rect(-180, -226, 180, -26).mask()
    s.clear(side)
    s.one(side, s.lines(0.5, s.y * 0.7 + np.abs(s.x - x), 30))
    s.both(pen().rect(-62, -196, 62, -60).mask())
    s.only_two(pen().rect(-38, -166, -18, -112).rect(18, -166, 38, -112).mask())


_INVADER = (
    "..#.....#..", "...#...#...", "..#######..", ".##.###.##.", "###########", "#.#######.#", "#.#.....#.#",
    "...##.##...",
)  # fmt: skip


def _invaders(s: Sheet, x: float, foot: float, size: float) -> None:
    first, second = s.pen().at(x, foot, size), s.pen().at(x, foot, size)
    for row in range(2):
        for column in range(4):
            pen = second if row else first
            left, top = -126 + column * 66, -552 + row * 56
            for j, line in enumerate(_INVADER):
                for i, letter in enumerate(line):
                    if letter == "#":
                        pen.rect(left + i * 5, top + j * 5, left + i * 5 + 5.2, top + j * 5 + 5.2)
    first.rect(-14, -374, 42, -358).rect(8, -386, 20, -370).rect(11, -430, 17, -402)
    s.one(first.mask())
    s.two(second.mask())

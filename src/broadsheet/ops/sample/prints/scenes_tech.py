"""Tech: machines that listen, count and plough."""

from __future__ import annotations

import math

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Point, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


@scene("tech-chip")
def chip(s: Sheet) -> None:
    """A chip on its board, seen from a low corner, its tracks running off to all sides."""
    s.two(s.dots(0.3 + 0.3 * ramp(s.y, 0, 1000), 40, 45), tint=True)
    u, v = (s.x - 800) * 0.5 + (s.y - 520) * 0.866, (s.y - 520) * 0.866 - (s.x - 800) * 0.5
    inside = np.maximum(np.abs(u), np.abs(v))
    tracks = s.pen()
    draw = np.random.default_rng(9)
    ends = s.pen()
    for side in range(4):
        for lane in range(-6, 7):
            near, bend = 300.0, 360 + abs(lane) * 26.0
            far = bend + 90 + draw.random() * 380
            points = [(near, lane * 40.0), (bend, lane * 40.0), (bend + 60, lane * 48.0), (far + 60, lane * 48.0)]
            placed = [_board(px, py, side) for px, py in points]
            tracks.line(*placed, width=11)
            ends.disc(*placed[-1], 17)
    s.clear(ends.mask())
    s.one(tracks.mask())
    s.one(ends.mask())
    pins = s.pen()
    for side in range(4):
        for lane in range(-6, 7):
            pins.line(_board(240, lane * 40.0, side), _board(312, lane * 40.0, side), width=20)
    s.clear(np.asarray(inside < 288, dtype=np.bool_))
    s.both(pins.mask())
    thick = s.poly(
        _board(262, 262, 0), _board(-262, 262, 0), *(_drop(p) for p in (_board(-262, 262, 0), _board(262, 262, 0)))
    )
    thick |= s.poly(
        _board(262, -262, 0), _board(262, 262, 0), *(_drop(p) for p in (_board(262, 262, 0), _board(262, -262, 0)))
    )
    s.both(thick)
    s.only_one(np.asarray(inside < 262, dtype=np.bool_))
    s.clear(np.asarray((inside < 236) & (inside > 226), dtype=np.bool_))
    _die_shot(s)


def _board(along: float, across: float, side: int) -> Point:
    """A place on the board, counted outwards from the middle of one of the chip's four sides."""
    u, v = ((along, across), (across, along), (-along, across), (across, -along))[side]
    return (800 + (u - v), 520 + (u + v) / 1.732)


def _drop(point: Point) -> Point:
    return (point[0], point[1] + 44)


def _die_shot(s: Sheet) -> None:
    """The parts of the chip as one sees them under glass: blocks of unlike grain."""
    draw = np.random.default_rng(77)
    lit, plain = s.pen(), s.pen()
    for i in range(6):
        for j in range(6):
            a, b = -204 + i * 70, -204 + j * 70
            if draw.random() < 0.3:
                continue
            pen = lit if draw.random() < 0.36 else plain
            pen.poly(_board(a, b, 0), _board(a + 58, b, 0), _board(a + 58, b + 58, 0), _board(a, b + 58, 0))
    s.only_two(lit.mask())
    s.clear(plain.mask())
    s.one(plain.mask(), s.lines(0.5, s.x * 0.5 + s.y * 0.866, 20))


@scene("tech-dish")
def dish(s: Sheet) -> None:
    """A dish turned up into the rain, and the rings of what it hears."""
    s.one(s.lines(0.5 + 0.4 * ramp(s.y, 700, 0), s.y * 0.4 - s.x * 0.9 + 9 * np.sin(s.y / 70), 31))
    cloud = s.pen()
    for x, y, r in (
        (930, 110, 110),
        (1080, 70, 150),
        (1240, 110, 130),
        (1390, 70, 150),
        (1540, 120, 140),
        (800, 60, 90),
    ):
        cloud.disc(x, y, r)
    s.clear(cloud.mask())
    s.both(cloud.mask(), s.lines(0.7, s.y + 10 * np.sin(s.x / 60), 30))
    ground = s.below(s.ridge(4, 850, 60, 420))
    s.clear(s.below(s.ridge(4, 836, 60, 420)))
    s.one(ground)
    s.clear(s.lines(0.2, s.y + 12 * np.sin(s.x / 130), 40), ground, s.below(s.y * 0 + 880))
    _dish_body(s)
    far = s.away(742, 318)
    facing = motifs.beam(s, 742, 318, -38, 70)
    for radius in (150, 250, 350, 450, 550):
        s.clear(np.asarray(np.abs(far - radius) < 26, dtype=np.bool_) & facing)
        s.two(np.asarray(np.abs(far - radius) < 15, dtype=np.bool_) & facing)


def _dish_body(s: Sheet) -> None:
    def pen() -> Pen:
        return s.pen().at(560, 520, 1.0, 52)

    legs = s.pen().poly((520, 560), (620, 560), (700, 880), (420, 880))
    s.clear(s.pen().poly((500, 540), (640, 540), (724, 890), (396, 890)).mask())
    s.both(legs.mask())
    s.clear(s.pen().poly((540, 700), (580, 700), (604, 850), (516, 850)).mask(), s.lines(0.5, s.y, 46))
    s.clear(pen().oval(0, 0, 350, 150).oval(0, 0, 350, 190, 0, 180).mask())
    back = pen().oval(0, 0, 334, 180, 0, 180)
    s.both(back.mask())
    bowl = pen().oval(0, 0, 334, 130).mask()
    s.clear(bowl)
    round_field = np.hypot((s.x - 560) * 0.62 + (s.y - 520) * 0.79, ((s.y - 520) * 0.62 - (s.x - 560) * 0.79) * 2.57)
    s.two(bowl, s.dots(ramp(round_field, 60, 420) * 0.95, 22, 52))
    s.one(bowl, s.lines(0.16, round_field, 84))
    s.both(pen().oval(0, 0, 340, 136).mask() & ~pen().oval(0, 0, 326, 124).mask())
    arms = (
        pen()
        .line((-290, 20), (0, -262), width=10)
        .line((290, 20), (0, -262), width=10)
        .line((0, 120), (0, -262), width=10)
    )
    arms.rect(-38, -310, 38, -240)
    s.clear(pen().rect(-52, -324, 52, -230).mask())
    s.both(arms.mask())
    s.only_two(pen().rect(-20, -296, 20, -262).mask())


@scene("tech-weather")
def weather(s: Sheet) -> None:
    """A weather chart: pressure lines bent over the grid on which it was computed."""
    low, high = s.away(560, 470), s.away(1230, 380)
    pressure = (
        1010
        - 46 * np.exp(-((low / 300) ** 2))
        + 30 * np.exp(-((high / 340) ** 2))
        + 9 * np.sin(s.x / 330 + 1) * np.cos(s.y / 260)
    )
    pressure = pressure + 14 * np.exp(-((s.away(180, 930) / 260) ** 2)) - 16 * np.exp(-((s.away(1150, 980) / 260) ** 2))
    land = np.asarray(s.noise(12, 620, 4) + 0.00012 * (s.x - 800) > 0.53, dtype=np.bool_)
    s.one(land, tint=True)
    cell = 80
    # Squares of the grid are filled where the model expects rain.
    i, j = np.floor(s.x / cell) * cell + cell / 2, np.floor(s.y / cell) * cell + cell / 2
    spiral = np.hypot(i - 560, j - 470)
    rain = np.sin(np.arctan2(j - 470, i - 560) - spiral / 120) * np.exp(-(((spiral - 210) / 170) ** 2))
    s.only_two(np.asarray(rain > 0.46, dtype=np.bool_))
    s.only_two(np.asarray((rain > 0.16) & (rain <= 0.46), dtype=np.bool_), tint=True)
    s.clear(np.asarray((s.x % cell < 5) | (s.y % cell < 5), dtype=np.bool_))
    slope = np.hypot(*np.gradient(pressure)) * s.scale
    off = np.abs((pressure / 5) % 1 - 0.5) * 5
    s.clear(np.asarray(2.5 - off < 10 * slope, dtype=np.bool_))
    s.one(np.asarray(2.5 - off < 5 * slope, dtype=np.bool_))
    _front(s, [(560, 470), (760, 560), (880, 720), (900, 1010)], teeth=True)
    _front(s, [(560, 470), (760, 420), (960, 520), (1180, 690), (1420, 760)], teeth=False)
    s.clear(s.disc(560, 470, 58) | s.disc(1230, 380, 58))
    s.both(np.asarray(np.abs(low - 36) < 11, dtype=np.bool_) | s.disc(560, 470, 11))
    s.both(np.asarray(np.abs(high - 36) < 11, dtype=np.bool_))
    for x, y, turn in (
        (230, 240, 60),
        (1010, 180, 20),
        (1450, 620, 150),
        (300, 760, -30),
        (1400, 120, 80),
        (660, 860, -60),
    ):
        _wind(s, x, y, turn)


def _front(s: Sheet, points: list[Point], teeth: bool) -> None:
    """A cold front with teeth, or a warm one with half discs, on the side it moves to."""
    from_curve = motifs.along(points, 64)
    halo, line = s.pen().curve(*points, width=30), s.pen().curve(*points, width=13)
    for (x, y), turn in from_curve:
        for pen, grow in ((halo, 9.0), (line, 0.0)):
            pen.at(x, y, 1, turn)
            if teeth:
                pen.poly((-25 - grow, 0), (0, -42 - grow), (25 + grow, 0))
            else:
                pen.oval(0, 0, 25 + grow, 25 + grow, 180, 360)
    s.clear(halo.mask())
    s.both(line.mask())


def _wind(s: Sheet, x: float, y: float, turn: float) -> None:
    """A wind arrow: shaft, three feathers and the ring of its station."""
    for grow, ink in ((13.0, s.clear), (0.0, s.both)):
        pen = s.pen().at(x, y, 1, turn).line((0, 0), (0, -110), width=8 + grow).disc(0, 0, 15 + grow * 0.6)
        for i in range(3):
            pen.line((0, -110 + i * 26), (42 - 8 * i, -124 + i * 26), width=8 + grow)
        ink(pen.mask())
    s.only_two(s.disc(x, y, 8))


@scene("tech-tractor")
def tractor(s: Sheet) -> None:
    """A tractor whose furrows are full of bits."""
    line = 610.0
    s.two(s.disc(330, 330, 170))
    s.one(s.lines(ramp(s.y, 640, -150) * 0.55, s.y, 29), ~s.below(s.y * 0 + line), ~s.disc(330, 330, 170), tint=True)
    s.one(s.below(s.ridge(6, line, 90, 300, 6)), ~s.below(s.y * 0 + line))
    soil = s.below(s.y * 0 + line)
    s.clear(soil)
    t = ramp(s.y, line - 40, 1000)
    across = (s.x - 420) / (0.14 + t)
    furrow = np.asarray(across % 150 < 84, dtype=np.bool_)
    s.one(soil, furrow)
    # Bits lie in every furrow: a bare square is a one.
    rank = np.floor(150 / (0.14 + t) * 0.9)
    file = np.floor(across / 150)
    chosen = np.asarray(np.sin(file * 12.9 + rank * 78.2) * 43758.5 % 1 > 0.52, dtype=np.bool_)
    square = np.asarray(
        (across % 150 > 20) & (across % 150 < 64) & ((150 / (0.14 + t) * 0.9) % 1 > 0.35), dtype=np.bool_
    )
    s.clear(soil, square, chosen, s.below(s.y * 0 + 715))
    s.two(soil, square, chosen, s.below(s.y * 0 + 715), np.asarray(file % 3 == 0, dtype=np.bool_))
    _tractor_body(s, 890, 780, 1.12)


def _tractor_body(s: Sheet, x: float, y: float, size: float) -> None:
    def pen() -> Pen:
        return s.pen().at(x, y, size)

    for grow, ink in ((14.0, s.clear), (0.0, s.only_two)):
        body = pen().poly(
            (-70 - grow, -300 - grow),
            (330 + grow, -280 - grow),
            (372 + grow, -220),
            (372 + grow, -90 + grow),
            (-70, -90 + grow),
        )
        body.poly((-330 - grow, -300), (-240, -340 - grow), (-60, -300), (-60, -150), (-300, -150))
        ink(body.mask())
    cab = pen().poly((-250, -300), (-220, -540), (10, -540), (40, -290))
    s.clear(pen().poly((-266, -300), (-240, -566), (36, -566), (58, -290)).mask())
    s.both(cab.mask())
    s.clear(
        pen()
        .poly((-222, -318), (-198, -508), (-112, -508), (-112, -318))
        .poly((-88, -318), (-88, -508), (-8, -508), (12, -318))
        .mask()
    )
    s.both(pen().rect(-270, -574, 50, -538).rect(206, -440, 232, -280).rect(196, -300, 242, -280).mask())
    driver = (
        pen().disc(-128, -430, 34).line((-128, -390), (-134, -300), width=62).line((-120, -372), (-60, -338), width=22)
    )
    s.only_one(driver.mask(), pen().rect(-222, -508, 12, -318).mask())
    grille = pen().rect(80, -250, 300, -120)
    s.one(grille.mask(), s.lines(0.5, s.y, 22))
    s.both(pen().rect(-60, -92, 372, -66).mask())
    _wheel(s, x - 190 * size, y - 70 * size, 205 * size, 13)
    _wheel(s, x + 300 * size, y - 6 * size, 135 * size, 11)
    signal = pen()
    halo = pen()
    for radius in (50, 88, 126):
        signal.arc(-110, -576, radius, 215, 325, width=16)
        halo.arc(-110, -576, radius, 215, 325, width=38)
    s.clear(halo.mask() & ~pen().rect(-270, -574, 50, -538).mask())
    s.only_two(signal.mask())


def _wheel(s: Sheet, x: float, y: float, r: float, lugs: int) -> None:
    outline = s.pen()
    s.clear(s.disc(x, y, r + 24))
    for px, py in motifs.ring_points(x, y, r + 1, lugs * 2):
        outline.disc(px, py, r * 0.075)
    s.both(outline.disc(x, y, r).mask())
    s.clear(s.disc(x, y, r * 0.64))
    s.one(s.disc(x, y, r * 0.58), s.lines(0.55, s.away(x, y), r * 0.2))
    s.both(s.disc(x, y, r * 0.26))
    nuts = s.pen()
    for px, py in motifs.ring_points(x, y, r * 0.17, 6):
        nuts.disc(px, py, r * 0.03)
    s.clear(nuts.mask())


@scene("tech-sonar")
def sonar(s: Sheet) -> None:
    """A survey boat's sound bends where fresh water lies on salt."""
    line = 210.0
    s.two(s.disc(1290, 150, 84), ~s.below(s.y * 0 + line))
    s.one(s.lines(0.34, s.y, 30), ~s.below(s.y * 0 + line), ~s.disc(1290, 150, 84), tint=True)
    layer = 470 + 26 * np.sin(s.x / 170) + 10 * np.sin(s.x / 61)
    bed = s.ridge(52, 940, 200, 420, 5) + 150 * np.exp(-(((s.x - 780) / 330) ** 2)) - 60
    upper = s.below(s.y * 0 + line) & ~s.below(layer)
    lower = s.below(layer) & ~s.below(bed)
    s.one(upper, s.lines(0.42, s.y + 8 * np.sin(s.x / 66), 30))
    s.one(lower)
    s.clear(lower, s.lines(0.22, s.y - layer + 4 * np.sin(s.x / 45), 42))
    ground = s.below(bed)
    s.clear(s.below(bed - 12))
    s.both(ground)
    s.clear_one(ground, s.lines(ramp(s.y - bed, 0, 260) * 0.55, s.y - bed, 30))
    fan = s.pen()
    for i in range(-4, 5):
        first = i * 13.0
        turn = i * 21.5
        x1 = 800 + math.tan(math.radians(first)) * (470 - 262)
        x2 = x1 + math.tan(math.radians(min(max(turn, -78), 78))) * 560
        for points in (((800.0, 262.0), (x1, 470.0)), ((x1, 470.0), (x2, 1030.0))):
            fan.line(*points, width=13)
    wet = ~ground & s.below(s.y * 0 + 262)
    rings = np.asarray(s.away(800, 240) % 62 < 36, dtype=np.bool_)
    s.clear(fan.mask(), wet)
    s.two(fan.mask(), wet, rings)
    s.clear(np.asarray(np.abs(s.y - layer) < 7, dtype=np.bool_))
    _survey_boat(s, 800, line + 6, 1.35)
    shoal = s.pen()
    for x, y, flip in (
        (330, 640, False),
        (385, 690, False),
        (300, 720, False),
        (1240, 610, True),
        (1300, 665, True),
        (1200, 690, True),
    ):
        shoal.at(x, y, 1.3, flip=flip).blob((-30, 0), (0, -15), (32, 0), (0, 15)).poly((-24, 0), (-48, -17), (-48, 17))
    s.only_two(shoal.mask())


def _survey_boat(s: Sheet, x: float, y: float, size: float) -> None:
    for grow, ink in ((10.0, s.clear), (0.0, s.both)):
        pen = (
            s.pen()
            .at(x, y, size)
            .poly(
                (-150 - grow, -44 - grow), (168 + grow, -56 - grow), (118 + grow, 30 + grow), (-126 - grow, 30 + grow)
            )
        )
        pen.rect(-60 - grow, -100 - grow, 44 + grow, -40).line((-8, -100), (-8, -160), width=7 + grow).line(
            (-34, -136), (18, -136), width=6 + grow
        )
        pen.line((-140, -44), (-112, -120), width=7 + grow)
        ink(pen.mask())
    s.clear(s.pen().at(x, y, size).rect(-46, -88, -18, -64).rect(-8, -88, 28, -64).mask())
    s.only_two(s.pen().at(x, y, size).poly((-134, -6), (143, -10), (130, 12), (-128, 12)).mask())

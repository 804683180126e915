"""Gaming: places that exist only while somebody plays."""

from __future__ import annotations

import numpy as np
from PIL import Image

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import HEIGHT, WIDTH, Mask, Pen, Point, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene

_CELL = 20

# A knight of twelve by sixteen cells: '#' both inks, 'p' first, 'r' second, 'o' bare, '.' not there.
_KNIGHT = """
...####.....
..#pppp#..r.
.#pppppp#rr.
.#po##o##r..
.#pppppp#...
..#oooo#....
.##pppp##...
#rr#pp#rr#o.
#rr####rr#o.
.##rrrr##.o.
..#rrrr#.###
..#r##r#..o.
..#r##r#....
.#pp##pp#...
.#pp##ppp#..
.####.####..
""".split()


def _pixels(s: Sheet, art: list[str], column: int, row: int, sign: str, size: int = _CELL) -> Mask:
    pen = s.pen()
    for j, line in enumerate(art):
        for i, letter in enumerate(line):
            if letter == sign:
                left, top = (column * _CELL) + i * size, (row * _CELL) + j * size
                pen.rect(left, top, left + size, top + size)
    return pen.mask()


@scene("gaming-pixels")
def pixels(s: Sheet) -> None:
    """A small knight leaps between two ledges under a dithered sunset."""
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 + 1 / 32
    rows, columns = np.mgrid[0 : HEIGHT // _CELL, 0 : WIDTH // _CELL]
    limit = bayer[rows % 4, columns % 4]

    def cells(kept: Mask) -> Mask:
        image = Image.fromarray(kept).resize((s.shape[1], s.shape[0]), Image.Resampling.NEAREST)
        return np.asarray(image, dtype=np.bool_)

    s.one(cells(0.95 - rows / 34 > limit))
    sun = np.hypot(columns - 52, rows - 21) < 11
    s.clear(cells(sun))
    s.two(cells(sun & ~((rows > 21) & (rows % 3 == 0))))
    for seed, base, height, share in ((3, 33, 9, 0.5), (8, 40, 9, 0.9)):
        draw = np.random.default_rng(seed)
        steps = np.repeat(draw.integers(0, height, 28), 3)[: WIDTH // _CELL]
        hill = rows > base - steps[None, :]
        s.clear(cells(hill))
        if share < 0.6:
            s.two(cells(hill & (0.75 - (rows - base) / 26 > limit)))
        else:
            s.one(cells(hill & (1.0 - (rows - base) / 30 > limit)))
    for left, right, top in ((0, 25, 36), (54, 80, 31), (33, 42, 43)):
        ledge = (columns >= left) & (columns < right) & (rows >= top)
        s.clear(cells(ledge))
        s.both(cells(ledge & ((rows < top + 2) | ((columns + rows // 2 % 2 * 3) % 6 == 0) | ((rows - top) % 4 == 1))))
        s.one(cells(ledge))
        s.clear(cells(ledge & (rows == top)))
        s.two(cells(ledge & (rows == top)))
    for column, row in ((21, 19), (26, 13), (46, 14), (53, 19)):
        s.clear(_pixels(s, [".oo.", "oooo", "oooo", "oooo", "oooo", ".oo."], column, row, "o", 24))
        s.both(_pixels(s, [".##.", "#..#", "#..#", "#..#", "#..#", ".##."], column, row, "#", 24))
        s.two(_pixels(s, [".oo.", "orro", "orro", "orro", "orro", ".oo."], column, row, "r", 24))
    outline = _pixels(s, _KNIGHT, 31, 21, "#", 24)
    s.clear(outline)
    for sign, ink in (("o", s.clear), ("p", s.only_one), ("r", s.only_two), ("#", s.both)):
        ink(_pixels(s, _KNIGHT, 31, 21, sign, 24))


def _iso(x: float, y: float, z: float, unit: float = 72) -> Point:
    """From steps on the board (x to the right front, y to the left front, z up) to the sheet."""
    return (800 + (x - y) * unit * 0.866, 230 + (x + y) * unit * 0.5 - z * unit)


# What the faces of the cubes are printed in.
_LEFT, _RIGHT, _BARE, _DOTS, _SECOND, _LIGHT = range(1, 7)


def _box(pen: Pen, at: tuple[float, float, float], size: tuple[float, float, float], top: int) -> None:
    """A block of three faces and their edges."""
    (x, y, z), (w, d, h) = at, size
    lid = [_iso(x, y, z + h), _iso(x + w, y, z + h), _iso(x + w, y + d, z + h), _iso(x, y + d, z + h)]
    left = [_iso(x, y + d, z), _iso(x + w, y + d, z), _iso(x + w, y + d, z + h), _iso(x, y + d, z + h)]
    right = [_iso(x + w, y, z), _iso(x + w, y + d, z), _iso(x + w, y + d, z + h), _iso(x + w, y, z + h)]
    for face, number in ((lid, top), (left, _LEFT), (right, _RIGHT)):
        pen.ink(number).poly(*face)
    for face in (lid, left, right):
        pen.ink(_LEFT).line(*face, face[0], width=4)


@scene("gaming-voxels")
def voxels(s: Sheet) -> None:
    """A village of cubes on an island, built block upon block."""
    s.one(s.lines(0.2 + 0.24 * ramp(s.y, 0, 1000), s.y + 7 * np.sin(s.x / 64), 30))
    s.clear(s.disc(800, 545, 470))
    s.two(s.disc(800, 545, 445), s.lines(0.55, s.y, 27))
    pen = s.pen()
    draw = np.random.default_rng(12)
    houses = {(1, 3): 2, (3, 1): 3, (7, 2): 3, (2, 6): 2, (5, 4): 4, (7, 6): 2, (4, 8): 2, (3, 4): 1, (8, 4): 1}
    for y in range(10):
        for x in range(10):
            if (x - 4.5) ** 2 + (y - 4.5) ** 2 > 21 + draw.random() * 6:
                continue
            _box(pen, (x, y, 0), (1, 1, 0.5), _DOTS if (x + y) % 2 else _BARE)
            if (x, y) in houses:
                _house_of_cubes(pen, x, y, houses[x, y])
            elif draw.random() < 0.14:
                _box(pen, (x + 0.35, y + 0.35, 0.5), (0.3, 0.3, 0.5), _BARE)
                _box(pen, (x + 0.05, y + 0.05, 1.0), (0.9, 0.9, 0.9), _SECOND)
    built = pen.numbers()
    s.clear(built > 0)
    s.one(built == _LEFT)
    s.one(built == _RIGHT, s.lines(0.5, s.y + s.x * 0.577, 21))
    s.two(built == _DOTS, s.dots(0.5, 24, 30))
    s.two((built == _SECOND) | (built == _LIGHT))
    cloud = s.pen()
    for x, y, w in ((90, 170, 240), (1270, 130, 270), (1300, 820, 170), (100, 800, 200)):
        cloud.rect(x, y, x + w, y + 40).rect(x + 40, y - 40, x + w - 60, y).rect(x - 40, y + 40, x + w * 0.8, y + 76)
    s.clear(cloud.mask())


def _house_of_cubes(pen: Pen, x: float, y: float, floors: int) -> None:
    for floor in range(floors):
        foot = 0.5 + floor * 0.8
        _box(pen, (x + 0.06, y + 0.06, foot), (0.88, 0.88, 0.8), _BARE)
        for step in (0.24, 0.6):
            a, z = x + 0.06 + step * 0.88, foot + 0.28
            pen.ink(_LIGHT)
            pen.poly(
                _iso(a, y + 0.94, z),
                _iso(a + 0.17, y + 0.94, z),
                _iso(a + 0.17, y + 0.94, z + 0.3),
                _iso(a, y + 0.94, z + 0.3),
            )
    for step in range(3):
        inset = step * 0.16
        at = (x - 0.04 + inset, y - 0.04 + inset, 0.5 + floors * 0.8 + step * 0.2)
        _box(pen, at, (1.08 - 2 * inset, 1.08 - 2 * inset, 0.2), _SECOND)


@scene("gaming-board")
def board(s: Sheet) -> None:
    """A bird-shaped piece takes the last hill of the board."""
    horizon = 330.0
    s.two(s.dots(0.72 * ramp(s.y, horizon + 60, -60), 27, 30))
    s.one(
        s.lines(0.6, s.angle(800, horizon + 40) * 2200, 44),
        ~s.below(s.y * 0 + horizon),
        s.below(s.y * 0 - 1),
        tint=True,
    )
    t = 1 / np.clip((s.y - 120) / 880, 0.05, 2)
    across, away = (s.x - 800) * t / 190, t * 6.4
    table = s.below(s.y * 0 + horizon)
    s.clear(s.below(s.y * 0 + horizon - 12))
    play = np.asarray(np.abs(across) < 5, dtype=np.bool_) & table
    s.one(table, s.lines(0.5, s.y, 25), ~play)
    checks = np.asarray((np.floor(across) + np.floor(away)) % 2 == 0, dtype=np.bool_)
    s.one(play, checks)
    s.two(play, np.asarray((np.floor(across) * 3 + np.floor(away) * 5) % 11 == 2, dtype=np.bool_))
    s.both(table, np.asarray(np.abs(np.abs(across) - 5.06) < 0.07, dtype=np.bool_))
    for x, y, size, second in (
        (470, 520, 0.62, True),
        (1130, 500, 0.56, False),
        (980, 470, 0.5, True),
        (620, 440, 0.42, False),
    ):
        _pawn(s, x, y, size, second)
    for x, y, size, second in ((330, 790, 1.12, False), (1290, 840, 1.25, True)):
        _pawn(s, x, y, size, second)
    _lapwing(s, 800, 860, 1.3)
    _die(s, 1075, 905)


def _pawn(s: Sheet, x: float, y: float, size: float, second: bool) -> None:
    for grow, ink in ((13.0, s.clear), (0.0, s.only_two if second else s.only_one)):
        pen = (
            s.pen()
            .at(x, y, size)
            .disc(0, -232, 54 + grow)
            .poly((-34 - grow, -190), (34 + grow, -190), (84 + grow, -20), (-84 - grow, -20))
        )
        pen.oval(0, -18, 92 + grow, 30 + grow).oval(0, -182, 62 + grow, 16 + grow)
        ink(pen.mask())
    shade = (
        s.pen()
        .at(x, y, size)
        .disc(0, -232, 54)
        .poly((-34, -190), (34, -190), (84, -20), (-84, -20))
        .oval(0, -18, 92, 30)
        .mask()
    )
    s.both(shade, np.asarray(s.x > x + 14 * size, dtype=np.bool_))


def _lapwing(s: Sheet, x: float, y: float, size: float) -> None:
    """A crested bird on a turned foot."""
    for grow, ink in ((15.0, s.clear), (0.0, s.both)):
        pen = (
            s.pen()
            .at(x, y, size)
            .oval(0, -10, 112 + grow, 36 + grow)
            .oval(0, -44, 74 + grow, 24 + grow)
            .rect(-17 - grow, -140, 17 + grow, -40)
        )
        pen.blob(
            (150, -196),
            (60, -150),
            (-60, -150),
            (-110, -230),
            (-96, -330),
            (-20, -330),
            (40, -262),
            (130, -236),
            (220 + grow, -236 + grow),
        )
        pen.disc(-62, -366, 50 + grow).poly((-100, -384 - grow), (-176 - grow, -356), (-100, -344 + grow))
        pen.curve((-50, -404), (-4, -440), (62, -470), (90, -462), width=15 + 2 * grow)
        ink(pen.mask())
    s.only_two(
        s.pen().at(x, y, size).blob((-92, -232), (-40, -170), (50, -166), (118, -196), (30, -222), (-40, -262)).mask()
    )
    s.clear(s.pen().at(x, y, size).blob((-92, -300), (-70, -322), (-34, -300), (-50, -270)).disc(-76, -374, 10).mask())
    s.only_two(s.pen().at(x, y, size).rect(-62, -52, 62, -40).mask())


def _die(s: Sheet, x: float, y: float) -> None:
    corners = motifs.ring_points(x, y, 84, 6, -84)
    s.clear(s.pen().poly(*motifs.ring_points(x, y, 100, 6, -84)).mask())
    s.one(s.poly((x, y), corners[1], corners[2], corners[3]))
    s.two(s.poly((x, y), corners[1], corners[0], corners[5]))
    s.one(
        s.pen()
        .line(*corners, corners[0], width=7)
        .line(corners[5], (x, y), corners[1], width=6)
        .line((x, y), corners[3], width=6)
        .mask()
    )
    pips = s.pen()
    for px, py in ((-46, -4), (-34, 56), (-40, 26)):
        pips.disc(x + px, y + py, 10)
    s.one(pips.mask())
    s.clear(s.pen().disc(x + 44, y + 8, 11).disc(x + 36, y + 52, 11).mask())
    s.both(s.pen().disc(x + 4, y - 42, 12).mask())

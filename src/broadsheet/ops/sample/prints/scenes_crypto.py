"""Crypto: chains, coins and the light by which they are counted."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Point, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


def _cube(s: Sheet, x: float, y: float, r: float, top: str) -> None:
    """A cube standing on its corner's edge, `r` from its middle to a corner."""
    corners = motifs.ring_points(x, y, r, 6, -90)
    s.clear(s.pen().poly(*motifs.ring_points(x, y, r + 14, 6, -90)).mask())
    s.clear_one(s.pen().poly(*corners).mask())
    lid = s.poly(corners[5], corners[0], corners[1], (x, y))
    left = s.poly(corners[5], (x, y), corners[3], corners[4])
    right = s.poly((x, y), corners[1], corners[2], corners[3])
    s.both(left)
    s.one(right, s.lines(0.56, s.y + (s.x - x) * 0.577, 22))
    if top == "second":
        s.two(lid)
    elif top == "dots":
        s.one(lid, s.dots(0.42, 20, 30))
    edges = (
        s.pen()
        .line(corners[5], (x, y), corners[1], width=5)
        .line((x, y), corners[3], width=5)
        .line(*corners, corners[0], width=5)
    )
    s.one(edges.mask())


@scene("crypto-blocks")
def blocks(s: Sheet) -> None:
    """A chain of blocks, and the one that does not sit where the others say it should."""
    s.two(s.lines(0.16 + 0.4 * ramp(s.x + s.y, 300, 2500), s.x * 0.5 - s.y * 0.866, 29))
    places: list[Point] = [(-40, 770), (230, 640), (500, 510), (770, 380), (1080, 250), (1350, 120), (1620, -10)]
    for (ax, ay), (bx, by) in pairwise(places):
        if 700 < ax < 800 or 700 < bx < 800:
            continue
        _links(s, (ax, ay), (bx, by))
    for i, (x, y) in enumerate(places):
        if i != 3:
            _cube(s, x, y, 118, "dots")
    broken = s.pen()
    for x, y, turn in ((668, 450, -60), (905, 330, 20), (930, 345, -35), (640, 440, 30)):
        broken.at(x, y, 1, turn).arc(0, 0, 26, 40, 320, width=13)
    s.clear(s.pen().poly(*motifs.ring_points(815, 560, 220, 6, -76)).mask())
    s.both(broken.mask())
    _tilted(s, 815, 560, 165)
    s.two(s.pen().at(835, 850).oval(0, 0, 190, 34).mask(), s.lines(0.6, s.y, 18))
    drops = s.pen()
    for x, y, r in ((640, 690, 15), (990, 700, 20), (1030, 620, 11), (610, 610, 9), (960, 790, 9), (700, 800, 12)):
        drops.poly(*motifs.ring_points(x, y, r, 4, 20))
    s.both(drops.mask())


def _links(s: Sheet, a: Point, b: Point) -> None:
    ring = s.pen()
    count = 5
    for i in range(1, count + 1):
        t = i / (count + 1)
        ring.arc(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, 22, 0, 360, width=11)
    s.clear(s.pen().line(a, b, width=76).mask())
    s.both(ring.mask())


def _tilted(s: Sheet, x: float, y: float, r: float) -> None:
    """The block out of place: turned, in the second ink."""
    turn = -76.0
    corners = motifs.ring_points(x, y, r, 6, turn)
    s.clear(s.pen().poly(*motifs.ring_points(x, y, r + 16, 6, turn)).mask())
    s.two(s.poly(*corners))
    s.one(s.poly((x, y), corners[1], corners[2], corners[3]), s.lines(0.5, s.y + s.x * 0.9, 24))
    s.one(s.poly(corners[5], (x, y), corners[3], corners[4]))
    crack = s.pen().line(
        (x - 20, y - r + 6),
        (x + 14, y - 96),
        (x - 26, y - 52),
        (x + 4, y - 4),
        (x - 18, y + 50),
        (x + 20, y + 96),
        width=10,
    )
    s.clear(crack.mask())


@scene("crypto-candles")
def candles(s: Sheet) -> None:
    """A price chart in which every candle is a candle."""
    s.one(s.lines(0.86 - 0.3 * ramp(s.y, 0, 800), s.y + 5 * np.sin(s.x / 90), 30))
    heights = (250, 310, 285, 400, 350, 470, 560, 505, 610, 440, 330, 380)
    for i, height in enumerate(heights):
        x, top = 95 + i * 128.0, 850.0 - height
        shine = s.away(x, top - 66)
        s.clear(np.asarray(shine < 62 + 12 * (i % 3), dtype=np.bool_))
    for i, height in enumerate(heights):
        rising = i == 0 or height > heights[i - 1]
        _candle(s, 95 + i * 128.0, 850.0 - height, 850, rising)
    table = s.below(s.y * 0 + 842)
    s.clear(table)
    s.both(s.rect(0, 854, 1600, 1000))
    s.clear_one(s.lines(0.34, s.y + 8 * np.sin(s.x / 140), 36), s.rect(0, 880, 1600, 1000))


def _candle(s: Sheet, x: float, top: float, foot: float, rising: bool) -> None:
    wax = s.pen().rect(x - 38, top, x + 38, foot).oval(x, top, 38, 11)
    wax.blob((x + 38, top + 4), (x + 50, top + 40), (x + 46, top + 96), (x + 36, top + 60)).oval(
        x - 36, top + 40, 11, 46
    )
    s.clear(s.pen().rect(x - 50, top - 8, x + 50, foot).oval(x, top - 4, 50, 16).oval(x + 46, top + 60, 18, 52).mask())
    body = wax.mask()
    if rising:
        s.two(body)
        s.one(body, s.lines(ramp(s.x, x - 16, x + 46) * 0.9, s.y, 22))
    else:
        s.one(body, s.lines(0.2 + ramp(s.x, x - 40, x + 40) * 0.75, s.y, 22))
    s.both(s.pen().line((x, top), (x + 3, top - 34), width=7).mask())
    flame = s.pen().blob(
        (x + 3, top - 118),
        (x + 20, top - 70),
        (x + 18, top - 40),
        (x + 2, top - 26),
        (x - 15, top - 42),
        (x - 12, top - 74),
    )
    s.clear(
        s.pen()
        .blob(
            (x + 3, top - 136),
            (x + 32, top - 72),
            (x + 30, top - 32),
            (x + 2, top - 12),
            (x - 28, top - 34),
            (x - 24, top - 76),
        )
        .mask()
    )
    (s.only_two if rising else s.only_one)(flame.mask())
    s.both(s.pen().line((x, top), (x + 3, top - 36), width=6).mask())


@scene("crypto-coin")
def coin(s: Sheet) -> None:
    """A coin stamped with a quill stands on edge among its fallen fellows."""
    s.two(s.dots(0.62 * ramp(s.away(800, 420), 800, 250), 36, 15))
    table = s.below(s.y * 0 + 760)
    s.clear(table)
    s.one(table, s.lines(0.72, s.y + (s.x - 800) ** 2 * 0.00004, 29))
    for left, count in ((250, 6), (1390, 4), (455, 3), (1215, 7)):
        for level in range(count):
            _flat_coin(s, left + (level * 37 % 5 - 2) * 7, 880 - level * 44, 150)
    x, y, r = 800.0, 440.0, 370.0
    s.clear(s.disc(x, y, r + 18) | s.disc(x + 46, y + 4, r + 18))
    s.one(s.disc(x + 46, y + 4, r), s.lines(0.6, s.angle(x + 46, y) * 2000, 13))
    s.clear(s.disc(x, y, r + 6))
    s.both(s.disc(x, y, r))
    far = s.away(x, y)
    s.clear(s.disc(x, y, r - 24))
    s.two(s.disc(x, y, r - 32))
    beads = s.pen()
    for px, py in motifs.ring_points(x, y, r - 68, 48):
        beads.disc(px, py, 11)
    s.clear(beads.mask())
    s.one(s.lines(ramp(s.x + s.y, 1050, 1650) * 0.6, far, 22), s.disc(x, y, r - 98))
    _quill(s, x, y)


def _flat_coin(s: Sheet, x: float, y: float, r: float) -> None:
    s.clear(s.pen().oval(x, y, r + 10, 42).rect(x - r - 10, y, x + r + 10, y + 36).oval(x, y + 36, r + 10, 42).mask())
    side = s.pen().oval(x, y + 36, r, 33).rect(x - r, y, x + r, y + 36).mask()
    s.both(side)
    s.clear(side, s.lines(0.3, s.x, 19))
    s.clear(s.pen().oval(x, y, r + 4, 37).mask())
    s.two(s.pen().oval(x, y, r, 33).mask())
    s.clear(s.pen().oval(x, y, r - 24, 25).mask())
    s.two(s.pen().oval(x, y, r - 32, 21).mask())


def _quill(s: Sheet, x: float, y: float) -> None:
    def pen() -> Pen:
        return s.pen().at(x, y, 1.18, 33)

    vane = pen().blob((0, -250), (62, -150), (70, -30), (40, 74), (8, 112), (-34, 66), (-66, -40), (-54, -150))
    s.clear(pen().blob((0, -272), (78, -152), (86, -28), (52, 84), (8, 130), (-46, 76), (-82, -40), (-70, -154)).mask())
    s.clear(pen().line((0, 60), (0, 212), width=32).mask())
    s.both(vane.mask())
    barbs = pen()
    for i in range(9):
        barbs.line((2, 60 - i * 32), (72, 8 - i * 32), width=4).line((-2, 60 - i * 32), (-72, 8 - i * 32), width=4)
    s.clear(barbs.mask(), vane.mask())
    s.clear(pen().line((0, -210), (0, 110), width=7).poly((62, -120), (100, -128), (100, -96), (40, -84)).mask())
    s.both(pen().line((0, 100), (0, 196), width=14).poly((-7, 190), (7, 190), (0, 222)).mask())


@scene("crypto-key")
def key(s: Sheet) -> None:
    """A key whose bow is a crown, and the keyhole it is for."""
    x, y = 1120.0, 420.0
    far = s.away(x, y)
    s.one(s.lines(0.22 + 0.62 * ramp(far, 300, 1150), far + 10 * np.sin(s.angle(x, y) * 2 * math.pi * 9), 32))
    s.clear(s.disc(x, y, 292))
    s.one(s.disc(x, y, 272))
    s.two(s.disc(x, y, 232))
    s.clear(s.lines(0.36, far, 28), s.disc(x, y, 232))
    bolts = s.pen()
    for px, py in motifs.ring_points(x, y, 252, 16):
        bolts.disc(px, py, 9)
    s.clear(bolts.mask())
    hole = s.pen().disc(x, y - 40, 78).poly((x - 40, y - 20), (x + 40, y - 20), (x + 76, y + 150), (x - 76, y + 150))
    s.clear(
        s.pen()
        .disc(x, y - 40, 96)
        .poly((x - 60, y - 40), (x + 60, y - 40), (x + 100, y + 170), (x - 100, y + 170))
        .mask()
    )
    s.both(hole.mask())
    _crown_key(s)


def _crown_key(s: Sheet) -> None:
    pens = tuple(s.pen().at(555, 668, 0.98, -22) for _ in range(2))
    for pen, g in zip(pens, (17.0, 0.0), strict=True):
        pen.rect(-60 - g, -24 - g, 640 + g, 24 + g).rect(20 - g, -44 - g, 56 + g, 44 + g).rect(
            78 - g, -36 - g, 100 + g, 36 + g
        )
        pen.rect(500 - g, 20, 536 + g, 118 + g).rect(560 - g, 20, 600 + g, 92 + g).rect(616 - g, 20, 640 + g, 128 + g)
        # The crown lies with its band towards the shaft.
        pen.poly((-60 + g, -150 - g), (-112 - g, -150 - g), (-112 - g, 150 + g), (-60 + g, 150 + g))
        pen.poly(
            (-100, -150 - g),
            (-330 - g, -178 - g),
            (-216, -84),
            (-370 - g, 0),
            (-216, 84),
            (-330 - g, 178 + g),
            (-100, 150 + g),
        )
        for py, px in ((-178, -334), (0, -376), (178, -334)):
            pen.disc(px, py, 32 + g)
    s.clear(pens[0].mask())
    s.both(pens[1].mask())
    gems = s.pen().at(555, 668, 0.98, -22).disc(-334, -178, 15).disc(-376, 0, 15).disc(-334, 178, 15)
    for i in range(5):
        gems.poly(*motifs.ring_points(-86, -112 + i * 56, 17, 4, 0))
    gems.poly((-126, -118), (-262, -136), (-176, -62)).poly((-126, 118), (-262, 136), (-176, 62)).poly(
        (-126, -58), (-126, 58), (-272, 0)
    )
    s.only_two(gems.mask())
    s.clear(s.pen().at(555, 668, 0.98, -22).rect(110, -15, 630, -7).mask())


@scene("crypto-network")
def network(s: Sheet) -> None:
    """A ring of machines that speak to one another, torn in two."""
    s.one(s.dots(0.5 * ramp(s.away(800, 500), 420, 1000), 27, 30), tint=True)
    draw = np.random.default_rng(23)
    nodes: list[tuple[float, float, float]] = []
    while len(nodes) < 44:
        x, y, r = 60 + draw.random() * 1480, 60 + draw.random() * 880, 19 + 42 * draw.random() ** 2
        if abs(x - _tear(y)) > 74 + r and all(math.hypot(x - px, y - py) > r + pr + 44 for px, py, pr in nodes):
            nodes.append((x, y, r))
    left, right, dead = s.pen(), s.pen(), s.pen()
    for i, (x, y, _) in enumerate(nodes):
        near = sorted(nodes, key=lambda other: math.hypot(other[0] - x, other[1] - y))[1:5]
        for px, py, _r in near:
            same = (x < _tear(y)) == (px < _tear(py))
            if same:
                (left if x < _tear(y) else right).line((x, y), (px, py), width=7 + 4 * (i % 3))
            else:  # a line that ends at the tear
                dead.line((x, y), (x + (px - x) * 0.36, y + (py - y) * 0.36), width=6)
    s.one(left.mask())
    s.two(right.mask())
    s.one(dead.mask())
    for x, y, r in nodes:
        _node(s, x, y, r, x < _tear(y))
    edge = np.interp(
        s.y,
        [0, 130, 260, 390, 520, 650, 780, 910, 1000],
        [_tear(v) for v in (0, 130, 260, 390, 520, 650, 780, 910, 1000)],
    )
    s.clear(np.asarray(np.abs(s.x - edge) < 34, dtype=np.bool_))
    s.both(np.asarray(np.abs(s.x - edge) < 15, dtype=np.bool_))


def _tear(y: float) -> float:
    """Where the tear runs at a height: a line of eight straight pieces."""
    return float(
        np.interp(y, [0, 130, 260, 390, 520, 650, 780, 910, 1000], [930, 800, 900, 730, 850, 690, 800, 660, 720])
    )


def _node(s: Sheet, x: float, y: float, r: float, working: bool) -> None:
    s.clear(s.disc(x, y, r + 13))
    (s.only_one if working else s.only_two)(s.disc(x, y, r))
    if r > 30:
        s.clear(s.disc(x, y, r * 0.66))
        if working:
            s.both(s.disc(x, y, r * 0.4))
        else:
            bar = r * 0.3
            s.two(
                s.pen()
                .rect(x - bar, y - bar, x - bar * 0.3, y + bar)
                .rect(x + bar * 0.3, y - bar, x + bar, y + bar)
                .mask()
            )

"""Politics: rooms, papers and one teapot."""

from __future__ import annotations

import math

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


@scene("politics-chamber")
def chamber(s: Sheet) -> None:
    """The benches of an assembly in half circles, seen from above, round the Speaker's table."""
    x, y = 800.0, 985.0
    far, turn = s.away(x, y), s.angle(x, y)
    s.one(s.lines(0.4, turn * 3600, 60), np.asarray(far > 845, dtype=np.bool_))
    floor = np.asarray(far < 845, dtype=np.bool_)
    s.two(s.lines(ramp(far, 860, 120) * 0.8, far + 10, 41), floor, tint=True)
    bench, seat_a, seat_b, bare = s.pen(), s.pen(), s.pen(), s.pen()
    for row in range(7):
        radius = 300 + row * 82
        seats = 8 + row * 3 - row // 2
        bench.arc(x, y, radius + 30, 180, 360, width=9)
        for i in range(seats):
            turn_deg = 180 + 180 * (i + 0.5) / seats
            if abs(turn_deg - 231) < 3.4 or abs(turn_deg - 309) < 3.4:  # the two gangways
                continue
            cx, cy = x + radius * math.cos(math.radians(turn_deg)), y + radius * math.sin(math.radians(turn_deg))
            pen = seat_a if turn_deg < 262 or (row + i) % 5 == 0 else seat_b
            if (row * 7 + i * 3) % 17 == 4:
                bare.disc(cx, cy, 19 + row * 1.3)
                continue
            _member(pen, cx, cy, turn_deg + 90, 1.02 + row * 0.07)
    s.only_one(bench.mask())
    s.only_one(seat_a.mask())
    s.only_two(seat_b.mask())
    s.one(bare.mask(), s.lines(0.4, s.x + s.y, 12))
    table = s.pen().oval(x, y, 215, 215).mask()
    s.clear(s.disc(x, y, 236))
    s.both(table)
    s.only_two(s.disc(x, y, 150), s.lines(0.5, far, 30))
    mace = s.pen().rect(x - 90, 820, x + 90, 838).disc(x + 104, 829, 20).disc(x - 92, 829, 9)
    s.clear(mace.mask())


def _member(pen: Pen, x: float, y: float, turn: float, size: float) -> None:
    """A member's place from above: desk in front, and the round back of the seat."""
    pen.at(x, y, size, turn).oval(0, -2, 27, 27, 180, 360).rect(-27, -3, 27, 9).rect(-27, 15, 27, 22)


@scene("politics-columns")
def columns(s: Sheet) -> None:
    """The portico from below: columns leaning together, pigeons on the steps."""
    s.two(s.lines(0.5 + 0.4 * ramp(s.y, 1000, 0), s.angle(800, 1240) * 4000, 40))
    top, foot = 210.0, 800.0
    t = ramp(s.y, top, foot)
    for i in range(7):
        middle = 800 + (i - 3) * (196 + 44 * t)
        half = 58 + 22 * t
        across = (s.x - middle) / half
        shaft = np.asarray((np.abs(across) < 1) & (s.y > top) & (s.y < foot), dtype=np.bool_)
        s.clear(np.asarray((np.abs(across) < 1.14) & (s.y > top) & (s.y < foot), dtype=np.bool_))
        s.one(s.lines(np.clip(0.2 + 0.8 * across, 0.12, 1), np.arcsin(np.clip(across, -1, 1)) * 76, 24), shaft)
    roof = s.pen().poly((0, 150), (800, -170), (1600, 150), (1600, 212), (0, 212)).mask()
    s.clear(roof)
    s.one(roof)
    s.clear(s.poly((220, 118), (800, -110), (1380, 118)))
    s.two(s.poly((220, 118), (800, -110), (1380, 118)), s.dots(0.6, 24, 30))
    s.clear(s.rect(0, 158, 1600, 166))
    for i in range(7):
        cap = s.pen().at(800 + (i - 3) * 196, top).rect(-84, -6, 84, 22).rect(-70, 20, 70, 40)
        base = s.pen().at(800 + (i - 3) * 240, foot).rect(-98, -26, 98, 2).rect(-88, -48, 88, -28)
        s.only_one(cap.mask() | base.mask())
    for step in range(5):
        upper = foot + step * 42
        s.clear(s.rect(0, upper, 1600, upper + 42))
        s.one(s.rect(0, upper + 18, 1600, upper + 42))
        s.two(s.rect(0, upper + 2, 1600, upper + 16), s.dots(0.5, 18, 45))
    _speaker_and_birds(s)


def _speaker_and_birds(s: Sheet) -> None:
    dark = s.pen().at(860, 882, 1.16)
    motifs.walker(
        dark, motifs.PUSH | {"l_foot": (40, 0), "l_knee": (26, -44), "head": (14, -158), "r_hand": (-20, -70)}, 15
    )
    dark.rect(-46, -72, -4, -38)
    s.clear(
        s.pen().at(860, 882, 1.16).line((8, -140), (2, -70), width=52).disc(14, -158, 24).rect(-54, -80, 4, -30).mask()
    )
    s.both(dark.mask())
    birds = s.pen()
    for x, y, flip in ((520, 842, False), (590, 884, True), (668, 842, False), (1120, 884, True), (1180, 842, False)):
        birds.at(x, y, 1.2, flip=flip).oval(0, -24, 26, 15).poly((10, -26), (20, -52), (32, -48), (26, -16)).disc(
            26, -50, 8
        )
        birds.poly((32, -54), (44, -48), (32, -46)).poly((-16, -34), (-50, -14), (-18, -14))
        birds.line((-2, -10), (-2, 0), width=4).line((8, -10), (8, 0), width=4)
    s.both(birds.mask())


@scene("politics-ballot")
def ballot(s: Sheet) -> None:
    """A folded paper falls into the box; others lie counted beside it."""
    s.one(s.lines(0.2 + 0.5 * ramp(s.y, 640, -200), s.x * 0.5 + s.y, 30))
    s.clear(s.disc(800, 420, 400))
    s.two(s.disc(800, 420, 375))
    s.one(s.rect(0, 790, 1600, 1000))
    s.clear(s.lines(0.3, s.y + (s.x - 800) * (s.y - 790) * 0.0003, 34), s.rect(0, 800, 1600, 1000))
    front = s.pen().poly((500, 500), (980, 500), (950, 880), (530, 880)).mask()
    side = s.pen().poly((980, 500), (1120, 430), (1080, 800), (950, 880)).mask()
    lid = s.pen().poly((480, 500), (640, 424), (1136, 424), (990, 500)).mask()
    s.clear(s.pen().poly((464, 512), (634, 410), (1158, 410), (1096, 812), (958, 896), (514, 896)).mask())
    s.one(front)
    s.one(side, s.lines(0.5, s.x * 0.45 + s.y, 22))
    s.only_one(lid, s.dots(0.35, 20, 10))
    s.both(s.pen().poly((700, 472), (740, 452), (950, 452), (914, 472)).mask())
    s.clear(s.pen().oval(740, 690, 96, 96).mask())
    s.only_two(s.pen().oval(740, 690, 84, 84).mask())
    s.both(s.pen().line((698, 690), (730, 724), (790, 654), width=22).mask())
    _paper(s, 826, 330, -9, 1.25)
    for x, y, turn in ((300, 880, -8), (318, 858, 5), (290, 838, -3), (310, 816, 8)):
        _paper(s, x, y, 90 + turn, 0.62)
    for i in range(5):
        s.clear(s.pen().at(1290 + i * 44, 900, 1, 8).rect(-4, -70, 8, 0).mask())
    s.clear(s.pen().line((1262, 882), (1500, 842), width=12).mask())


def _paper(s: Sheet, x: float, y: float, turn: float, size: float) -> None:
    s.both(s.pen().at(x, y, size, turn).poly((-104, -150), (72, -150), (104, -118), (104, 150), (-104, 150)).mask())
    s.clear(s.pen().at(x, y, size, turn).poly((-96, -142), (68, -142), (96, -114), (96, 142), (-96, 142)).mask())
    rows = s.pen().at(x, y, size, turn)
    for row in range(4):
        top = -98 + row * 52
        rows.rect(-74, top, -44, top + 30).rect(-24, top + 10, 70 - row % 2 * 24, top + 19)
    s.one(rows.mask())
    s.clear(s.pen().at(x, y, size, turn).rect(-67, 13, -51, 29).rect(-67, -91, -51, -75).rect(-67, 65, -51, 81).mask())


@scene("politics-teapot")
def teapot(s: Sheet) -> None:
    """Tea on the sill of a tall window; across the river stands the Assembly."""
    s.only_one(s.everywhere())
    s.clear(s.rect(250, 0, 1350, 760))
    s.two(s.dots(0.25 + 0.5 * ramp(s.y, 0, 560), 25, 30), s.rect(250, 0, 1350, 560))
    _assembly(s)
    s.one(s.lines(0.55, motifs.swell(s, 520, 6), 22), s.rect(250, 560, 1350, 760))
    bars = s.pen().rect(240, 0, 262, 770).rect(1338, 0, 1360, 770).rect(792, 0, 812, 770).rect(240, 236, 1360, 252)
    s.clear(
        s.pen().rect(232, 0, 272, 770).rect(1328, 0, 1368, 770).rect(784, 0, 820, 770).rect(240, 230, 1360, 258).mask()
    )
    s.both(bars.mask())
    _drapes(s)
    sill = s.rect(0, 752, 1600, 1000)
    s.clear(sill)
    s.one(s.rect(0, 764, 1600, 788) | s.rect(0, 960, 1600, 1000))
    s.two(s.lines(0.42, s.y + 5 * np.sin(s.x / 90), 30), s.rect(0, 800, 1600, 960))
    _pot(s, 770, 890)
    for x, flip in ((1175, False), (370, True)):
        _cup(s, x, 900, flip)
    steam = s.pen()
    for x in (1150, 1200, 345, 395):
        steam.curve((x, 730), (x + 14, 690), (x + 2, 640), (x + 14, 585), width=11)
    s.clear(steam.mask())
    spout = s.pen().curve((1092, 612), (1128, 560), (1112, 490), (1150, 420), width=13)
    s.clear(spout.mask())


def _assembly(s: Sheet) -> None:
    """The dome, its wings and their reflection line."""
    dark = s.pen().at(560, 560).rect(-290, -92, 216, 4).rect(-112, -168, 112, -80).oval(0, -168, 96, 104, 180, 360)
    dark.rect(-16, -300, 16, -250).line((0, -296), (0, -350), width=7)
    s.only_one(dark.mask())
    light = s.pen().at(560, 560)
    for i in range(11):
        light.rect(-272 + i * 44, -70, -254 + i * 44, -14)
    for i in range(6):
        light.rect(-94 + i * 34, -150, -80 + i * 34, -104)
    light.line((0, -348), (0, -348), width=4)
    s.only_two(light.mask())
    flag = s.pen().at(560, 560).poly((3, -352), (66, -338), (3, -318))
    s.only_one(flag.mask())
    s.only_one(
        s.pen()
        .at(1130, 560)
        .rect(-130, -46, 220, 4)
        .rect(-60, -86, 30, -40)
        .poly((-70, -84), (-15, -120), (40, -84))
        .mask()
    )


def _drapes(s: Sheet) -> None:
    for side in (1, -1):
        x = s.x if side == 1 else 1600 - s.x
        edge = 330 - 150 * np.sin(np.clip(s.y / 640, 0, 1) * np.pi / 2) + np.where(s.y > 640, (s.y - 640) * 0.25, 0)
        cloth = np.asarray((x < edge) & (s.y < 752), dtype=np.bool_)
        s.clear(np.asarray((x < edge + 14) & (s.y < 752), dtype=np.bool_))
        s.one(cloth)
        s.two(s.lines(0.46, x / edge * 250 + 5 * np.sin(s.y / 60), 42), cloth)
        s.clear(np.asarray((x < edge) & (np.abs(s.y - 628) < 16), dtype=np.bool_))


def _pot(s: Sheet, x: float, y: float) -> None:
    shapes = (s.pen().at(x, y), s.pen().at(x, y, 1.0))
    for pen, grow in zip(shapes, (13.0, 0.0), strict=True):
        pen.oval(0, -128, 212 + grow, 142 + grow).rect(-120 - grow, -20, 120 + grow, 14 + grow * 0.5)
        pen.oval(0, -252, 104 + grow, 34 + grow).disc(0, -300, 26 + grow)
        pen.curve((160, -90), (250, -110), (278, -190), (318, -262), width=54 + 2 * grow)
        pen.curve((-180, -190), (-300, -226), (-330, -120), (-250, -50), (-168, -70), width=36 + 2 * grow)
    s.clear(shapes[0].mask())
    body = shapes[1].mask()
    s.only_two(body)
    round_x = np.clip((s.x - x) / 215, -1, 1)
    s.one(
        s.lines(ramp(s.x, x - 40, x + 270) * 0.95, s.y + 30 * np.sqrt(1 - round_x**2), 24),
        body,
        s.rect(0, 0, x + 206, 1000),
    )
    s.both(s.pen().at(x, y).oval(0, -232, 124, 12).rect(-120, -14, 120, 14).disc(0, -300, 26).mask())
    s.clear(s.pen().at(x, y).curve((-150, -176), (-120, -222), (-70, -240), width=16).mask())


def _cup(s: Sheet, x: float, y: float, flip: bool) -> None:
    halo = (
        s.pen()
        .at(x, y, flip=flip)
        .oval(0, 0, 182, 34)
        .oval(0, -120, 128, 34)
        .poly((-128, -120), (128, -120), (70, 6), (-70, 6))
    )
    s.clear(halo.mask())
    dish = s.pen().at(x, y, flip=flip).oval(0, 0, 168, 25)
    s.both(dish.mask())
    bowl = s.pen().at(x, y, flip=flip).oval(0, -60, 112, 66, 0, 180).rect(-112, -122, 112, -58).rect(-44, -6, 44, 6)
    bowl.arc(118, -72, 40, -100, 110, width=17)
    s.only_one(bowl.mask())
    s.clear(s.pen().at(x, y, flip=flip).oval(0, -122, 112, 25).mask())
    s.both(s.pen().at(x, y, flip=flip).oval(0, -119, 96, 17).mask())
    s.clear(s.pen().at(x, y, flip=flip).rect(-112, -78, 112, -66).mask())


@scene("politics-rail")
def rail(s: Sheet) -> None:
    """A line that stops in the grass: the last rails, a buffer, a signal that has nothing to say."""
    horizon = 430.0
    sky = ~s.below(s.y * 0 + horizon)
    s.two(s.lines(ramp(s.y, 560, -80), s.y + 10 * np.sin(s.x / 170), 28), sky)
    hills = s.below(s.ridge(14, horizon + 10, 150, 460)) & sky
    s.only_one(hills)
    s.one(s.lines(0.5, s.y + 18 * np.sin(s.x / 130) + 5 * np.sin(s.x / 17), 30), ~sky)
    t = ramp(s.y, horizon, 1000)
    bed = np.asarray(np.abs(s.x - 800) < 20 + 520 * t, dtype=np.bool_) & ~sky
    s.clear(bed)
    s.two(s.dots(0.42, 22, 20), bed)
    sleepers = s.lines(0.44, 300 / (0.12 + t), 90)
    s.one(sleepers, np.asarray(np.abs(s.x - 800) < 14 + 420 * t, dtype=np.bool_) & ~sky)
    rails = np.asarray(np.abs(np.abs(s.x - 800) - 8 - 290 * t) < 3 + 17 * t, dtype=np.bool_) & ~sky
    s.both(rails)
    buffer = s.pen().rect(560, 590, 1040, 650).rect(600, 560, 640, 760).rect(960, 560, 1000, 760)
    buffer.line((640, 640), (560, 770), width=22).line((960, 640), (1040, 770), width=22)
    s.clear(s.rect(548, 548, 1052, 662))
    s.both(buffer.mask())
    s.only_two(s.rect(572, 602, 1028, 638), np.asarray((s.x + s.y) % 96 < 48, dtype=np.bool_))
    post = s.pen().rect(1216, 150, 1236, 800).rect(1190, 800, 1262, 822).at(1226, 190, 1, 38).rect(-210, -22, 20, 22)
    s.both(post.mask())
    s.clear(s.pen().at(1226, 190, 1, 38).rect(-160, -22, -134, 22).mask())
    s.only_two(s.disc(1226, 260, 30))
    s.clear(s.disc(1226, 260, 14))

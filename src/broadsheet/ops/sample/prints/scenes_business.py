"""Business: what is carried, grown, baked and written down."""

from __future__ import annotations

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


@scene("business-port")
def port(s: Sheet) -> None:
    """A loaded ship seen bow on, held between two cranes."""
    line = 830.0
    s.one(s.lines(ramp(s.y, 760, -200) * 0.5, s.y + 9 * np.sin(s.x / 140), 29), tint=True)
    s.two(s.disc(1240, 250, 120))
    for x, flip in ((250, False), (1350, True)):
        crane = (
            s.pen().at(x, line, 1, flip=flip).rect(-96, -620, -70, 60).rect(70, -620, 96, 60).rect(-96, -320, 96, -296)
        )
        crane.line((-84, -310), (84, -604), width=10).line((-84, -604), (84, -310), width=10)
        crane.rect(-190, -646, 420, -612).line((-20, -646), (-20, -790), (400, -640), width=10).line(
            (-20, -790), (-180, -640), width=10
        )
        crane.rect(-60, -612, 20, -560).line((338, -612), (338, -500), width=5).line((386, -612), (386, -500), width=5)
        s.both(crane.mask())
        s.only_two(s.pen().at(x, line, 1, flip=flip).rect(322, -500, 402, -446).mask())
    water = s.below(s.y * 0 + line)
    s.clear(water)
    fall = np.abs(s.x - 800) * 0.16
    s.two(s.lines(0.62, s.y - fall + 9 * np.sin(s.x / 60), 30), water)
    s.one(s.lines(0.32, s.y - fall + 9 * np.sin(s.x / 60) + 15, 30), water)
    _stack(s)
    _bow(s, line)
    quay = s.rect(0, line - 40, 190, 1000) | s.rect(1410, line - 40, 1600, 1000)
    s.clear(s.rect(0, line - 52, 204, 1000) | s.rect(1396, line - 52, 1600, 1000))
    s.one(quay)
    s.clear(quay, s.lines(0.18, s.y, 48))


def _stack(s: Sheet) -> None:
    """The wall of boxes on deck, highest in the middle."""
    draw = np.random.default_rng(6)
    brown, teal, ribs = s.pen(), s.pen(), s.pen()
    for column in range(-4, 5):
        for row in range(6 - abs(column) // 2 - int(draw.integers(0, 2))):
            left, top = 800 + column * 66 - 31, 470 - row * 58
            kind = draw.integers(0, 3)
            for pen in (brown,) if kind == 0 else (teal,) if kind == 1 else (ribs,):
                pen.rect(left, top, left + 62, top + 54)
    whole = s.rect(498, 140, 1102, 530) & (brown.mask() | teal.mask() | ribs.mask())
    s.clear(whole)
    s.only_one(brown.mask())
    s.only_two(teal.mask())
    s.one(ribs.mask(), s.lines(0.5, s.x, 12.4))


def _bow(s: Sheet, line: float) -> None:
    hull = s.pen().poly((480, 524), (1120, 524), (1090, 600), (896, 862), (704, 862), (510, 600)).mask()
    s.clear(
        s.pen()
        .poly(
            (462, 510),
            (1138, 510),
            (1106, 604),
            (920, 858),
            (1010, 884),
            (860, 876),
            (800, 892),
            (740, 876),
            (590, 884),
            (680, 858),
            (494, 604),
        )
        .mask()
    )
    s.both(hull, np.asarray(s.x < 800, dtype=np.bool_))
    s.only_one(hull, np.asarray(s.x >= 800, dtype=np.bool_))
    s.only_two(hull, np.asarray(s.y > line - 86 + np.abs(s.x - 800) * 0.1, dtype=np.bool_))
    s.clear(hull, np.asarray(np.abs(s.y - 548) < 5, dtype=np.bool_))
    ports = s.pen()
    for side in (-1, 1):
        ports.oval(800 + side * 120, 622, 20, 13).rect(800 + side * 120 - 5, 630, 800 + side * 120 + 5, 700)
    s.clear(ports.mask())


@scene("business-fields")
def fields(s: Sheet) -> None:
    """Hills of stubble and standing corn, with bales left behind."""
    s.two(s.disc(460, 270, 130))
    s.one(s.dots(ramp(s.y, 420, -60) * 0.55, 27, 20), ~s.disc(460, 270, 130), tint=True)
    tones = ((330, 110, 700), (430, 130, 620), (540, 120, 760), (660, 130, 680), (790, 110, 820))
    for i, (base, height, grain) in enumerate(tones):
        edge = s.ridge(200 + 7 * i, base + 40, height, grain, 3)
        hill = s.below(edge)
        s.clear(s.below(edge - 6))
        lean = (0.8, -0.6, 0.35, -0.9, 0.55)[i]
        along = (s.y - edge) * (0.9 + 0.1 * i) + s.x * lean
        if i % 2 == 0:
            s.one(s.lines(0.55 + 0.05 * i, along, 26 + 2 * i), hill)
        else:
            s.two(s.lines(0.66, along, 26 + 2 * i), hill)
            s.one(s.lines(0.2, along, 26 + 2 * i), hill)
        hedge = s.pen()
        row = np.broadcast_to(np.asarray(edge), (1, s.shape[1]))[0]
        for x in range(20 + 61 * i, 1600, 210 - 14 * i):
            y = float(row[min(int(x * s.scale), s.shape[1] - 1)])
            for step in range(4):
                hedge.disc(x + step * (9 + 3 * i), y - 6 - 3 * i + step % 2 * 7, 11 + 4 * i)
        if i < 4:
            s.both(hedge.mask(), np.asarray(s.x > -1, dtype=np.bool_))
    for x, y, size in ((1120, 800, 1.0), (905, 745, 0.66), (1330, 720, 0.6), (610, 880, 1.45)):
        _bale(s, x, y, size)


def _bale(s: Sheet, x: float, y: float, size: float) -> None:
    s.clear(s.pen().at(x, y, size).oval(0, 0, 112, 112).rect(0, -112, 120, 112).oval(120, 0, 112, 112).mask())
    roll = s.pen().at(x, y, size).oval(120, 0, 98, 98).rect(0, -98, 120, 98).mask()
    s.one(roll, s.lines(0.6, s.x, 22 * size))
    s.two(roll)
    end = s.pen().at(x, y, size).disc(0, 0, 98).mask()
    s.clear(s.pen().at(x, y, size).disc(0, 0, 106).mask())
    s.both(end, s.lines(0.52, s.away(x, y) + 24 * size * s.angle(x, y), 24 * size))
    s.one(s.pen().at(x, y, size).poly((-90, 92), (200, 92), (330, 116), (20, 116)).mask())


@scene("business-bakery")
def bakery(s: Sheet) -> None:
    """Loaves on the boards in front of a hot oven."""
    brick_row = np.floor(s.y / 62)
    joint = np.asarray((s.y % 62 < 7) | ((s.x + brick_row % 2 * 70) % 140 < 7), dtype=np.bool_)
    wall = ~s.below(s.y * 0 + 700)
    s.one(wall, ~joint, s.lines(0.62, s.y, 20.67))
    arch = s.pen().rect(420, 330, 1180, 640).oval(800, 330, 380, 270, 180, 360)
    rim = s.pen().rect(350, 330, 1250, 700).oval(800, 330, 450, 340, 180, 360).mask()
    s.clear(s.pen().rect(338, 330, 1262, 700).oval(800, 330, 462, 352, 180, 360).mask())
    s.one(rim, ~np.asarray((s.angle(800, 330) * 40) % 1 < 0.1, dtype=np.bool_))
    mouth = arch.mask()
    s.clear(s.pen().rect(408, 330, 1192, 650).oval(800, 330, 392, 282, 180, 360).mask())
    s.both(mouth)
    glow = s.away(800, 640)
    s.clear_one(mouth, s.lines(ramp(glow, 560, 120), glow + 16 * np.sin(s.angle(800, 640) * 60), 32))
    for x, y, size in ((610, 600, 0.62), (800, 575, 0.6), (990, 600, 0.62)):
        _loaf(s, x, y, size)
    table = s.below(s.y * 0 + 700)
    s.clear(table)
    s.two(s.rect(0, 716, 1600, 1000))
    s.one(s.lines(0.24, s.y + 6 * np.sin(s.x / 110), 37), s.rect(0, 716, 1600, 1000))
    for x, y, size in ((250, 850, 1.1), (560, 880, 1.25), (1350, 860, 1.15), (1040, 885, 1.25)):
        _loaf(s, x, y, size)
    peel = s.pen().line((800, 690), (800, 1010), width=34).poly((690, 628), (910, 628), (880, 700), (720, 700))
    s.clear(s.pen().line((800, 690), (800, 1010), width=58).poly((672, 616), (928, 616), (892, 714), (708, 714)).mask())
    s.one(peel.mask(), s.lines(0.42, s.x, 17))
    _loaf(s, 800, 640, 0.86)


def _loaf(s: Sheet, x: float, y: float, size: float) -> None:
    """A round-topped loaf with three cuts; the light comes from above."""
    shape = ((-150, 40), (-158, -20), (-110, -84), (0, -106), (110, -84), (158, -20), (150, 40), (0, 52))
    s.clear(s.pen().at(x, y, size * 1.09).blob(*shape).mask())
    body = s.pen().at(x, y, size).blob(*shape).mask()
    s.one(body)
    cuts = s.pen().at(x, y, size)
    for i in (-1, 0, 1):
        cuts.blob((i * 82 - 34, 4), (i * 82 - 4, -58), (i * 82 + 34, -76), (i * 82 + 14, -24))
    s.clear(cuts.mask())
    s.two(cuts.mask(), s.lines(0.4, s.x + s.y, 14))
    s.clear(body, s.lines(ramp(s.y, y - 8 * size, y + 70 * size) * 0.5, s.y, 15), s.below(s.y * 0 + y))


@scene("business-ferry")
def ferry(s: Sheet) -> None:
    """Two ferries of two houses pass, each on its own timetable."""
    line = 660.0
    s.one(s.lines(ramp(s.y, 560, -260) * 0.6, s.y + 14 * np.sin(s.x / 190), 29), ~s.below(s.y * 0 + line), tint=True)
    s.two(s.disc(1010, 270, 150))
    coast = s.below(s.ridge(71, line - 10, 190, 420)) & ~s.below(s.y * 0 + line)
    s.clear(coast)
    s.one(coast, s.dots(0.5, 24, 20))
    sea = s.below(s.y * 0 + line)
    s.two(s.lines(0.4 + 0.3 * ramp(s.y, line, 1000), motifs.swell(s, line, 15), 31), sea)
    s.one(s.lines(0.22, motifs.swell(s, line, 15) + 16, 31), sea)
    _passenger_ship(s, 1050, 690, 0.95, flip=True, own=False)
    _passenger_ship(s, 640, 815, 1.28, flip=False, own=True)
    birds = s.pen()
    for x, y, size in ((250, 170, 1.6), (360, 240, 1.1), (1330, 150, 1.3), (820, 110, 1.0)):
        motifs.gull(birds.at(x, y, size))
    s.one(birds.mask())


def _passenger_ship(s: Sheet, x: float, y: float, size: float, flip: bool, own: bool) -> None:
    """A car ferry, bow to the right; the house that owns it shows in hull and funnel."""

    def pen() -> Pen:
        return s.pen().at(x, y, size, flip=flip)

    decks = (
        pen()
        .poly((-330, -200), (205, -200), (240, -130), (-345, -130))
        .poly((-300, -262), (150, -262), (186, -196), (-310, -196))
    )
    decks.poly((60, -312), (118, -312), (140, -260), (48, -260))
    hull = pen().poly((-400, -134), (420, -134), (392, -98), (340, 18), (-372, 18))
    s.clear(
        pen().poly((-416, -148), (-358, -148), (-322, -276), (440, -276), (440, -134), (352, 30), (-386, 30)).mask()
        & ~pen().poly((200, -290), (460, -290), (460, -148), (262, -148)).mask()
    )
    edge = (
        pen()
        .poly((-336, -206), (209, -206), (246, -128), (-351, -128))
        .poly((-306, -268), (154, -268), (193, -194), (-316, -194))
    )
    edge.poly((54, -318), (122, -318), (147, -258), (42, -258))
    s.only_one(edge.mask())
    s.clear(decks.mask())
    s.one(pen().rect(-345, -205, 240, -197).rect(-310, -267, 186, -259).rect(48, -316, 130, -306).mask())
    s.one(
        decks.mask(),
        s.lines(0.34, s.y, 15),
        np.asarray(s.x < x - 170 * size if not flip else s.x > x + 170 * size, dtype=np.bool_),
    )
    ink = s.only_one if own else s.only_two
    ink(hull.mask())
    s.both(pen().poly((-378, -14), (356, -14), (340, 18), (-372, 18)).mask())
    s.clear(pen().rect(-394, -72, 384, -60).mask())
    panes = pen()
    for i in range(13):
        panes.rect(-318 + i * 40, -182, -292 + i * 40, -150)
    for i in range(11):
        panes.rect(-286 + i * 40, -244, -262 + i * 40, -214)
    panes.rect(64, -300, 120, -280)
    for i in range(9):
        panes.disc(-330 + i * 74, -98, 11)
    s.both(panes.mask())
    funnel = pen().poly((-214, -262), (-202, -372), (-116, -372), (-104, -262))
    s.clear(pen().poly((-228, -256), (-214, -386), (-104, -386), (-90, -256)).mask())
    ink(funnel.mask())
    s.clear(pen().rect(-212, -344, -104, -318).mask() if own else pen().disc(-159, -322, 26).mask())
    s.both(
        pen()
        .poly((-203, -372), (-115, -372), (-113, -352), (-205, -352))
        .line((8, -262), (18, -400), width=7)
        .line((-14, -350), (44, -350), width=5)
        .mask()
    )
    smoke = pen().blob((-160, -384), (-210, -430), (-310, -436), (-390, -470), (-330, -410), (-230, -396), (-190, -380))
    s.clear(smoke.mask())
    s.one(smoke.mask(), s.lines(0.4, s.y, 16))


@scene("business-ledger")
def ledger(s: Sheet) -> None:
    """An open ledger, its columns filled by hand, and the pen laid across it."""
    s.one(s.lines(0.62, s.y + 16 * np.sin(s.x / 240) + 5 * np.sin(s.x / 47), 31))
    s.clear(s.pen().poly((120, 190), (800, 240), (1480, 190), (1540, 890), (800, 940), (60, 890)).mask())
    s.both(s.pen().poly((132, 204), (800, 252), (1468, 204), (1526, 878), (800, 928), (74, 878)).mask())
    for side in (-1, 1):
        page = (
            s.pen()
            .at(800, 0, 1, flip=side < 0)
            .poly((4, 232), (130, 176), (640, 160), (692, 838), (130, 856), (4, 906))
            .mask()
        )
        s.clear(page)
        bow = 46 * np.exp(-np.abs(s.x - 800) / 90)
        s.two(page, s.lines(0.13, s.y - bow * 1.2 + np.abs(s.x - 800) * 0.03, 42))
        s.one(page, s.lines(ramp(np.abs(s.x - 800), 110, 0) * 0.8, s.x, 16))
        rules = s.pen().at(800, 0, 1, flip=side < 0)
        for at in (170, 420, 510, 590):
            rules.line((at, 172), (at * 1.075, 850), width=4)
        s.one(rules.mask(), page)
        _hand(s, side)
    band = s.pen().poly((380, 160), (420, 162), (400, 980), (352, 960)).mask()
    s.clear(s.pen().poly((370, 160), (430, 162), (410, 990), (342, 960)).mask())
    s.two(band)
    _fountain_pen(s)


def _hand(s: Sheet, side: int) -> None:
    """Lines of writing: loops for words, short strokes for figures."""
    draw = np.random.default_rng(50 + side)
    ink = s.pen()
    for row in range(13):
        y = 262 + row * 42 + (0 if side > 0 else 3)
        if row == 9 and side > 0:
            continue
        length = 120 + draw.random() * 90
        start = 800 + 190 + row * 1.6 if side > 0 else 800 - 400 - row * 2.2
        loops = [
            (start + i * 6.5, y + 9 * np.sin(i * 1.9) * (0.5 + 0.5 * draw.random())) for i in range(int(length / 6.5))
        ]
        ink.curve(*loops, width=5, steps=4)
        for column in (440, 530):
            for digit in range(int(draw.integers(2, 4))):
                x = 800 + side * (column + 18 + row * 2.6) + digit * 17 - (40 if side < 0 else 0)
                ink.curve((x, y - 10), (x + 7, y - 12), (x + 2, y), (x + 8, y + 8), (x - 1, y + 10), width=4.5, steps=5)
    s.one(ink.mask())


def _fountain_pen(s: Sheet) -> None:
    def pen() -> Pen:
        return s.pen().at(1000, 600, 1, -33)

    s.clear(pen().rect(-186, -40, 640, 40).poly((-186, -40), (-330, 0), (-186, 40)).mask())
    s.both(pen().rect(-60, -27, 620, 27).disc(620, 0, 27).mask())
    s.only_two(pen().poly((-176, -22), (-60, -27), (-60, 27), (-176, 22)).rect(150, -27, 190, 27).mask())
    s.one(pen().poly((-178, -22), (-300, 0), (-178, 22)).mask())
    s.clear(pen().line((-288, 0), (-205, 0), width=4).disc(-205, 0, 8).rect(-40, -16, 600, -9).mask())

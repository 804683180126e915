"""World: water, weather and borders."""

from __future__ import annotations

import numpy as np

from broadsheet.ops.sample.prints import motifs
from broadsheet.ops.sample.prints.engine import Pen, Sheet, ramp
from broadsheet.ops.sample.prints.registry import scene


def _freighter(s: Sheet, x: float, y: float, size: float, seed: int, flip: bool = False, draught: float = 0) -> None:
    """A loaded ship in both inks: hull dark, half of the boxes in the second ink."""
    blue, red, dark, panes = (s.pen().at(x, y, size, flip=flip) for _ in range(4))
    motifs.containers(blue, seed, 1.0)
    motifs.containers(red, seed, 0.45)
    motifs.hull(dark, draught)
    motifs.deckhouse(dark)
    motifs.deckhouse_windows(panes)
    whole = dark.mask()
    s.only_one(blue.mask())
    s.only_two(red.mask())
    s.both(whole)
    s.clear(panes.mask())


@scene("world-strait")
def strait(s: Sheet) -> None:
    """Ships wait at anchor; under the nearest one the bank rises through the water."""
    line = 440.0
    sky = s.below(s.y * 0 + line) ^ s.everywhere()
    s.two(s.disc(1130, 300, 150))
    s.one(s.dots(ramp(s.y, 60, 700), 26, 18), sky, ~s.disc(1130, 300, 150), tint=True)
    coast = s.below(s.ridge(31, line + 10, 70, 260) + np.abs(s.x - 800) * -0.045 + 40) & sky
    s.only_one(coast)
    for x, size, seed in ((1270, 0.42, 3), (1020, 0.34, 5), (1470, 0.3, 8), (160, 0.46, 9), (345, 0.32, 12)):
        _freighter(s, x, line, size, seed, flip=seed % 2 == 0)
    water = s.below(s.y * 0 + line)
    hump = 330 * np.exp(-(((s.x - 720) / 230) ** 2)) + 120 * np.exp(-(((s.x - 1330) / 200) ** 2))
    bed = s.ridge(17, 985, 60, 300) - hump
    swell = motifs.swell(s, line, 13, 70)
    # The lines of the water swell over the bank, as the current does.
    depth = ramp(s.y, line, 1000)
    s.clear(water)
    s.one(s.lines(0.3 + 0.62 * depth, swell + 90 * np.exp(-(((s.x - 720) / 300) ** 2)) * depth, 25), water)
    ground = s.below(bed)
    s.only_two(ground)
    s.one(s.lines(ramp(s.y - bed, 20, 330) * 0.8, s.y - bed, 30), ground)
    s.clear(s.below(bed - 9), ~ground)
    _freighter(s, 640, line + 4, 1.75, 21, draught=62)
    chain = s.pen().curve((905, 408), (960, 540), (1050, 700), (1160, 905), width=6)
    chain.line((1130, 895), (1165, 915), (1180, 872), width=9)
    s.both(chain.mask())


@scene("world-dredger")
def dredger(s: Sheet) -> None:
    """A dredger throws the sand of the bank in a high arc over her bow."""
    line = 690.0
    sky = s.everywhere() & ~s.below(s.y * 0 + line)
    s.one(s.lines(ramp(s.y, 760, -120) * 0.8, s.y + 16 * np.sin(s.x / 210), 29), sky, tint=True)
    s.clear(s.disc(330, 255, 118))
    s.two(s.disc(330, 255, 100))
    far = s.below(s.ridge(44, line + 14, 105, 330)) & ~s.below(s.y * 0 + line)
    s.only_one(far, tint=True)
    water = s.below(s.y * 0 + line)
    s.one(s.lines(0.42 + 0.5 * ramp(s.y, line, 1000), motifs.swell(s, line, 12), 26), water)
    # The jet: parabolas a little apart, wide and torn where it falls.
    t = (s.x - 905) / 595
    middle = 470 - 760 * t + 985 * t * t
    wide = 16 + 95 * t
    inside = np.asarray((np.abs(s.y - middle) < wide) & (s.x > 905), dtype=np.bool_) & ~water
    s.clear(inside)
    spread = (s.y - middle) / (wide + 1) * 92
    s.two(s.lines(0.92 - 0.36 * t, spread + 9 * np.sin(s.x / 27) * t, 30), inside)
    foam = s.pen().oval(1430, line + 12, 176, 34).oval(1440, line + 66, 120, 14).oval(1420, line + 100, 70, 9).mask()
    s.clear(foam)
    s.two(foam, s.lines(0.6, s.y + 7 * np.sin(s.x / 24), 20))
    _dredger_body(s, 560, line + 10)
    flock = s.pen()
    for x, y, size in ((640, 190, 1.3), (760, 130, 1.0), (845, 235, 0.9)):
        motifs.gull(flock.at(x, y, size))
    s.both(flock.mask())


def _dredger_body(s: Sheet, x: float, y: float) -> None:
    dark = s.pen().at(x, y, 1.0)
    dark.poly((-395, -120), (-300, -120), (-280, -92), (250, -92), (290, -140), (400, -140), (352, 22), (-370, 22))
    dark.rect(-370, -330, -235, -90).rect(-385, -345, -215, -322).rect(-340, -400, -262, -335)
    dark.line((-300, -400), (-300, -500), width=7).line((-330, -455), (-270, -455), width=6)
    dark.rect(-200, -250, -160, -90)  # funnel
    for left in (-110, 40, 190):  # gantries that carry the pipe
        dark.line((left, -92), (left + 34, -265), (left + 68, -92), width=10)
        dark.rect(left + 10, -278, left + 58, -262)
    dark.line((330, -140), (345, -232), width=24)
    s.only_one(dark.mask())
    pipe = s.pen().at(x, y, 1.0).line((-150, -135), (300, -170), (348, -238), width=26)
    pipe.poly((-395, -40), (387, -40), (376, -4), (-385, -4)).rect(-200, -235, -160, -205)
    s.only_two(pipe.mask())
    panes = s.pen().at(x, y, 1.0)
    for row in range(4):
        for column in range(4):
            panes.rect(-356 + column * 30, -305 + row * 46, -336 + column * 30, -283 + row * 46)
    panes.rect(-330, -385, -272, -362)
    s.clear(panes.mask())
    # The suction pipe trails over the side, its head on the ground.
    for grow, ink in ((22.0, s.clear), (0.0, s.both)):
        trail = s.pen().at(x, y, 1.0).line((60, -60), (-210, 232), width=26 + grow)
        trail.poly((-186 + grow, 190 - grow), (-290 - grow, 276 + grow), (-160 + grow, 276 + grow)).disc(
            60, -60, 30 + grow / 2
        )
        ink(trail.mask())
    s.only_two(s.pen().at(x, y, 1.0).disc(60, -60, 14).mask())


@scene("world-river")
def river(s: Sheet) -> None:
    """One river between two kinds of land, with measuring posts on both banks."""
    horizon = 310.0
    t = ramp(s.y, horizon, 1000)
    middle = 800 + 330 * np.sin(4.9 * t**0.55 + 0.5) * (0.12 + t)
    half = 10 + 330 * t**1.5
    land = s.below(s.y * 0 + horizon)
    left = np.asarray(s.x < middle - half, dtype=np.bool_) & land
    right = np.asarray(s.x > middle + half, dtype=np.bool_) & land
    water = land & ~left & ~right
    s.two(s.disc(800, 250, 120), ~land)
    s.one(s.lines(ramp(s.y, 330, -60) * 0.8, s.y, 25), ~land)
    s.only_one(s.below(s.ridge(3, horizon + 5, 150, 420) + np.abs(s.x - 800) * -0.09 + 60) & ~land)
    # Ploughed land runs to a vanishing point; terraces follow the water.
    s.one(s.lines(0.56, s.angle(640, horizon - 30) * 2600, 27), left)
    s.two(s.lines(0.62, (s.x - middle - half) / (0.16 + t) * 0.42, 30), right)
    s.one(s.lines(ramp(s.y, 300, 1100) * 0.5, (s.x - middle) / (half + 1) * 100 + 4 * np.sin(s.y / 24), 25), water)
    bank = np.asarray(np.abs(np.abs(s.x - middle) - half) < 3 + 9 * t, dtype=np.bool_) & land
    s.both(bank)
    for y, side in ((960, -1), (905, 1), (640, -1), (560, 1), (440, -1), (408, 1)):
        depth = (y - horizon) / 690
        where = 800 + 330 * np.sin(4.9 * depth**0.55 + 0.5) * (0.12 + depth)
        _post(s, where + side * (10 + 330 * depth**1.5 + 26 + 50 * depth), y, 0.22 + 1.05 * depth, flip=side > 0)


def _post(s: Sheet, x: float, y: float, size: float, flip: bool) -> None:
    """A measuring post: mast, box, little solar sail, and the waves of its signal."""
    body = s.pen().at(x, y, size, flip=flip)
    halo = s.pen().at(x, y, size, flip=flip).rect(-20, -300, 22, 8).rect(-62, -210, 62, -110).disc(0, -300, 34)
    s.clear(halo.mask())
    body.rect(-8, -290, 8, 0).rect(-42, -190, 42, -122).disc(0, -300, 19)
    body.poly((10, -262), (74, -226), (70, -214), (6, -250))
    s.both(body.mask())
    waves = s.pen().at(x, y, size, flip=flip)
    for radius in (62, 98, 134):
        waves.arc(0, -300, radius, 205, 335, width=13)
    s.only_two(waves.mask())


@scene("world-glacier")
def glacier(s: Sheet) -> None:
    """A lake behind the ice breaks out and runs down the valley."""
    s.one(s.lines(ramp(s.y, 380, -260) * 0.7, s.y + 8 * np.sin(s.x / 140), 28), tint=True)
    peaks = s.below(s.ridge(61, 330, 300, 420) + 120 * np.exp(-(((s.x - 800) / 260) ** 2)))
    s.clear(peaks)
    s.one(s.lines(0.3 + ramp(s.y, 60, 480) * 0.34, s.x * 0.85 + s.y * 0.75 + 20 * np.sin(s.y / 40), 26), peaks)
    # The tongue of ice: narrow between the peaks, wide and broken off where it meets the lake.
    t = ramp(s.y, 190, 520)
    front = 505 + s.ridge(13, 0, 46, 90, 3)
    ice = np.asarray((np.abs(s.x - 800 + 70 * (1 - t)) < 60 + 330 * t**0.8) & (s.y > 215), dtype=np.bool_) & ~s.below(
        front
    )
    s.clear(np.asarray((np.abs(s.x - 800 + 70 * (1 - t)) < 74 + 330 * t**0.8) & (s.y > 205), dtype=np.bool_))
    flow = s.y - 34 * np.cos((s.x - 800) / 150) + 7 * np.sin(s.x / 23)
    s.one(s.lines(0.2 + 0.3 * t, flow, 30), ice, tint=True)
    lake = s.below(front) & ~s.below(s.ridge(19, 690, 24, 200))
    s.only_one(lake)
    s.clear(s.lines(0.3, motifs.swell(s, 480, 6), 30), lake, s.below(s.y * 0 + 540))
    s.clear(s.below(front), ~s.below(front + 34 + 14 * np.sin(s.x / 19)))
    s.one(s.lines(0.35, s.x + 5 * np.sin(s.y / 9), 24), s.below(front), ~s.below(front + 30 + 14 * np.sin(s.x / 19)))
    floes = s.pen()
    for x, y, size in (
        (610, 612, 1.0),
        (700, 640, 1.4),
        (905, 600, 1.1),
        (985, 655, 1.6),
        (820, 590, 0.8),
        (540, 590, 0.8),
    ):
        floes.at(x, y, size).poly((-30, 8), (-22, -16), (-2, -28), (20, -14), (32, 8))
    s.clear(floes.mask())
    for near, seed in ((s.x, 71), (1600 - s.x, 83)):
        slope = s.below(330 + 0.78 * near + s.ridge(seed, 0, 110, 240)) | s.below(
            np.maximum(690 + 0 * s.x, 560 + near * 0.1)
        )
        slope &= np.asarray(near < 802, dtype=np.bool_)
        s.clear(slope)
        s.two(s.lines(0.74 - 0.24 * ramp(s.y, 300, 1000), near * -0.7 + s.y + 12 * np.sin(s.x / 50), 30), slope)
        s.one(s.lines(ramp(near, 520, -260) * 0.62, near * -0.7 + s.y + 15 + 12 * np.sin(s.x / 50), 30), slope)
    _flood(s)


def _flood(s: Sheet) -> None:
    t = ramp(s.y, 640, 1000)
    middle = 800 + 90 * np.sin(t * 5.6)
    half = 42 + 250 * t**1.5
    s.clear(np.asarray((np.abs(s.x - middle) < half + 16) & (s.y > 660), dtype=np.bool_))
    stream = np.asarray((np.abs(s.x - middle) < half) & (s.y > 640), dtype=np.bool_)
    s.only_one(stream)
    s.clear(s.lines(0.36, (s.x - middle) / half * 120 + 9 * np.sin(s.y / 17), 30), stream)
    town, panes = s.pen(), s.pen()
    for x, y, size in ((330, 900, 1.5), (440, 860, 1.1), (235, 950, 1.9), (1250, 880, 1.4), (1360, 925, 1.8)):
        motifs.house(town.at(x, y, size))
        panes.at(x, y, size).rect(-16, -26, -4, -12).rect(4, -26, 16, -12)
    s.both(town.mask())
    s.only_two(panes.mask())


@scene("world-lighthouse")
def lighthouse(s: Sheet) -> None:
    """A lighthouse on its cape finds a ferry that has lost her engines."""
    line, lamp = 600.0, (1180.0, 232.0)
    sky = ~s.below(s.y * 0 + line)
    light = (motifs.beam(s, *lamp, 157, 15) | motifs.beam(s, *lamp, -23, 13)) & sky
    s.one(s.lines(0.9 - 0.5 * ramp(s.y, 0, line), s.y + 7 * np.sin(s.x / 120), 26), sky, ~light)
    s.two(s.dots(ramp(s.away(*lamp), 1150, -200), 24, 20), light)
    s.clear(motifs.stars(s, 5, 60, 420), sky, ~light)
    water = s.below(s.y * 0 + line)
    roll = s.y + 30 * np.sin(s.x / 105 + s.y / 60) * ramp(s.y, line, 1000) + 6 * np.sin(s.x / 41)
    s.one(s.lines(0.5 + 0.42 * ramp(s.y, line, 1000), roll, 30), water)
    glint = np.exp(-(((s.x - 540) / 230) ** 2)) * ramp(s.y, 940, line)
    s.clear(s.lines(glint * 0.7, roll + 15, 30), water)
    s.two(s.lines(glint * 0.62, roll + 15, 30), water)
    cliff = s.below(s.ridge(9, 640, 90, 220) + 520 * np.exp(-(s.x - 800) / 95) - 30 * np.cos((s.x - 1180) / 130))
    s.only_one(cliff)
    s.clear(s.lines(ramp(s.y, 600, 900) * 0.42, s.x + s.y * 0.35 + 9 * np.sin(s.y / 20), 36), cliff)
    _tower(s, lamp[0], lamp[1], s.pen())
    _ferry(s, 540, 648, 1.22, -6)


def _tower(s: Sheet, x: float, y: float, tower: Pen) -> None:
    tower.at(x, y).poly((-34, 44), (34, 44), (62, 400), (-62, 400))
    body = tower.mask()
    s.clear(body)
    s.only_two(body, np.asarray((s.y - y) % 142 < 71, dtype=np.bool_))
    s.one(body, s.lines(0.5, s.x - x, 22), np.asarray(s.x > x + 8, dtype=np.bool_))
    iron = s.pen().at(x, y).rect(-54, 36, 54, 50).rect(-50, 12, -46, 40).rect(46, 12, 50, 40).rect(-54, 8, 54, 15)
    iron.poly((-38, -34), (0, -76), (38, -34)).line((0, -70), (0, -104), width=5)
    s.both(iron.mask())
    s.clear(s.pen().at(x, y).rect(-30, -34, 30, 36).mask())
    s.only_two(s.pen().at(x, y).disc(0, 2, 24).mask())


def _ferry(s: Sheet, x: float, y: float, size: float, turn: float) -> None:
    halo = (
        s.pen()
        .at(x, y, size, turn)
        .poly((-190, -60), (-150, -130), (100, -130), (190, -60), (160, 22), (-160, 22))
        .mask()
    )
    s.clear(halo)
    body = s.pen().at(x, y, size, turn).poly((-175, -48), (175, -48), (140, 8), (-150, 8)).rect(-120, -104, 92, -44)
    body.rect(-40, -140, 4, -100).rect(52, -122, 90, -100)
    s.both(body.mask())
    lights = s.pen().at(x, y, size, turn)
    for i in range(6):
        lights.rect(-106 + i * 32, -90, -88 + i * 32, -70)
    s.only_two(lights.mask())


@scene("world-grain")
def grain(s: Sheet) -> None:
    """Silos under an evening sun, and a long train of hopper wagons."""
    ground = 800.0
    s.two(s.disc(1225, 360, 185))
    s.one(s.dots(ramp(s.y, 900, -100) * 0.5, 26, 40), ~s.disc(1225, 360, 185), ~s.below(s.y * 0 + ground), tint=True)
    for i, (left, top) in enumerate(((150, 250), (335, 250), (520, 250), (705, 250))):
        round_side = np.clip((s.x - left) / 175, 0, 1)
        tube = s.pen().rect(left, top, left + 175, ground).oval(left + 87, top, 87, 34).mask()
        s.clear(tube)
        s.one(s.lines(0.12 + 0.86 * round_side**1.6, s.y + 16 * np.sin(round_side * np.pi), 25), tube)
        s.two(tube, np.asarray(s.y < top + 60 + 26 * np.sin(round_side * np.pi), dtype=np.bool_), tint=i % 2 == 0)
    gallery = s.pen().rect(90, 165, 960, 205).poly((940, 165), (1010, 165), (1370, 690), (1320, 690), (960, 205))
    for x in range(110, 960, 85):
        gallery.line((x, 205), (x + 42, 250), width=7).line((x + 85, 205), (x + 42, 250), width=7)
    gallery.rect(560, 70, 660, 170).poly((545, 74), (610, 30), (675, 74)).rect(1290, 600, 1400, ground)
    s.both(gallery.mask())
    s.clear(s.below(s.y * 0 + ground))
    s.one(s.lines(0.55, s.y - ground + (s.x - 800) * (s.y - ground) * 0.0004, 27), s.below(s.y * 0 + 935))
    _hoppers(s, 915)


def _hoppers(s: Sheet, rail: float) -> None:
    red, dark, bare = s.pen(), s.pen(), s.pen()
    dark.rect(0, rail + 2, 1600, rail + 14)
    for i in range(6):
        x = -120 + i * 292
        red.at(x, rail).poly((0, -170), (268, -170), (268, -92), (226, -34), (42, -34), (0, -92))
        dark.at(x, rail).rect(-12, -40, 282, -28)
        for wheel in (40, 84, 186, 230):
            dark.disc(wheel, -17, 21)
        bare.at(x, rail)
        for rib in range(1, 6):
            bare.rect(rib * 45 - 3, -160, rib * 45 + 3, -50)
    s.clear(s.pen().rect(0, rail - 190, 1600, rail).mask())
    s.only_two(red.mask())
    s.both(dark.mask())
    s.clear(bare.mask())
    heaps = s.pen()
    for i in range(6):
        heaps.oval(14 - 120 + i * 292 + 120, rail - 168, 118, 34, 180, 360)
    s.one(heaps.mask(), s.dots(0.6, 20, 45))


@scene("world-bridge")
def bridge(s: Sheet) -> None:
    """The two halves of an arch reach for one another across a gorge."""
    s.one(s.lines(ramp(s.y, 700, -150) * 0.62, s.y + 12 * np.sin(s.x / 160), 28))
    s.clear(s.disc(800, 250, 150))
    s.two(s.disc(800, 250, 132))
    far = s.below(s.ridge(23, 640, 260, 500) - np.abs(s.x - 800) * 0.14)
    s.clear(far)
    s.one(s.dots(0.5 - 0.42 * ramp(s.y, 450, 900), 25, 20), far)
    walls = s.pen().poly((0, 430), (170, 440), (250, 520), (270, 660), (380, 780), (420, 1000), (0, 1000))
    walls.poly((1600, 415), (1440, 430), (1360, 530), (1330, 670), (1220, 790), (1190, 1000), (1600, 1000))
    rock = walls.mask()
    s.only_one(rock)
    s.clear(s.lines(0.24, s.y * 0.8 + np.abs(s.x - 800) * 0.35 + 10 * np.sin(s.x / 31), 36), rock)
    water = s.pen().rect(400, 930, 1220, 1000).mask() & ~rock
    s.clear(water)
    s.two(s.lines(0.55, motifs.swell(s, 900, 8), 22), water)
    steel = s.pen()
    for flip in (False, True):
        _half_arch(steel.at(1600 if flip else 0, 0, flip=flip))
    s.both(steel.mask())
    cranes = s.pen()
    for x, flip in ((560, False), (1040, True)):
        cranes.at(x, 420, 1.0, flip=flip).rect(-12, -250, 12, 0).line((-90, -232), (212, -232), width=9)
        cranes.line((-90, -232), (0, -290), (212, -232), width=6).rect(-100, -232, -66, -196).line(
            (168, -232), (168, -60), width=4
        )
    cranes.at().rect(690, 360, 766, 392).rect(834, 360, 910, 392)
    s.both(cranes.mask())


def _half_arch(steel: Pen) -> None:
    steel.rect(0, 412, 640, 436)
    points = [(250.0, 700.0), (330.0, 610.0), (430.0, 540.0), (540.0, 498.0), (690.0, 472.0)]
    steel.curve(*points, width=24)
    for x, y in ((300, 645), (372, 580), (448, 532), (524, 504), (600, 488)):
        steel.line((x, 430), (x, y), width=10)
    for (a, b), (c, _) in zip(((300, 645), (372, 580), (448, 532)), ((372, 0), (448, 0), (524, 0)), strict=True):
        steel.line((a, b), (c, 436), width=6)


@scene("world-contours")
def contours(s: Sheet) -> None:
    """A summit on a map, and the border that no longer goes over it."""
    height = 1.25 * np.exp(-((s.away(760, 430) / 420) ** 2)) + 0.55 * np.exp(-((s.away(1250, 760) / 260) ** 2))
    height = height + 0.42 * np.exp(-((s.away(240, 820) / 240) ** 2)) + 0.3 * s.noise(41, 520, 3)
    slope = np.hypot(*np.gradient(height)) * s.scale
    step = 0.09
    off = np.abs((height / step) % 1 - 0.5)
    fine = np.asarray(0.5 - off < 1.7 * slope / step, dtype=np.bool_)
    every_fourth = np.asarray(np.abs(np.round(height / step + 0.5) % 4) < 0.5, dtype=np.bool_)
    bold = np.asarray(0.5 - off < 4.2 * slope / step, dtype=np.bool_) & every_fourth
    ice = np.asarray(height > 1.02, dtype=np.bool_)
    low = np.asarray(height < 0.24, dtype=np.bool_)
    s.two(s.dots(ramp(height, 0.6, 1.4), 31, 30), ~ice)
    s.one(fine | bold)
    s.clear(low)
    s.one(low)
    s.clear(s.lines(0.26, s.y + 6 * np.sin(s.x / 45), 24), low)
    old = s.pen().curve((-20, 690), (260, 560), (520, 500), (760, 430), (1010, 330), (1300, 300), (1620, 130), width=11)
    new = s.pen().curve((-20, 690), (260, 590), (520, 610), (740, 640), (1010, 560), (1300, 380), (1620, 130), width=19)
    halo = s.pen().curve(
        (-20, 690), (260, 590), (520, 610), (740, 640), (1010, 560), (1300, 380), (1620, 130), width=38
    )
    s.clear(halo.mask())
    s.both(old.mask(), np.asarray((s.x % 46) < 24, dtype=np.bool_))
    s.only_two(new.mask(), np.asarray((s.x % 92) < 64, dtype=np.bool_))
    s.only_two(new.mask(), np.asarray(np.abs(s.x % 92 - 78) < 6, dtype=np.bool_))
    s.clear(s.pen().poly((760, 352), (830, 474), (690, 474)).mask())
    s.both(s.pen().poly((760, 372), (814, 464), (706, 464)).mask())
    s.clear(s.disc(760, 436, 11))

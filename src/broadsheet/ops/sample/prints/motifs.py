"""Things that several scenes show: ships, people, trees, gulls, houses. All stand at the pen's own origin."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from broadsheet.ops.sample.prints.engine import Field, Mask, Pen, Point, Sheet, smooth


def hull(pen: Pen, draught: float = 0) -> None:
    """A freighter's hull about 330 units long, bow to the right, waterline at y = 0."""
    pen.poly((-160, -34), (-118, -34), (-112, -26), (112, -26), (128, -46), (172, -46), (146, 0), (-150, 0))
    if draught:
        pen.poly((-150, -1), (146, -1), (132, draught * 0.7), (120, draught), (-128, draught), (-150, draught * 0.5))


def deckhouse(pen: Pen) -> None:
    pen.rect(-148, -104, -112, -30).rect(-154, -108, -104, -98).rect(-138, -124, -120, -100)
    pen.line((-129, -120), (-129, -150), width=4).line((150, -46), (150, -80), width=3)


def deckhouse_windows(pen: Pen) -> None:
    for row in range(3):
        pen.rect(-143, -90 + row * 17, -117, -83 + row * 17)


def containers(pen: Pen, seed: int, share: float = 0.5) -> None:
    """Boxes on a freighter's deck; with another `share` of the same seed, others of the same boxes."""
    draw = np.random.default_rng(seed)
    for column in range(8):
        for row in range(int(draw.integers(2, 5))):
            if (draw.random() < share) == (share > 0):
                left, top = -96 + column * 26, -42 - row * 16
                pen.rect(left, top, left + 24, top + 14.5)


def sails(pen: Pen) -> None:
    pen.poly((-26, -6), (30, -6), (20, 4), (-18, 4)).poly((2, -80), (2, -12), (32, -12)).poly(
        (-3, -66), (-3, -12), (-24, -12)
    )


def gull(pen: Pen) -> None:
    pen.curve((-30, -6), (-16, -14), (0, 0), (14, -16), (30, -10), width=5)


def conifer(pen: Pen) -> None:
    """A fir 100 units high."""
    pen.poly((0, -100), (18, -58), (-18, -58)).poly((0, -78), (24, -30), (-24, -30)).poly((0, -52), (30, 0), (-30, 0))


def house(pen: Pen) -> None:
    """A gabled house about 60 wide and 62 high."""
    pen.poly((-30, 0), (-30, -34), (-34, -34), (0, -62), (34, -34), (30, -34), (30, 0)).rect(14, -64, 22, -40)


def walker(pen: Pen, joints: dict[str, Point], thick: float = 13) -> None:
    """A person by joints: head, neck, hip, and elbow, hand, knee, foot of the left (`l_`) and right (`r_`) side."""
    at = joints
    pen.line(at["neck"], at["hip"], width=thick * 1.75)
    for side in ("l_", "r_"):
        pen.line(at["neck"], at[side + "elbow"], at[side + "hand"], width=thick * 0.72)
        pen.line(at["hip"], at[side + "knee"], width=thick * 1.15)
        pen.line(at[side + "knee"], at[side + "foot"], width=thick * 0.85)
    pen.disc(*at["head"], thick * 0.98)


STRIDE: dict[str, Point] = {
    "head": (20, -152), "neck": (12, -128), "hip": (0, -78),
    "l_elbow": (-22, -112), "l_hand": (-36, -88), "r_elbow": (28, -98), "r_hand": (54, -108),
    "l_knee": (36, -58), "l_foot": (30, -18), "r_knee": (-16, -40), "r_foot": (-62, -34),
}  # fmt: skip
PUSH: dict[str, Point] = {
    "head": (22, -154), "neck": (14, -130), "hip": (0, -80),
    "l_elbow": (28, -102), "l_hand": (50, -122), "r_elbow": (-18, -108), "r_hand": (-34, -82),
    "l_knee": (34, -66), "l_foot": (12, -34), "r_knee": (-12, -42), "r_foot": (-44, 0),
}  # fmt: skip


def swell(sheet: Sheet, horizon: float, height: float = 9, length: float = 60) -> Field:
    """The field whose level lines are waves, longer and higher towards the viewer."""
    near = np.clip((sheet.y - horizon) / (1000 - horizon), 0, 1)
    long = length * (0.5 + 1.6 * near)
    roll = near * height * np.sin(sheet.x / long + sheet.y / 21)
    return np.asarray(sheet.y + roll + height * 0.5 * np.sin(sheet.x / 83 - sheet.y / 37))


def beam(sheet: Sheet, x: float, y: float, turn: float, spread: float) -> Mask:
    """A wedge of light from a place, `turn` degrees clockwise from the right, `spread` degrees wide."""
    off = (np.degrees(np.arctan2(sheet.y - y, sheet.x - x)) - turn + 180) % 360 - 180
    return np.asarray(np.abs(off) < spread / 2, dtype=np.bool_)


def stars(sheet: Sheet, seed: int, count: int, bottom: float) -> Mask:
    draw = np.random.default_rng(seed)
    pen = sheet.pen()
    for _ in range(count):
        pen.disc(draw.random() * 1600, draw.random() ** 1.3 * bottom, 1.6 + 3.2 * draw.random() ** 3)
    return pen.mask()


def ring_points(x: float, y: float, radius: float, count: int, turn: float = 0) -> list[Point]:
    """Corners of a regular polygon, the first one `turn` degrees clockwise from the right."""
    angles = [math.radians(turn + 360 * i / count) for i in range(count)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def along(points: list[Point], every: float) -> list[tuple[Point, float]]:
    """Places on the smooth curve through `points`, `every` units apart, with the direction there in degrees."""
    found: list[tuple[Point, float]] = []
    walked = every / 2
    curve = smooth(points, 40)
    for (ax, ay), (bx, by) in pairwise(curve):
        walked += math.hypot(bx - ax, by - ay)
        if walked >= every:
            walked -= every
            found.append(((ax, ay), math.degrees(math.atan2(by - ay, bx - ax))))
    return found

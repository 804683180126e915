"""The press that pulls the sample edition's prints: two inks on tinted paper.

A scene is drawn in *sheet units*: 1600 wide, 1000 high, the origin at the top left, whatever the
size of the finished picture. It is worked at twice that size and reduced, so that edges are soft.

Three kinds of things meet here. A *field* is a number at every place: a height, a distance, a
tone. A *mask* is yes or no at every place. A *screen* turns a field of coverage from 0 to 1 into a
mask of dots or lines, as a printer does who has no grey ink. Masks are laid on one of two ink
plates; where both plates print, the inks multiply and give the sheet its fourth colour.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1600, 1000
LIMIT_BYTES = 60_000

Field = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Point = tuple[float, float]
Colour = tuple[int, int, int]

_OVERSIZE = 2
# A plate's cell holds 0 (bare), 1 (half tint) or 2 (full ink); four cells make one finished pixel.
_HALF, _FULL = 1, 2
_CELL_SUM = _FULL * _OVERSIZE * _OVERSIZE


@dataclass(frozen=True)
class Palette:
    """Paper and the two inks of a section."""

    paper: Colour
    first: Colour
    second: Colour

    def printed(self, steps: int) -> list[int]:
        """Flat RGB list of every mixture, each ink in `steps` equal steps from none to full."""
        flat: list[int] = []
        for a in range(steps + 1):
            for b in range(steps + 1):
                for paper, one, two in zip(self.paper, self.first, self.second, strict=True):
                    # An ink lets through the part of the light that its own colour has.
                    light = (1 - a / steps * (1 - one / 255)) * (1 - b / steps * (1 - two / 255))
                    flat.append(round(paper * light))
        return flat


class Pen:
    """Draws hard shapes into one mask. `at` moves, sizes and turns what is drawn after it."""

    def __init__(self, size: tuple[int, int], scale: float) -> None:
        self._image = Image.new("L", size)
        self._draw = ImageDraw.Draw(self._image)
        self._scale = scale
        self._fill = 1
        self._base = (0.0, 0.0)
        self._size = 1.0
        self._turn = (1.0, 0.0)
        self._flip = 1.0

    def at(self, x: float = 0, y: float = 0, size: float = 1, turn: float = 0, flip: bool = False) -> Pen:
        """Put the pen's own origin at (x, y); `turn` in degrees, clockwise; `flip` mirrors left and right."""
        self._base, self._size = (x, y), size
        self._turn = (math.cos(math.radians(turn)), math.sin(math.radians(turn)))
        self._flip = -1.0 if flip else 1.0
        return self

    def ink(self, number: int = 1) -> Pen:
        """Draw from here on, leaving this number from 1 to 255: what is drawn later hides what lies there."""
        self._fill = number
        return self

    def rub(self) -> Pen:
        """Rub out from here on."""
        self._fill = 0
        return self

    def _place(self, point: Point) -> Point:
        x, y = point[0] * self._flip * self._size, point[1] * self._size
        cos, sin = self._turn
        k = self._scale
        return ((self._base[0] + x * cos - y * sin) * k, (self._base[1] + x * sin + y * cos) * k)

    def poly(self, *points: Point) -> Pen:
        self._draw.polygon([self._place(point) for point in points], fill=self._fill)
        return self

    def rect(self, left: float, top: float, right: float, bottom: float) -> Pen:
        return self.poly((left, top), (right, top), (right, bottom), (left, bottom))

    def oval(self, x: float, y: float, rx: float, ry: float, begin: float = 0, end: float = 360) -> Pen:
        """An ellipse, or the piece of it between two angles (degrees, clockwise from the right)."""
        count = max(12, int(max(rx, ry) * self._size / 3))
        angles = [math.radians(begin + (end - begin) * i / count) for i in range(count + 1)]
        return self.poly(*((x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles))

    def disc(self, x: float, y: float, radius: float) -> Pen:
        cx, cy = self._place((x, y))
        r = radius * self._size * self._scale
        self._draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=self._fill)
        return self

    def line(self, *points: Point, width: float = 6, round_ends: bool = True) -> Pen:
        """A stroke through the points, with round joints."""
        placed = [self._place(point) for point in points]
        thick = width * self._size * self._scale
        self._draw.line(placed, fill=self._fill, width=max(1, round(thick)))
        if thick > 3:
            for cx, cy in placed if round_ends else placed[1:-1]:
                r = thick / 2
                self._draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=self._fill)
        return self

    def curve(self, *points: Point, width: float = 6, steps: int = 12) -> Pen:
        """A smooth stroke through the points."""
        return self.line(*smooth(points, steps), width=width)

    def blob(self, *points: Point, steps: int = 10) -> Pen:
        """A smooth closed shape through the points."""
        return self.poly(*smooth((*points, points[0]), steps, closed=True))

    def arc(self, x: float, y: float, radius: float, begin: float, end: float, width: float = 6) -> Pen:
        count = max(8, int(radius * self._size * abs(end - begin) / 900))
        angles = [math.radians(begin + (end - begin) * i / count) for i in range(count + 1)]
        return self.line(*((x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles), width=width)

    def mask(self) -> Mask:
        return np.asarray(self.numbers() != 0, dtype=np.bool_)

    def numbers(self) -> NDArray[np.uint8]:
        """The number last drawn at every place, 0 where nothing was."""
        return np.asarray(self._image, dtype=np.uint8)


def smooth(points: Sequence[Point], steps: int = 12, closed: bool = False) -> list[Point]:
    """A Catmull-Rom curve through the points, `steps` pieces between two of them."""
    before, after = (points[-2], points[1]) if closed else (points[0], points[-1])
    padded = [before, *points, after]
    curve: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append((_bend(a[0], b[0], c[0], d[0], t), _bend(a[1], b[1], c[1], d[1], t)))
    return [*curve, points[-1]]


def _bend(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


class Sheet:
    """One print in the making: the grids to compute on and the two ink plates."""

    def __init__(self, palette: Palette, width: int = WIDTH) -> None:
        self.palette = palette
        self.scale = _OVERSIZE * width / WIDTH
        self.shape = (_OVERSIZE * round(width * HEIGHT / WIDTH), _OVERSIZE * width)
        # Open grids: a field of x alone stays one row until it meets a field of y.
        self.x: Field = ((np.arange(self.shape[1], dtype=np.float32) + 0.5) / self.scale)[None, :]
        self.y: Field = ((np.arange(self.shape[0], dtype=np.float32) + 0.5) / self.scale)[:, None]
        self._first = np.zeros(self.shape, dtype=np.uint8)
        self._second = np.zeros(self.shape, dtype=np.uint8)

    # Shapes

    def pen(self) -> Pen:
        return Pen((self.shape[1], self.shape[0]), self.scale)

    def everywhere(self) -> Mask:
        return np.ones(self.shape, dtype=np.bool_)

    def disc(self, x: float, y: float, radius: float) -> Mask:
        return self.pen().disc(x, y, radius).mask()

    def rect(self, left: float, top: float, right: float, bottom: float) -> Mask:
        return self.pen().rect(left, top, right, bottom).mask()

    def poly(self, *points: Point) -> Mask:
        return self.pen().poly(*points).mask()

    def below(self, profile: Field) -> Mask:
        """Everything under a skyline given as a height (y) for every x."""
        return np.asarray(self.y > profile, dtype=np.bool_)

    def away(self, x: float, y: float) -> Field:
        """Distance in units from a place."""
        return np.asarray(np.hypot(self.x - x, self.y - y))

    def angle(self, x: float, y: float) -> Field:
        """Direction seen from a place, in turns from 0 to 1, clockwise from the right."""
        return np.asarray(np.arctan2(self.y - y, self.x - x) / (2 * math.pi) % 1)

    # Noise

    def ridge(self, seed: int, base: float, height: float, grain: float = 400, octaves: int = 5) -> Field:
        """A skyline around y = `base`, `height` units high, its largest humps about `grain` wide."""
        total = np.zeros_like(self.x)
        for octave in range(octaves):
            size = grain / 2**octave
            total = total + _noise_line(self.x / size, seed + octave) / 2**octave
        return base - height * total / 1.6

    def noise(self, seed: int, grain: float, octaves: int = 3) -> Field:
        """A cloud of values from 0 to 1 whose largest lumps are about `grain` wide."""
        total, weight = np.zeros(self.shape, dtype=np.float32), 0.0
        for octave in range(octaves):
            size = grain / 2**octave
            total += _noise_cloud(self.x / size, self.y / size, seed + octave) / 2**octave
            weight += 1 / 2**octave
        return total / weight

    # Screens

    def dots(self, coverage: Field | float, pitch: float = 24, turn: float = 30) -> Mask:
        """Dots on a grid turned by degrees, growing with the coverage until they leave only holes."""
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        u, v = self.x * cos + self.y * sin, self.y * cos - self.x * sin
        step = 2 * math.pi / pitch
        threshold = (np.cos(u * step) + np.cos(v * step)) / 4 + 0.5
        return np.asarray(threshold < np.clip(coverage, -0.01, 1.01), dtype=np.bool_)

    def lines(self, coverage: Field | float, along: Field, pitch: float = 24) -> Mask:
        """Lines where the field `along` is constant, one every `pitch`, as wide as the coverage asks."""
        from_middle = np.abs(along / pitch % 1 - 0.5) * 2
        return np.asarray(from_middle < np.clip(coverage, 0, 1), dtype=np.bool_)

    # Inks

    def one(self, *masks: Mask, tint: bool = False) -> None:
        """Print the places all masks share in the first ink; a tint is its half strength."""
        self._lay(self._first, masks, _HALF if tint else _FULL)

    def two(self, *masks: Mask, tint: bool = False) -> None:
        """Print in the second ink."""
        self._lay(self._second, masks, _HALF if tint else _FULL)

    def both(self, *masks: Mask) -> None:
        """Print one ink over the other: the darkest colour of the sheet."""
        self.one(*masks)
        self.two(*masks)

    def clear(self, *masks: Mask) -> None:
        """Leave the paper bare."""
        self._lay(self._first, masks, 0)
        self._lay(self._second, masks, 0)

    def clear_one(self, *masks: Mask) -> None:
        self._lay(self._first, masks, 0)

    def clear_two(self, *masks: Mask) -> None:
        self._lay(self._second, masks, 0)

    def only_one(self, *masks: Mask, tint: bool = False) -> None:
        """The first ink alone, whatever stood there before."""
        self.clear_two(*masks)
        self.one(*masks, tint=tint)

    def only_two(self, *masks: Mask, tint: bool = False) -> None:
        """The second ink alone, whatever stood there before."""
        self.clear_one(*masks)
        self.two(*masks, tint=tint)

    def _lay(self, plate: NDArray[np.uint8], masks: Iterable[Mask], amount: int) -> None:
        where: Mask | None = None
        for mask in masks:
            where = mask if where is None else where & mask
        assert where is not None
        plate[np.broadcast_to(where, self.shape)] = amount

    def pull(self, steps: int = 4) -> Image.Image:
        """The finished picture with a palette of (steps + 1)² colours: `steps` 4 is soft, 2 weighs less."""
        index = _reduced(self._first, steps) * (steps + 1) + _reduced(self._second, steps)
        image = Image.fromarray(index.astype(np.uint8))
        image.putpalette(self.palette.printed(steps))
        return image.convert("RGB")


def _reduced(plate: NDArray[np.uint8], steps: int) -> NDArray[np.int_]:
    height, width = plate.shape
    cells = plate.reshape(height // _OVERSIZE, _OVERSIZE, width // _OVERSIZE, _OVERSIZE)
    amount: NDArray[np.int_] = cells.sum(axis=(1, 3), dtype=np.int_)
    return (amount * steps + _CELL_SUM // 2) // _CELL_SUM


def _noise_line(x: Field, seed: int) -> Field:
    values = np.random.default_rng(seed).random(4096).astype(np.float32)
    cell = np.floor(x)
    part = x - cell
    part = part * part * (3 - 2 * part)
    place = cell.astype(np.int64) % 4096
    return values[place] * (1 - part) + values[(place + 1) % 4096] * part


def _noise_cloud(x: Field, y: Field, seed: int) -> Field:
    values = np.random.default_rng(seed).random((256, 256)).astype(np.float32)
    column, row = np.floor(x), np.floor(y)
    right, down = x - column, y - row
    right, down = right * right * (3 - 2 * right), down * down * (3 - 2 * down)
    i, j = column.astype(np.int64) % 256, row.astype(np.int64) % 256
    top = values[j, i] * (1 - right) + values[j, (i + 1) % 256] * right
    bottom = values[(j + 1) % 256, i] * (1 - right) + values[(j + 1) % 256, (i + 1) % 256] * right
    return top * (1 - down) + bottom * down


def ramp(value: Field | float, zero: float, full: float) -> Field:
    """0 where the value has reached `zero`, 1 where it has reached `full`, straight between."""
    return np.clip((np.asarray(value) - zero) / (full - zero), 0, 1)


def encoded(sheet: Sheet, limit: int = LIMIT_BYTES) -> bytes:
    """The print as WebP of at most `limit` bytes: lossless while that fits, soft edges first."""
    for steps in (4, 2):
        picture = sheet.pull(steps)
        # The last step of the encoder's effort saves a twentieth and takes thirty times as long.
        for effort in (80, 100):
            data = _webp(picture, lossless=True, quality=effort)
            if len(data) <= limit:
                return data
    image = sheet.pull(4)
    for quality in range(80, 4, -4):
        data = _webp(image, lossless=False, quality=quality)
        if len(data) <= limit:
            return data
    raise ValueError(f"no way to print this within {limit} bytes")


def _webp(image: Image.Image, lossless: bool, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=lossless, quality=quality, method=6, exact=True)
    return out.getvalue()

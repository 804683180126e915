"""A picture in the widths and formats that pages offer. Run in the jail.

Three formats: AVIF is the lightest for nearly everything, WebP for browsers without it, JPEG for all others, for feeds
and for cards elsewhere. A drawing in few colours is lightest without loss, at the width it was drawn in; see `_chosen`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from broadsheet.copydesk.pictures import opened, upright

#: Pixels. A picture is offered in those that are well below its own width, and in its own, the last being the most.
WIDTHS = (320, 640, 960, 1600)
#: Raise it when anything below changes what is made: every picture is then rendered anew.
RECIPE = 1

# By width: the wider, the denser the screen it is for, and the less of a loss is seen.
_AVIF = {320: 52, 640: 47, 960: 42, 1600: 40}
_WEBP = {320: 74, 640: 70, 960: 66, 1600: 62}
_JPEG = {320: 76, 640: 74, 960: 72, 1600: 70}
# libaom's 0 to 10: 7 takes twice the time of 8 to save a fifth; 9 a fifth of the time, but weighs half as much again.
_AVIF_SPEED = 8
# libwebp's 0 to 6: 4 takes twice the time of 3 and saves a hundredth.
_WEBP_METHOD = 3
#: Bytes a pixel below which nothing lossy is tried beside a lossless form: it would rarely be lighter, never as sharp.
_LIGHT = 0.05
_PALETTE = 256
# Two widths closer than this are one.
_STEP = 1.2
_PAPER = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Made:
    """One encoded size: `format` is avif, webp or jpeg, sizes in pixels."""

    format: str
    width: int
    height: int
    body: bytes


def widths(original: int) -> list[int]:
    """The widths in which a picture this wide is offered, smallest first: never wider than it is."""
    most = min(original, WIDTHS[-1])
    return [*(width for width in WIDTHS if width * _STEP <= most), most]


def render(body: bytes) -> list[Made]:
    """All renditions of a picture. Raises NotReadable for what is none."""
    with opened(body, WIDTHS[-1]) as image:
        picture = upright(image)
        wanted = widths(picture.width)
        sizes = {width: _resized(picture, width) for width in wanted}
    lossless = _lossless(sizes[wanted[-1]])
    light = len(lossless) < _LIGHT * sizes[wanted[-1]].width * sizes[wanted[-1]].height if lossless else False
    made: list[Made] = []
    for width, sized in sizes.items():
        only_lossless = light and width == wanted[-1]
        if not only_lossless:
            made.append(_made("avif", sized, quality=_step(_AVIF, width), speed=_AVIF_SPEED, max_threads=1))
            made.append(_made("webp", sized, quality=_step(_WEBP, width), method=_WEBP_METHOD))
        flat = _on_paper(sized)
        made.append(_made("jpeg", flat, quality=_step(_JPEG, width), progressive=True, optimize=True))
    if lossless:
        made = _with_lossless(made, sizes[wanted[-1]], lossless)
    return _chosen(made)


def _resized(picture: Image.Image, width: int) -> Image.Image:
    if width == picture.width:
        clean = Image.new(picture.mode, picture.size)  # carries no metadata over
        clean.paste(picture)
        return clean
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _on_paper(picture: Image.Image) -> Image.Image:
    """What shows through shows white paper; JPEG knows no transparency."""
    if picture.mode == "RGB":
        return picture
    paper = Image.new("RGB", picture.size, _PAPER)
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _lossless(picture: Image.Image) -> bytes:
    """The picture without loss, if it has so few colours that this may be light; else nothing."""
    if picture.getcolors(_PALETTE) is None:
        return b""
    return _made("webp", picture, lossless=True, quality=60, method=3).body


def _with_lossless(made: Sequence[Made], widest: Image.Image, lossless: bytes) -> list[Made]:
    """The same with the lossless form in place of a heavier lossy one of its width."""
    lossy = [one for one in made if one.format == "webp" and one.width == widest.width]
    if lossy and len(lossy[0].body) <= len(lossless):
        return list(made)
    return [*(one for one in made if one not in lossy), Made("webp", widest.width, widest.height, lossless)]


def _chosen(made: Sequence[Made]) -> list[Made]:
    """Without those that nobody would be better off with.

    A WebP goes that weighs as much as a wider one, and an AVIF that weighs as much as a WebP at least as wide. The
    narrowest gives way to none that is wider: a thumbnail should not be decoded from a whole sheet. JPEG stays whole.
    """
    narrowest = min(one.width for one in made)

    def outdone(one: Made, by: Made) -> bool:
        if len(by.body) > len(one.body):
            return False
        if by.width == one.width:
            return one.format == "avif" and by.format == "webp"
        return by.width > one.width > narrowest

    webp = [one for one in made if one.format == "webp"]
    kept = [one for one in made if one.format == "jpeg" or not any(outdone(one, by) for by in webp)]
    return sorted(kept, key=lambda one: (one.format, one.width))


def _step(qualities: Mapping[int, int], width: int) -> int:
    """The quality of the first step that is at least as wide."""
    return next(quality for step, quality in qualities.items() if width <= step)


def _made(kind: str, picture: Image.Image, **options: object) -> Made:
    out = io.BytesIO()
    picture.save(out, kind.upper(), **options)
    return Made(kind, picture.width, picture.height, out.getvalue())

"""Outside pictures made ours: decoded, checked, stripped and encoded again. Run in the jail."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from broadsheet.copydesk.errors import NotReadable
from broadsheet.lib.reasons import Reason

MAX_PIXELS = 40_000_000
#: By kind, where its decoder holds several whole pictures at once: more would not fit into the jail.
MAX_PIXELS_OF = {"WEBP": 24_000_000, "AVIF": 24_000_000}
MAX_BYTES = 10 * 1024 * 1024
#: Bytes of a colour profile; those of cameras and printers have a few thousand, tables for print a million.
MAX_PROFILE = 2 * 1024 * 1024
QUALITY = 82
#: So many colours at most make a picture a drawing, whose edges a lossy form would blur.
FEW = 4096
#: What came in a lossy form is a drawing only with so few, and only where it is lighter so: a grey photograph has 256.
FEW_OF_LOSSY = 256

# What may be decoded. `Image.open(formats=...)` alone is not enough: asked for JPEG it may hand
# out an MPO decoder with many frames, so the format is looked at again after opening.
_ALLOWED = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


def renormalise(body: bytes, max_side: int = 2000) -> dict[str, Any]:
    """A picture as {format, width, height, bytes}: first frame, no metadata, no larger than `max_side` pixels a side.

    JPEG, or PNG where it has transparency or few colours. Raises NotReadable for anything that is not an allowed,
    whole, reasonably sized picture.
    """
    with opened(body, max_side) as image:
        original = image.format
        picture = upright(image)
        picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
        if picture.mode == "RGBA":
            return _made(picture, "PNG", _png(picture))
        as_drawing = _drawing(picture, lossless_before=original in ("PNG", "GIF"))
        if as_drawing is not None:
            return _made(picture, "PNG", as_drawing)
        return _made(picture, "JPEG", _jpeg(picture))


@contextmanager
def opened(body: bytes, max_side: int) -> Iterator[Image.Image]:
    """The picture, not decoded yet; a huge JPEG is going to be decoded smaller, but not below `max_side`.

    Raises NotReadable for what is not allowed, and turns whatever a decoder says within the block into it.
    """
    if len(body) > MAX_BYTES:
        raise NotReadable(Reason.TOO_LARGE, f"A picture of {len(body)} bytes.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(body), formats=_ALLOWED) as image:
                if image.format not in _ALLOWED:
                    raise NotReadable(Reason.NOT_A_FEED, f"Pictures of kind {image.format} are not read.")
                if image.width * image.height > MAX_PIXELS_OF.get(image.format, MAX_PIXELS):
                    raise NotReadable(Reason.TOO_LARGE, f"{image.width} by {image.height} pixels.")
                if image.format == "JPEG":
                    image.draft("RGB", (max_side, max_side))
                yield image
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotReadable(Reason.NOT_A_FEED, f"Not a picture we can read: {error}"[:200]) from error
    except Image.DecompressionBombError as error:
        raise NotReadable(Reason.TOO_LARGE, "Too many pixels.") from error
    except MemoryError:
        # Before it is too late for the process: what the decoder had is free again.
        raise NotReadable(Reason.TOO_LARGE, "It takes more memory than we allow.") from None


def upright(image: Image.Image) -> Image.Image:
    """The decoded first frame, turned as its metadata says: RGBA where anything shows through, else RGB.

    Its colours are those of sRGB, whatever profile it came with, since no profile is kept. No copy is made that is not
    needed: the largest pictures allowed are 160 MB, and the jail is small.
    """
    profile = image.info.get("icc_profile")
    ImageOps.exif_transpose(image, in_place=True)
    picture = _in_srgb(image, profile) if profile else image
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        if picture.getchannel("A").getextrema() != (255, 255):
            return picture
    return picture if picture.mode == "RGB" else picture.convert("RGB")


# The modes that a profile of each space speaks of.
_SPACES = {"RGB": ("RGB", "RGBA"), "CMYK": ("CMYK",), "GRAY": ("L",)}


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The picture in the colours of sRGB. A profile that is broken, huge or of another space counts for nothing."""
    from PIL import ImageCms

    if not isinstance(profile, bytes) or len(profile) > MAX_PROFILE:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode not in _SPACES.get(source.profile.xcolor_space.strip(), ()):
            return image
        if "srgb" in (source.profile.profile_description or "").lower():
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        target = ImageCms.createProfile("sRGB")
        if image.mode == mode:
            ImageCms.profileToProfile(image, source, target, inPlace=True)
            return image
        return ImageCms.profileToProfile(image, source, target, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _drawing(picture: Image.Image, *, lossless_before: bool) -> bytes | None:
    """The picture as PNG if it is a drawing in few colours; None for what is better off as a photograph."""
    colours = picture.getcolors(FEW if lossless_before else FEW_OF_LOSSY)
    if colours is None:
        return None
    body = _png(picture, len(colours))
    if lossless_before or len(body) <= len(_jpeg(picture)):
        return body
    return None


def _png(picture: Image.Image, colours: int = FEW) -> bytes:
    clean = _clean(picture)
    if colours <= 256:
        # A palette is a third of the weight; the reducer may miss a rare colour, so it is looked after.
        palette = clean.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        if ImageChops.difference(palette.convert("RGB"), clean).getbbox() is None:
            clean = palette
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    _clean(picture).save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def _clean(picture: Image.Image) -> Image.Image:
    # A new image carries nothing over: no EXIF, no colour profile, no text chunks.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    return clean


def _made(picture: Image.Image, kind: str, body: bytes) -> dict[str, Any]:
    return {"format": kind, "width": picture.width, "height": picture.height, "bytes": body}

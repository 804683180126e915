"""Outside pictures made ours: decoded, checked, stripped and encoded again. Run in the jail."""

from __future__ import annotations

import io
import warnings
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from broadsheet.copydesk.errors import NotReadable
from broadsheet.lib.reasons import Reason

MAX_PIXELS = 40_000_000
MAX_BYTES = 10 * 1024 * 1024
QUALITY = 82

# What may be decoded. `Image.open(formats=...)` alone is not enough: asked for JPEG it may hand
# out an MPO decoder with many frames, so the format is looked at again after opening.
_ALLOWED = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


def renormalise(body: bytes, max_side: int = 2000) -> dict[str, Any]:
    """A picture as {format, width, height, bytes}: first frame, no metadata, no larger than
    `max_side` pixels a side. JPEG, or PNG where it has transparency or few colours.

    Raises NotReadable for anything that is not an allowed, whole, reasonably sized picture.
    """
    if len(body) > MAX_BYTES:
        raise NotReadable(Reason.TOO_LARGE, f"A picture of {len(body)} bytes.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _renormalised(body, max_side)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotReadable(Reason.NOT_A_FEED, f"Not a picture we can read: {error}"[:200]) from error
    except Image.DecompressionBombError as error:
        raise NotReadable(Reason.TOO_LARGE, "Too many pixels.") from error


def _renormalised(body: bytes, max_side: int) -> dict[str, Any]:
    with Image.open(io.BytesIO(body), formats=_ALLOWED) as image:
        if image.format not in _ALLOWED:
            raise NotReadable(Reason.NOT_A_FEED, f"Pictures of kind {image.format} are not read.")
        if image.width * image.height > MAX_PIXELS:
            raise NotReadable(Reason.TOO_LARGE, f"{image.width} by {image.height} pixels.")
        original = image.format
        if original == "JPEG":
            image.draft("RGB", (max_side, max_side))
        picture: Image.Image = ImageOps.exif_transpose(image) or image
        picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
        seen_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
        if seen_through:
            picture = picture.convert("RGBA")
            seen_through = picture.getchannel("A").getextrema() != (255, 255)
        flat = original in ("PNG", "GIF") and picture.convert("RGB").getcolors(4096) is not None
        kind = "PNG" if seen_through or flat else "JPEG"
        return _encoded(picture if seen_through else picture.convert("RGB"), kind)


def _encoded(picture: Image.Image, kind: str) -> dict[str, Any]:
    # A new image carries nothing over: no EXIF, no colour profile, no text chunks.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    if kind == "PNG":
        clean.save(out, "PNG", optimize=True)
    else:
        clean.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return {
        "format": kind,
        "width": clean.width,
        "height": clean.height,
        "bytes": out.getvalue(),
    }

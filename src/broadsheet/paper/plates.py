"""Pictures as pages print them: only kept ones of ours, in three widths, with their size given so nothing moves."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core import clock
from broadsheet.pictures.models import Picture

WIDTHS = (480, 960, 1600)


@dataclass(frozen=True, slots=True)
class Plate:
    """One picture: addresses by width, the size of the largest, and what must be said with it."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str


def plate(picture: Picture | None) -> Plate | None:
    """The printed form of a kept picture; None for none, for an expired one, or one whose file is gone."""
    if picture is None or (picture.expires_at is not None and picture.expires_at <= clock.now()):
        return None
    wide = [width for width in WIDTHS if width < picture.width] or [picture.width]
    if picture.width >= WIDTHS[-1] and WIDTHS[-1] not in wide:
        wide.append(WIDTHS[-1])
    try:
        prints = [picture.get_rendition(f"width-{width}|format-webp") for width in wide]
    except OSError:
        return None
    largest = prints[-1]
    return Plate(
        src=largest.url,
        srcset=", ".join(f"{one.url} {one.width}w" for one in prints),
        width=largest.width,
        height=largest.height,
        alt=picture.alternative,
        caption=picture.caption,
        credit=picture.credit,
    )

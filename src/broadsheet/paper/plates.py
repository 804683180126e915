"""Pictures as pages print them: only kept ones of ours, in renditions that stand, with their size so nothing moves.

Nothing is encoded and no file is looked at here: a picture that the worker has not rendered yet is not printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from broadsheet.pictures import queries
from broadsheet.pictures.models import Picture
from broadsheet.pictures.queries import Printed, Renditions

#: The JPEG that a browser without `srcset` gets: the widest up to this.
PLAIN = 960


@dataclass(frozen=True, slots=True)
class Source:
    """What browsers that know a format choose from."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Plate:
    """One picture: addresses by format and width, the size of the largest, and what must be said with it.

    `src` and `srcset` are JPEG, for every browser; `full` is its widest, for machines. `focus` is the part of nine that
    a crop must not lose, by the compass, empty for the middle.
    """

    sources: tuple[Source, ...]
    src: str
    srcset: str
    full: Printed
    alt: str
    caption: str
    credit: str
    focus: str

    @property
    def width(self) -> int:
        """Pixels of the widest form."""
        return self.full.width

    @property
    def height(self) -> int:
        """Pixels of the widest form."""
        return self.full.height


def plates(pictures: Iterable[Picture], now: datetime) -> dict[int, Plate]:
    """The printed forms by picture id, in one query; without pictures, in none."""
    shown = [picture for picture in pictures if queries.may_be_shown(picture, now)]
    found = queries.renditions_of(shown)
    return {picture.pk: _plate(picture, found) for picture in shown if picture.pk in found}


def plate(picture: Picture | None, now: datetime) -> Plate | None:
    """The printed form of one picture; None for none, for an expired one, and for one that is not rendered yet."""
    return plates([picture], now).get(picture.pk) if picture is not None else None


def _plate(picture: Picture, found: Mapping[int, Renditions]) -> Plate:
    made = found[picture.pk]
    lists = (("image/avif", made.lightest if made.avif else ()), ("image/webp", made.webp))
    plain = [one for one in made.jpeg if one.width <= PLAIN] or made.jpeg[:1]
    return Plate(
        sources=tuple(Source(kind, _srcset(files)) for kind, files in lists if files),
        src=plain[-1].url,
        srcset=_srcset(made.jpeg),
        full=made.jpeg[-1],
        alt=picture.alternative,
        caption=picture.caption,
        credit=picture.credit,
        focus=picture.focus,
    )


def _srcset(files: Iterable[Printed]) -> str:
    return ", ".join(f"{one.url} {one.width}w" for one in files)

"""Reads of pictures for pages, feeds and checks. No file is opened here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from broadsheet.copydesk.renditions import RECIPE
from broadsheet.pictures.models import Picture, Rendition


@dataclass(frozen=True, slots=True)
class Printed:
    """One file of a picture: its address on this site and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Renditions:
    """All files of a picture by format, narrowest first. JPEG is never empty."""

    avif: tuple[Printed, ...]
    webp: tuple[Printed, ...]
    jpeg: tuple[Printed, ...]

    @property
    def lightest(self) -> tuple[Printed, ...]:
        """The list for browsers that read AVIF: where no AVIF is kept at a width, a lighter WebP stands in.

        Whoever reads AVIF reads WebP, and a browser goes by what a file is, not by what the list is called.
        """
        held = {one.width: one for one in (*self.webp, *self.avif)}
        return tuple(held[width] for width in sorted(held))


def may_be_shown(picture: Picture, now: datetime) -> bool:
    """Whether its own time has not run out. Rights of the source are another matter."""
    return picture.expires_at is None or picture.expires_at > now


def renditions_of(pictures: Iterable[Picture]) -> dict[int, Renditions]:
    """Renditions by picture id, in one query or, without pictures, in none. A picture not rendered yet is left out."""
    marks = {picture.pk: picture.mark for picture in pictures}
    if not marks:
        return {}
    rows = Rendition.objects.filter(image__in=marks).exclude(mark="").order_by("image", "width")
    url = Rendition._meta.get_field("file").storage.url
    found: dict[int, dict[str, list[Printed]]] = {}
    for image, mark, spec, name, width, height in rows.values_list(
        "image_id", "mark", "filter_spec", "file", "width", "height"
    ):
        if mark == marks[image]:
            kind = spec.rpartition("-")[2]
            found.setdefault(image, {}).setdefault(kind, []).append(Printed(url(name), width, height))
    return {image: _renditions(kinds) for image, kinds in found.items() if kinds.get("jpeg")}


def _renditions(kinds: Mapping[str, list[Printed]]) -> Renditions:
    return Renditions(*(tuple(kinds.get(kind, ())) for kind in ("avif", "webp", "jpeg")))


def not_rendered() -> QuerySet[Picture]:
    """Pictures without renditions of their present file by the present recipe, newest first."""
    held = Rendition.objects.filter(image=OuterRef("pk"), mark=Concat(Value(f"{RECIPE}:"), OuterRef("file_hash")))
    rows: QuerySet[Picture] = Picture.objects.filter(~Exists(held)).order_by("-pk")
    return rows


def hopeful(rows: QuerySet[Picture]) -> QuerySet[Picture]:
    """Those of them whose file was not found unreadable before."""
    return rows.exclude(unreadable=Concat(Value(f"{RECIPE}:"), F("file_hash")))


def of_the_paper() -> QuerySet[Rendition]:
    """All renditions that pages print."""
    rows: QuerySet[Rendition] = Rendition.objects.exclude(mark="")
    return rows


def in_need() -> list[int]:
    """Ids of the pictures that lack renditions, or a file of one. Looks at every file."""
    found = set(not_rendered().values_list("pk", flat=True))
    for rendition in of_the_paper().exclude(image__in=found).iterator():
        if rendition.image_id not in found and not rendition.file.storage.exists(rendition.file.name):
            found.add(rendition.image_id)
    return sorted(found)


def every_id() -> list[int]:
    """Ids of all pictures."""
    return list(Picture.objects.order_by("pk").values_list("pk", flat=True))

"""Writes of pictures: keeping one that was drawn anew from a licensed remote picture, and making renditions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.renditions import Made
from broadsheet.core import events, queue, trouble
from broadsheet.core.models import Effect
from broadsheet.lib import text
from broadsheet.pictures import queries
from broadsheet.pictures.events import PictureRendered
from broadsheet.pictures.models import Picture, Rendition

log = structlog.get_logger(__name__)

#: The effect that makes a picture's renditions.
RENDER = "pictures.render"
#: Pictures that one turn of the timer asks for, at most: about twenty seconds of a processor.
BATCH = 30

Draw = Callable[[bytes], Sequence[Made]]

ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}


class Drawn(Protocol):
    """A picture as the jail hands it back: decoded, bounded, free of metadata, encoded by us."""

    format: str
    width: int
    height: int
    body: bytes


def known(origin_url: str) -> Picture | None:
    """The picture kept from this address, if there is one."""
    return Picture.objects.filter(origin_url=origin_url).first() if origin_url else None


def keep(
    drawn: Drawn, *, origin_url: str, title: str, caption: str, credit: str, licence: str, alternative: str = ""
) -> Picture:
    """Store a picture under the hash of its bytes; its name says nothing of its origin."""
    digest = hashlib.sha256(drawn.body).hexdigest()
    picture = Picture(
        title=text.tidy(title)[:255] or "Picture",
        file_size=len(drawn.body),
        file_hash=digest[:40],
        origin_url=origin_url,
        caption=text.tidy(caption)[:500],
        alternative=text.tidy(alternative)[:300],
        credit=text.tidy(credit)[:200],
        licence=licence[:120],
    )
    picture.file.save(f"{digest[:32]}.{ENDINGS[drawn.format]}", ContentFile(drawn.body), save=False)
    # Only now: naming the file makes Django forget the sizes.
    picture.width, picture.height = drawn.width, drawn.height
    picture.save()
    return picture


def wish(picture_id: int) -> None:
    """Have the worker make what renditions are missing."""
    queue.defer(RENDER, {"picture_id": picture_id}, key=f"render:{picture_id}")


def waiting() -> set[int]:
    """Ids of the pictures that the worker is asked to render; one that was given up is among them."""
    return {payload["picture_id"] for payload in Effect.objects.filter(name=RENDER).values_list("payload", flat=True)}


def wish_missing() -> int:
    """Ask for a batch of those that have none: of an older version, of a newer recipe, or forgotten by a crash."""
    asked = waiting()
    lacking = queries.hopeful(queries.not_rendered()).exclude(pk__in=asked).values_list("pk", flat=True)
    # What waits already counts, so that a busy worker is not asked for more and more.
    ids = list(lacking[: max(0, BATCH - len(asked))])
    for pk in ids:
        wish(pk)
    return len(ids)


def render(picture_id: int, draw: Draw, *, anew: bool = False) -> bool:
    """Make a picture's renditions, unless they stand; `anew` makes them in any case. False where it cannot be done.

    Files are written first, rows in one transaction, so a page finds all of them or none. `draw` encodes (in the jail).
    """
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None:
        return False
    if not anew and queries.renditions_of([picture]):
        return True
    try:
        with picture.file.open("rb") as file:
            body = file.read()
    except OSError as error:
        trouble.pass_on(error)  # the file may well be read tomorrow
        log.warning("a picture's file cannot be read", picture=picture_id, error=str(error))
        return _give_up(picture)
    if not picture.file_hash:
        picture.file_hash = hashlib.sha256(body).hexdigest()[:40]
        Picture.objects.filter(pk=picture_id).update(file_hash=picture.file_hash)
    try:
        made = draw(body)
    except NotReadable as error:
        log.warning("a picture cannot be rendered", picture=picture_id, error=str(error))
        return _give_up(picture)
    return _store(picture, made)


def _give_up(picture: Picture) -> bool:
    """Noted, so that the timer does not try the same file for ever; `broadsheet pictures render` still does."""
    Picture.objects.filter(pk=picture.pk).update(unreadable=picture.mark)
    return False


def _store(picture: Picture, made: Sequence[Made]) -> bool:
    storage: Storage = Rendition._meta.get_field("file").storage
    names: list[str] = []
    stored = False
    try:
        rows = []
        for one in made:
            digest = hashlib.sha256(one.body).hexdigest()[:20]
            names.append(storage.save(f"images/{digest}.{one.width}.{_ENDING[one.format]}", ContentFile(one.body)))
            rows.append(_row(picture, one, names[-1]))
        stored = _swap(picture, rows)
    finally:
        if not stored:
            for name in names:
                storage.delete(name)
    return stored


_ENDING = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}


def _row(picture: Picture, one: Made, name: str) -> Rendition:
    spec = f"width-{one.width}|format-{one.format}"
    return Rendition(image=picture, filter_spec=spec, file=name, width=one.width, height=one.height, mark=picture.mark)


@transaction.atomic
def _swap(picture: Picture, rows: list[Rendition]) -> bool:
    """The new rows in place of the old ones; False if the picture went or got another file meanwhile."""
    current = Picture.objects.select_for_update().filter(pk=picture.pk, file=picture.file.name)
    if not current.exists():
        return False
    former = Q(filter_spec__startswith="width-", filter_spec__endswith="|format-webp")  # made by versions before 0.2
    # One by one, so that each takes its file along.
    Rendition.objects.filter(~Q(mark="") | former, image=picture).delete()
    Rendition.objects.bulk_create(rows)
    current.update(unreadable="")
    events.announce(PictureRendered(picture.pk))
    return True

"""An editor's pins: a story stands where somebody put it, until it runs out or is taken off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from broadsheet.articles.models import Article
from broadsheet.core import clock, events
from broadsheet.editions.events import PinChanged
from broadsheet.editions.models import Edition, Pin
from broadsheet.stories.models import Placement, Story


@transaction.atomic
def pin(
    edition: str,
    story: Story,
    *,
    by: Any,
    article: Article | None = None,
    place: str = Pin.Place.LEAD,
    rank: int = 0,
    until: datetime | None = None,
) -> Pin:
    """Pin a story to a place of a front; a story that is pinned there already moves.

    Raises PermissionDenied where `by` may not pin, ValidationError where the pin makes no sense.
    """
    _allowed(by, "editions.add_pin")
    if place not in Pin.Place.values:
        raise ValidationError({"place": "There is no such place."})
    if until is not None and until <= clock.now():
        raise ValidationError({"until": "This moment is over already."})
    if article is not None and not Placement.objects.filter(article=article, story=story).exists():
        raise ValidationError({"article": "This article is not in the story."})
    where, _ = Edition.objects.get_or_create(name=edition, defaults={"assembled_at": clock.now()})
    facts = {"article": article, "place": place, "rank": rank, "until": until, "by": by, "at": clock.now()}
    made, _ = Pin.objects.update_or_create(edition=where, story=story, defaults=facts)
    _tell(made)
    return made


@transaction.atomic
def unpin(row: Pin, *, by: Any) -> None:
    """Take a pin off; the story stands where its worth puts it again."""
    _allowed(by, "editions.delete_pin")
    row.until = None
    _tell(row)
    row.delete()


def purge() -> int:
    """Forget pins that ran out; returns how many."""
    return Pin.objects.filter(until__lte=clock.now()).delete()[0]


def _allowed(by: Any, what: str) -> None:
    if not by.has_perm(what):
        raise PermissionDenied


def _tell(row: Pin) -> None:
    until = row.until.isoformat() if row.until is not None else ""
    events.announce(PinChanged(row.edition.name, row.story_id, until))

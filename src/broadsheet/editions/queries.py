"""Reads of fronts for pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from broadsheet.articles.models import Section
from broadsheet.articles.queries import HEAVY
from broadsheet.editions import rules
from broadsheet.editions.models import Edition, Pin, Slot
from broadsheet.sources.models import Source


def edition(name: str = "front") -> Edition | None:
    """The front of this name as it stands."""
    return Edition.objects.filter(name=name).first()


class HeldPin(NamedTuple):
    """A pin that holds, and whether the article that shall stand for its story is in the paper."""

    edition_id: int
    story_id: int
    place: str
    rank: int
    article_id: int | None
    article_live: bool | None


def pins(edition_ids: Iterable[int], now: datetime) -> dict[int, list[HeldPin]]:
    """Pins that hold now, by edition, in their order."""
    found: dict[int, list[HeldPin]] = {}
    rows = Pin.objects.filter(Q(until=None) | Q(until__gt=now), edition_id__in=list(edition_ids)).order_by("pk")
    for row in rows.values_list("edition_id", "story_id", "place", "rank", "article_id", "article__live"):
        held = HeldPin(*row)
        found.setdefault(held.edition_id, []).append(held)
    return found


def article_ids(name: str) -> list[int]:
    """The articles in the slots of the edition of this name, the lead first."""
    rows = Slot.objects.filter(edition__name=name).values_list("place", "rank", "article_id")
    return [pk for _, _, pk in sorted(rows, key=lambda row: (row[0] != rules.LEAD, *row[:2]))]


def slots(edition_id: int, sections: Sequence[Section]) -> list[Slot]:
    """The edition's slots in order, with all that their teasers print, in two queries.

    A front has many articles of few sources and sections: those are read once each, not with every slot.
    """
    rows = Slot.objects.filter(edition_id=edition_id).select_related("story", "article__picture", "article__judgement")
    found = list(rows.defer(*(f"article__{name}" for name in HEAVY)).order_by("place", "rank"))
    by_id = {section.pk: section for section in sections}
    sources = Source.objects.select_related("rights").in_bulk({slot.article.source_id for slot in found})
    for slot in found:
        slot.article.source = sources[slot.article.source_id]
        if slot.article.shown_section_id in by_id:
            slot.article.shown_section = by_id[slot.article.shown_section_id]
    return found

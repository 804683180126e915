"""Reads of fronts for pages."""

from __future__ import annotations

from broadsheet.articles.queries import HEAVY
from broadsheet.editions.models import Edition, Slot


def edition(name: str = "front") -> Edition | None:
    """The front of this name as it stands."""
    return Edition.objects.filter(name=name).first()


def slots(edition_id: int) -> list[Slot]:
    """The edition's slots in order, with all that their teasers print, in one query."""
    rows = Slot.objects.filter(edition_id=edition_id).select_related(
        "story",
        "article__source__rights",
        "article__shown_section",
        "article__picture",
        "article__judgement",
    )
    return list(rows.defer(*(f"article__{name}" for name in HEAVY)).order_by("place", "rank"))

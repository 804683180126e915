"""Reads of fronts for pages."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.articles.models import Section
from broadsheet.articles.queries import HEAVY
from broadsheet.editions.models import Edition, Slot
from broadsheet.sources.models import Source


def edition(name: str = "front") -> Edition | None:
    """The front of this name as it stands."""
    return Edition.objects.filter(name=name).first()


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

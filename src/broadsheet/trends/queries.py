"""Reads of trends: what is hot, what is read."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Sum

from broadsheet.core import clock
from broadsheet.trends.models import Heat, ReadTally


def trending(limit: int = 10) -> list[Heat]:
    """The hottest stories with their receipts; anything past its window is not among them."""
    rows = Heat.objects.filter(story__live=True).select_related(
        "story__lead__source__rights", "story__lead__shown_section", "story__section"
    )
    return list(rows.order_by("-score", "story_id")[:limit])


def rising_in(section_id: int, limit: int) -> dict[int, str]:
    """The receipts of the hottest stories of a section by story id, hottest first."""
    rows = Heat.objects.filter(story__live=True, story__section_id=section_id).order_by("-score", "story_id")
    return dict(rows.values_list("story_id", "receipt")[:limit])


def scores() -> dict[int, tuple[float, str]]:
    """Heat and receipt of every hot story, by story id."""
    return {row.story_id: (row.score, row.receipt) for row in Heat.objects.all()}


def reads_of(article_ids: list[int], *, hours: int = 24) -> dict[int, int]:
    """Reads of these articles in the last hours; articles without any are left out."""
    since = clock.now() - timedelta(hours=hours)
    rows = ReadTally.objects.filter(article_id__in=article_ids, hour__gte=since)
    return dict(rows.values_list("article_id").annotate(Sum("reads")))


def most_read(limit: int = 10, *, hours: int = 24) -> list[tuple[int, int]]:
    """(article id, reads) of the last hours, most read first."""
    since = clock.now() - timedelta(hours=hours)
    rows = ReadTally.objects.filter(hour__gte=since).values_list("article_id").annotate(total=Sum("reads"))
    return [(pk, total) for pk, total in rows.order_by("-total", "article_id")[:limit]]

"""Reads of trends: what is hot, what is read, what was refused."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet, Sum

from broadsheet.core import clock
from broadsheet.trends import rules
from broadsheet.trends.models import Attention, Heat, ReadTally, Refusal, TallyLog


def heats(window: str = rules.USUAL) -> QuerySet[Heat]:
    """The hot stories of a window that are in the paper, hottest first. The tally takes out what left the window."""
    return Heat.objects.filter(window=window, story__live=True).order_by("rank", "story_id")


def trending(limit: int = 10, window: str = rules.USUAL) -> list[Heat]:
    """The hottest stories with their receipts; anything past its window is not among them."""
    rows = heats(window).select_related("story__lead__source__rights", "story__lead__shown_section", "story__section")
    return list(rows[:limit])


def receipts(limit: int, window: str = rules.USUAL) -> dict[int, str]:
    """The receipts of the hottest stories by story id, hottest first."""
    return dict(heats(window).values_list("story_id", "receipt")[:limit])


def rising_in(section_id: int, limit: int) -> dict[int, str]:
    """The receipts of the hottest stories of a section by story id, hottest first."""
    return dict(heats().filter(story__section_id=section_id).values_list("story_id", "receipt")[:limit])


def scores(window: str = rules.USUAL) -> dict[int, tuple[float, str]]:
    """Heat and receipt of every hot story of a window, by story id."""
    return {story: (score, line) for story, score, line in heats(window).values_list("story_id", "score", "receipt")}


def heat_of(story_id: int, window: str = rules.USUAL) -> Heat | None:
    """A story's heat as it stands in a window."""
    return Heat.objects.filter(story_id=story_id, window=window).first()


def log_of(window: str) -> bytes | None:
    """What the heats of a window were computed from."""
    row = TallyLog.objects.filter(pk=window).first()
    return bytes(row.inputs) if row is not None else None


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


def attention_by_kind(*, hours: int) -> dict[str, int]:
    """Events of the last hours by kind; kinds without any are 0."""
    since = clock.now() - timedelta(hours=hours)
    rows = Attention.objects.filter(at__gte=since).order_by().values_list("kind").annotate(Sum("n"))
    return {**dict.fromkeys(rules.KINDS, 0), **dict(rows)}


def refused(*, hours: int) -> dict[str, int]:
    """What did not count in the last hours (whole ones), by reason; reasons without any are 0."""
    since = rules.hour_of(clock.now() - timedelta(hours=hours - 1))
    rows = Refusal.objects.filter(hour__gte=since).order_by().values_list("why").annotate(Sum("n"))
    return {**dict.fromkeys(rules.REFUSALS, 0), **dict(rows)}

"""Reads of the wire."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from broadsheet.core import clock
from broadsheet.lib.reasons import Reason
from broadsheet.sources.models import Source
from broadsheet.wire import rules, websub
from broadsheet.wire.models import DiaryLine, Dispatch, Feed, HubSubscription, Pull

ALARMED = Q(held_since__isnull=False) | Q(silent_since__isnull=False) | Q(shrunk_since__isnull=False)
COPY_SENTENCES = {
    "same_address": "Another feed brought it before under the same address.",
    "same_text": "Another source printed the same words before.",
    "same_passages": "Most of its text stood in another article before.",
    "nothing_changed": "Nothing that readers see had changed.",
    "wants_page": "It waits for its article page to be read.",
    "held": "It came among far more entries than usual and waits for the desk.",
}


def sentence(reason: str) -> str:
    """The plain sentence of any stored reason code, of pulls and dispatches alike; empty for none."""
    if not reason:
        return ""
    if reason in COPY_SENTENCES:
        return COPY_SENTENCES[reason]
    for kind in (rules.SpikeReason, Reason, websub.Refusal):
        try:
            return kind(reason).sentence
        except ValueError:
            continue
    return reason


def spikes(limit: int = 50) -> QuerySet[Dispatch]:
    """The latest spiked dispatches."""
    rows = Dispatch.objects.filter(fate=Dispatch.Fate.SPIKED).select_related("feed__source")
    return rows.order_by("-arrived_at", "-id")[:limit]


def _arrived(hours: int) -> QuerySet[Dispatch]:
    # All fates by name: only so is the index of fates and arrivals entered at the moment, and not read to its end.
    since = clock.now() - timedelta(hours=hours)
    return Dispatch.objects.filter(fate__in=Dispatch.Fate.values, arrived_at__gte=since)


def fates(hours: int = 24) -> dict[str, int]:
    """How many dispatches met which fate in the last hours."""
    return dict(_arrived(hours).values_list("fate").annotate(Count("id")))


def fates_by_reason(hours: int) -> list[tuple[str, str, int]]:
    """(fate, reason code, number) of the dispatches that arrived in the last hours."""
    rows = _arrived(hours).values_list("fate", "reason").order_by("fate", "reason")
    return [(fate, reason, count) for fate, reason, count in rows.annotate(Count("id"))]


def troubled_feeds() -> QuerySet[Feed]:
    """Active feeds whose last pull failed, the longest failing first."""
    rows = Feed.objects.exclude(reason="").exclude(state=Feed.State.PAUSED)
    return rows.select_related("source").order_by("failing_since")


def overdue_feeds(minutes: int = 10) -> int:
    """Active feeds that should have been pulled more than `minutes` ago: a sign that no worker runs."""
    late = clock.now() - timedelta(minutes=minutes)
    return Feed.objects.filter(
        state=Feed.State.ACTIVE, source__state=Source.State.ACTIVE, next_pull_at__lt=late
    ).count()


def usual_rate() -> float:
    """Polls a second of all active feeds together, when each is asked once in its interval."""
    rows = Feed.objects.filter(state=Feed.State.ACTIVE, source__state=Source.State.ACTIVE, interval__gt=0)
    return float(rows.aggregate(rate=Sum(1.0 / F("interval")))["rate"] or 0.0)


def last_pulls(feed: Feed, limit: int = 50) -> QuerySet[Pull]:
    """The feed's diary, newest first."""
    return Pull.objects.filter(feed=feed).order_by("-at")[:limit]


def diary(source: Source, limit: int = 50) -> QuerySet[DiaryLine]:
    """What happened to a source, newest first."""
    return DiaryLine.objects.filter(source=source).select_related("feed").order_by("-at", "-id")[:limit]


def alarmed_feeds() -> QuerySet[Feed]:
    """Feeds that work and yet need somebody: held after a flood, silent beyond their habit, or with shrunken texts."""
    rows = Feed.objects.filter(state=Feed.State.ACTIVE).select_related("source")
    return rows.filter(ALARMED).order_by(F("held_since").asc(nulls_last=True), "id")


def pushes(feed: Feed) -> str:
    """How the feed stands with its hub, in a line; empty where it names none."""
    row = HubSubscription.objects.filter(feed=feed).first()
    if row is None:
        return ""
    state, why = HubSubscription.State, " ".join(filter(None, [sentence(row.reason), row.detail]))
    if row.state == state.ACTIVE:
        until = f" (agreed until {row.expires_at:%Y-%m-%d %H:%M} UTC)" if row.expires_at else ""
        last = f"; {row.pushes} so far, the last {row.last_push_at:%Y-%m-%d %H:%M:%S} UTC" if row.last_push_at else ""
        return f"{row.hub} tells us of news at once{until}{last}"
    if row.state == state.PENDING:
        asked = "was asked and has not called back yet" if row.requested_at else "is about to be asked"
        return f"{row.hub} {asked}. {why}".strip()
    again = f" It is asked again on {row.ask_at:%Y-%m-%d}." if row.state == state.REFUSED and row.ask_at else ""
    return f"none from {row.hub}. {why}{again}"

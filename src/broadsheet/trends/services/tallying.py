"""The timed tally: heat of every story that was touched within a window, told when what is printed changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from broadsheet.core import clock, events
from broadsheet.stories.models import Story
from broadsheet.trends import evidence, ledger, rules
from broadsheet.trends.events import HeatMoved
from broadsheet.trends.heat.rank import Ranked
from broadsheet.trends.heat.signals import StorySignals
from broadsheet.trends.heat.weights import Weights
from broadsheet.trends.models import Heat, TallyLog

#: So many stories of a window keep their heat. Pages print thirty, fronts weigh three hundred.
KEPT = 500
#: So many stories of a window are ranked at most: half of them the latest, half those with most voices and readers.
RANKED = 2_000
#: Characters of a receipt at most.
LONGEST = 300
_FIELDS = ("score", "rank", "receipt", "inputs", "at")


def tally(windows: Collection[str]) -> bool:
    """Rank the stories of these windows; True (and announced) when the order or a receipt changed in one of them.

    Another window is ranked with them where a story in it is past its time. The log is always written
    with the ranks, so that it belongs to those that stand.
    """
    now = clock.now()
    windows = [*windows, *_with_something_past(now, windows)]
    signals = evidence.signals(now, now - max(rules.WINDOWS[name] for name in windows))
    usual, weights = evidence.baselines(), Weights.shipped()
    asked = [ledger.Asked(_within(signals, name, now), usual, weights, now, name) for name in windows]
    ranked = [(one, one.ranked()[:KEPT]) for one in asked]
    with transaction.atomic():
        moved = [len(found) for one, found in ranked if _write(one, found)]
        if moved:
            events.announce(HeatMoved(max(moved)))
    return bool(moved)


def _with_something_past(now: datetime, asked: Collection[str]) -> list[str]:
    """Other windows that hold a story whose last report lies before them: nothing stands there past its time."""
    past = Q()
    for name in sorted(rules.WINDOWS.keys() - set(asked)):
        past |= Q(window=name, story__last_at__lt=now - rules.WINDOWS[name])
    return (
        list(Heat.objects.filter(past).order_by("window").values_list("window", flat=True).distinct()) if past else []
    )


def _within(signals: Collection[StorySignals], window: str, now: datetime) -> list[StorySignals]:
    """Those that the ranking could take at all: what is past its window is neither ranked nor logged.

    Of very many only those that may come far, so that a week of a great paper costs no more than a day of it.
    """
    since = now - rules.WINDOWS[window]
    found = [one for one in signals if since <= one.last_voice_at <= now]
    if len(found) <= RANKED:
        return found
    latest = sorted(found, key=lambda one: (one.last_voice_at, one.story_id), reverse=True)[: RANKED // 2]
    rest = {one.story_id: one for one in found} | {one.story_id: None for one in latest}
    most = sorted((one for one in rest.values() if one is not None), key=lambda one: _weight(one, now), reverse=True)
    return sorted([*latest, *most[: RANKED - len(latest)]], key=lambda one: one.story_id)


def _weight(one: StorySignals, now: datetime) -> tuple[float, int]:
    """Voices and readers, in the proportion in which either is enough to be among the trending."""
    return rules.MIN_READERS / rules.MIN_VOICES * len(one.voices) + one.total(rules.READ, now), one.story_id


def _write(asked: ledger.Asked, ranked: list[Ranked]) -> bool:
    """Put a window's ranks in the place of those that stand; True when they differ in what is printed."""
    rows = Heat.objects.filter(window=asked.window)
    before = list(rows.order_by("rank").values_list("story_id", "receipt", "score"))
    after = [(one.story_id, one.receipt[:LONGEST], one.score) for one in ranked]
    if not ranked:
        # What was trending may have been deleted since then: nothing of it stays behind in the log.
        TallyLog.objects.filter(window=asked.window).delete()
    if before == after:
        return False
    existing = set(Story.objects.filter(pk__in=[one.story_id for one in ranked]).values_list("pk", flat=True))
    rows.exclude(story_id__in=existing).delete()
    Heat.objects.bulk_create(
        [_row(asked, place, one) for place, one in enumerate(ranked, 1) if one.story_id in existing],
        update_conflicts=True,
        unique_fields=["story", "window"],
        update_fields=_FIELDS,
    )
    TallyLog.objects.bulk_create(
        [TallyLog(window=asked.window, at=asked.now, inputs=ledger.packed(asked))] if ranked else [],
        update_conflicts=True,
        unique_fields=["window"],
        update_fields=["at", "inputs"],
    )
    return [row[:2] for row in before] != [row[:2] for row in after]


def _row(asked: ledger.Asked, place: int, one: Ranked) -> Heat:
    return Heat(
        story_id=one.story_id,
        window=asked.window,
        score=one.score,
        rank=place,
        receipt=one.receipt[:LONGEST],
        inputs=dict(one.inputs),
        at=asked.now,
    )

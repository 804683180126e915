"""Minding the sources: what their habit says about today. Alarms are raised once and taken back once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from broadsheet.core import clock
from broadsheet.sources.models import Source
from broadsheet.wire.lengths import Lengths
from broadsheet.wire.models import Feed
from broadsheet.wire.services import diary

AT_ONCE = 200
_LENGTHS = ["lengths", "shrunk_since"]


@transaction.atomic
def mind_silence() -> int:
    """Flag feeds that work and yet have said nothing for far longer than they use to. Returns how many."""
    moment = clock.now()
    rows = Feed.objects.select_related("source").filter(
        state=Feed.State.ACTIVE, source__state=Source.State.ACTIVE, reason="",
        silent_since=None, silent_after__lte=moment, last_good_at__gt=F("silent_after"),
    )  # fmt: skip
    found = list(rows.order_by("silent_after")[:AT_ONCE])
    for feed in found:
        feed.silent_since = moment
        last = feed.last_new_at or moment
        words = f"Nothing new for {diary.lasting(last, moment)}, ten times as long as it uses to pause."
        diary.note(feed.source, diary.Event.SILENT, words, feed=feed)
    Feed.objects.bulk_update(found, ["silent_since"])
    return len(found)


def mind_lengths(filed: Iterable[tuple[Feed, int]]) -> None:
    """Learn from texts that were just filed, as (feed, words); raise or take back the alarm over shrunken texts."""
    by_feed: dict[int, list[int]] = {}
    for feed, words in filed:
        by_feed.setdefault(feed.pk, []).append(words)
    if not by_feed:
        return
    # Read anew: between two batches another worker may have learned.
    rows = list(Feed.objects.select_related("source").filter(pk__in=by_feed))
    moment = clock.now()
    for feed in rows:
        _learn(feed, by_feed[feed.pk], moment)
    Feed.objects.bulk_update(rows, _LENGTHS)


def _learn(feed: Feed, words: list[int], moment: datetime) -> None:
    lengths = Lengths.from_json(feed.lengths)
    for count in words:
        lengths = lengths.after(count)
    if lengths.shrunk and feed.shrunk_since is None:
        feed.shrunk_since = moment
        say = (
            f"The latest texts have {lengths.now:.0f} words where {lengths.usual:.0f} were usual: "
            "the feed was cut or its pages were rebuilt."
        )
        diary.note(feed.source, diary.Event.SHRANK, say, feed=feed)
    elif not lengths.shrunk and feed.shrunk_since is not None:
        feed.shrunk_since = None
        diary.note(feed.source, diary.Event.REGAINED, f"Texts have {lengths.now:.0f} words again.", feed=feed)
    feed.lengths = lengths.as_json()


@transaction.atomic
def accept_lengths(feed: Feed) -> None:
    """Somebody looked: the texts are right as they are, and the alarm is over."""
    lengths = Lengths.from_json(Feed.objects.values_list("lengths", flat=True).get(pk=feed.pk)).accepted()
    if Feed.objects.filter(pk=feed.pk).exclude(shrunk_since=None).update(lengths=lengths.as_json(), shrunk_since=None):
        words = f"The desk says that {lengths.now:.0f} words are right."
        diary.note(feed.source, diary.Event.REGAINED, words, feed=feed)

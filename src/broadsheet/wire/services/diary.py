"""A source's diary: what happened to it, in sentences that an operator reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from broadsheet.core import clock
from broadsheet.sources.models import Source
from broadsheet.wire.models import DiaryLine, Feed

KEPT = timedelta(days=365)
Event = DiaryLine.Event


def note(source: Source, event: Event, words: str, *, feed: Feed | None = None) -> DiaryLine:
    """Write a line; `words` is the whole sentence."""
    return DiaryLine.objects.create(source=source, feed=feed, at=clock.now(), event=event, words=words[:500])


def lasting(since: datetime, until: datetime) -> str:
    """A span in its largest unit: "3 hours", "12 days"."""
    seconds = max((until - since).total_seconds(), 0)
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (seconds >= size and size == 60):
            count = int(seconds // size)
            return f"{count} {name}{'s' if count != 1 else ''}"
    return "less than a minute"


def purge() -> int:
    """Forget lines of more than a year ago."""
    gone, _ = DiaryLine.objects.filter(at__lt=clock.now() - KEPT).delete()
    return gone

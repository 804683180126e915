"""What is known of a story when it is ranked: its voices, and what readers did, counted in five-minute buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

READ, END, SHARE, BOOKMARK, COMMENT = "read", "end", "share", "bookmark", "comment"
KINDS = (READ, END, SHARE, BOOKMARK, COMMENT)
BUCKET = timedelta(minutes=5)

# (start of the bucket, how many in it), oldest first.
Buckets = tuple[tuple[datetime, float], ...]


@dataclass(frozen=True)
class StorySignals:
    """One story's voices and readers.

    `voices` are independent: copies of one text and outlets of one owner are one, with the time it first spoke.
    `buckets` hold counts by kind, each five minutes from its start; `earlier` what was counted before the first of
    them. `last_voice_at` is the last independent development, `first_at` the first report. All times are aware.
    """

    story_id: int
    section: str
    first_at: datetime
    last_voice_at: datetime
    voices: tuple[tuple[str, datetime], ...] = ()
    buckets: Mapping[str, Buckets] = field(default_factory=dict)
    earlier: Mapping[str, float] = field(default_factory=dict)

    def total(self, kind: str, now: datetime) -> float:
        """How many of this kind there were up to now; buckets that begin later count nothing."""
        return self.earlier.get(kind, 0) + sum(n for start, n in self.buckets.get(kind, ()) if start < now)

    def spoken(self, now: datetime) -> dict[str, datetime]:
        """Each voice that has spoken by now, and when it first did."""
        first: dict[str, datetime] = {}
        for voice, at in self.voices:
            if at <= now:
                first[voice] = min(at, first.get(voice, at))
        return first

"""What is known of a story when it is ranked: its voices, and what readers did, counted in five-minute buckets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

READ, END, SHARE, BOOKMARK, COMMENT = "read", "end", "share", "bookmark", "comment"
KINDS = (READ, END, SHARE, BOOKMARK, COMMENT)
BUCKET = timedelta(minutes=5)
HOUR = timedelta(hours=1)
# A rate is drawn towards what is usual as if that had been watched for so many hours.
PRIOR_HOURS = 0.3

# (start of the bucket, how many in it), oldest first.
Buckets = tuple[tuple[datetime, float], ...]


@dataclass(frozen=True)
class StorySignals:
    """One story's voices and readers.

    `voices` are independent: copies of one text and outlets of one owner are one, with the time it first spoke.
    `buckets` hold counts by kind, each five minutes from its start; `earlier` what was counted before the first of
    them. `last_voice_at` is the last independent development, `first_at` the first report; readers are counted from
    `counted_from`, where that is not the first report. All times are aware.
    """

    story_id: int
    section: str
    first_at: datetime
    last_voice_at: datetime
    voices: tuple[tuple[str, datetime], ...] = ()
    buckets: Mapping[str, Buckets] = field(default_factory=dict)
    earlier: Mapping[str, float] = field(default_factory=dict)
    counted_from: datetime | None = None

    def total(self, kind: str, now: datetime) -> float:
        """How many of this kind there were up to now; buckets that begin later count nothing."""
        return self.earlier.get(kind, 0) + sum(n for start, n in self.buckets.get(kind, ()) if start < now)

    def since(self, kind: str, past: timedelta, now: datetime) -> float:
        """How many of this kind in the last while; a bucket that lies across its edge counts in proportion."""
        edge, found = now - past, 0.0
        for start, n in self.buckets.get(kind, ()):
            if edge < start + BUCKET and start < now:
                end = min(start + BUCKET, now)
                found += n * ((end - max(start, edge)) / (end - start))
        return found

    def spoken(self, now: datetime) -> dict[str, datetime]:
        """Each voice that has spoken by now, and when it first did."""
        first: dict[str, datetime] = {}
        for voice, at in self.voices:
            if at <= now:
                first[voice] = min(at, first.get(voice, at))
        return first

    def watched(self, now: datetime) -> float:
        """For how many hours readers have been counted."""
        return max(0.0, (now - (self.counted_from or self.first_at)) / HOUR)


def rates(
    buckets: Buckets, half_lives: Sequence[float], watched: float, usual: float, now: datetime
) -> tuple[float, ...]:
    """Events in an hour, exponentially weighted with each of these half-lives (hours), drawn towards what is `usual`.

    Computed from the buckets' own times, so it does not depend on when it is asked or how often. A bucket's events are
    spread evenly over its time, up to now. What was watched for less than the half-life is not taken for silence: the
    weighted events are divided by the weighted time watched, with `PRIOR_HOURS` of the usual rate added to both (the
    mean of a Gamma posterior: Gelman et al., Bayesian Data Analysis, 2.6).
    """
    held = [((now - start) / HOUR, n) for start, n in buckets if n and start < now]
    oldest = np.array([age for age, _ in held])
    newest = np.maximum(0.0, oldest - BUCKET / HOUR)
    density = np.array([n for _, n in held]) / (oldest - newest)
    found = []
    for half_life in half_lives:
        decay = math.log(2) / half_life
        events = float(np.sum(density * (np.exp(-decay * newest) - np.exp(-decay * oldest)))) / decay if held else 0.0
        time = -math.expm1(-decay * watched) / decay
        found.append((events + usual * PRIOR_HOURS) / (time + PRIOR_HOURS))
    return tuple(found)

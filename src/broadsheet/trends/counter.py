"""Counting reads in memory between two batches: one visitor counts once a window, floods count nothing more."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=30)
MAX_REMEMBERED = 500_000


class ReadCounter:
    """Takes (article, visitor, time) and gives batches of counts by hour."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, str], datetime] = {}
        self._counts: dict[datetime, Counter[int]] = {}
        self.taken = 0

    def add(self, article_id: int, visitor: str, at: datetime) -> bool:
        """Count a read unless this visitor was counted for this article within the window."""
        key = (article_id, visitor)
        last = self._seen.get(key)
        if last is not None and at - last < WINDOW:
            return False
        if len(self._seen) >= MAX_REMEMBERED:
            self._forget(at)
        self._seen[key] = at
        hour = at.replace(minute=0, second=0, microsecond=0)
        self._counts.setdefault(hour, Counter())[article_id] += 1
        self.taken += 1
        return True

    def _forget(self, at: datetime) -> None:
        """Drop visitors whose window is over; if all are young, the oldest half, so that memory stays bounded."""
        young = {key: seen for key, seen in self._seen.items() if at - seen < WINDOW}
        if len(young) >= MAX_REMEMBERED:
            newest = sorted(young.items(), key=lambda pair: pair[1])[len(young) // 2 :]
            young = dict(newest)
        self._seen = young

    def batches(self) -> dict[datetime, dict[int, int]]:
        """What was counted since the last call, by hour; the counter begins anew."""
        counts, self._counts = self._counts, {}
        self.taken = 0
        return {hour: dict(counter) for hour, counter in counts.items()}

"""Counting reader events in memory between two batches: a visitor counts once an hour, floods count nothing more.

Nobody can be found again from what is kept here. What the front door sends of a visitor is mixed with a salt that is
made at random, stays in this process and is thrown away when the day (UTC) turns, together with all that was mixed with
it; so not even who knows the secret of the installation can make a key of yesterday again. A restart forgets the salt
too: it may count a visitor of the last hour once more, and never more than once.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b

from broadsheet.trends.rules import FLOOD, NETWORK, READ, bucket_of, counts_of_network, hour_of

WINDOW = timedelta(hours=1)
MAX_REMEMBERED = 500_000


@dataclass
class Counted:
    """Events by (bucket, kind, article), and what did not count by (hour, why)."""

    events: Counter[tuple[datetime, str, int]] = field(default_factory=Counter)
    refused: Counter[tuple[datetime, str]] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.events or self.refused)


class ReadCounter:
    """Takes (article, visitor, time, kind, network) and gives batches of counts."""

    def __init__(self) -> None:
        self._seen: dict[bytes, datetime] = {}
        self._networks: Counter[bytes] = Counter()
        self._hour: datetime | None = None
        self._day: date | None = None
        self._salt = b""
        self._counted = Counted()
        self.taken = 0

    def add(self, article_id: int, visitor: str, at: datetime, kind: str = READ, network: str = "") -> bool:
        """Count an event, unless this visitor was counted for it within the hour or its network is too many."""
        self._turn(at)
        key = self._key(f"{kind} {article_id} {visitor}")
        last = self._seen.get(key)
        if last is not None and at - last < WINDOW:
            self.refuse(FLOOD, at)
            return False
        if len(self._seen) >= MAX_REMEMBERED:
            self._forget(at)
        self._seen[key] = at
        if network and not self._is_heard(f"{kind} {article_id} {network}"):
            self.refuse(NETWORK, at)
            return False
        self._counted.events[bucket_of(at), kind, article_id] += 1
        self.taken += 1
        return True

    def refuse(self, why: str, at: datetime) -> None:
        """Note that something did not count."""
        self._counted.refused[hour_of(at), why] += 1

    def batch(self) -> Counted:
        """What was counted since the last call; the counter begins anew and remembers its visitors."""
        counted, self._counted = self._counted, Counted()
        self.taken = 0
        return counted

    def _turn(self, at: datetime) -> None:
        """A new day has a new salt and knows nobody, a new hour knows no networks. Not if the clock goes back."""
        if self._day is None or at.date() > self._day:
            self._day, self._salt = at.date(), secrets.token_bytes(32)
            self._seen.clear()
        if self._hour is None or hour_of(at) > self._hour:
            self._hour = hour_of(at)
            self._networks.clear()

    def _key(self, words: str) -> bytes:
        return blake2b(words.encode(), key=self._salt, digest_size=12).digest()

    def _is_heard(self, words: str) -> bool:
        key = self._key(words)
        if key not in self._networks and len(self._networks) >= MAX_REMEMBERED:
            self._networks.clear()
        self._networks[key] += 1
        return counts_of_network(self._networks[key])

    def _forget(self, at: datetime) -> None:
        """Drop visitors whose window is over; if all are young, the oldest half, so that memory stays bounded."""
        young = {key: seen for key, seen in self._seen.items() if at - seen < WINDOW}
        if len(young) >= MAX_REMEMBERED:
            newest = sorted(young.items(), key=lambda pair: pair[1])[len(young) // 2 :]
            young = dict(newest)
        self._seen = young

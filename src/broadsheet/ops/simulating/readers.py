"""Visits: readers who choose from a front page, those who come by a share, and those who are no readers at all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from broadsheet.ops.simulating.world import HOUR, MINUTE, Setting, Told, hour_factor, poisson
from broadsheet.trends.heat.signals import BOOKMARK, BUCKET, COMMENT, END, READ, SHARE, Buckets

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CRAWLER = "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://crawler.example/)"
# What one network may add to one story in an hour.
NETWORK_CAP = 20
# Interest halves with every so many hours of a story's age.
FADES = 8.0


@dataclass(frozen=True)
class Visit:
    """One beacon: who (a key that only the simulation knows), from where, with what, and what was done."""

    at: datetime
    story: int
    visitor: str
    network: str
    agent: str = BROWSER
    kind: str = READ


class Counter(Protocol):
    """What `trends.counter.ReadCounter` is to a visit: whether it counts."""

    def add(self, article_id: int, visitor: str, at: datetime) -> bool:
        """Count this visitor's read at this time, or not."""
        ...


def visits(
    setting: Setting, chance: random.Random, page: Sequence[Told], start: datetime, span: timedelta
) -> Iterator[Visit]:
    """What readers do in this while with a front page in this order.

    Each looks at one of its places (the n-th with a weight of 1/n to the power of the bias) and reads what stands there
    if it appeals and is fresh; else looks on. A share brings more readers of that story later.
    """
    shown = page[: setting.slots]
    if not shown:
        return
    # One who looks reads with this chance at most: the dearest story there may be.
    places = [1 / (place + 1) ** setting.position_bias for place in range(len(shown))]
    wants = [min(1.0, one.appeal / 4 * 0.5 ** ((start - one.began) / HOUR / FADES)) for one in shown]
    for _ in range(poisson(chance, setting.readers * hour_factor(start) * (span / HOUR))):
        at = start + chance.random() * span
        who = f"reader {chance.randrange(10**9)}"
        place = chance.choices(range(len(shown)), places)[0]
        if chance.random() < wants[place]:
            yield from _read(setting, chance, shown[place].number, who, at)


def _read(setting: Setting, chance: random.Random, story: int, who: str, at: datetime) -> Iterator[Visit]:
    network = f"net {chance.randrange(5000)}"
    yield Visit(at, story, who, network)
    for kind, share in ((END, setting.ends), (BOOKMARK, setting.bookmarks), (COMMENT, setting.comments)):
        if chance.random() < share:
            yield Visit(at + MINUTE, story, who, network, kind=kind)
    if chance.random() < setting.shares:
        yield Visit(at + MINUTE, story, who, network, kind=SHARE)
        for _ in range(poisson(chance, setting.per_share)):
            later = at + chance.expovariate(1.0) * HOUR
            yield Visit(later, story, f"reader {chance.randrange(10**9)}", f"net {chance.randrange(5000)}")


def crawl(stories: Sequence[Told], start: datetime, rounds: int) -> Iterator[Visit]:
    """A crawler that fetches everything again and again, under a new key each time."""
    for turn in range(rounds):
        for place, one in enumerate(stories):
            yield Visit(start + turn * MINUTE, one.number, f"crawler {turn} {place}", "crawler's net", CRAWLER)


def refresh(story: int, start: datetime, times: int, visitor: str = "impatient") -> Iterator[Visit]:
    """One reader who loads the same page again every second."""
    for turn in range(times):
        yield Visit(start + timedelta(seconds=turn), story, visitor, "a household's net")


def burst(story: int, start: datetime, visitors: int) -> Iterator[Visit]:
    """Many made-up visitors of one network, one a second."""
    for turn in range(visitors):
        yield Visit(start + timedelta(seconds=turn), story, f"made up {turn}", "one hosting firm's net")


@dataclass
class Tally:
    """What counts, by story and kind in five-minute buckets: no crawlers, a visitor as the counter says, and of one
    network at most `NETWORK_CAP` a story and hour."""

    counter: Callable[[], Counter]
    is_reader: Callable[[str], bool]
    counts: dict[int, dict[str, dict[datetime, int]]] = field(default_factory=dict)
    refused: int = 0
    _counters: dict[str, Counter] = field(default_factory=dict)
    _networks: dict[tuple[int, str, str, datetime], int] = field(default_factory=dict)

    def add(self, visit: Visit) -> bool:
        """Whether the visit counted."""
        hour = visit.at.replace(minute=0, second=0, microsecond=0)
        crowd = (visit.story, visit.kind, visit.network, hour)
        counter = self._counters.setdefault(visit.kind, self.counter())
        if (
            not self.is_reader(visit.agent)
            or self._networks.get(crowd, 0) >= NETWORK_CAP
            or not counter.add(visit.story, visit.visitor, visit.at)
        ):
            self.refused += 1
            return False
        self._networks[crowd] = self._networks.get(crowd, 0) + 1
        bucket = visit.at - (visit.at - hour) % BUCKET
        held = self.counts.setdefault(visit.story, {}).setdefault(visit.kind, {})
        held[bucket] = held.get(bucket, 0) + 1
        return True

    def buckets(self, story: int, now: datetime) -> dict[str, Buckets]:
        """The story's buckets that began before now, oldest first."""
        kinds = self.counts.get(story, {})
        return {kind: tuple(sorted((at, n) for at, n in held.items() if at < now)) for kind, held in kinds.items()}

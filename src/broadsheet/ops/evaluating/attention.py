"""A public page's votes over time as stories with readers: moments to forecast from, and what came afterwards.

A series is `attention-hn-dev.tsv.gz`: time, item, rank, votes, comments of every item on the page, about every half
hour. Votes stand for readers. The rank is not read: it is what votes made. Times are rounded down to five minutes, and
what came between two sightings is spread evenly over the buckets between them. An item's first report is when its
number was the newest (numbers are given in order), its development when it came to the page.
"""

from __future__ import annotations

import gzip
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from broadsheet.trends.heat.baseline import Baseline, Counted, learned
from broadsheet.trends.heat.boosting import Plan, fit
from broadsheet.trends.heat.forecast import AHEAD, NAMES, RISING, features
from broadsheet.trends.heat.signals import BUCKET, COMMENT, READ, Buckets, StorySignals
from broadsheet.trends.heat.weights import Weights

FILE = "attention-hn-dev.tsv.gz"
SECTION = "page"
STEP = int(BUCKET.total_seconds())
HOURS_3 = int(AHEAD.total_seconds())
MOMENTS_APART = 10
# The scoring part begins after eight of twelve months.
TRAINED = 8 / 12
SOON = Plan(loss="poisson", rounds=200, depth=4)
# Trees add nothing here: they were tried, and the law alone was better on the months that were held out.
REST = Plan(loss="log", rounds=0)
# Added to a remaining total, in hours of the usual rate, before its logarithm is taken.
SMALL = 0.125


@dataclass(frozen=True)
class Item:
    """One item's sightings, oldest first: times (seconds), votes and comments, never falling."""

    number: int
    born: int
    times: tuple[int, ...]
    votes: tuple[int, ...]
    comments: tuple[int, ...]
    buckets: dict[str, Buckets]

    def at(self, now: int) -> StorySignals:
        """What was known of it at a time when it was on the page."""
        cut = {kind: held[: bisect_left(held, (_time(now),))] for kind, held in self.buckets.items()}
        return StorySignals(
            self.number,
            SECTION,
            first_at=_time(self.born),
            last_voice_at=_time(self.times[0]),
            buckets=cut,
            earlier={READ: self.votes[0], COMMENT: self.comments[0]},
            counted_from=_time(self.times[0]),
        )

    def seen(self, now: int) -> int:
        """The place of the last sighting up to now."""
        return bisect_right(self.times, now) - 1

    def gain(self, now: int, until: int) -> int:
        """Votes between the two, as far as they were seen."""
        return self.votes[self.seen(until)] - self.votes[self.seen(now)]


@dataclass(frozen=True)
class Series:
    """All items, and who was on the page at each time."""

    items: tuple[Item, ...]
    pages: dict[int, tuple[Item, ...]]

    @property
    def split(self) -> int:
        """The time that parts what is learned from and what is scored, where it is one series."""
        times = list(self.pages)
        return int(times[0] + (times[-1] - times[0]) * TRAINED)

    def moments(self, start: float, end: float, apart: int = MOMENTS_APART) -> list[int]:
        """Every tenth time of the series whose next three hours were watched, between the two."""
        times = list(self.pages)
        found = []
        for now in times[::apart]:
            after = times[bisect_right(times, now) : bisect_right(times, now + HOURS_3)]
            if start <= now and now + HOURS_3 <= end and len(after) >= 4 and after[-1] >= now + HOURS_3 * 2 // 3:
                found.append(now)
        return found


def read(folder: Path) -> Series:
    """The series of this folder."""
    seen: dict[int, dict[int, tuple[int, int]]] = {}
    with gzip.open(folder / FILE, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            time, number, _, votes, comments = line.rstrip("\n").split("\t")
            if votes:
                seen.setdefault(int(number), {})[int(time) // STEP * STEP] = (int(votes), int(comments or 0))
    born = _born({number: min(times) for number, times in seen.items()})
    items = tuple(_item(number, born[number], times) for number, times in sorted(seen.items()))
    pages: dict[int, list[Item]] = {}
    for one in items:
        for at in one.times:
            pages.setdefault(at, []).append(one)
    return Series(items, {at: tuple(pages[at]) for at in sorted(pages)})


def _item(number: int, born: int, sightings: dict[int, tuple[int, int]]) -> Item:
    times = tuple(sorted(sightings))
    votes = tuple(itertools.accumulate((sightings[at][0] for at in times), max))
    comments = tuple(itertools.accumulate((sightings[at][1] for at in times), max))
    buckets = {READ: _spread(times, votes), COMMENT: _spread(times, comments)}
    return Item(number, born, times, votes, comments, buckets)


def _spread(times: Sequence[int], counts: Sequence[int]) -> Buckets:
    found = []
    for (start, before), (end, after) in itertools.pairwise(zip(times, counts, strict=True)):
        if after > before:
            share = (after - before) * STEP / (end - start)
            found += [(_time(at), share) for at in range(start, end, STEP)]
    return tuple(found)


def _born(first: dict[int, int]) -> dict[int, int]:
    """When each number was the newest, by what had been seen when it came to the page."""
    newest: list[int] = []
    times: list[int] = []
    found: dict[int, int] = {}
    for at, group in itertools.groupby(sorted(first, key=lambda one: (first[one], one)), key=lambda one: first[one]):
        numbers = list(group)
        for number in numbers:
            place = bisect_left(newest, number)
            found[number] = times[place - 1] if place else times[0] if times else at
        newest.append(max([*newest[-1:], *numbers]))
        times.append(at)
    return found


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def baseline(series: Series, start: float, end: float) -> Baseline:
    """What is usual on the page, by hour of the week."""
    return learned(_history(series, start, end))[SECTION]


def _history(series: Series, start: float, end: float) -> Iterator[Counted]:
    times = [at for at in series.pages if start <= at < end]
    for now, then in itertools.pairwise(times):
        hours = (then - now) / 3600
        if hours > 1:
            continue
        there = [one for one in series.pages[then] if one.times[0] <= now]
        for kind in (READ, COMMENT):
            gained = sum(_counts(one, kind)[one.seen(then)] - _counts(one, kind)[one.seen(now)] for one in there)
            yield Counted(SECTION, _time(now), kind, gained, len(there) * hours)


def _counts(one: Item, kind: str) -> tuple[int, ...]:
    return one.votes if kind == READ else one.comments


def fitted(
    series: Series, start: float, end: float, apart: int = 2, rising: Sequence[str] = RISING
) -> tuple[Weights, Baseline]:
    """Weights and baseline learned between two times; nothing after `end` is looked at."""
    usual = baseline(series, start, end)
    rows, soon, rest = [], [], []
    for now in series.moments(start, end, apart):
        unit = usual.usual(READ, _time(now))
        for one in series.pages[now]:
            rows.append(features(one.at(now), usual, _time(now)))
            soon.append(one.gain(now, now + HOURS_3) / (unit * HOURS_3 / 3600))
            rest.append(np.log(one.gain(now, int(end)) / unit + SMALL))
    table = np.array(rows)
    return Weights(
        soon=fit(table, np.array(soon), NAMES, rising, SOON), rest=fit(table, np.array(rest), NAMES, rising, REST)
    ), usual

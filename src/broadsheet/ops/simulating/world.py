"""Arrivals of news: stories by section and hour of the week, and who reports them. The same seed, the same world.

A story is reported by its first voice, then by others on their own (the more important, the more and the faster), and
each report may be copied: a copy is an article more and no voice more, because it is its agency's text or its owner's.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Place:
    """One section: new stories in an hour, and how dear it is to a reader against the others."""

    section: str
    stories: float = 1.0
    appeal: float = 1.0


@dataclass(frozen=True)
class Setting:
    """What world it is. Rates are for a mean hour of the week; `copies` and `voices` are means of a plain story."""

    places: tuple[Place, ...] = (Place("world"), Place("sports", 0.7, 1.5), Place("travel", 0.2, 0.3))
    voices: float = 1.5
    copies: float = 2.0
    pace: timedelta = timedelta(hours=2)
    readers: float = 600.0
    position_bias: float = 1.0
    slots: int = 30
    ends: float = 0.4
    shares: float = 0.02
    bookmarks: float = 0.02
    comments: float = 0.02
    per_share: float = 2.0


@dataclass(frozen=True)
class Report:
    """One article: when it came, by which outlet, and the voice that it counts as."""

    at: datetime
    outlet: str
    voice: str


@dataclass(frozen=True)
class Told:
    """A story of this world. `appeal` is what no program can see: how much readers want it, against a plain one."""

    number: int
    section: str
    appeal: float
    reports: tuple[Report, ...] = field(default_factory=tuple)

    @property
    def began(self) -> datetime:
        """The first report."""
        return self.reports[0].at


def hour_factor(at: datetime) -> float:
    """How much goes on at this hour of the week against the mean one: nights and week-ends are quiet; mean about 1."""
    daily = 1 + 0.7 * math.sin((at.hour + at.minute / 60 - 8) / 24 * 2 * math.pi)
    return daily * (0.7 if at.weekday() >= 5 else 1.12)


def poisson(chance: random.Random, mean: float) -> int:
    """A draw from the Poisson distribution (Knuth's product for small means, in parts for large ones)."""
    found = 0
    while mean > 30:
        found, mean = found + poisson(chance, 30.0), mean - 30
    limit, product = math.exp(-mean), chance.random()
    while product > limit:
        found, product = found + 1, product * chance.random()
    return found


def stories(setting: Setting, seed: int, start: datetime, hours: int) -> list[Told]:
    """The stories of so many hours, oldest first; reports may come after their end."""
    chance = random.Random(seed)  # noqa: S311  a world, no secret
    begun: list[tuple[datetime, Place]] = []
    for hour in range(hours):
        at = start + hour * HOUR
        for place in setting.places:
            for _ in range(poisson(chance, place.stories * hour_factor(at))):
                begun.append((at + chance.random() * HOUR, place))
    begun.sort(key=lambda one: (one[0], one[1].section))
    return [story(setting, chance, number, place, at) for number, (at, place) in enumerate(begun, 1)]


def story(setting: Setting, chance: random.Random, number: int, place: Place, at: datetime) -> Told:
    """One story: a log-normal importance makes both more voices, sooner, and more readers."""
    weight = chance.lognormvariate(0, 0.8)
    reports = [Report(at, f"{place.section} 0", f"{place.section} 0")]
    for _ in range(poisson(chance, setting.voices * weight)):
        name = f"{place.section} {chance.randrange(1, 60)}"
        reports.append(Report(at + chance.expovariate(weight) * setting.pace, name, name))
    first = list(reports)
    for one in first:
        for _ in range(poisson(chance, setting.copies)):
            later = one.at + chance.expovariate(1.0) * setting.pace / 4
            reports.append(Report(later, f"{one.outlet} copy {chance.randrange(200)}", one.voice))
    reports.sort(key=lambda one: (one.at, one.outlet))
    return Told(number, place.section, place.appeal * weight * chance.lognormvariate(0, 0.5), tuple(reports))


def voices(told: Told, now: datetime) -> tuple[tuple[str, datetime], ...]:
    """Each voice of the story and when it first spoke, up to now."""
    first: dict[str, datetime] = {}
    for one in told.reports:
        if one.at <= now:
            first.setdefault(one.voice, one.at)
    return tuple(first.items())


def usual_voices(told: list[Told], now: datetime) -> Mapping[str, float]:
    """Voices after the first in a story's hour, by section, over the first day of each story up to now."""
    counts: dict[str, list[float]] = {}
    for one in told:
        end = min(now, one.began + 24 * HOUR)
        if end > one.began:
            held = counts.setdefault(one.section, [0.0, 0.0])
            held[0] += len(voices(one, end)) - 1
            held[1] += (end - one.began) / HOUR
    return {section: (n + 0.1) / (hours + 1) for section, (n, hours) in counts.items()}

"""What is usual in a section at an hour of the week: events per live story and hour, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

VOICES = "voices"
HOURS_OF_WEEK = 168
# What is taken as usual where nothing was counted yet: events per live story and hour.
COLD = {"read": 4.0, "end": 1.0, "share": 0.05, "bookmark": 0.05, "comment": 0.05, VOICES: 0.1}
# So many hours of stories' time weigh as much as what was assumed before anything was counted.
PRIOR_STORY_HOURS = 24.0
# So many events in an hour of the week (and its neighbours) weigh as much as the section's mean.
PRIOR_EVENTS = 20.0
# No hour is taken to be quieter than this share of the mean: one reader at night is no sensation.
QUIETEST = 0.1
# Nothing is taken to be rarer than this, in events per live story and hour.
LEAST = 1e-4


@dataclass(frozen=True)
class Counted:
    """What one hour of history held: `n` events of a kind among so many live stories of a section."""

    section: str
    hour: datetime
    kind: str
    n: float
    stories: float


@dataclass(frozen=True)
class Baseline:
    """One section's usual rates: `rates` per live story and hour by kind (or "voices"), `profiles` 168 factors each
    (Monday 0 h UTC first, mean 1). A kind without a profile is flat; one without a rate has the cold start's."""

    section: str
    rates: Mapping[str, float] = field(default_factory=dict)
    profiles: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def usual(self, kind: str, at: datetime) -> float:
        """Events of this kind that a story of this section has in an hour, at this hour of the week."""
        profile = self.profiles.get(kind)
        factor = profile[hour_of_week(at)] if profile else 1.0
        return max(LEAST, self.rates.get(kind, COLD[kind]) * factor)

    def expected(self, kind: str, start: datetime, end: datetime) -> float:
        """Events of this kind that a story has between the two, hour by hour of the week."""
        found, at = 0.0, start
        while at < end:
            step = min(end, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
            found += self.usual(kind, at) * ((step - at) / timedelta(hours=1))
            at = step
        return found


def hour_of_week(at: datetime) -> int:
    """0 for Monday 0 h UTC to 167 for Sunday 23 h."""
    return at.weekday() * 24 + at.hour


def learned(history: Iterable[Counted]) -> dict[str, Baseline]:
    """The baselines of all sections in this history.

    A rate is events over stories' hours, drawn towards the cold start's by `PRIOR_STORY_HOURS`. A profile's hour takes
    a quarter of each neighbour, and is drawn by `PRIOR_EVENTS` towards the same hour of all days, which is drawn
    towards the section's mean in the same way: a week of history gives days their shape and weeks none yet.
    """
    events: dict[tuple[str, str], list[float]] = {}
    times: dict[tuple[str, str], list[float]] = {}
    for one in history:
        key = (one.section, one.kind)
        events.setdefault(key, [0.0] * HOURS_OF_WEEK)[hour_of_week(one.hour)] += one.n
        times.setdefault(key, [0.0] * HOURS_OF_WEEK)[hour_of_week(one.hour)] += one.stories
    rates: dict[str, dict[str, float]] = {}
    profiles: dict[str, dict[str, tuple[float, ...]]] = {}
    for (section, kind), counts in sorted(events.items()):
        time = times[section, kind]
        prior = COLD[kind] * PRIOR_STORY_HOURS
        mean = (sum(counts) + prior) / (sum(time) + PRIOR_STORY_HOURS)
        rates.setdefault(section, {})[kind] = mean
        profiles.setdefault(section, {})[kind] = _profile(counts, [mean * hours for hours in time])
    return {section: Baseline(section, rates[section], profiles[section]) for section in rates}


def _profile(counts: list[float], expected: list[float]) -> tuple[float, ...]:
    """How many times the expected each hour of the week had, smoothed; mean 1."""
    days = range(0, HOURS_OF_WEEK, 24)
    daily = [
        (sum(counts[day + hour] for day in days) + PRIOR_EVENTS)
        / (sum(expected[day + hour] for day in days) + PRIOR_EVENTS)
        for hour in range(24)
    ]
    factors = []
    for hour in range(HOURS_OF_WEEK):
        near = [(hour - 1) % HOURS_OF_WEEK, hour, hour, (hour + 1) % HOURS_OF_WEEK]
        seen, due = sum(counts[at] for at in near) / 4, sum(expected[at] for at in near) / 4
        factors.append((seen + PRIOR_EVENTS * daily[hour % 24]) / (due + PRIOR_EVENTS))
    mean = sum(factors) / HOURS_OF_WEEK
    return tuple(max(QUIETEST, factor / mean) for factor in factors)

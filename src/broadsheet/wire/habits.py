"""A feed's habit: how much it publishes at which hour, learned from what it published.

Polls are laid where entries are to be expected, after Sia, Cho and Cho, "Efficient Monitoring Algorithm for Fast News
Alerts" (IEEE TKDE 19, 2007): the rate of a news feed follows the hours of its day, and a poll is worth most where that
rate is high. Rates are counted with a half-life, so that a habit of last month is no habit any longer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadsheet.wire import rules

HALF_LIFE_DAYS = 14.0
# A feed that wakes up is followed within hours, not weeks: beside the habit runs a count that fades in a quarter day.
# Where it is far above what the habit expects of the same hours, the habit is scaled up by two thirds of the excess.
BURST_HALF_LIFE_DAYS, _BURST_TRUST = 0.25, 0.67
# Until something is known: one entry an hour, weighed as if it had been watched for an hour.
_PRIOR_ENTRIES, _PRIOR_DAYS = 1.0, 1 / 24
# A poll comes when half an entry is to be expected: news then waits half the usual gap at most, a quarter on average.
WANTED = 0.5
# The hours of the day count as far as so many entries have shown them, over so many days.
_SHAPE_ENTRIES, _SHAPE_DAYS = 24.0, 3.0
# A new feed is watched closely: the wait never grows by more than half.
GROWTH = 1.5

FLOOD = 5
FLOOD_LEAST, FLOOD_LEAST_UNKNOWN = 20, 100
SILENCE = 10.0
SILENCE_LEAST, SILENCE_MOST = timedelta(hours=6), timedelta(days=90)
_KNOWN_ENTRIES, _KNOWN_DAYS = 5.0, 1.0
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Habit:
    """Entries by hour of the day (UTC) and days watched, both fading; `until` is the moment it has been watched to.

    `burst` counts the entries of the last hours alone.
    """

    hours: tuple[float, ...] = (0.0,) * 24
    days: float = 0.0
    burst: float = 0.0
    until: datetime | None = None

    @classmethod
    def learned(cls, published: Iterable[datetime], now: datetime) -> Habit:
        """What a first look tells: the dates of the entries it holds. The oldest opens the window uncounted."""
        known = sorted(moment for moment in published if now - timedelta(days=60) <= moment <= now)
        if len(known) < 2:
            return cls(until=now)
        return cls(until=known[0]).observed(known[1:], now)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Habit:
        """From `as_json`; what does not fit is as if nothing was known."""
        try:
            hours = tuple(float(count) for count in data["hours"])
            until = datetime.fromisoformat(data["until"])
            known = cls(hours, float(data["days"]), float(data["burst"]), until)
            return known if len(hours) == 24 else cls()
        except (KeyError, TypeError, ValueError):
            return cls()

    def as_json(self) -> dict[str, Any]:
        """Plain data for the feed's row."""
        return {
            "hours": [round(count, 3) for count in self.hours],
            "days": round(self.days, 4),
            "burst": round(self.burst, 3),
            "until": self.until.isoformat() if self.until else None,
        }

    @property
    def entries(self) -> float:
        """How many entries it rests on, the older ones faded."""
        return sum(self.hours)

    @property
    def a_day(self) -> float:
        """Entries that are usual in a day."""
        return (self.entries + _PRIOR_ENTRIES) / (self.days + _PRIOR_DAYS)

    @property
    def is_known(self) -> bool:
        """Whether it rests on enough to raise an alarm over."""
        return self.entries >= _KNOWN_ENTRIES and self.days >= _KNOWN_DAYS

    def observed(self, published: Iterable[datetime], now: datetime) -> Habit:
        """The habit after it was watched until `now` and these entries were new."""
        if self.until is None or now <= self.until:
            # The first look, or a clock that was set back: counted, but no time has passed.
            kept, days, since, burst = 1.0, self.days, now, self.burst
        else:
            passed = (now - self.until).total_seconds() / 86_400
            kept = 0.5 ** (passed / HALF_LIFE_DAYS)
            days = self.days * kept + HALF_LIFE_DAYS / math.log(2) * (1 - kept)
            since = self.until
            burst = self.burst * 0.5 ** (passed / BURST_HALF_LIFE_DAYS)
        hours = [count * kept for count in self.hours]
        for moment in published:
            # A date outside of what was watched says nothing about the hour; it came by now.
            at = moment if since <= moment <= now else now
            age = max((now - at).total_seconds(), 0) / 86_400
            hours[at.hour] += 0.5 ** (age / HALF_LIFE_DAYS)
            burst += 0.5 ** (age / BURST_HALF_LIFE_DAYS)
        return Habit(tuple(hours), days, burst, now)

    def rate(self, hour: int) -> float:
        """Entries to be expected in this hour of the day."""
        usual = self.a_day / 24
        if not self.entries:
            return usual
        trust = self.entries / (self.entries + _SHAPE_ENTRIES) * min(1.0, self.days / _SHAPE_DAYS)
        near = self.hours[hour - 1] / 4 + self.hours[hour] / 2 + self.hours[(hour + 1) % 24] / 4
        return usual * (1 - trust + trust * 24 * near / self.entries)

    def expected(self, since: datetime, until: datetime) -> float:
        """Entries to be expected between two moments."""
        span = max(until - since, timedelta(0))
        whole, rest = divmod(span, timedelta(days=1))
        total = whole * sum(self.rate(hour) for hour in range(24)) if whole else 0.0
        at, end = since, since + rest
        while at < end:
            step = min(_next_hour(at), end)
            total += self.rate(at.hour) * ((step - at) / _HOUR)
            at = step
        return total

    def stir(self, now: datetime) -> float:
        """How many times as busy as its habit it is in these hours; 1 where it is as usual or quieter."""
        usual = 0.5
        for age in range(24):
            usual += self.rate((now - age * _HOUR).hour) * 0.5 ** (age / 24 / BURST_HALF_LIFE_DAYS)
        return max(1.0, _BURST_TRUST * self.burst / usual)

    def reached(self, wanted: float, since: datetime, at_most: timedelta) -> timedelta:
        """How long after `since` so many entries are to be expected, `at_most` at the latest."""
        daily = sum(self.rate(hour) for hour in range(24))
        days = max(math.ceil(wanted / daily) - 1, 0) if daily else 10**6
        if timedelta(days=min(days, 10_000)) >= at_most:
            return at_most
        at, left = since + timedelta(days=days), wanted - days * daily
        while at - since < at_most:
            rate, step = self.rate(at.hour), _next_hour(at)
            coming = rate * ((step - at) / _HOUR)
            if coming >= left:
                return min(at - since + _HOUR * (left / rate if rate else 0), at_most)
            at, left = step, left - coming
        return at_most


def _next_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + _HOUR


def next_wait(habit: Habit, now: datetime, *, interval: int, ttl_minutes: int | None) -> int:
    """Seconds until a healthy feed is asked again, after it was asked every `interval` seconds so far.

    The feed's own `ttl` is respected as a floor, up to an hour.
    """
    wanted = habit.reached(WANTED / habit.stir(now), now, timedelta(seconds=rules.LONGEST)).total_seconds()
    floor = max(rules.SHORTEST, min((ttl_minutes or 0) * 60, 3600))
    return int(min(max(min(wanted, interval * GROWTH), floor), rules.LONGEST))


def usual_since(habit: Habit, since: datetime, now: datetime) -> float:
    """Entries that are usual between the last good pull and now; never less than those of an hour."""
    return habit.expected(min(since, now - _HOUR), now)


def is_flood(new: int, usual: float, *, known: bool) -> bool:
    """Whether so many new entries are more than five times what is usual, and more than a busy hour brings anyhow."""
    return new > max(FLOOD * usual, FLOOD_LEAST if known else FLOOD_LEAST_UNKNOWN)


def silent_after(habit: Habit, last_new: datetime) -> datetime | None:
    """When a feed that says nothing after `last_new` is silent beyond its habit: ten entries are missing by then."""
    if not habit.is_known:
        return None
    return last_new + max(habit.reached(SILENCE, last_new, SILENCE_MOST), SILENCE_LEAST)

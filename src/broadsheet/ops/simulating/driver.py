"""Plays a world: news arrive, a front page is made of them every five minutes, readers choose from it, heat is told."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadsheet.ops.simulating.readers import Tally, Visit, visits
from broadsheet.ops.simulating.world import HOUR, Setting, Told, usual_voices, voices
from broadsheet.trends.heat.baseline import VOICES, Baseline, Counted, learned
from broadsheet.trends.heat.rank import Ranked, Window, rank
from broadsheet.trends.heat.signals import BUCKET, KINDS, StorySignals
from broadsheet.trends.heat.weights import Weights

KEPT = timedelta(days=1)

# The stories that are on the page, in order, at a time.
Order = Callable[[list[Told], datetime], Sequence[Told]]


def newest(told: list[Told], now: datetime) -> Sequence[Told]:
    """The plain front page: the latest story first."""
    return sorted(told, key=lambda one: (now - one.began, one.number))


@dataclass
class Play:
    """A world being played. `gone` are spans in which nothing was counted: a machine that was down."""

    setting: Setting
    told: list[Told]
    tally: Tally
    seed: int = 1
    order: Order = newest
    gone: tuple[tuple[datetime, datetime], ...] = ()

    def run(self, start: datetime, end: datetime, others: Iterable[Visit] = ()) -> None:
        """Let readers come between the two, and these other visits with them."""
        chance = random.Random(self.seed)  # noqa: S311  a world, no secret
        came: list[Visit] = list(others)
        now = start
        while now < end:
            live = [one for one in self.told if now - KEPT < one.began <= now]
            came += visits(self.setting, chance, self.order(live, now), now, BUCKET)
            now += BUCKET
        for one in sorted(came, key=lambda one: (one.at, one.story, one.visitor, one.kind)):
            if not any(first <= one.at < last for first, last in self.gone):
                self.tally.add(one)

    def signals(self, now: datetime) -> list[StorySignals]:
        """What is known of every story that has begun."""
        return [self._signals(one, now) for one in self.told if one.began <= now]

    def _signals(self, one: Told, now: datetime) -> StorySignals:
        spoken = voices(one, now)
        return StorySignals(
            one.number,
            one.section,
            first_at=one.began,
            last_voice_at=max(at for _, at in spoken),
            voices=spoken,
            buckets=self.tally.buckets(one.number, now),
        )

    def baselines(self, now: datetime) -> dict[str, Baseline]:
        """What is usual, learned from all that was counted up to now; voices at a flat rate."""
        found = learned(self._history(now))
        usual = usual_voices(self.told, now)
        return {
            section: Baseline(section, {**one.rates, VOICES: usual.get(section, 0.1)}, one.profiles)
            for section, one in found.items()
        }

    def _history(self, now: datetime) -> Iterable[Counted]:
        sections = {one.number: one.section for one in self.told}
        counts: dict[tuple[str, datetime, str], float] = {}
        for story, kinds in self.tally.counts.items():
            for kind, held in kinds.items():
                for at, n in held.items():
                    if at < now:
                        key = (sections[story], at.replace(minute=0), kind)
                        counts[key] = counts.get(key, 0) + n
        if not counts:
            return
        hour = min(at for _, at, _ in counts)
        while hour < now:
            for section in sorted(set(sections.values())):
                live = sum(one.section == section and hour - KEPT < one.began < hour + HOUR for one in self.told)
                for kind in KINDS if live else ():
                    yield Counted(section, hour, kind, counts.get((section, hour, kind), 0), live)
            hour += HOUR

    def ranked(self, now: datetime, window: Window, weights: Weights | None = None) -> list[Ranked]:
        """What the product says is trending."""
        return rank(self.signals(now), self.baselines(now), weights or Weights.shipped(), now, window)

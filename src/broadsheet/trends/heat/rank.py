"""Which stories are trending: the one entry of heat.

A score is the logarithm of readers to come, `log(1 + F)`, and `a` times the surprise of its voices. `a` is what the
voices' readers would add to that: `log(1 + per_power x surprise / (1 + F)) / surprise`. So a power of ten of surprise
counts as some hours' usual readers while there are none, and ever less as real readers come; yet one reader more never
lowers a score. `F` is the forecast, brought nearer to the mean of all sections by what is usual in its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from broadsheet.trends.heat.baseline import VOICES, Baseline
from broadsheet.trends.heat.forecast import Forecast, forecasts
from broadsheet.trends.heat.receipt import line
from broadsheet.trends.heat.signals import HOUR, KINDS, READ, StorySignals
from broadsheet.trends.heat.surprise import Surprise, surprise
from broadsheet.trends.heat.weights import Weights

MIN_VOICES = 2
MIN_READERS = 10


class Window(StrEnum):
    """How long ago a story's last independent development may lie."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def span(self) -> timedelta:
        """Its length."""
        return {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}[self.value]


@dataclass(frozen=True)
class Ranked:
    """A story in its place: the score in log readers, the line for readers, and all inputs for the desk (JSON)."""

    story_id: int
    section: str
    score: float
    receipt: str
    inputs: Mapping[str, Any]


def rank(
    signals: Iterable[StorySignals],
    baselines: Mapping[str, Baseline],
    weights: Weights,
    now: datetime,
    window: Window,
) -> list[Ranked]:
    """The stories that are trending in this window, hottest first; equal scores by the lower story id.

    The window of an hour goes by the readers of the next three hours; those of a day and a week by all readers so far
    in the window and still to come. A story whose last independent development lies outside the window, or with fewer
    than two voices and ten readers in it, is left out, whatever its readers do. A section without a baseline has the
    cold start's.
    """
    open_ = [one for one in signals if _is_open(one, now, window)]
    usual = [baselines.get(one.section) or Baseline(one.section) for one in open_]
    told = forecasts(open_, usual, weights, now, soon=window == Window.HOUR)
    level = _level(baselines, now)
    found = [
        _ranked(one, baseline, forecast, weights, level, now, window)
        for one, baseline, forecast in zip(open_, usual, told, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.score, one.story_id))


def front(ranked: Iterable[Ranked], limit: int = 10, per_section: int = 3) -> list[Ranked]:
    """The first of them, at most so many of one section."""
    taken: list[Ranked] = []
    counts: dict[str, int] = {}
    for one in ranked:
        if counts.get(one.section, 0) < per_section and len(taken) < limit:
            taken.append(one)
            counts[one.section] = counts.get(one.section, 0) + 1
    return taken


def rescored(inputs: Mapping[str, Any]) -> float:
    """The score again, from a result's own inputs: what `heat` says it was made of."""
    readers = math.exp(min(math.fsum(inputs["forecast_parts"].values()), 50.0))
    readers += math.fsum(inputs["forecast_other"].values()) + inputs["readers_so_far"]
    return _score(readers * inputs["level"], inputs["surprise"], inputs["per_power"])[0]


def _is_open(one: StorySignals, now: datetime, window: Window) -> bool:
    if not (now - window.span <= one.last_voice_at <= now and one.first_at <= now):
        return False
    voices = sum(at > now - window.span for at in one.spoken(now).values())
    return voices >= MIN_VOICES or one.since(READ, window.span, now) >= MIN_READERS


def _level(baselines: Mapping[str, Baseline], now: datetime) -> float:
    """The mean over sections (of the logarithm) of how many readers are usual."""
    rates = [math.log(one.usual(READ, now)) for _, one in sorted(baselines.items())]
    return math.fsum(rates) / len(rates) if rates else math.log(Baseline("").usual(READ, now))


def _score(readers: float, powers: float, per_power: float) -> tuple[float, float]:
    """The score, and `a`: what one power of surprise adds."""
    added = math.log1p(per_power * powers / (1 + readers))
    return round(math.log1p(readers) + added, 12), added / powers if powers else 0.0


def _ranked(
    one: StorySignals,
    baseline: Baseline,
    forecast: Forecast,
    weights: Weights,
    level: float,
    now: datetime,
    window: Window,
) -> Ranked:
    spoken = one.spoken(now)
    found = surprise(list(spoken.values()), baseline, now)
    usual = baseline.usual(READ, now)
    factor = math.exp(weights.levelled * (level - math.log(usual)))
    so_far = 0.0 if window == Window.HOUR else one.since(READ, window.span, now)
    per_power = weights.hours_per_power * usual * factor
    score, a = _score((forecast.readers + so_far) * factor, found.powers, per_power)
    readers = one.since(READ, HOUR, now)
    inputs = {
        "version": weights.version,
        "window": str(window),
        "now": now.isoformat(),
        "first_at": one.first_at.isoformat(),
        "last_voice_at": one.last_voice_at.isoformat(),
        "voices": len(spoken),
        "voices_lately": found.voices,
        "voices_usual": found.usual,
        "minutes": found.span / timedelta(minutes=1),
        "surprise": found.powers,
        "a": a,
        "per_power": per_power,
        "readers_last_hour": readers,
        "readers_usual": usual,
        "totals": {kind: one.total(kind, now) for kind in KINDS},
        "readers_so_far": so_far,
        "forecast": forecast.readers,
        "forecast_parts": dict(forecast.parts),
        "forecast_other": dict(forecast.other),
        "level": factor,
        "score": score,
    }
    return Ranked(one.story_id, one.section, score, _receipt(one, spoken, found, baseline, now), inputs)


def _receipt(
    one: StorySignals, spoken: Mapping[str, datetime], found: Surprise, baseline: Baseline, now: datetime
) -> str:
    """What is told of the voices is the surprising span, or all of them where that holds fewer than two."""
    times = list(spoken.values())
    if found.voices >= MIN_VOICES:
        times = [at for at in times if at > now - found.span]
        usual = found.usual
    else:
        usual = baseline.expected(VOICES, min(times), now) if times else 0.0
    readers = one.since(READ, HOUR, now)
    return line(
        voices=len(times),
        spread=now - min(times) if times else timedelta(0),
        usual_voices=usual,
        readers=round(readers),
        times_usual=readers / baseline.usual(READ, now),
        age=now - one.first_at,
    )

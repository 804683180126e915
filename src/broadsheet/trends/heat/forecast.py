"""How many readers a story will have: a law learned from two kinds of rates, totals and age, in multiples of the usual.

Everything is divided by what is usual in the section at this hour of the week, so that a small portal and a large one,
a Monday morning and a Sunday night, are asked the same question.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from broadsheet.trends.heat.baseline import Baseline
from broadsheet.trends.heat.signals import COMMENT, HOUR, READ, StorySignals, rates
from broadsheet.trends.heat.weights import Weights

AHEAD = timedelta(hours=3)
HALF_LIVES = {"10m": 1 / 6, "1h": 1.0, "3h": 3.0}
# Hours of the usual rate that are added to a total before its logarithm is taken.
SMALL = 0.1

NAMES = (
    *("readers", "readers 10m", "readers 1h", "readers 3h", "earlier"),
    *("comments", "comments 10m", "comments 1h", "since development", "since first", "hours ahead"),
)
# More readers can only raise a forecast.
RISING = NAMES[:5]


@dataclass(frozen=True)
class Forecast:
    """Readers to come, and what each feature adds to their logarithm ("usual" for the unit, "law" for the bias).

    `other` are the readers that shares, bookmarks and reads to the end stand for, by kind; they are part of `readers`.
    """

    readers: float
    parts: Mapping[str, float]
    other: Mapping[str, float]


def features(one: StorySignals, baseline: Baseline, now: datetime) -> list[float]:
    """The numbers named in `NAMES`: logarithms, 0 where a story is as usual."""
    watched = one.watched(now)
    usual, talk = baseline.usual(READ, now), baseline.usual(COMMENT, now)
    read = rates(one.buckets.get(READ, ()), tuple(HALF_LIVES.values()), watched, usual, now)
    comments = rates(one.buckets.get(COMMENT, ()), (HALF_LIVES["10m"], HALF_LIVES["1h"]), watched, talk, now)
    ahead = baseline.expected(READ, now, now + AHEAD) / (AHEAD / HOUR)
    return [
        math.log(one.total(READ, now) / usual + SMALL),
        *(math.log(rate / usual) for rate in read),
        math.log(one.earlier.get(READ, 0) / usual + SMALL),
        math.log(one.total(COMMENT, now) / talk + SMALL),
        *(math.log(rate / talk) for rate in comments),
        math.log(max(0.0, (now - one.last_voice_at) / HOUR) + 0.5),
        math.log(max(0.0, (now - one.first_at) / HOUR) + 1),
        math.log(ahead / usual),
    ]


def forecasts(
    signals: Sequence[StorySignals], baselines: Sequence[Baseline], weights: Weights, now: datetime, *, soon: bool
) -> list[Forecast]:
    """Readers of the next three hours (`soon`), or all that are still to come, of each story."""
    if not signals:
        return []
    rows = np.array([features(one, usual, now) for one, usual in zip(signals, baselines, strict=True)])
    parts = (weights.soon if soon else weights.rest).parts(rows)
    hours = AHEAD / HOUR if soon else 1.0
    found = []
    for one, baseline, row in zip(signals, baselines, parts, strict=True):
        unit = baseline.usual(READ, now) * hours
        other = {
            kind: worth * hours * rates(one.buckets.get(kind, ()), (1.0,), one.watched(now), 0.0, now)[0]
            for kind, worth in weights.worth.items()
        }
        told = dict(zip((*NAMES, "law"), map(float, row), strict=True)) | {"usual": math.log(unit)}
        found.append(Forecast(math.exp(min(math.fsum(told.values()), 50.0)) + math.fsum(other.values()), told, other))
    return found

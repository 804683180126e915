"""How well heat forecasts attention: `broadsheet evaluate heat`, beside the plain formulas.

`mixed_ages`: the items on the page at a moment, every ten snapshots, ranked by the votes of the next three hours.
`first_hour`: items grouped by the twelve hours of their first sight, ranked from what was known within an hour of it by
the votes they ended with. Without `--trained-on` the first eight months are learned from and the last four scored.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadsheet.ops.evaluating import attention
from broadsheet.ops.evaluating.attention import Item, Series
from broadsheet.trends.heat.baseline import Baseline
from broadsheet.trends.heat.forecast import forecasts
from broadsheet.trends.heat.signals import READ, rates
from broadsheet.trends.heat.weights import Weights

HALF_DAY = 43_200
HOUR = 3600

# Items at a time, and a score for each.
Scorer = Callable[[Sequence[Item], int], list[float]]


def score(data: Path, trained_on: Path | None = None) -> dict[str, Any]:
    """The figures of both sets for heat and for the formulas beside it."""
    began = time.process_time()
    series = attention.read(data)
    start, end = min(series.pages), max(series.pages)
    if trained_on is None:
        weights, usual = attention.fitted(series, start, series.split)
        start = series.split
    else:
        other = attention.read(trained_on)
        weights, usual = attention.fitted(other, min(other.pages), max(other.pages))
    fitting = time.process_time() - began
    return {
        "job": "heat",
        "sets": {
            "mixed_ages": mixed_ages(series, start, end, weights, usual),
            "first_hour": first_hour(series, start, end, weights, usual),
        },
        "cpu_seconds": round(time.process_time() - began, 2),
        "settings": {
            "fitted_on": str(trained_on) if trained_on else "the first eight months",
            "fitting_cpu_s": round(fitting, 2),
            "soon": vars(attention.SOON),
            "rest": vars(attention.REST),
        },
    }


def mixed_ages(series: Series, start: float, end: float, weights: Weights, usual: Baseline) -> dict[str, Any]:
    """Precision of the first five and NDCG of the first ten, the mean over moments."""
    groups = [(now, series.pages[now]) for now in series.moments(start, end)]
    gains = [[one.gain(now, now + attention.HOURS_3) for one in items] for now, items in groups]
    found: dict[str, Any] = {"moments": len(groups)}
    for name, scorer in _scorers(weights, usual, soon=True).items():
        scores = [scorer(items, now) for now, items in groups]
        held = {
            "p_at_5": _mean([precision(one, gain, 5) for one, gain in zip(scores, gains, strict=True)]),
            "ndcg_at_10": _mean([ndcg(one, gain, 10) for one, gain in zip(scores, gains, strict=True) if any(gain)]),
        }
        found |= held if name == "heat" else {name: held}
    return found


def first_hour(series: Series, start: float, end: float, weights: Weights, usual: Baseline) -> dict[str, Any]:
    """Precision and NDCG of the first ten, the mean over half days; half days cut by either end are left out."""
    days: dict[int, list[Item]] = {}
    for one in series.items:
        days.setdefault(one.times[0] // HALF_DAY, []).append(one)
    groups = [items for day, items in sorted(days.items()) if start <= day * HALF_DAY and (day + 1) * HALF_DAY <= end]
    finals = [[one.votes[-1] for one in items] for items in groups]
    found: dict[str, Any] = {"half_days": len(groups)}
    for name, scorer in _scorers(weights, usual, soon=False).items():
        scores = [[_after_an_hour(one, scorer) for one in items] for items in groups]
        held = {
            "p_at_10": _mean([precision(one, final, 10) for one, final in zip(scores, finals, strict=True)]),
            "ndcg_at_10": _mean([ndcg(one, final, 10) for one, final in zip(scores, finals, strict=True)]),
        }
        found |= held if name == "heat" else {name: held}
    return found


def precision(scores: Sequence[float], worth: Sequence[float], k: int) -> float:
    """The share of the first k by score that are among the first k by worth."""
    return len(set(_order(scores)[:k]) & set(_order(worth)[:k])) / k


def ndcg(scores: Sequence[float], worth: Sequence[float], k: int) -> float:
    """Normalised discounted cumulative gain of the first k, with the worth itself as the gain (Järvelin 2002)."""
    best = sum(worth[at] / math.log2(place + 2) for place, at in enumerate(_order(worth)[:k]))
    got = sum(worth[at] / math.log2(place + 2) for place, at in enumerate(_order(scores)[:k]))
    return got / best if best else 0.0


def _order(values: Sequence[float]) -> list[int]:
    return sorted(range(len(values)), key=lambda at: (-values[at], at))


def _mean(values: Sequence[float]) -> float:
    return round(math.fsum(values) / len(values), 4) if values else 0.0


def _after_an_hour(one: Item, scorer: Scorer) -> float:
    return scorer([one], one.times[one.seen(one.times[0] + HOUR)])[0]


def _scorers(weights: Weights, usual: Baseline, *, soon: bool) -> dict[str, Scorer]:
    def heat(items: Sequence[Item], now: int) -> list[float]:
        told = forecasts([one.at(now) for one in items], [usual] * len(items), weights, _time(now), soon=soon)
        return [said.readers + (0 if soon else _votes(one, now)) for one, said in zip(items, told, strict=True)]

    def raw(items: Sequence[Item], now: int) -> list[float]:
        return [_votes(one, now) for one in items]

    def formula(items: Sequence[Item], now: int) -> list[float]:
        return [max(0, _votes(one, now) - 1) ** 0.8 / ((now - one.times[0]) / HOUR + 2) ** 1.8 for one in items]

    def ewma(items: Sequence[Item], now: int) -> list[float]:
        return [
            rates(
                one.at(now).buckets[READ],
                (1.0,),
                (now - one.times[0]) / HOUR,
                usual.usual(READ, _time(now)),
                _time(now),
            )[0]
            for one in items
        ]

    def poisson_z(items: Sequence[Item], now: int) -> list[float]:
        found = []
        for one in items:
            place = one.seen(now)
            before = max(place - 1, 0)
            due = usual.usual(READ, _time(now)) * (one.times[place] - one.times[before]) / HOUR
            found.append((one.votes[place] - one.votes[before] - due) / math.sqrt(due + 1))
        return found

    return {"heat": heat, "raw_count": raw, "hn_formula": formula, "ewma": ewma, "poisson_z": poisson_z}


def _votes(one: Item, now: int) -> float:
    return one.votes[one.seen(now)]


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

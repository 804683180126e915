"""How improbable it is, in powers of ten, that so many independent voices speak by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadsheet.trends.heat.baseline import VOICES, Baseline

SPANS = (timedelta(minutes=30), timedelta(minutes=60), timedelta(minutes=180))


@dataclass(frozen=True)
class Surprise:
    """The most surprising of the spans: `powers` of ten, `voices` that spoke in it, how many are `usual`."""

    powers: float
    voices: int
    usual: float
    span: timedelta


def powers(k: int, mean: float) -> float:
    """-log10 P(X >= k) for X Poisson with this mean; 0 for k = 0. Exact in both tails, never infinite.

    The tail is summed from its largest term in log space (k above the mean), or is 1 less the sum below k.
    """
    if k < 0 or mean <= 0 or not math.isfinite(mean):
        raise ValueError(f"no Poisson tail of {k} with mean {mean}")
    if k == 0:
        return 0.0
    if k > mean:
        term = total = 1.0
        at = k
        while term > total * 1e-17:
            at += 1
            term *= mean / at
            total += term
        log = k * math.log(mean) - mean - math.lgamma(k + 1) + math.log(total)
        return max(0.0, -log / math.log(10))
    below = math.fsum(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(k))
    return max(0.0, -math.log1p(-min(below, 1 - 1e-16)) / math.log(10))


def surprise(spoken: Sequence[datetime], baseline: Baseline, now: datetime) -> Surprise:
    """The most surprising of the last 30, 60 and 180 minutes; the shortest where they are equal."""
    found = []
    for span in SPANS:
        usual = baseline.expected(VOICES, now - span, now)
        k = sum(now - span < at <= now for at in spoken)
        found.append(Surprise(powers(k, usual), k, usual, span))
    return max(found, key=lambda one: one.powers)

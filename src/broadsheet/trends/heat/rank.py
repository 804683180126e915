"""Which stories are trending: the one entry of heat."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from broadsheet.trends.heat.baseline import Baseline
from broadsheet.trends.heat.signals import READ, StorySignals
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

    A story whose last independent development lies outside the window, or with too little evidence, is left out.
    """
    found = []
    for one in signals:
        voices, readers = len(one.spoken(now)), one.total(READ, now)
        if not now - window.span <= one.last_voice_at <= now or (voices < MIN_VOICES and readers < MIN_READERS):
            continue
        score = math.log1p(readers + weights.per_surprise * voices)
        receipt = f"{voices} independent {'source' if voices == 1 else 'sources'}"
        found.append(Ranked(one.story_id, one.section, score, receipt, {"voices": voices, "readers": readers}))
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

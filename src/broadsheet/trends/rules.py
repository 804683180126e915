"""Heat, for now from coverage alone: how many independent voices picked a story up lately, and how lately.

Readers' behaviour joins in when it is measured against what is usual; this function's shape stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=48)
# The weight of a voice halves with every twelve hours since it spoke: a day and a half old is an eighth.
HALF_LIFE = timedelta(hours=12)
MIN_VOICES = 2
VERSION = 1


@dataclass(frozen=True)
class Voiced:
    """One independent voice in a story and when it first spoke."""

    voice: str
    at: datetime


@dataclass(frozen=True)
class Heat:
    """A story's heat, the line that says why, and the figures in it."""

    score: float
    receipt: str
    facts: dict[str, int | float]


def heat(voices: list[Voiced], now: datetime) -> Heat | None:
    """The heat of a story, or None when it has fewer than two voices inside the window: then it is not trending."""
    first: dict[str, datetime] = {}
    for one in voices:
        if now - WINDOW <= one.at <= now:
            first[one.voice] = min(one.at, first.get(one.voice, one.at))
    if len(first) < MIN_VOICES:
        return None
    score = sum(0.5 ** ((now - at) / HALF_LIFE) for at in first.values())
    span = max(first.values()) - min(first.values())
    hours = max(1, round(span.total_seconds() / 3600))
    return Heat(
        score=round(score, 6),
        receipt=f"{len(first)} sources in {hours} h",
        facts={"voices": len(first), "hours": hours, "version": VERSION},
    )

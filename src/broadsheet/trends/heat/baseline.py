"""What is usual in a section at an hour of the week: events per live story and hour, by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

VOICES = "voices"
HOURS_OF_WEEK = 168
# What is taken as usual where nothing was counted yet: events per live story and hour.
COLD = {"read": 4.0, "end": 1.0, "share": 0.05, "bookmark": 0.05, "comment": 0.05, VOICES: 0.1}


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
        return self.rates.get(kind, COLD[kind]) * factor


def hour_of_week(at: datetime) -> int:
    """0 for Monday 0 h UTC to 167 for Sunday 23 h."""
    return at.weekday() * 24 + at.hour

"""What happens to heat."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class HeatMoved(Event):
    """The order of what is trending changed."""

    stories: int

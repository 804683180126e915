"""What happens to fronts."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class EditionChanged(Event):
    """A front's slots changed."""

    edition: str


@dataclass(frozen=True)
class PinChanged(Event):
    """An editor pinned a story to a front or took it off. `until` (ISO 8601) is when the pin runs out, or empty."""

    edition: str
    story_id: int = 0
    until: str = ""

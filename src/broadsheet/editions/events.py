"""What happens to fronts."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class EditionChanged(Event):
    """A front's slots changed."""

    edition: str

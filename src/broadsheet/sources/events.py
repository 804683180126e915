"""What happens to sources."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class SourceChanged(Event):
    """A source's name, rights, owner or state changed: every page that shows it must be looked at."""

    source_id: int

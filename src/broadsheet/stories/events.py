"""What happens to stories."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class StoryChanged(Event):
    """A story's articles, lead or counts changed."""

    story_id: int

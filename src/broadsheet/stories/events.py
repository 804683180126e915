"""What happens to stories."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class StoryChanged(Event):
    """A story's articles, lead or counts changed."""

    story_id: int


@dataclass(frozen=True)
class RelatedChanged(Event):
    """Other articles than before stand beside an article as its relatives."""

    article_id: int


@dataclass(frozen=True)
class StoryMerged(Event):
    """A story went into another for good: whoever holds the old number goes on with the new one."""

    old_id: int
    new_id: int = 0
    old_slug: str = ""

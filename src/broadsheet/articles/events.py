"""What happens to articles. Every event carries ids only; listeners read what they need."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.events import Event


@dataclass(frozen=True)
class ArticleFiled(Event):
    """A dispatch or an editor made an article; it is not yet in the paper.

    `joins` names an article whose story it belongs to for certain: a copy of it that was here before.
    """

    article_id: int
    joins: int | None = None


@dataclass(frozen=True)
class ArticlePublished(Event):
    """An article entered the paper."""

    article_id: int


@dataclass(frozen=True)
class ArticleChanged(Event):
    """Something readers see of a published article changed (text, section, topics, placement).

    What it left is named, since nobody could find that out afterwards: keys of sections, ids of topics.
    """

    article_id: int
    left_sections: tuple[str, ...] = ()
    left_topics: tuple[int, ...] = ()


@dataclass(frozen=True)
class ArticleFolded(Event):
    """An article that was in the paper turned out to be a copy of another: it goes where that one is."""

    article_id: int


@dataclass(frozen=True)
class ArticleWithdrawn(Event):
    """An article left the paper; its address answers 410."""

    article_id: int


@dataclass(frozen=True)
class TopicChanged(Event):
    """A topic was renamed, described, merged, hidden or shown again."""

    topic_id: int


@dataclass(frozen=True)
class TopicsNamed(Event):
    """Names became public topics, or other names of them, and these articles are about those."""

    topic_ids: tuple[int, ...]
    article_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class SectionsChanged(Event):
    """The section bar changed: names, slugs, order."""

    section_key: str

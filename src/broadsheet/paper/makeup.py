"""Making up a page: which articles stand on it, each story once, and what the page therefore depends on.

Rights are applied here and nowhere else in the paper: an article becomes a card only through `articles.showing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from broadsheet.articles.models import Article
from broadsheet.articles.showing import Shown, shown
from broadsheet.paper import keys
from broadsheet.paper.languages import Tongue, tongue
from broadsheet.paper.plates import Plate, plates
from broadsheet.paper.times import Stamp, stamp
from broadsheet.stories.models import Story


@dataclass(frozen=True, slots=True)
class Card:
    """An article as a list prints it."""

    id: int
    path: str
    headline: str
    deck: str
    tongue: Tongue
    source_name: str
    source_path: str
    section_key: str
    section_name: str
    section_path: str
    when: Stamp
    facts: tuple[str, ...]
    picture: Plate | None
    story_path: str
    sources: int
    copies: int
    receipt: str
    story_id: int = 0
    folded: int = 0
    label: str = ""


class Makeup:
    """One page being made up. Cards are taken in the order of rank; a story that stands on it already is refused.

    `now` decides embargo and expiry; `against` is the day beside which list times are printed short.
    """

    def __init__(self, now: datetime, *, against: datetime | None = None) -> None:
        self.now = now
        self.against = against
        self.keys: set[str] = set()
        self._stories: set[int] = set()
        self._articles: set[int] = set()
        self._folded: dict[int, int] = {}
        self._plates: dict[int, Plate] = {}

    def claim(self, article: Article, story: Story | None) -> None:
        """Say that an article and its story stand on the page already, as its subject."""
        self._articles.add(article.pk)
        if story is not None:
            self._stories.add(story.pk)

    def cards(self, rows: Iterable[Article], *, limit: int | None = None, pictures: bool = True) -> list[Card]:
        """Cards of those rows that may be shown and do not repeat a story, at most `limit`; or without `pictures`."""
        articles = list(rows)
        if pictures:
            self.with_pictures(articles)
        found: list[Card] = []
        for article in articles:
            if limit is not None and len(found) >= limit:
                break
            card = self.card(article, story_of(article))
            if card is not None:
                found.append(card)
        return self.counted(found)

    def counted(self, cards: Iterable[Card]) -> list[Card]:
        """The same cards with the number of reports that were folded under each so far."""
        return [replace(card, folded=self._folded.get(card.story_id, 0)) for card in cards]

    def with_pictures(self, articles: Iterable[Article]) -> None:
        """Read the renditions of all pictures of these articles in one query, where there are any.

        Cards drawn later carry these pictures and no others.
        """
        pictured = [article.picture for article in articles if article.picture_id and article.picture is not None]
        self._plates |= plates(pictured, self.now)

    def is_free(self, article: Article, story: Story | None) -> bool:
        """Whether neither the article nor its story stands on the page yet."""
        return article.pk not in self._articles and (story is None or story.pk not in self._stories)

    def card(self, article: Article, story: Story | None, *, receipt: str = "") -> Card | None:
        """The card of one article; None where rights hide it or its story is on the page."""
        self.keys |= {keys.article(article.pk), keys.rights(article.source_id)}
        if story is not None:
            self.keys.add(keys.story(story.pk))
        seen = shown(article, now=self.now, body=False)
        if not seen.visible or not seen.path or article.pk in self._articles:
            return None
        if story is not None and story.pk in self._stories:
            self._folded[story.pk] = self._folded.get(story.pk, 0) + 1
            return None
        self.claim(article, story)
        return self._drawn(article, seen, story, receipt)

    def _drawn(self, article: Article, seen: Shown, story: Story | None, receipt: str) -> Card:
        section = article.shown_section
        many = story is not None and story.articles_count > 1
        return Card(
            id=article.pk,
            path=seen.path,
            headline=seen.headline,
            deck=seen.standfirst,
            tongue=tongue(seen.language),
            source_name=seen.source_name,
            source_path=seen.source_path,
            section_key=section.key,
            section_name=section.name,
            section_path=section.path,
            when=stamp(seen.published_at, against=self.against),
            facts=_facts(article, seen, story),
            picture=self._plates.get(article.picture_id or 0) if seen.picture or seen.is_house else None,
            story_path=story.path if story is not None and many else "",
            sources=story.voices_count if story is not None else 1,
            copies=story.copies_count if story is not None else 0,
            receipt=receipt,
            story_id=story.pk if story is not None else 0,
            label=seen.label,
        )


def story_of(article: Article) -> Story | None:
    """The story of an article that was read with its placement."""
    placement: Any = getattr(article, "placement", None)
    return placement.story if placement is not None else None


def minutes(article: Article) -> int:
    """Reading time of the whole text as judged; 0 where nobody judged it yet."""
    judgement: Any = getattr(article, "judgement", None)
    return judgement.read_minutes if judgement is not None and judgement.words else 0


def _facts(article: Article, seen: Shown, story: Story | None) -> tuple[str, ...]:
    """What follows source and time on a list line: how many sources, else the length, and the rights in a word."""
    found = []
    if story is not None and story.voices_count > 1:
        found.append(f"{story.voices_count} sources")
    elif seen.full and minutes(article):
        found.append(f"{minutes(article)} min read")
    if seen.label:
        found.append(seen.label)
    return tuple(found)

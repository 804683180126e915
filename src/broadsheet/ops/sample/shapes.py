"""What the sample edition is made of: sources, articles with their texts in time, pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

FeedKind = Literal["rss", "atom", "rdf", "json", "sitemap", "page"]
TextRight = Literal["headline", "excerpt", "full"]
#: Ordinary bad habits of feeds: see `unruly`.
Quirk = Literal["loose", "busy", "moved", "restless"]

_DURATION = re.compile(r"(?:(\d+) d)? ?(?:(\d+) h)? ?(?:(\d+) min)?")


class EditionError(ValueError):
    """A sample file cannot be read; the message names the file and the mistake."""


@dataclass(frozen=True)
class Rights:
    """What a source allows. `excerpt_words` counts only where `text` is ``"excerpt"``."""

    text: TextRight
    excerpt_words: int
    pages: bool
    picture: str
    canonical: str
    licence: str
    licence_url: str
    words: str


@dataclass(frozen=True)
class Print:
    """One picture of the edition, with what must be said of it."""

    key: str
    alternative: str
    caption: str
    credit: str

    @property
    def file(self) -> str:
        """Name of its file in the folder ``pictures``, and of its address at every source."""
        return f"{self.key}.webp"


@dataclass(frozen=True)
class Source:
    """One invented publication with its single feed. `whole`: the feed carries the texts, not summaries."""

    key: str
    name: str
    owner: str
    host: str
    about: str
    language: str
    section: str
    feed_kind: FeedKind
    feed_path: str
    whole: bool
    quirks: frozenset[Quirk]
    rights: Rights

    @property
    def home_url(self) -> str:
        """Address of the front page of the publication."""
        return f"http://{self.host}/"

    @property
    def feed_url(self) -> str:
        """Address that the wire polls."""
        return f"http://{self.host}{self.feed_path}"

    def picture_url(self, one: Print) -> str:
        """Address of a picture at this source."""
        return f"http://{self.host}/pictures/{one.file}"


@dataclass(frozen=True)
class Text:
    """One state of an article, valid from `offset` after the first start (negative: before)."""

    offset: timedelta
    headline: str
    standfirst: str
    html: str


@dataclass(frozen=True)
class Article:
    """One article of one source with all its texts, oldest first."""

    slug: str
    source: Source
    section: str
    byline: tuple[str, ...]
    topics: tuple[str, ...]
    texts: tuple[Text, ...]
    picture: str = ""
    copy_of: str = ""
    abridges: str = ""
    paragraphs: int = 0
    rewrite_of: str = ""

    @property
    def url(self) -> str:
        """Address of the original at the invented source."""
        return f"http://{self.source.host}/{self.section}/{self.slug}"

    @property
    def kin(self) -> str:
        """Slug of the text this one goes back to, its own where it goes back to none."""
        return self.copy_of or self.abridges or self.rewrite_of or self.slug

    def at(self, now: datetime, started: datetime) -> Published | None:
        """The article as its source shows it at `now`, or None before it appears."""
        current = [text for text in self.texts if started + text.offset <= now]
        if not current:
            return None
        return Published(
            article=self,
            text=current[-1],
            published=whole_second(started + self.texts[0].offset),
            updated=whole_second(started + current[-1].offset),
        )


@dataclass(frozen=True)
class Published:
    """An article at one instant: the text that stands, and both its dates (UTC)."""

    article: Article
    text: Text
    published: datetime
    updated: datetime


@dataclass(frozen=True)
class Edition:
    """The whole sample edition."""

    sources: tuple[Source, ...]
    articles: tuple[Article, ...]
    prints: Mapping[str, Print] = field(default_factory=dict)

    def at(self, source: Source, now: datetime, started: datetime) -> tuple[Published, ...]:
        """What `source` has published by `now`, newest first."""
        shown = (article.at(now, started) for article in self.articles if article.source == source)
        return tuple(
            sorted(
                (published for published in shown if published is not None),
                key=lambda published: (published.published, published.article.slug),
                reverse=True,
            )
        )

    def picture(self, article: Article) -> Print | None:
        """The picture that goes with an article, if one does."""
        return self.prints.get(article.picture)


def duration(words: str) -> timedelta:
    """Read a length of time such as ``"2 d"``, ``"3 h 20 min"`` or ``"45 min"``.

    Raises `ValueError` for anything else, the empty string included.
    """
    match = _DURATION.fullmatch(words.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f"{words!r} is not a length of time such as '3 h 20 min'")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def whole_second(moment: datetime) -> datetime:
    """The moment in UTC without its fraction, as feeds and HTTP dates can say it."""
    return moment.astimezone(UTC).replace(microsecond=0)

"""Reading the sample edition from its plain files.

A source is a table in ``edition/sources.toml``. An article is one file in
``edition/articles/``: a TOML head between two ``+++`` lines, then the text as an HTML
fragment. The file name is the slug. The head says when the article appears, counted from the
first start of the installation: ``age = "3 h 20 min"`` lies before it, ``after = "10 min"``
behind it. ``<slug>.update.html`` (or ``.update-2.html`` …) holds a later text of the same
article and repeats only what changes. ``copy_of = "other-slug"`` in place of a text takes the
other article's text word for word, as papers do that print one agency.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

FOLDER = Path(__file__).parent / "edition"

FeedKind = Literal["rss", "atom", "json"]
TextRight = Literal["headline", "excerpt", "full"]

_FENCE = "+++"
_DURATION = re.compile(r"(?:(\d+) d)? ?(?:(\d+) h)? ?(?:(\d+) min)?")
_HEAD_KEYS = frozenset(("source", "section", "headline", "standfirst", "byline", "topics", "age", "after", "copy_of"))


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
class Source:
    """One invented publication with its single feed."""

    key: str
    name: str
    owner: str
    host: str
    about: str
    language: str
    section: str
    feed_kind: FeedKind
    feed_path: str
    rights: Rights

    @property
    def home_url(self) -> str:
        """Address of the front page of the publication."""
        return f"http://{self.host}/"

    @property
    def feed_url(self) -> str:
        """Address that the wire polls."""
        return f"http://{self.host}{self.feed_path}"


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
    copy_of: str

    @property
    def url(self) -> str:
        """Address of the original at the invented source."""
        return f"http://{self.source.host}/{self.section}/{self.slug}"

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


def load(folder: Path = FOLDER) -> Edition:
    """Read the edition kept in `folder`; raises `EditionError` on the first mistake."""
    sources = {source.key: source for source in _sources(folder / "sources.toml")}
    heads: dict[str, dict[str, Any]] = {}
    bodies: dict[str, str] = {}
    files = sorted((folder / "articles").glob("*.html"))
    for path in files:
        heads[path.name], bodies[path.name] = _split(path)
    articles = [_article(path, files, heads, bodies, sources) for path in files if ".update" not in path.name]
    return Edition(tuple(sources.values()), tuple(_with_copies(articles)))


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


def _sources(path: Path) -> list[Source]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["source"]
        return [_source(table) for table in tables]
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as mistake:
        raise EditionError(f"{path.name}: {mistake}") from mistake


def _source(table: dict[str, Any]) -> Source:
    rights = table["rights"]
    return Source(
        key=table["key"],
        name=table["name"],
        owner=table["owner"],
        host=table["host"],
        about=table["about"],
        language=table["language"],
        section=table["section"],
        feed_kind=cast(FeedKind, table["feed"]["kind"]),
        feed_path=table["feed"]["path"],
        rights=Rights(**{"excerpt_words": 0, **rights}),
    )


def _split(path: Path) -> tuple[dict[str, Any], str]:
    parts = path.read_text(encoding="utf-8").split(_FENCE + "\n", 2)
    if len(parts) != 3 or parts[0]:
        raise EditionError(f"{path.name}: the head must stand between two lines of {_FENCE}")
    try:
        head = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as mistake:
        raise EditionError(f"{path.name}: {mistake}") from mistake
    unknown = sorted(head.keys() - _HEAD_KEYS)
    if unknown:
        raise EditionError(f"{path.name}: unknown in the head: {', '.join(unknown)}")
    return head, parts[2].strip()


def _article(
    path: Path,
    files: list[Path],
    heads: dict[str, dict[str, Any]],
    bodies: dict[str, str],
    sources: dict[str, Source],
) -> Article:
    head = heads[path.name]
    try:
        texts = [_text(head, bodies[path.name])]
        for later in files:
            if later.name.startswith(f"{path.stem}.update"):
                texts.append(_text({**head, **heads[later.name]}, bodies[later.name]))
        return Article(
            slug=path.stem,
            source=sources[head["source"]],
            section=head["section"],
            byline=tuple(head["byline"]),
            topics=tuple(head["topics"]),
            texts=tuple(sorted(texts, key=lambda text: text.offset)),
            copy_of=head.get("copy_of", ""),
        )
    except KeyError as missing:
        raise EditionError(f"{path.name}: {missing} is missing or not known") from missing
    except ValueError as mistake:
        raise EditionError(f"{path.name}: {mistake}") from mistake


def _text(head: dict[str, Any], html: str) -> Text:
    # An update inherits its article's `age` and adds its own `after`, which then counts.
    offset = duration(head["after"]) if "after" in head else -duration(head["age"])
    return Text(offset, head["headline"], head["standfirst"], html)


def _with_copies(articles: list[Article]) -> list[Article]:
    by_slug = {article.slug: article for article in articles}
    finished = []
    for article in articles:
        if article.copy_of:
            original = by_slug.get(article.copy_of)
            if original is None or original.copy_of:
                raise EditionError(f"{article.slug}: no article to copy: {article.copy_of}")
            html = original.texts[0].html
            texts = tuple(replace(text, html=html) for text in article.texts)
            finished.append(replace(article, texts=texts))
        elif any(not text.html for text in article.texts):
            raise EditionError(f"{article.slug}: there is no text below the head")
        else:
            finished.append(article)
    return finished

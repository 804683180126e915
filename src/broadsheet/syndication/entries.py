"""From an article to an entry of a feed: the one step that every feed goes through, rights included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from broadsheet.articles.showing import Shown
from broadsheet.copydesk import blocks
from broadsheet.lib.html import escape

# Everything XML 1.0 cannot hold, not even as a reference; JSON readers do not miss it either.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OWN_LINK = re.compile(r'(<a [^>]*?href=")/(?!/)')


def printable(text: str) -> str:
    """The text without characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


@dataclass(frozen=True, slots=True)
class Channel:
    """The feed itself. Addresses are absolute; `path` is that of the page it belongs to."""

    title: str
    description: str
    site: str
    path: str
    language: str
    publisher: str

    @property
    def page_url(self) -> str:
        """The page that the feed goes with."""
        return self.site + self.path

    def feed_url(self, form: str) -> str:
        """The feed's own address, in one of the three forms."""
        return f"{self.page_url}feed.{form}"


@dataclass(frozen=True, slots=True)
class Image:
    """An entry's picture: a JPEG of ours by its full address, its size in pixels, and what must be said with it."""

    url: str
    width: int
    height: int
    alt: str
    credit: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as feeds show it. `summary` is plain text, `html` clean markup; either may be empty.

    `url` is our page and the permanent link; `origin` is where the source published it, empty for our own.
    """

    ident: str
    url: str
    origin: str
    title: str
    summary: str
    html: str
    byline: str
    source_name: str
    source_url: str
    categories: tuple[str, ...]
    language: str
    published: datetime
    updated: datetime
    rights: str
    licence_url: str
    image: Image | None = None

    @property
    def summary_html(self) -> str:
        """The summary for readers that take markup for granted."""
        return f"<p>{escape(self.summary)}</p>" if self.summary else ""

    @property
    def author(self) -> str:
        """Who wrote it, as far as is known: a person, else the source."""
        return self.byline or self.source_name


def entry_of(seen: Shown, *, site: str, categories: Sequence[str], image: Image | None = None) -> Entry:
    """The entry of an article as its rights let it be seen: nothing else of it can get in."""
    html = ""
    if seen.body is not None:
        # Pictures within a text stay out, as in the paper: we keep no copy of our own to show.
        html = blocks.to_html(seen.body, picture=lambda value: "")
        html = _OWN_LINK.sub(lambda match: f"{match[1]}{site}/", html)
    return Entry(
        ident=tag_uri(site, seen.id),
        url=site + seen.path,
        origin=printable(seen.origin_url),
        title=printable(seen.headline),
        summary=printable(seen.standfirst or seen.excerpt),
        html=printable(html),
        byline=printable(seen.byline),
        source_name=printable(seen.source_name),
        source_url=site + seen.source_path,
        categories=tuple(printable(name) for name in categories),
        language=printable(seen.language),
        published=seen.published_at,
        updated=max(seen.updated_at or seen.published_at, seen.published_at),
        rights=printable(seen.rights_line),
        licence_url=printable(seen.licence_url),
        image=image if seen.picture or seen.is_house else None,
    )


def tag_uri(site: str, ident: int | str) -> str:
    """A name that stays when addresses change (RFC 4151). The date only has to be one on which the name was free."""
    host = (urlsplit(site).hostname or "localhost").replace(":", "-")
    return f"tag:{host},2026:{'article/' if isinstance(ident, int) else ''}{ident}"


def newest(entries: Sequence[Entry]) -> datetime | None:
    """When the latest of the entries was changed."""
    return max((entry.updated for entry in entries), default=None)

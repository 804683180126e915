"""What any reader of feeds hears in a feed, in one neutral form, so that several are judged by one measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class HeardItem:
    """An entry. Texts as the reader gives them, times aware, addresses absolute; None or empty where it has none.

    `base` is what relative addresses inside `summary` and `content` are relative to.
    """

    title: str = ""
    link: str | None = None
    id: str = ""
    summary: str = ""
    content: str = ""
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    enclosures: list[tuple[str, str, int | None]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    source_title: str | None = None
    source_link: str | None = None
    base: str | None = None


@dataclass(slots=True)
class Heard:
    """A feed and its entries."""

    title: str = ""
    link: str | None = None
    description: str = ""
    language: str | None = None
    items: list[HeardItem] = field(default_factory=list)


Reader = Callable[[bytes, str, str | None], Heard | None]
"""From (body, address, content type) to what was heard; None where it is no feed. May raise on a fault of its own."""


def ours(body: bytes, url: str, content_type: str | None) -> Heard | None:
    """Our own reader, exactly as the wire calls it inside the jail."""
    from broadsheet.copydesk.errors import NotReadable
    from broadsheet.copydesk.parse import parse_feed
    from broadsheet.core import clock

    try:
        feed = parse_feed(body, url=url, content_type=content_type, now=clock.now())
    except NotReadable:
        return None
    return Heard(
        title=feed.title,
        link=feed.home_url,
        description=feed.description,
        language=feed.language,
        items=[
            HeardItem(
                title=one.title,
                link=one.url,
                id=one.id,
                summary=one.summary_html,
                content=one.content_html or "",
                authors=one.authors,
                categories=one.categories,
                published=one.published,
                updated=one.updated,
                language=one.language or feed.language,
                enclosures=[(file.url, file.type, file.length) for file in one.enclosures],
                pictures=[picture.url for picture in one.pictures],
                source_title=one.source_name,
                source_link=one.source_url,
                base=one.base,
            )
            for one in feed.entries
        ],
    )

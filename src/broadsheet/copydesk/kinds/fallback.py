"""The second opinion: feedparser, for what the fast reader cannot make sense of.

Bytes in, never an address: feedparser's own fetching is not used. Its cleaning is not trusted and
is switched off; its author pattern takes quadratic time, which the jail is there for.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from broadsheet.copydesk.entries import Entry, ParsedFeed
from broadsheet.copydesk.kinds import floods
from broadsheet.copydesk.kinds.common import (
    MAX_LIST,
    enclose,
    finish,
    language,
    link,
    person,
    plain,
    storable,
)


def read(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed | None:
    """The feed as feedparser reads it, or None where it finds no entries either."""
    import feedparser

    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    try:
        # A stream, not bytes: what it is given plain, feedparser takes for a file's name first.
        found = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # noqa: BLE001 - a parser's own errors say only that it cannot read this
        return None
    if not found.get("entries"):
        return None
    version = str(found.get("version", ""))
    feed = ParsedFeed(kind="atom" if version.startswith("atom") else "rss")
    about = found.get("feed", {})
    feed.title = plain(_text(about, "title"))
    feed.description = plain(_text(about, "subtitle"))
    feed.home_url = link(_text(about, "link"), url)
    feed.language = language(_text(about, "language"))
    entries = [_entry(one, url) for one in found["entries"]]
    feed.entries = floods.newest(entries, [one.published or one.updated for one in entries], now)
    return feed


def _text(data: Any, name: str) -> str:
    value = data.get(name)
    return storable(value) if isinstance(value, str) else ""


def _entry(data: Any, base: str) -> Entry:
    entry = Entry(key="", url=link(_text(data, "link"), base))
    entry.title = plain(_text(data, "title"))
    entry.summary_html = _text(data, "summary")
    for one in data.get("content") or ():
        entry.content_html = entry.content_html or _text(one, "value") or None
    people = data.get("authors") or ()
    entry.authors = [name for one in people[:MAX_LIST] if (name := person(one.get("name")))]
    entry.categories = [plain(one.get("term")) for one in (data.get("tags") or ())]
    entry.published = _when(data.get("published_parsed"))
    entry.updated = _when(dict.get(data, "updated_parsed"))  # its own get() borrows the other date
    for one in data.get("enclosures") or ():
        enclose(entry, link(one.get("href"), base), one.get("type") or "", one.get("length"))
    entry.base = entry.url or base
    return finish(entry, _text(data, "id"))


def _when(value: Any) -> datetime | None:
    try:
        year, month, day, hour, minute, second = value[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None

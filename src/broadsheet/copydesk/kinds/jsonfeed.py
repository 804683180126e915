"""JSON Feed 1 and 1.1."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import Any

from broadsheet.copydesk.entries import Entry, ParsedFeed, Picture
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.kinds import floods
from broadsheet.copydesk.kinds.common import (
    MAX_LIST,
    NEWEST,
    enclose,
    finish,
    language,
    link,
    person,
    plain,
    storable,
    when,
)
from broadsheet.lib.reasons import Reason

Json = dict[str, Any]


def read(text: str, *, url: str, now: datetime) -> ParsedFeed:
    """The feed of a JSON text; raises NotReadable where it is no JSON Feed."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable(Reason.NOT_A_FEED, f"Damaged JSON: {str(error)[:200]}") from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise NotReadable(Reason.NOT_A_FEED, "JSON, but without the items of a JSON Feed.")
    feed = ParsedFeed(kind="json")
    feed.title = plain(_text(data, "title"))
    feed.home_url = link(_text(data, "home_page_url"), url)
    feed.description = plain(_text(data, "description"))
    feed.language = language(_text(data, "language"))
    topic = link(_text(data, "feed_url"), url) or url
    for hub in _objects(data, "hubs"):
        if address := link(_text(hub, "url"), url):
            feed.hubs.append((address, topic))
    shared = _people(data)
    items = [one for one in data["items"] if isinstance(one, dict)]
    for item in _newest(items, now, feed):
        entry = _read_item(item, feed.home_url or url, now)
        entry.authors = entry.authors or list(shared)
        feed.entries.append(entry)
    return feed


def _newest(items: list[Json], now: datetime, feed: ParsedFeed) -> list[Json]:
    if len(items) <= NEWEST:
        return items
    feed.problems.append(floods.told(len(items)))
    moments = [when(_text(one, "date_published") or _text(one, "date_modified"), now) for one in items]
    return floods.newest(items, moments, now)


def _text(data: Json, name: str) -> str:
    value = data.get(name)
    if isinstance(value, str):
        return storable(value).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _objects(data: Json, name: str) -> list[Json]:
    value = data.get(name)
    if isinstance(value, dict):
        value = [value]
    return [one for one in value if isinstance(one, dict)][:MAX_LIST] if isinstance(value, list) else []


def _people(data: Json) -> list[str]:
    people = _objects(data, "authors") or _objects(data, "author")
    return [name for one in people if (name := person(_text(one, "name")))]


def _read_item(item: Json, base: str, now: datetime) -> Entry:
    address = link(_text(item, "url"), base) or link(_text(item, "external_url"), base)
    given = _text(item, "id")
    if address is None and given.startswith(("http://", "https://")):
        address = link(given, base)
    entry = Entry(key="", url=address)
    entry.title = plain(_text(item, "title"))
    entry.summary_html = escape(_text(item, "summary"), quote=False)
    text = _text(item, "content_text")
    entry.content_html = _text(item, "content_html") or _paragraphs(text) or None
    entry.authors = _people(item)
    tags = item.get("tags")
    if isinstance(tags, list):
        entry.categories = [plain(one) for one in tags if isinstance(one, str)]
    entry.published = when(_text(item, "date_published"), now)
    entry.updated = when(_text(item, "date_modified"), now)
    entry.language = language(_text(item, "language"))
    for name in ("image", "banner_image"):
        if picture := link(_text(item, name), base):
            entry.pictures.append(Picture(picture))
    for one in _objects(item, "attachments"):
        where = link(_text(one, "url"), base)
        enclose(entry, where, _text(one, "mime_type"), _text(one, "size_in_bytes"))
    entry.base = entry.url or base
    return finish(entry, given)


def _paragraphs(text: str) -> str:
    """Plain text as markup: blank lines part paragraphs, other line ends stay."""
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return "".join("<p>" + escape(part, quote=False).replace("\n", "<br>") + "</p>" for part in parts if part)

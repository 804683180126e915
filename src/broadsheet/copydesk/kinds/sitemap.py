"""Sitemaps and news sitemaps; an index of sitemaps gives the addresses of its parts."""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from broadsheet.copydesk.entries import Entry, ParsedFeed, Picture
from broadsheet.copydesk.kinds import floods
from broadsheet.copydesk.kinds.common import (
    MAX_LIST,
    NEWEST,
    finish,
    language,
    link,
    name_of,
    plain,
    when,
)
from broadsheet.copydesk.kinds.rss import Fields, fields_of, text


def read(root: etree._Element, *, url: str, now: datetime) -> ParsedFeed:
    """The entries of a urlset, or of a sitemapindex one entry for each part."""
    feed = ParsedFeed(kind="sitemap")
    places = [one for one in root if name_of(one) in ("sm:url", "sm:sitemap", "url", "sitemap")]
    entries = [entry for one in places if (entry := _read(one, url, now, feed))]
    if len(entries) > NEWEST:
        feed.problems.append(floods.told(len(entries)))
        entries = floods.newest(entries, [one.published or one.updated for one in entries], now)
        # A sitemap has no order of its own.
        oldest = datetime.min.replace(tzinfo=UTC)
        entries.sort(key=lambda one: one.published or one.updated or oldest, reverse=True)
    feed.entries = entries
    if is_index(root):
        feed.problems.append("An index of sitemaps: its entries are sitemaps, not articles.")
    return feed


def is_index(root: etree._Element) -> bool:
    return name_of(root).removeprefix("sm:") == "sitemapindex"


def _read(place: etree._Element, base: str, now: datetime, feed: ParsedFeed) -> Entry | None:
    fields: Fields = {name.removeprefix("sm:"): elements for name, elements in fields_of(place).items()}
    given = text(fields, "loc")
    address = link(given, base) if given.lower().startswith(("http://", "https://")) else None
    if address is None:
        return None
    entry = Entry(key="", url=address, base=address)
    entry.updated = when(text(fields, "lastmod"), now)
    for element in fields.get("news:news", ()):
        feed.kind = "newssitemap"
        _read_news(entry, fields_of(element), now, feed)
    for element in fields.get("image:image", ())[:MAX_LIST]:
        inner = fields_of(element)
        if picture := link(text(inner, "image:loc"), base):
            caption = plain(text(inner, "image:caption", "image:title"))
            entry.pictures.append(Picture(picture, caption=caption))
    return finish(entry, address)


def _read_news(entry: Entry, news: Fields, now: datetime, feed: ParsedFeed) -> None:
    entry.title = plain(text(news, "news:title"))
    entry.published = when(text(news, "news:publication_date"), now)
    keywords = text(news, "news:keywords")
    entry.categories = [plain(one) for one in keywords.split(",") if one.strip()]
    for publication in news.get("news:publication", ()):
        inner = fields_of(publication)
        entry.source_name = plain(text(inner, "news:name")) or None
        entry.language = language(text(inner, "news:language"))
        feed.title = feed.title or entry.source_name or ""
        feed.language = feed.language or entry.language

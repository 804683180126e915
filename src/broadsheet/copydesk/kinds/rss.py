"""RSS 0.9x, 1.0, 1.1 and 2.0, with the modules that news uses: Dublin Core, Media RSS, content,
iTunes, syndication, Atom links."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from broadsheet.copydesk.entries import Entry, ParsedFeed
from broadsheet.copydesk.kinds import floods, media
from broadsheet.copydesk.kinds.common import (
    NEWEST,
    XML_BASE,
    XML_LANG,
    enclose,
    finish,
    language,
    link,
    name_of,
    number,
    person,
    plain,
    when,
)

_ITEMS = ("{*}item", "{*}Item", "{*}ITEM")
_DATES = ("pubdate", "dc:date", "dcterms:issued", "dcterms:created", "date", "published", "atom:published")
_UPDATES = ("dcterms:modified", "atom:updated", "lastbuilddate", "updated", "modified")
_DATED = frozenset((*_DATES, *_UPDATES, "issued", "created"))
_CONTENTS = ("content:encoded", "atom:content", "xhtml:body", "xhtml:div", "fulltext", "fullitem")
# Hubs of one feed that are believed.
MAX_HUBS = 5
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}

# Left over from XML; HTML has no use for it.
_NAMESPACE = re.compile(r" xmlns(?::\w+)?=\"[^\"<>]*\"")

Fields = dict[str, list[etree._Element]]


def read(root: etree._Element, *, url: str, now: datetime) -> ParsedFeed:
    """The feed of a tree whose root is rss, rdf:RDF or channel."""
    rdf = name_of(root) == "rdf:rdf"
    feed = ParsedFeed(kind="rdf" if rdf else "rss")
    channel = root if name_of(root) == "channel" else _first(root, "channel")
    base = _base(root, url)
    if channel is not None:
        base = _base(channel, base)
        _read_channel(feed, channel, base, url)
        if base == url and feed.home_url:
            # A relative link means the site, wherever the feed itself is served from.
            base = feed.home_url
    feed.language = feed.language or language(root.get(XML_LANG))
    items = [one for name in _ITEMS for one in root.iter(name)] or [
        one for one in root.iter() if name_of(one) == "item"
    ]
    for item in newest(items, now, feed):
        feed.entries.append(_read_item(item, base, now))
    return feed


def newest(items: list[etree._Element], now: datetime, feed: ParsedFeed) -> list[etree._Element]:
    """The NEWEST newest of the items, in the order of the feed."""
    if len(items) <= NEWEST:
        return items
    feed.problems.append(floods.told(len(items)))
    return floods.newest(items, [_moment(item, now) for item in items], now)


def _moment(item: etree._Element, now: datetime) -> datetime | None:
    for child in item:
        if name_of(child).removeprefix("atom:") in _DATED and (found := when(child.text, now)):
            return found
    return None


def _first(root: etree._Element, name: str) -> etree._Element | None:
    return next((one for one in root.iter() if name_of(one) == name), None)


def _base(element: etree._Element, base: str) -> str:
    given = element.get(XML_BASE)
    return (link(given, base) or base) if given else base


def fields_of(element: etree._Element) -> Fields:
    fields: Fields = {}
    for child in element:
        fields.setdefault(name_of(child), []).append(child)
    return fields


def text(fields: Fields, *names: str) -> str:
    """The text of the first of these that has any."""
    for name in names:
        for element in fields.get(name, ()):
            value = content(element)
            if value:
                return value
    return ""


def moment(fields: Fields, names: tuple[str, ...], now: datetime) -> datetime | None:
    """The first of these dates that can be read."""
    for name in names:
        for element in fields.get(name, ()):
            if found := when(element.text, now):
                return found
    return None


def content(element: etree._Element) -> str:
    """The text of an element; where markup was left unescaped in it, that markup."""
    if len(element) == 0:
        return (element.text or "").strip()
    inner = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            inner.append(etree.tostring(_unqualified(child), encoding="unicode", method="html"))
        elif child.tail:
            inner.append(child.tail)
    return _NAMESPACE.sub("", "".join(inner)).strip()


def _unqualified(element: etree._Element) -> etree._Element:
    """The element with plain names in it, as HTML has them."""
    for one in element.iter("{*}*"):
        if isinstance(one.tag, str) and "}" in one.tag:
            name = one.tag.rpartition("}")[2]
            one.tag = name if name.isalnum() and name.isascii() else "span"
    etree.cleanup_namespaces(element)
    return element


def _read_channel(feed: ParsedFeed, channel: etree._Element, base: str, url: str) -> None:
    fields = fields_of(channel)
    feed.title = plain(text(fields, "title", "dc:title"))
    feed.home_url = _plain_link(fields, base) or linked(links_of(fields), "alternate", base)
    feed.description = plain(text(fields, "description", "itunes:subtitle", "itunes:summary", "abstract"))
    feed.language = language(text(fields, "language", "dc:language")) or language(channel.get(XML_LANG))
    feed.hubs = hubs(links_of(fields), base, url)
    feed.ttl_minutes = number(text(fields, "ttl")) or period(fields)


def links_of(fields: Fields) -> list[etree._Element]:
    """Links as Atom has them, by `href`, in whatever namespace."""
    return [one for name in ("atom:link", "link") for one in fields.get(name, ()) if one.get("href")]


def rels(element: etree._Element) -> list[str]:
    """What a link is for: one word or several."""
    return (element.get("rel") or "alternate").lower().split()


def linked(links: list[etree._Element], rel: str, base: str) -> str | None:
    """Where the first link of a kind leads."""
    for element in links:
        if rel in rels(element) and (found := link(element.get("href"), base)):
            return found
    return None


def hubs(links: list[etree._Element], base: str, url: str) -> list[tuple[str, str]]:
    """WebSub: each hub with the topic, which is the feed's own address as it says it."""
    topic = linked(links, "self", base) or url
    found = (link(one.get("href"), base) for one in links if "hub" in rels(one))
    return [(hub, topic) for hub in dict.fromkeys(found) if hub][:MAX_HUBS]


def _plain_link(fields: Fields, base: str) -> str | None:
    """The address in a link element as RSS has it; one by `href` counts where it is for nothing else.

    There should be one. Of several the last counts, as in most readers.
    """
    for element in reversed(fields.get("link", ())):
        words = element.text or (element.get("href") if "alternate" in rels(element) else None) or element.tail
        if found := link(words, base):
            return found
    return None


def period(fields: Fields) -> int | None:
    minutes = _PERIODS.get(text(fields, "sy:updateperiod").lower())
    if minutes is None:
        return None
    return max(minutes // max(number(text(fields, "sy:updatefrequency")) or 1, 1), 1)


def _read_item(item: etree._Element, base: str, now: datetime) -> Entry:
    fields = fields_of(item)
    base = _base(item, base)
    given = text(fields, "guid", "atom:id", "id") or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
    entry = Entry(key="", url=_link(item, fields, base))
    entry.title = plain(text(fields, "title", "dc:title", "media:title", "itunes:title"))
    entry.summary_html = text(
        fields, "description", "atom:summary", "summary", "dc:description", "itunes:summary",
        "media:description", "abstract",
    ) or media.described(fields)  # fmt: skip
    entry.content_html = text(fields, *_CONTENTS) or None
    _read_people(entry, fields)
    entry.categories = [plain(one) for one in text(fields, "tags").split(",")] if "tags" in fields else []
    entry.categories += [
        plain(one.text) or plain(one.get("text") or one.get("label"))
        for name in ("category", "dc:subject", "media:category", "itunes:category")
        for one in fields.get(name, ())
    ]
    entry.published = moment(fields, _DATES, now)
    entry.updated = moment(fields, _UPDATES, now) or when(item.get("LASTMOD") or item.get("lastmod"), now)
    # Dublin Core has one date for both: "of an event in the life of the resource".
    entry.updated = entry.updated or moment(fields, ("dc:date",), now)
    spoken = next((one.get(XML_LANG) for name in _CONTENTS for one in fields.get(name, ()) if one.get(XML_LANG)), None)
    entry.language = language(spoken or item.get(XML_LANG) or text(fields, "dc:language", "language"))
    _read_files(entry, fields, base)
    for element in fields.get("source", ()):
        entry.source_name = plain(element.text) or None
        entry.source_url = link(element.get("url"), base)
    entry.base = base if item.get(XML_BASE) or not entry.url else entry.url
    return finish(entry, given)


def _link(item: etree._Element, fields: Fields, base: str) -> str | None:
    """Where the entry leads: the address before a counting redirect where that is given, the
    link, an Atom link, a guid that is an address, CDF's attribute."""
    if origin := link(text(fields, "feedburner:origlink"), base):
        return origin
    if found := _plain_link(fields, base) or linked(links_of(fields), "alternate", base):
        return found
    for element in fields.get("guid", ()):
        value = (element.text or "").strip()
        permanent = element.get("isPermaLink", "true").lower() != "false"
        found = link(value, base) if permanent and value.startswith(("http", "/")) else None
        if found:
            return found
    return link(item.get("HREF") or item.get("href"), base)


def _read_people(entry: Entry, fields: Fields) -> None:
    for name in ("dc:creator", "dc:author", "author", "itunes:author", "atom:author"):
        for element in fields.get(name, ()):
            inner = fields_of(element) if len(element) else None
            if inner:
                entry.authors.append(person(text(inner, "atom:name", "name")))
            else:
                entry.authors.append(person(element.text))
        if any(entry.authors):
            return


def _read_files(entry: Entry, fields: Fields, base: str) -> None:
    for element in fields.get("enclosure", ()):
        enclose(entry, link(element.get("url"), base), element.get("type", ""), element.get("length"))
    for element in links_of(fields):
        if "enclosure" in rels(element):
            address = link(element.get("href"), base)
            enclose(entry, address, element.get("type", ""), element.get("length"))
    media.read(entry, fields, base)

"""RSS 0.9x, 1.0, 1.1 and 2.0, with the modules that news uses: Dublin Core, Media RSS, content,
iTunes, syndication, Atom links."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lxml import etree

from broadsheet.copydesk.entries import Entry, ParsedFeed
from broadsheet.copydesk.kinds import media
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
    feed.problems.append(f"{len(items)} entries; only the newest {NEWEST} were read.")
    dated = []
    for place, item in enumerate(items):
        moment = None
        for child in item:
            if name_of(child) in _DATES or name_of(child) in _UPDATES:
                moment = when(child.text, now)
                break
        dated.append((moment or datetime.min.replace(tzinfo=UTC), -place))
    chosen = {-place for _, place in sorted(dated, reverse=True)[:NEWEST]}
    return [item for place, item in enumerate(items) if place in chosen]


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
    feed.home_url = link(text(fields, "link"), base) or _atom_link(fields, "alternate", base)
    feed.description = plain(text(fields, "description", "itunes:subtitle", "itunes:summary"))
    feed.language = language(text(fields, "language", "dc:language")) or language(channel.get(XML_LANG))
    topic = _atom_link(fields, "self", base) or url
    for element in fields.get("atom:link", ()):
        hub = link(element.get("href"), base) if element.get("rel") == "hub" else None
        if hub:
            feed.hubs.append((hub, topic))
    feed.ttl_minutes = number(text(fields, "ttl")) or _period(fields)


def _atom_link(fields: Fields, rel: str, base: str) -> str | None:
    for element in fields.get("atom:link", ()):
        if element.get("rel", "alternate") == rel and (found := link(element.get("href"), base)):
            return found
    return None


def _period(fields: Fields) -> int | None:
    minutes = _PERIODS.get(text(fields, "sy:updateperiod").lower())
    if minutes is None:
        return None
    return max(minutes // max(number(text(fields, "sy:updatefrequency")) or 1, 1), 1)


def _read_item(item: etree._Element, base: str, now: datetime) -> Entry:
    fields = fields_of(item)
    base = _base(item, base)
    given = text(fields, "guid", "atom:id", "id") or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
    entry = Entry(key="", url=_link(fields, base))
    entry.title = plain(text(fields, "title", "dc:title", "media:title", "itunes:title"))
    entry.summary_html = text(
        fields, "description", "atom:summary", "summary", "dc:description", "itunes:summary",
        "media:description",
    )  # fmt: skip
    entry.content_html = text(fields, "content:encoded", "atom:content", "xhtml:body", "xhtml:div", "fulltext") or None
    _read_people(entry, fields)
    entry.categories = [
        plain(one.text) or plain(one.get("text") or one.get("label"))
        for name in ("category", "dc:subject", "media:category", "itunes:category")
        for one in fields.get(name, ())
    ]
    entry.published = when(text(fields, *_DATES), now)
    entry.updated = when(text(fields, *_UPDATES), now)
    entry.language = language(item.get(XML_LANG) or text(fields, "dc:language", "language"))
    _read_files(entry, fields, base)
    for element in fields.get("source", ()):
        entry.source_name = plain(element.text) or None
        entry.source_url = link(element.get("url"), base)
    entry.base = base if item.get(XML_BASE) or not entry.url else entry.url
    return finish(entry, given)


def _link(fields: Fields, base: str) -> str | None:
    """Where the entry leads: the address before a counting redirect where that is given, the
    link, an Atom link, a guid that is an address."""
    if origin := link(text(fields, "feedburner:origlink"), base):
        return origin
    for element in fields.get("link", ()):
        if found := link(element.text or element.get("href") or element.tail, base):
            return found
    if found := _atom_link(fields, "alternate", base):
        return found
    for element in fields.get("guid", ()):
        value = (element.text or "").strip()
        permanent = element.get("isPermaLink", "true").lower() != "false"
        found = link(value, base) if permanent and value.startswith(("http", "/")) else None
        if found:
            return found
    return None


def _read_people(entry: Entry, fields: Fields) -> None:
    for name in ("dc:creator", "author", "itunes:author", "atom:author", "dc:contributor"):
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
    for element in fields.get("atom:link", ()):
        if element.get("rel") == "enclosure":
            address = link(element.get("href"), base)
            enclose(entry, address, element.get("type", ""), element.get("length"))
    media.read(entry, fields, base)

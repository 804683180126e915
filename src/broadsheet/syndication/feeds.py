"""The three forms of a feed. Pure: entries in, bytes out; equal entries give equal bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from broadsheet.syndication import xml
from broadsheet.syndication.entries import Channel, Entry, newest, printable, tag_uri

# What an empty Atom feed says of its last change, which it must name.
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def rss(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """RSS 2.0, with Dublin Core for names of people and `content:encoded` for full text."""
    root = xml.element("rss", namespaces={"atom": xml.ATOM, "content": xml.CONTENT, "dc": xml.DC, "media": xml.MEDIA})
    root.set("version", "2.0")
    top = xml.add(root, "channel")
    xml.add(top, "title", channel.title)
    xml.add(top, "link", channel.page_url)
    xml.add(top, "description", channel.description or channel.title)
    xml.add(top, "language", channel.language)
    if changed := newest(entries):
        xml.add(top, "lastBuildDate", format_datetime(changed.astimezone(UTC), usegmt=True))
    own = channel.feed_url("rss")
    xml.add(top, f"{{{xml.ATOM}}}link", href=own, rel="self", type="application/rss+xml")
    for entry in entries:
        _rss_item(xml.add(top, "item"), entry)
    return xml.serialise(root)


def _rss_item(item: Any, entry: Entry) -> None:
    xml.add(item, "title", entry.title)
    xml.add(item, "link", entry.url)
    xml.add(item, "guid", entry.url, isPermaLink="true")
    xml.add(item, "pubDate", format_datetime(entry.published.astimezone(UTC), usegmt=True))
    xml.add(item, f"{{{xml.DC}}}creator", entry.author)
    for name in entry.categories:
        xml.add(item, "category", name)
    xml.add(item, "source", entry.source_name, url=f"{entry.source_url}feed.rss")
    if entry.origin:
        xml.add(item, f"{{{xml.DC}}}source", entry.origin)
    xml.add(item, f"{{{xml.DC}}}rights", entry.rights)
    if entry.summary:
        # Readers take a description for markup, so plain text is escaped once more.
        xml.add(item, "description", entry.summary_html)
    if entry.html:
        xml.add(item, f"{{{xml.CONTENT}}}encoded", entry.html)
    _media(item, entry)


def _media(item: Any, entry: Entry) -> None:
    """The picture by Media RSS, which readers of RSS and of Atom know; an enclosure would be taken for a podcast."""
    image = entry.image
    if image is None:
        return
    size = {"width": str(image.width), "height": str(image.height)}
    found = xml.add(item, f"{{{xml.MEDIA}}}content", url=image.url, type="image/jpeg", medium="image", **size)
    if image.alt:
        xml.add(found, f"{{{xml.MEDIA}}}description", image.alt, type="plain")
    if image.credit:
        xml.add(found, f"{{{xml.MEDIA}}}credit", image.credit)


def atom(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """Atom 1.0 (RFC 4287)."""
    root = xml.element("feed", namespaces={None: xml.ATOM, "media": xml.MEDIA})
    root.set(_LANG, channel.language)
    xml.add(root, "id", tag_uri(channel.site, f"feed{channel.path}"))
    xml.add(root, "title", channel.title, type="text")
    if channel.description:
        xml.add(root, "subtitle", channel.description, type="text")
    xml.add(root, "updated", xml.w3c(newest(entries) or _NEVER))
    own = channel.feed_url("atom")
    xml.add(root, "link", rel="self", type="application/atom+xml", href=own)
    xml.add(root, "link", rel="alternate", type="text/html", href=channel.page_url)
    xml.add(xml.add(root, "author"), "name", channel.publisher)
    for entry in entries:
        _atom_entry(xml.add(root, "entry"), entry)
    # The elements above carry no prefix; they belong to Atom all the same.
    for element in root.iter():
        if "}" not in element.tag:
            element.tag = f"{{{xml.ATOM}}}{element.tag}"
    return xml.serialise(root)


def _atom_entry(item: Any, entry: Entry) -> None:
    item.set(_LANG, entry.language)
    xml.add(item, "id", entry.ident)
    xml.add(item, "title", entry.title, type="text")
    xml.add(item, "link", rel="alternate", type="text/html", href=entry.url)
    if entry.origin:
        xml.add(item, "link", rel="via", type="text/html", href=entry.origin)
    if entry.licence_url:
        xml.add(item, "link", rel="license", href=entry.licence_url)
    xml.add(item, "published", xml.w3c(entry.published))
    xml.add(item, "updated", xml.w3c(entry.updated))
    author = xml.add(item, "author")
    xml.add(author, "name", entry.author)
    for name in entry.categories:
        xml.add(item, "category", term=name)
    if entry.summary:
        xml.add(item, "summary", entry.summary, type="text")
    if entry.html:
        xml.add(item, "content", entry.html, type="html")
    _media(item, entry)
    xml.add(item, "rights", entry.rights, type="text")
    source = xml.add(item, "source")
    xml.add(source, "id", entry.source_url)
    xml.add(source, "title", entry.source_name, type="text")
    xml.add(source, "updated", xml.w3c(entry.updated))
    xml.add(source, "link", rel="alternate", type="text/html", href=entry.source_url)


def json_feed(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": printable(channel.title),
        "description": printable(channel.description),
        "home_page_url": channel.page_url,
        "feed_url": channel.feed_url("json"),
        "language": channel.language,
        "authors": [{"name": printable(channel.publisher), "url": f"{channel.site}/"}],
        "items": [_json_item(entry) for entry in entries],
    }
    if not feed["description"]:
        del feed["description"]
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.ident,
        "url": entry.url,
        "title": entry.title,
        "date_published": xml.w3c(entry.published),
        "date_modified": xml.w3c(entry.updated),
        "authors": [{"name": entry.author}],
        "tags": list(entry.categories),
        "language": entry.language,
        "_broadsheet": {
            "about": "Source and rights of the article.",
            "source": {"name": entry.source_name, "url": entry.source_url},
            "rights": entry.rights,
        },
    }
    if entry.origin:
        item["external_url"] = entry.origin
    if entry.licence_url:
        item["_broadsheet"]["licence"] = entry.licence_url
    if entry.image is not None:
        image = entry.image
        item["image"] = image.url
        item["_broadsheet"]["image"] = {"width": image.width, "height": image.height, "alt": image.alt}
    if entry.summary:
        item["summary"] = entry.summary
    if entry.html:
        item["content_html"] = entry.html
    else:
        # One kind of content must be there; where rights allow no text, it is the headline.
        item["content_text"] = entry.summary or entry.title
    return item


@dataclass(frozen=True, slots=True)
class Form:
    """One form of feed: how it is made and what it is called on the way."""

    render: Callable[[Channel, Sequence[Entry]], bytes]
    content_type: str


#: The forms by the ending of their address.
FORMS = {
    "rss": Form(rss, "application/rss+xml; charset=utf-8"),
    "atom": Form(atom, "application/atom+xml; charset=utf-8"),
    "json": Form(json_feed, "application/feed+json; charset=utf-8"),
}

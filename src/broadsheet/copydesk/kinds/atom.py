"""Atom 1.0 (RFC 4287) and 0.3."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from html import escape

from lxml import etree

from broadsheet.copydesk.entries import Entry, ParsedFeed
from broadsheet.copydesk.kinds import media, rss
from broadsheet.copydesk.kinds.common import (
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
)
from broadsheet.copydesk.kinds.rss import Fields, fields_of
from broadsheet.lib.text import tidy

_PUBLISHED = ("published", "issued", "created", "dc:date")
_UPDATED = ("updated", "modified", "dcterms:modified")


def read(root: etree._Element, *, url: str, now: datetime) -> ParsedFeed:
    """The feed of a tree whose root is feed (or a single entry)."""
    feed = ParsedFeed(kind="atom")
    base = _base(root, url)
    based = bool(root.get(XML_BASE))
    if name_of(root).endswith("entry"):
        feed.entries.append(_read_entry(root, base, now, based))
        return feed
    fields = _plain_names(fields_of(root))
    feed.title = _title(fields, "title")
    feed.description = _title(fields, "subtitle", "tagline")
    feed.language = language(root.get(XML_LANG))
    links = fields.get("link", [])
    feed.home_url = _alternate(links, base)
    feed.hubs = rss.hubs(links, base, url)
    feed.ttl_minutes = number(rss.text(fields, "ttl")) or rss.period(fields)
    entries = fields.get("entry") or [one for one in root.iter() if name_of(one) in ("atom:entry", "entry")]
    shared = _people(fields)
    for element in rss.newest(entries, now, feed):
        entry = _read_entry(element, base, now, based)
        entry.authors = entry.authors or list(shared)
        feed.entries.append(entry)
    return feed


def _plain_names(fields: Fields) -> Fields:
    """Fields with `atom:` left away, so that feeds without a namespace read the same."""
    plain_fields: Fields = {}
    for name, elements in fields.items():
        plain_fields.setdefault(name.removeprefix("atom:"), []).extend(elements)
    return plain_fields


def _base(element: etree._Element, base: str) -> str:
    given = element.get(XML_BASE)
    return (link(given, base) or base) if given else base


def _href(element: etree._Element, base: str) -> str | None:
    return link(element.get("href"), _base(element, base))


def _alternate(links: list[etree._Element], base: str) -> str | None:
    """The link to the page itself: an HTML alternate, else any alternate, else any unnamed one."""
    fallback = None
    for one in links:
        if "alternate" not in rss.rels(one):
            continue
        found = _href(one, base) or (link(one.text, base) if one.get("href") is None else None)
        if found and one.get("type", "text/html") in ("text/html", "application/xhtml+xml"):
            return found
        fallback = fallback or found
    return fallback


def _markup(element: etree._Element) -> str:
    """A text construct as markup."""
    kind = (element.get("type") or "text").strip().lower()
    mode = (element.get("mode") or "").strip().lower()
    if kind == "xhtml" or mode == "xml" or len(element):
        inner = rss.content(element)
        if inner or len(element):
            return inner
    text = (element.text or "").strip()
    if mode == "base64" or _is_base64(kind):
        return _of_base64(text, kind)
    if kind in ("text", "text/plain") and mode != "escaped":
        return escape(text, quote=False)
    return text


def _is_base64(kind: str) -> bool:
    """RFC 4287, 4.1.3.3: a media type that is neither text nor XML is base64."""
    known = kind in ("text", "html", "xhtml") or kind.startswith("text/") or kind.endswith(("+xml", "/xml", "/html"))
    return "/" in kind and not known


def _of_base64(text: str, kind: str) -> str:
    """What is inside; of a named type only if it is text, since of others an article has no use. Text of such a
    type that was never encoded stays as it is."""
    try:
        data = base64.b64decode("".join(text.split()), validate="/" in kind)
        return data.decode("utf-8", "strict" if "/" in kind else "replace")
    except UnicodeDecodeError:
        return ""
    except (binascii.Error, ValueError):
        return escape(text, quote=False) if "/" in kind else ""


def _text(fields: Fields, *names: str) -> str:
    for name in names:
        for element in fields.get(name, ()):
            if value := _markup(element):
                return value
    return ""


def _title(fields: Fields, *names: str) -> str:
    for name in names:
        for element in fields.get(name, ()):
            kind = (element.get("type") or "text").strip().lower()
            text = (element.text or "").strip()
            literal = kind in ("text", "text/plain") and element.get("mode") in (None, "xml")
            # Text is literal by the letter; a title of type text with an entity left in it is
            # in practice one that was escaped once too often.
            if literal and not len(element) and "&" not in text:
                value = tidy(text)
            else:
                value = plain(text if literal and not len(element) else _markup(element))
            if value:
                return value
    return ""


def _people(fields: Fields) -> list[str]:
    found = []
    for element in fields.get("author", ()):
        inner = _plain_names(fields_of(element))
        name = rss.text(inner, "name") or ("" if len(element) else element.text or "")
        found.append(person(name))
    if not any(found):
        found = [person(one.text) for one in fields.get("dc:creator", ())]
    return [name for name in found if name]


def _read_entry(element: etree._Element, base: str, now: datetime, based: bool) -> Entry:
    fields = _plain_names(fields_of(element))
    base = _base(element, base)
    links = fields.get("link", [])
    given = rss.text(fields, "id")
    url = link(rss.text(fields, "feedburner:origlink"), base) or _alternate(links, base)
    if url is None and given.startswith(("http://", "https://")):
        url = link(given, base)
    entry = Entry(key="", url=url)
    entry.title = _title(fields, "title")
    entry.summary_html = _text(fields, "summary") or media.described(fields)
    _read_content(entry, fields, base, based or bool(element.get(XML_BASE)))
    entry.authors = _people(fields)
    entry.categories = [
        plain(one.get("label") or one.get("term") or one.text)
        for name in ("category", "dc:subject")
        for one in fields.get(name, ())
    ]
    entry.published = rss.moment(fields, _PUBLISHED, now)
    entry.updated = rss.moment(fields, _UPDATED, now)
    entry.language = entry.language or language(element.get(XML_LANG))
    for one in links:
        if "enclosure" in rss.rels(one):
            enclose(entry, _href(one, base), one.get("type", ""), one.get("length"))
    media.read(entry, fields, base)
    _read_source(entry, fields, base)
    finish(entry, given)
    if given.startswith("/"):
        entry.id = link(given, base) or entry.id
    return entry


def _read_content(entry: Entry, fields: Fields, base: str, based: bool) -> None:
    """The content, and what links in it are relative to: the base where the feed declares one,
    else the entry's own page, since feeds are often served from elsewhere."""
    entry.base = base if based else entry.url or base
    for one in fields.get("content", ()):
        if one.get("src"):
            continue
        entry.content_html = _markup(one) or None
        entry.language = entry.language or language(one.get(XML_LANG))
        if one.get(XML_BASE):
            entry.base = _base(one, base)
        if entry.content_html:
            break


def _read_source(entry: Entry, fields: Fields, base: str) -> None:
    for one in fields.get("source", ()):
        inner = _plain_names(fields_of(one))
        entry.source_name = _title(inner, "title") or None
        entry.source_url = _alternate(inner.get("link", []), base)

"""What the readers of all kinds share: names, texts, links, dates, keys."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from html import unescape

from lxml import etree

from broadsheet.copydesk.entries import Enclosure, Entry, Picture
from broadsheet.lib import dates, urls
from broadsheet.lib.html import text_of
from broadsheet.lib.text import tidy

NEWEST = 500
"""How many entries of one feed are read: the newest."""

MAX_KEY = 2048
MAX_TITLE = 1000
MAX_LIST = 50

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Namespaces by their address without scheme, "www." and closing slash or hash, lower case.
_NAMESPACES = {
    "w3.org/2005/atom": "atom",
    "purl.org/atom/ns": "atom",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "purl.org/rss/1.0/modules/rss091": "",
    "purl.org/net/rss1.1": "",
    "w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "search.yahoo.com/mrss": "media",
    "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "example.com/dtds/podcast-1.0.dtd": "itunes",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "sitemaps.org/schemas/sitemap/0.9": "sm",
    "google.com/schemas/sitemap/0.84": "sm",
    "google.com/schemas/sitemap/0.9": "sm",
    "google.com/schemas/sitemap-news/0.9": "news",
    "google.com/schemas/sitemap-image/1.1": "image",
    "w3.org/1999/xhtml": "xhtml",
}
# What an undeclared prefix almost certainly stands for.
_PREFIXES = {"rss": "", "atom10": "atom"} | {
    name: name for name in [
        "atom", "rdf", "dc", "dcterms", "content", "sy", "media", "itunes", "feedburner", "news", "image",
        "sm",
    ]
}  # fmt: skip
_names: dict[str, str] = {}


def name_of(element: etree._Element) -> str:
    """The element's name, lower case, with our own prefix: `title`, `atom:link`, `dc:creator`."""
    tag = element.tag
    if name := _names.get(tag):
        return name
    if not isinstance(tag, str):
        return "?"
    space, _, local = tag.rpartition("}")
    name = local.lower()
    if space:
        address = re.sub(r"^https?://(www\.)?", "", space[1:].strip().lower()).rstrip("/#")
        prefix = _NAMESPACES.get(address, "?")
        name = f"{prefix}:{name}" if prefix else name
    elif ":" in name:
        prefix, _, name = name.partition(":")
        prefix = _PREFIXES.get(prefix, "?")
        name = f"{prefix}:{name}" if prefix else name
    if len(_names) < 5000:
        _names[tag] = name
    return name


_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|big|br|center|cite|code|del|div|em|font|h[1-6]|i|img|ins|nobr|p|q|s|small|span"
    r"|strike|strong|sub|sup|tt|u|wbr|script|style)(?:\s[^<>]*|\s(?:[^<>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}')*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def plain(text: str | None) -> str:
    """One line of plain text from what may be markup, as titles and names of feeds are.

    Only tags that a title can sensibly have are taken for tags: "The <canvas> element" stays.
    """
    if not text:
        return ""
    if "<" in text and _TAG.search(text):
        text = text_of(_escape_unknown(text))
    elif "&" in text and _ENTITY.search(text):
        text = unescape(text)
    return tidy(text)


def _escape_unknown(text: str) -> str:
    pieces, place = [], 0
    for match in _TAG.finditer(text):
        pieces.append(text[place : match.start()].replace("<", "&lt;"))
        pieces.append(match[0])
        place = match.end()
    pieces.append(text[place:].replace("<", "&lt;"))
    return "".join(pieces)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no database takes: NUL and halves of characters. JSON can spell both, and feedparser
    makes them of damaged numbers; a tree of XML holds neither."""
    return _UNSTORABLE.sub("", text)


# An address that parsing would give back unchanged: nearly all are.
_NORMAL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,9}[a-z]{2,20}"
    r"/[A-Za-z0-9_.~!*();:@&=+$,/-]*(?:\?[A-Za-z0-9_.~!*();:@&=+$,/-]+)?"
)


def link(address: str | None, base: str | None) -> str | None:
    """An absolute http or https address, or None."""
    if not address:
        return None
    address = address.strip()
    if _NORMAL.fullmatch(address) and "/." not in address and "xn--" not in address:
        return address[: urls.MAX_LENGTH]
    found = urls.parse(address, base) if address else None
    if found is None or not found.is_web:
        return None
    if found.username or found.password:
        return urls.without_credentials(found.href)
    return found.href


_RFC822 = re.compile(
    r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|UT|Z|([+-])(\d\d):?(\d\d))"
)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")
_MONTHS = {
    name: number for number, name in enumerate([
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ], start=1)
}  # fmt: skip


def when(text: str | None, now: datetime) -> datetime | None:
    """An aware UTC time, or None. The two spellings that nearly all feeds use are read here,
    all others by `lib.dates`."""
    if not text:
        return None
    text = text.strip()
    try:
        if _ISO.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        if match := _RFC822.fullmatch(text):
            day, month, year, hour, minute, second, sign, off_hours, off_minutes = match.groups()
            found = datetime(
                int(year), _MONTHS[month.title()], int(day), int(hour), int(minute), int(second),
                tzinfo=UTC,
            )  # fmt: skip
            if sign:
                shift = (int(off_hours) * 60 + int(off_minutes)) * 60
                moved = found.timestamp() + (-shift if sign == "+" else shift)
                found = datetime.fromtimestamp(moved, UTC)
            return found
    except (ValueError, KeyError, OverflowError):
        pass
    return dates.parse(text, now=now) if len(text) <= 200 else None


def number(text: str | None) -> int | None:
    """A non-negative whole number, or None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def language(text: str | None) -> str | None:
    """A language tag in its usual spelling ("en-GB"), or None."""
    text = (text or "").strip()
    if not _LANGUAGE.fullmatch(text) or len(text) > 35:
        return None
    first, *rest = text.replace("_", "-").split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def key_of(given: str | None, url: str | None, title: str, text: str) -> str:
    """What names an entry within its feed; at most MAX_KEY bytes, longer ones are hashed."""
    key = tidy(given or "") or url or ""
    if not key:
        return "text:" + _digest(f"{title}\n{text}")
    return key if len(key.encode("utf-8", "replace")) <= MAX_KEY else "long:" + _digest(key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def finish(entry: Entry, given: str | None) -> Entry:
    """Fill in what follows from the rest: the key, one of each name, a title not too long."""
    entry.title = entry.title[:MAX_TITLE]
    entry.id = tidy(given)[:MAX_KEY] if given else ""
    entry.key = key_of(given, entry.url, entry.title, entry.content_html or entry.summary_html)
    entry.authors = list(dict.fromkeys(filter(None, entry.authors)))[:MAX_LIST]
    entry.categories = list(dict.fromkeys(filter(None, entry.categories)))[:MAX_LIST]
    if len(entry.pictures) > 1:
        entry.pictures = list({one.url: one for one in reversed(entry.pictures)}.values())[::-1]
    return entry


def enclose(entry: Entry, url: str | None, kind: str, length: str | None) -> None:
    """Add an enclosed file, once; one that is a picture counts as a picture as well."""
    if not url or len(entry.enclosures) >= MAX_LIST:
        return
    kind = tidy(kind).lower()[:100]
    for known in entry.enclosures:
        if known.url == url:
            known.type = known.type or kind
            known.length = known.length or number(length)
            return
    entry.enclosures.append(Enclosure(url, kind, number(length)))
    if kind.startswith("image/") or (not kind and PICTURE.search(url)):
        entry.pictures.append(Picture(url, type=kind))


PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#].*)?$", re.IGNORECASE)
"""How the address of a picture ends."""

_MAILBOX = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")
_BY = re.compile(r"(?:by|von|par|por|di|door)\s+(?=\w)", re.IGNORECASE)


def person(text: str | None) -> str:
    """A name without what feeds put around it: mail address, brackets, "by"."""
    name = plain(text)[:300]
    if "@" in name:
        name = _MAILBOX.sub("", name).strip(" ()<>,;-\"'")
        name = name.removeprefix("mailto:").strip()
    return _BY.sub("", name, count=1) if _BY.match(name) else name

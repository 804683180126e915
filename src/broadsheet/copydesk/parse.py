"""Reading feeds of every kind: bytes in, plain data out.

The fast reader on lxml does nearly all of them; what it cannot make sense of goes to feedparser.
Nothing here opens a file or a socket. Run it inside the jail: outside bytes are hostile.
"""

from __future__ import annotations

import re
from datetime import datetime

from broadsheet.copydesk import prelimits
from broadsheet.copydesk.entries import Enclosure, Entry, FoundFeed, ParsedFeed, Picture
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.kinds import atom, bodies, fallback, floods, jsonfeed, page, rss, sitemap
from broadsheet.copydesk.kinds.common import NEWEST, name_of
from broadsheet.copydesk.kinds.page import discover
from broadsheet.lib.reasons import Reason

__all__ = [
    "Enclosure",
    "Entry",
    "FoundFeed",
    "NotReadable",
    "ParsedFeed",
    "Picture",
    "discover",
    "parse_feed",
    "parse_section",
]

_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_READERS = {
    "rss": rss.read,
    "rdf:rdf": rss.read,
    "channel": rss.read,
    "atom:feed": atom.read,
    "feed": atom.read,
    "atom:entry": atom.read,
    "sm:urlset": sitemap.read,
    "urlset": sitemap.read,
    "sm:sitemapindex": sitemap.read,
    "sitemapindex": sitemap.read,
}


def parse_feed(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed:
    """The feed in a body that was fetched from `url`.

    RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed, sitemaps. Raises NotReadable with a plain
    reason where there is no feed; a feed without entries is a feed.
    """
    body = bodies.inflated(body)
    prelimits.check_bulk(body)
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise NotReadable(Reason.EMPTY)
    text, whole = bodies.decoded(body, content_type)
    start = text[:200].lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return jsonfeed.read(text.lstrip("\ufeff"), url=url, now=now)
    if _HTML.match(text[:3000]):
        raise NotReadable(Reason.NOT_A_FEED, "The answer is a web page.")
    count = 0
    if prelimits.is_flood(text):
        text, count = floods.thinned(text, now)
        prelimits.check_nodes(text)
    feed = _fast(text, url, now)
    if feed is None or (feed.problems and not feed.entries):
        second = _second_opinion(body, url, content_type, now)
        if second is not None:
            second.problems = feed.problems if feed else ["The XML is of an unusual kind."]
            feed = second
    if feed is None:
        raise _refusal(text)
    if count > NEWEST:
        feed.problems.append(floods.told(count))
    if not whole:
        feed.problems.append("Some bytes are not in the encoding that the feed claims.")
    return feed


def _fast(text: str, url: str, now: datetime) -> ParsedFeed | None:
    root, problems = bodies.tree_of(text)
    if root is None:
        return None
    reader = _READERS.get(name_of(root))
    if reader is None:
        root = next((one for one in root.iter() if name_of(one) in _READERS), None)
        reader = _READERS[name_of(root)] if root is not None else None
    if reader is None or root is None:
        return None
    feed = reader(root, url=url, now=now)
    feed.problems = problems + feed.problems
    return feed


def _second_opinion(body: bytes, url: str, content_type: str | None, now: datetime) -> ParsedFeed | None:
    """What feedparser makes of it, all limits looked at first."""
    prelimits.check(body)
    return fallback.read(body, url=url, content_type=content_type, now=now)


def _refusal(text: str) -> NotReadable:
    if "<" not in text[:1000]:
        return NotReadable(Reason.NOT_A_FEED, "The answer is plain text.")
    if re.search(r"<(?:rss|feed|rdf:RDF)\b", text[:5000], re.IGNORECASE):
        return NotReadable(Reason.BROKEN_XML)
    return NotReadable(Reason.NOT_A_FEED, "The answer is XML of another kind.")


def parse_section(html: str | bytes, *, url: str, content_type: str | None = None) -> ParsedFeed:
    """The articles that a plain section page lists, as a feed of kind "page"."""
    if isinstance(html, bytes):
        prelimits.check(html, html=True)
        html, _ = bodies.decoded(html, content_type, html=True)
    return page.parse_section(html, url=url)

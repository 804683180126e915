"""Building XML that is well-formed whatever goes into it."""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from broadsheet.syndication.entries import printable

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MEDIA = "http://search.yahoo.com/mrss/"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"


def element(name: str, *, namespaces: dict[str | None, str]) -> etree._Element:
    """A root element; `namespaces` maps prefixes (None: the default) to namespaces."""
    return etree.Element(name, nsmap=namespaces)


def add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """Append an element with text. Characters that XML cannot hold are left out."""
    made = etree.SubElement(parent, name, {key: printable(value) for key, value in attributes.items()})
    if text:
        made.text = printable(text)
    return made


def serialise(root: etree._Element) -> bytes:
    """The document in UTF-8 with its declaration."""
    document: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def w3c(moment: datetime) -> str:
    """A moment as Atom and sitemaps write it, in UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

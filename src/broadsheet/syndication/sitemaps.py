"""Sitemaps: what search engines are told of. Only addresses that are canonical here.

The articles are cut into files by their ids, so making one file costs the same however many articles there are, and
an address never wanders from file to file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lxml import etree

from broadsheet.syndication import xml
from broadsheet.syndication.queries import Listed

#: Ids of one file. The protocol allows 50,000 addresses; fewer keep the making of one file short.
SPAN = 10_000
NEWS_DAYS = 2
NEWS_LIMIT = 1_000


def _root(name: str, **more: str) -> etree._Element:
    namespaces: dict[str | None, str] = {None: xml.SITEMAP}
    namespaces.update(more)
    return xml.element(f"{{{xml.SITEMAP}}}{name}", namespaces=namespaces)


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    return xml.add(parent, f"{{{xml.SITEMAP}}}{name}", text)


def _url(root: etree._Element, address: str, changed: datetime | None) -> etree._Element:
    url = _add(root, "url")
    _add(url, "loc", address)
    if changed is not None:
        _add(url, "lastmod", xml.w3c(changed))
    return url


def urls(site: str, standing: Iterable[tuple[str, datetime | None]], listed: Iterable[Listed]) -> bytes:
    """One sitemap of standing addresses and articles."""
    root = _root("urlset")
    for path, changed in standing:
        _url(root, site + path, changed)
    for one in listed:
        _url(root, site + one.path, one.changed)
    return xml.serialise(root)


def index(site: str, names: Iterable[str]) -> bytes:
    """The list of sitemap files, by their names."""
    root = _root("sitemapindex")
    for name in names:
        _add(_add(root, "sitemap"), "loc", f"{site}/sitemaps/{name}.xml")
    return xml.serialise(root)


def news(site: str, publication: str, listed: Iterable[Listed]) -> bytes:
    """The sitemap of news: name of the paper, language, time and headline of each new article."""
    root = _root("urlset", news=xml.NEWS)
    for one in listed:
        url = _url(root, site + one.path, None)
        entry = xml.add(url, f"{{{xml.NEWS}}}news")
        paper = xml.add(entry, f"{{{xml.NEWS}}}publication")
        xml.add(paper, f"{{{xml.NEWS}}}name", publication)
        xml.add(paper, f"{{{xml.NEWS}}}language", news_language(one.language))
        xml.add(entry, f"{{{xml.NEWS}}}publication_date", xml.w3c(one.published))
        xml.add(entry, f"{{{xml.NEWS}}}title", one.headline)
    return xml.serialise(root)


def news_language(tag: str) -> str:
    """The language as news sitemaps write it: two or three letters, and the two kinds of Chinese."""
    parts = tag.lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        return "zh-tw" if {"tw", "hk", "mo", "hant"} & set(parts[1:]) else "zh-cn"
    return parts[0]

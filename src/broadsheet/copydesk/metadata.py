"""What a page says about itself: JSON-LD, Open Graph, meta elements, headings, and where they agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from broadsheet.copydesk.kinds.common import language, link, person, plain, when
from broadsheet.lib.text import normal

Json = dict[str, Any]

_ARTICLES = frozenset(
    [
        "article", "newsarticle", "blogposting", "reportagenewsarticle", "opinionnewsarticle",
        "analysisnewsarticle", "reviewnewsarticle", "liveblogposting", "backgroundnewsarticle",
        "techarticle", "scholarlyarticle", "report", "socialmediaposting", "webpage",
    ]
)  # fmt: skip
_MAX_LD = 512 * 1024
_BARS = (" | ", " – ", " — ", " - ", " · ", " :: ", " » ", " • ")


class Metadata:
    """The metadata of one page, read once from its tree."""

    def __init__(self, root: etree._Element, base: str, now: datetime) -> None:
        self.root = root
        self.base = base
        self.now = now
        self.meta = _metas(root)
        self.ld = _article_ld(root)

    def _said(self, *names: str) -> str:
        return next((self.meta[name] for name in names if self.meta.get(name)), "")

    def site_name(self) -> str:
        publisher = self.ld.get("publisher")
        named = publisher.get("name") if isinstance(publisher, dict) else None
        return plain(self._said("og:site_name", "application-name") or _str(named))[:200]

    def title(self) -> str:
        """The headline: the h1 where another source agrees with it, else the best that is said."""
        headings = [text for one in self.root.iter("h1") if 8 <= len(text := plain(" ".join(one.itertext()))) <= 300]
        said = [
            plain(text)
            for text in (
                _str(self.ld.get("headline")),
                self._said("og:title"),
                self._said("twitter:title", "dc.title", "parsely-title", "sailthru.title"),
                self._title_element(),
            )
        ]
        said = [self._without_site(text) for text in said if text]
        for heading in headings:
            folded = normal(heading)
            if any(folded and (folded in normal(one) or normal(one) in folded) for one in said):
                return heading
        if said:
            return said[0][:300]
        return headings[0] if headings else ""

    def _title_element(self) -> str:
        for one in self.root.iter("title"):
            if not any(parent.tag == "svg" for parent in one.iterancestors()):
                return one.text or ""
        return ""

    def _without_site(self, title: str) -> str:
        """A title without the name of the site that is hung on with a bar."""
        site = normal(self.site_name())
        for bar in _BARS:
            head, found, tail = title.rpartition(bar)
            if found and head and (normal(tail) == site or (bar == " | " and len(head) > len(tail))):
                return head.strip()
            head, found, tail = title.partition(bar)
            if found and tail and site and normal(head) == site:
                return tail.strip()
        return title

    def authors(self) -> list[str]:
        names = [_str(one.get("name")) for one in _dicts(self.ld.get("author"))]
        names += [one for one in _list(self.ld.get("author")) if isinstance(one, str)]
        if not any(names):
            names = [
                self._said("author", "byl", "dc.creator", "parsely-author", "sailthru.author"),
                self._said("article:author", "og:article:author"),
            ]
        if not any(names):
            names = [" ".join(one.itertext()) for one in self._marked("author")][:3]
        found = [person(name) for name in names if name and not name.startswith("http")]
        return list(dict.fromkeys(name for name in found if 2 < len(name) < 100))[:10]

    def _marked(self, name: str) -> Iterator[etree._Element]:
        for one in self.root.iter("a", "span", "p", "div", "address"):
            if one.get("rel") == name or one.get("itemprop") == name:
                yield one

    def published(self) -> datetime | None:
        return self._when(
            self.ld.get("datePublished"),
            self._said(
                "article:published_time", "og:article:published_time", "datepublished", "date",
                "dc.date", "dc.date.issued", "dcterms.created", "parsely-pub-date", "pubdate",
                "publishdate", "sailthru.date", "publish-date", "last-modified",
            ),
            self._time_element(),
            self.ld.get("dateCreated"),
        )  # fmt: skip

    def updated(self) -> datetime | None:
        return self._when(
            self.ld.get("dateModified"),
            self._said("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified"),
        )

    def _time_element(self) -> str:
        for one in self.root.iter("time"):
            if one.get("datetime"):
                return str(one.get("datetime"))
        for one in self.root.iter("meta", "span", "abbr"):
            if one.get("itemprop") == "datePublished":
                return str(one.get("content") or one.get("title") or "".join(one.itertext()))
        return ""

    def _when(self, *texts: Any) -> datetime | None:
        moments = (when(_str(text), self.now) for text in texts)
        return next((one for one in moments if one), None)

    def language(self) -> str | None:
        return (
            language(self.root.get("lang") or self.root.get("{http://www.w3.org/XML/1998/namespace}lang"))
            or language(self._said("og:locale", "content-language", "language"))
            or language(_str(self.ld.get("inLanguage")))
        )

    def picture(self) -> str | None:
        said = self._said("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
        if found := link(said, self.base):
            return found
        for one in _list(self.ld.get("image")):
            address = one.get("url") if isinstance(one, dict) else one
            if found := link(_str(address), self.base):
                return found
        return None

    def picture_alternative(self) -> str:
        """What the page says is to be seen on its picture."""
        return plain(self._said("og:image:alt", "twitter:image:alt"))[:300]

    def description(self) -> str:
        said = self._said("og:description", "description", "twitter:description", "dc.description")
        return plain(said or _str(self.ld.get("description")))[:1000]

    def canonical(self) -> str | None:
        for one in self.root.iter("link"):
            canonical = "canonical" in (one.get("rel") or "").lower().split()
            if canonical and (found := link(one.get("href"), self.base)):
                return found
        return link(self._said("og:url"), self.base)

    def walled(self) -> bool:
        """Whether the page says of itself that it is not free to read."""
        free = self.ld.get("isAccessibleForFree")
        if isinstance(free, str):
            free = free.strip().lower() not in ("false", "no", "0")
        tier = self._said("article:content_tier", "content_tier").lower()
        return free is False or tier in ("locked", "metered", "paid")


def _metas(root: etree._Element) -> dict[str, str]:
    """All meta elements by name, lower case; the first one counts."""
    found: dict[str, str] = {}
    for one in root.iter("meta"):
        value = (one.get("content") or "").strip()
        if not value:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for name in (one.get(attribute) or "").lower().split():
                found.setdefault(name, value[:5000])
    return found


def _article_ld(root: etree._Element) -> Json:
    """The first JSON-LD object that is an article, or {}."""
    for one in root.iter("script"):
        kind = (one.get("type") or "").lower()
        text = one.text or ""
        if "ld+json" not in kind or len(text) > _MAX_LD:
            continue
        try:
            data = json.loads(text.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        for found in _objects(data, 0):
            kinds = {_str(kind).lower() for kind in _list(found.get("@type"))}
            if kinds & _ARTICLES and (found.get("headline") or found.get("datePublished")):
                return found
    return {}


def _objects(data: Any, depth: int) -> Iterator[Json]:
    if depth > 4:
        return
    if isinstance(data, list):
        for one in data[:50]:
            yield from _objects(one, depth + 1)
    elif isinstance(data, dict):
        yield data
        yield from _objects(data.get("@graph"), depth + 1)
        yield from _objects(data.get("mainEntity"), depth + 1)


def _str(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value[:20] if isinstance(value, list) else [] if value is None else [value]


def _dicts(value: Any) -> list[Json]:
    return [one for one in _list(value) if isinstance(one, dict)]

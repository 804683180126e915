"""What a page says about itself: JSON-LD, Open Graph, meta elements, headings, and where they agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from broadsheet.copydesk.extraction import byline, dating, headline
from broadsheet.copydesk.kinds.common import language, link, plain, when
from broadsheet.lib import urls
from broadsheet.lib.text import normal

Json = dict[str, Any]

_ARTICLES = frozenset(
    [
        "article", "newsarticle", "blogposting", "reportagenewsarticle", "opinionnewsarticle",
        "analysisnewsarticle", "reviewnewsarticle", "liveblogposting", "backgroundnewsarticle",
        "techarticle", "scholarlyarticle", "medicalscholarlyarticle", "report", "socialmediaposting",
        "advertisercontentarticle", "satiricalarticle", "askpublicnewsarticle", "recipe", "discussionforumposting",
    ]
)  # fmt: skip
# What is no article but tells of the page as a whole, where nothing better is said.
_PAGES = frozenset(["webpage", "itempage", "creativework", "videoobject", "faqpage", "qapage"])
_MAX_LD = 512 * 1024
_AUTHOR_NAMES = (
    "author", "byl", "article:author_name", "article:author", "og:article:author", "citation_author", "dc.creator",
    "dcterms.creator",
    "dc.creator.name", "parsely-author", "sailthru.author", "cxenseparse:author", "vr:author", "cse-authors",
    "creator", "twitter:creator_name",
)  # fmt: skip
_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article.published",
    "parsely-pub-date", "pubdate", "publishdate", "publish_date", "publish-date", "publication_date", "sailthru.date",
    "published_time_telegram", "citation_online_date", "citation_publication_date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article_date_original", "originalpublicationdate", "displaydate", "rnews:datepublished",
    "vr:published_time", "prism.publicationdate",
)  # fmt: skip
_VAGUE_DATE_NAMES = (
    "date", "dc.date", "dc.date.issued", "dc.date.created", "dcterms.date", "dcterms.created", "dcterms.issued",
    "datecreated", "created",
    "eprints.date",
)  # fmt: skip
# Two sources that agree: what the page shows need not be searched.
_CERTAIN = 6.0
_MOST_THINGS = 500
# What old systems put around a script so that older browsers would not show it.
_WRAPPING = re.compile(r"^\s*(?://\s*)?<!(?:--|\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$")
_PLACEHOLDER = re.compile(
    r"logo|placeholder|favicon|blank\.|default[-_]?(?:image|share|og|thumb)|share[-_]default", re.IGNORECASE
)


class Metadata:
    """The metadata of one page, read once from its tree."""

    def __init__(self, root: etree._Element, base: str, now: datetime) -> None:
        self.root = root
        self.base = base
        self.now = now
        self.metas = _metas(root)
        self._things = _things(root)
        self.ld = _article_of(self._things)

    def _said(self, *names: str) -> str:
        return next((self.metas[name][0] for name in names if name in self.metas), "")

    def site_name(self) -> str:
        publisher = self.ld.get("publisher")
        named = publisher.get("name") if isinstance(publisher, dict) else None
        return plain(self._said("og:site_name", "application-name") or _str(named))[:200]

    def title(self) -> str:
        """The headline: as the page shows it, where anything speaks for that, else as it says it."""
        said = [
            _str(self.ld.get("headline")),
            self._said("og:title"),
            self._said("twitter:title", "dc.title", "parsely-title", "sailthru.title", "citation_title"),
        ]
        return headline.headline(self.root, said, self._title_element(), self.site_name())

    def _title_element(self) -> str:
        for one in self.root.iter("title"):
            if not any(parent.tag == "svg" for parent in one.iterancestors()):
                return one.text or ""
        return ""

    def authors(self) -> list[str]:
        """Who wrote it: at most ten names, without titles, "By", and the name of the house."""
        told = [name for one in self._people("author", "creator") for name in byline.names_in(one)]
        metas = [
            [name for value in self.metas.get(key, ()) for name in byline.names_in(value)] for key in _AUTHOR_NAMES
        ]
        found = byline.authors([told, *metas], self.root, self._houses())
        return list(dict.fromkeys(found))[: byline.MOST]

    def _people(self, *names: str) -> list[str]:
        """The names of the people that the page's own data give under a key, whatever form they have."""
        for key in names:
            found = []
            for one in _list(self.ld.get(key)):
                one = self._resolved(one)
                found += [_str(name) for name in (_list(one.get("name")) if isinstance(one, dict) else [one])]
            if any(found):
                return [name for name in found if name]
        return []

    def _resolved(self, value: Any) -> Any:
        """What a mere reference (`@id`) points to, where it is on the page."""
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            return next((one for one in self._things if one.get("@id") == value["@id"] and "name" in one), value)
        return value

    def _houses(self) -> set[str]:
        parsed = urls.parse(self.base)
        host = parsed.host.removeprefix("www.") if parsed else ""
        publisher = self._resolved(self.ld.get("publisher"))
        named = [
            self.site_name(),
            _str(publisher.get("name")) if isinstance(publisher, dict) else "",
            host,
            host.split(".")[0],
        ]
        return {normal(one) for one in named if one}

    def published(self) -> datetime | None:
        """When it appeared: the date for which most of what the page says, shows, and is called by speaks."""
        votes = self._told_dates()
        found = dating.agreed(votes)
        if found is None or found.weight < _CERTAIN:
            shown = [dating.from_elements(self.root, self.now), dating.from_text(self.root, self.now)]
            found = dating.agreed(votes + [one for one in shown if one is not None])
        if found is not None:
            return found.moment
        return self._when(self._said("article:modified_time", "og:updated_time", "last-modified", "dcterms.modified"))

    def _told_dates(self) -> list[dating.Vote]:
        """The dates that the page tells to machines, and that in its address."""
        told = [(self._when(self.ld.get("datePublished")), 3.0)]
        for names, weight in ((_DATE_NAMES, 3.0), (_VAGUE_DATE_NAMES, 2.0)):
            told.append((self._when(*(value for key in names for value in self.metas.get(key, ())[:1])), weight))
        told.append((self._when(self.ld.get("dateCreated"), self.ld.get("uploadDate")), 1.0))
        told.append((dating.from_address(self.base, self.now), 3.5))
        return [dating.Vote(moment, weight) for moment, weight in told if moment is not None]

    def updated(self) -> datetime | None:
        return self._when(
            self.ld.get("dateModified"),
            self._said("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified"),
        )

    def _when(self, *texts: Any) -> datetime | None:
        moments = (dating.believable(when(_str(text), self.now), self.now) for text in texts)
        return next((one for one in moments if one), None)

    def language(self) -> str | None:
        return (
            language(self.root.get("lang") or self.root.get("{http://www.w3.org/XML/1998/namespace}lang"))
            or language(self._said("og:locale", "content-language", "language"))
            or language(_str(self.ld.get("inLanguage")))
        )

    def picture(self) -> str | None:
        """The lead picture; a logo only where there is no other."""
        said = self._said("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
        addresses = [said, *(_str(one.get("url") or one.get("contentUrl")) for one in self._images())]
        addresses += [self._said("thumbnail", "parsely-image-url", "sailthru.image.full", "image")]
        addresses += [
            one.get("href") or "" for one in self.root.iter("link") if (one.get("rel") or "").lower() == "image_src"
        ]
        found = [address for one in addresses if one and (address := link(one, self.base))]
        return next((one for one in found if not _PLACEHOLDER.search(one)), found[0] if found else None)

    def _images(self) -> list[Json]:
        """The pictures in the page's own data, each as an object."""
        values = [self._resolved(one) for one in _list(self.ld.get("image"))]
        return [one if isinstance(one, dict) else {"url": one} for one in values if isinstance(one, dict | str)]

    def picture_credit(self) -> str:
        """Whose the lead picture is, as the page says to machines; "" where it does not."""
        for image in self._images()[:1]:
            for key in ("creditText", "copyrightHolder", "author", "creator", "copyrightNotice"):
                value = self._resolved(next(iter(_list(image.get(key))), None))
                name = value.get("name") if isinstance(value, dict) else value
                if credit := plain(_str(name))[:200]:
                    return credit
        return ""

    def picture_alternative(self) -> str:
        """What the page says is to be seen on its picture."""
        return plain(self._said("og:image:alt", "twitter:image:alt"))[:300]

    def description(self) -> str:
        said = self._said("og:description", "description", "twitter:description", "dc.description")
        return plain(said or _str(self.ld.get("description")))[:1000]

    def body(self) -> str:
        """The article's text as the page tells it to machines, "" for none."""
        return _str(self.ld.get("articleBody"))

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


def _metas(root: etree._Element) -> dict[str, list[str]]:
    """All meta elements by name, lower case, in their order."""
    found: dict[str, list[str]] = {}
    for one in root.iter("meta"):
        value = (one.get("content") or "").strip()
        if not value:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for name in (one.get(attribute) or "").lower().split():
                values = found.setdefault(name, [])
                if len(values) < byline.MOST:
                    values.append(value[:5000])
    return found


def _things(root: etree._Element) -> list[Json]:
    """All objects of the page's JSON-LD, in their order."""
    found: list[Json] = []
    for one in root.iter("script"):
        text = one.text or ""
        if "ld+json" not in (one.get("type") or "").lower() or len(text) > _MAX_LD:
            continue
        try:
            data = json.loads(_WRAPPING.sub("", text).strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        found.extend(_objects(data, 0))
        if len(found) > _MOST_THINGS:
            break
    return found


def _article_of(things: list[Json]) -> Json:
    """The object that is the page's article, else the one that is the page, else {}."""
    for kinds in (_ARTICLES, _PAGES):
        for one in things:
            own = {_str(kind).rpartition("/")[2].lower() for kind in _list(one.get("@type"))}
            if own & kinds and (one.get("headline") or one.get("datePublished") or one.get("articleBody")):
                return one
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
        yield from _objects(data.get("mainEntityOfPage"), depth + 1)


def _str(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value[:20] if isinstance(value, list) else [] if value is None else [value]

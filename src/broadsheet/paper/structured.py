"""What machines read about a page: schema.org objects as JSON that cannot close its own script element."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from broadsheet.articles.models import Article, Topic
from broadsheet.articles.showing import Shown
from broadsheet.paper.frame import Frame
from broadsheet.paper.plates import Plate

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def script(value: dict[str, Any]) -> SafeString:
    """A data block for the page's head. The JSON holds no character that HTML would read as its own."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def breadcrumbs(around: Frame, steps: list[tuple[str, str]]) -> dict[str, Any]:
    """A BreadcrumbList of (name, path) steps, the page itself last."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": around.absolute(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }


# What schema.org calls each kind of topic.
_TYPES = {"person": "Person", "place": "Place", "organisation": "Organization", "theme": "Thing"}


def article(
    around: Frame, row: Article, seen: Shown, picture: Plate | None, words: int, topics: Sequence[Topic] = ()
) -> dict[str, Any]:
    """A NewsArticle with both dates, who wrote it, who published it first and under which licence."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": seen.headline[:110],
        "url": around.absolute(seen.path),
        "mainEntityOfPage": around.absolute(seen.canonical),
        "datePublished": seen.published_at.isoformat(timespec="seconds"),
        "dateModified": (seen.updated_at or seen.published_at).isoformat(timespec="seconds"),
        "inLanguage": seen.language,
        "articleSection": row.shown_section.name,
        "author": _author(around, seen),
        "publisher": {"@type": "NewsMediaOrganization", "name": around.brand.name, "url": around.absolute("/")},
        "isAccessibleForFree": True,
    }
    if seen.standfirst:
        found["description"] = seen.standfirst
    if not seen.is_house:
        found["sourceOrganization"] = {"@type": "Organization", "name": seen.source_name, "url": row.source.homepage}
    if seen.origin_url:
        found["isBasedOn"] = seen.origin_url
    if seen.licence_url:
        found["license"] = seen.licence_url
    if words and seen.full:
        found["wordCount"] = words
    if topics:
        found["keywords"] = [topic.name for topic in topics]
        found["about"] = [
            {"@type": _TYPES.get(topic.kind, "Thing"), "name": topic.name, "url": around.absolute(topic.path)}
            for topic in topics
        ]
    if picture is not None:
        found["image"] = _image(around, picture)
    return found


def _image(around: Frame, picture: Plate) -> dict[str, Any]:
    """The widest JPEG, which every machine reads."""
    found = {
        "@type": "ImageObject",
        "url": around.absolute(picture.full.url),
        "width": picture.full.width,
        "height": picture.full.height,
    }
    said = {"caption": picture.alt or picture.caption, "creditText": picture.credit}
    return found | {name: words for name, words in said.items() if words}


def _author(around: Frame, seen: Shown) -> dict[str, str]:
    if seen.byline:
        return {"@type": "Person", "name": seen.byline}
    return {"@type": "Organization", "name": around.brand.name if seen.is_house else seen.source_name}

"""What pages call their parts: the class names and ids that speak for or against an element."""

from __future__ import annotations

import re

_AROUND = (
    # advertising
    "-ad-", "ad-break", "banner", "skyscraper", "sponsor",
    # ways about the site
    "breadcrumbs", "footer", "header", "legends", "menu", "pager", "pagination", "sidebar",
    # other people's words
    "combx", "comment", "community", "disqus", "remark", "replies", "shoutbox",
    # what is hung on
    "agegate", "ai2html", "cover-wrap", "extra", "gdpr", "popup", "related", "rss", "social", "supplemental",
    "yom-remote",
)  # fmt: skip
_PERHAPS = ("and", "article", "body", "column", "content", "main", "mathjax", "shadow")
_GOOD = ("article", "blog", "body", "content", "entry", "main", "page", "post", "story", "text")
_BAD = (
    "-ad-", "banner", "combx", "comment", "com-", "contact", "footer", "gdpr", "hidden", "masthead", "media", "meta",
    "outbrain", "promo", "related", "scroll", "share", "shopping", "shoutbox", "sidebar", "skyscraper", "sponsor",
    "tags", "widget",
)  # fmt: skip


def _any(words: tuple[str, ...], *more: str) -> re.Pattern[str]:
    return re.compile("|".join([*map(re.escape, words), *more]), re.IGNORECASE)


AROUND = _any(_AROUND)
PERHAPS = _any(_PERHAPS)
GOOD = _any(_GOOD)
BAD = _any(_BAD, r"(?:^| )hid(?: |$)")
BYLINE = re.compile(r"byline|author|dateline|writtenby", re.IGNORECASE)
SHARING = re.compile(r"(?:\b|_)share(?:daddy)?(?:\b|_)", re.IGNORECASE)
ROLES = frozenset(["alert", "alertdialog", "complementary", "dialog", "menu", "menubar", "navigation"])
"""Roles that no part of an article has."""


def weight(class_name: str | None, identifier: str | None) -> int:
    """Points for the names of an element: 25 for each good, minus 25 for each bad one."""
    points = 0
    for name in (class_name, identifier):
        if name:
            name = name[:500]
            points += 25 * bool(GOOD.search(name)) - 25 * bool(BAD.search(name))
    return points

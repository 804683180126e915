"""Where on a page an element stands: near its headline, or among what has nothing to do with the article."""

from __future__ import annotations

import re
from itertools import islice

from broadsheet.copydesk.extraction.trees import Node, names_of

_AWAY = re.compile(
    r"comment|respond|\breplies|\bfooter(?:\b|_)|(?:site|page)-?footer|sidebar|\baside|related|recommend"
    r"|\bteasers?\b|teaser-?(?:list|box|item|col)"
    r"|most-?read|trending|popular|widget|\bnav|menu"
    r"|breadcrumb|newsletter|disqus|tweet|similar|\bmore-|next-?(?:post|article)|prev(?:ious)?-?(?:post|article)"
    r"|search|cookie|\brail\b",
    re.IGNORECASE,
)
# A box beside the text that is about it, not about another.
_ABOUT_IT = re.compile(r"\bmeta\b|by-?line|author|\binfo\b", re.IGNORECASE)
_SEEN_ONLY_BY_MACHINES = re.compile(r"screen-?reader|sr-only|visually-?hidden|element-invisible", re.IGNORECASE)
_AWAY_TAGS = frozenset(["nav", "footer", "aside", "form", "dialog", "menu"])
_FAR = 8


def is_away(node: Node) -> bool:
    """Whether an element stands in a part of the page that is not the article's."""
    for one in (node, *islice(node.iterancestors(), _FAR)):
        if one.tag == "aside" and _ABOUT_IT.search(names_of(one)):
            continue
        if one.tag in _AWAY_TAGS or (one.tag == "a" and one is not node):
            return True  # whole boxes that are links lead to other articles
        if one.tag in ("body", "html", "main"):
            return False
        called = names_of(one)
        # What holds the headline holds the article, whatever else its name says.
        if called and _AWAY.search(called) and one.tag != "article" and next(one.iter("h1"), None) is None:
            return True
    return False


def is_unseen(node: Node) -> bool:
    return any(_SEEN_ONLY_BY_MACHINES.search(names_of(one)) for one in (node, *islice(node.iterancestors(), 2)))


def is_in_article(node: Node) -> bool:
    return next(node.iterancestors("article", "main"), None) is not None

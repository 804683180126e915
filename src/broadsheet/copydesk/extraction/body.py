"""The article of a page, step by step: strict first, and less so where too little is left."""

from __future__ import annotations

from copy import deepcopy

from broadsheet.copydesk.extraction.choosing import Scores
from broadsheet.copydesk.extraction.closing import close
from broadsheet.copydesk.extraction.lede import with_lede
from broadsheet.copydesk.extraction.preparing import Strictness, prepare, quieten
from broadsheet.copydesk.extraction.trees import Node, text_of
from broadsheet.copydesk.extraction.trimming import trim

_ENOUGH = 500
_TRIES = (
    Strictness(),
    Strictness(strip=False),
    Strictness(strip=False, weigh=False),
    Strictness(strip=False, weigh=False, trim=False),
)


def article_of(root: Node, title: str, description: str = "") -> Node:
    """A division with the article of a page; the tree is spent afterwards.

    Where a strict reading leaves fewer than 500 characters a laxer one is tried; of all that are
    short the longest counts.
    """
    quieten(root)
    best: Node | None = None
    longest = -1
    for how in _TRIES:
        found = _found(deepcopy(root), title, how)
        length = len(text_of(found))
        if length > longest:
            best, longest = found, length
        if length >= _ENOUGH:
            break
    assert best is not None
    close(best)
    with_lede(best, root, title, description)
    return best


def _found(root: Node, title: str, how: Strictness) -> Node:
    body = root.find("body")
    body = root if body is None else body
    scores = Scores(prepare(body, title, how), weigh=how.weigh)
    top = scores.best()
    if top is None:
        body.tag = "div"
        article = body
    else:
        article = scores.with_siblings(top)
    trim(article, weigh=how.weigh, by_shape=how.trim)
    return article

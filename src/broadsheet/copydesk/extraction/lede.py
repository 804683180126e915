"""The sentence or two between headline and text, which many pages keep apart from the article's body."""

from __future__ import annotations

import re
from copy import deepcopy

from broadsheet.copydesk.extraction import names
from broadsheet.copydesk.extraction.choosing import link_density
from broadsheet.copydesk.extraction.lines import is_line
from broadsheet.copydesk.extraction.trees import HEADINGS, Node, names_of, text_of

_NAMES = re.compile(
    r"\b(?:leads?|lede|intro|standfirst|dek|deck|chapo|chapeau|bajada|entradilla|copete|vorspann|strapline"
    r"|kicker-text|ingress"
    r"|sub-?(?:title|head(?:line|ing)?)|sumario|sommario|abstract|excerpt|document-?description)(?:\b|_)"
    r"|(?:article|post|entry|story|ts|news|page)[-_]{1,2}(?:lead|lede|intro|teaser|summary|excerpt|dek"
    r"|standfirst|subtitle)\b"
    r"|teaser--|__(?:lead|intro|teaser|summary|standfirst|dek)\b",
    re.IGNORECASE,
)
_TAGS = ("p", "div", "h1", "h2", "h3", "h4", "span", "strong", "b", "figcaption", "section")
_SHORTEST = 40
_LONGEST = 900
_SAME = 60
_WORD = re.compile(r"\w+")


def with_lede(article: Node, page: Node, title: str, description: str) -> None:
    """Put the lede before an article that lacks it.

    It stands on the page before the article's text, and either its name says what it is and the
    headline stands before it, or it says what the page gives as its own description.
    """
    have = text_of(article)
    lede = _lede(page, have, _folded(title), _folded(description)) if have else None
    if lede is not None:
        lede = deepcopy(lede)
        lede.tail = None
        lede.tag = "p"
        article.insert(0, lede)


def _lede(page: Node, have: str, title: str, description: str) -> Node | None:
    headed = False
    for node in page.iter(*_TAGS):
        if not is_line(node):
            continue
        text = text_of(node)
        if len(text) < _SHORTEST and not (node.tag in HEADINGS and text):
            continue
        folded = _folded(text)
        if node.tag in HEADINGS and title and (folded == title or (len(folded) > 12 and folded in title)):
            headed = True
            continue
        if not _SHORTEST <= len(text) <= _LONGEST:
            if len(text) > _LONGEST and text[:_SAME] in have:
                return None
            continue
        if text[:_SAME] in have:
            return None  # here the article begins
        if _is_lede(node, folded, headed=headed, description=description):
            return node
    return None


def _is_lede(node: Node, folded: str, *, headed: bool, description: str) -> bool:
    said = len(folded) >= _SHORTEST and (
        folded[:_SAME] == description[:_SAME] or (len(description) >= _SHORTEST and folded.startswith(description))
    )
    named = headed and any(_NAMES.search(names_of(one)) for one in (node, *list(node.iterancestors())[:2]))
    if not (said or named) or link_density(node) > 0.3:
        return False
    return not any(
        one.tag in ("nav", "footer", "aside") or names.BYLINE.search(names_of(one))
        for one in (node, *node.iterancestors())
    )


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))

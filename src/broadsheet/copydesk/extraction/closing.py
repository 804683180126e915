"""What stands in an article without being part of it, by what it is called and what it says.

The choice and the trimming go by shape; a box with an author's life, three lines on a newsletter
or a row of further headlines has the shape of text. Only pieces that are small beside the whole
are ever taken, so a wrong guess costs a line and not an article.
"""

from __future__ import annotations

import re

from broadsheet.copydesk.extraction import phrases
from broadsheet.copydesk.extraction.choosing import link_density
from broadsheet.copydesk.extraction.lines import TAGS, is_line
from broadsheet.copydesk.extraction.trees import HEADINGS, Node, drop, inside, names_of, text_of

_BOX = re.compile(
    r"author[-_ ]{0,2}(?:box|bio|desc|info|card|about|profile|avatar|details|teaser)|(?:about|article|entry"
    r"|post)[-_]{1,2}(?:the[-_])?authors?\b"
    r"|autor(?:en|in)?[-_]?(?:box|info|profil|teaser)|\b(?:sab(?:ox|plugin)|saboxplugin)|\babh_|\bbio[-_]?box"
    r"|post-signature"
    r"|newsletter|subscri(?:be|ption)[-_]?(?:box|form|widget|banner|cta)?\b|sign-?up(?!\w)|\bcta[-_]?(?:box)?\b"
    r"|related|recommend|\brec-posts|see-?also|similar-|you-may|most-?(?:read|popular)|trending"
    r"|\bpopular-(?:posts|articles)"
    r"|(?:next|prev(?:ious)?|more)[-_]?(?:post|story|stories|article|news|articles|posts)\b|further-reading"
    r"|weiterf(?:ue|ü)hrend"
    r"|teaser-?(?:collection|list|box|item)|item-list teaser|\blnkrel|\blinkbox|mehr-?zum-?thema"
    r"|lesen-?sie-?auch|read-?(?:more|also|next)\b"
    r"|\brating|\brate-|\bvoting|\bvote[-_]|cookie|consent|borlabs|content-blocker|gdpr"
    r"|(?:article|post|entry|content)[-_]{1,2}(?:meta|info|date|tools|actions|tags|categories|navigation"
    r"|footer)\b|byline|reading-?time|lesezeit"
    r"|published-date|user-info|paid-?box|pay-?wall|piano|\badvert|\bads?[-_](?:slot|box|container|wrapper"
    r"|label)|anzeige|werbung|\bpromo"
    r"|sharing|\bshare|social|\btag-?(?:s|list|cloud)\b|\bcopyright|disclaimer|\bprint-?(?:only|link|button)"
    r"|screen-?reader|sr-only|visually-?hidden"
    r"|\bmeks_|jp-relatedposts|\bnoprint\b|\bcomments?(?:-|_|\b)|\bskip-?(?:link|to)|toolbar|breadcrumb",
    re.IGNORECASE,
)
_LARGEST_BOX = 0.3
_LONGEST_BOX = 2_000
_ALL_BOXES = 0.5
_LAST_LINES = 0.2
_LONGEST_LINE = 300
_LONGEST_CREDIT = 100
# From here on, as a share of the text, a heading may begin what comes after an article.
_END_BEGINS = 0.35


def close(article: Node) -> None:
    """Take out boxes, lines and last sections that are the house's and not the article's."""
    whole = len(text_of(article))
    if not whole:
        return
    _take_boxes(article, whole)
    _take_lines(article)
    _take_last_sections(article)
    _take_last_lines(article)


def _take_boxes(article: Node, whole: int) -> None:
    limit = min(_LONGEST_BOX, _LARGEST_BOX * whole)
    boxes: dict[Node, int] = {}
    for node in article.iterdescendants():
        called = names_of(node)
        if len(called) < 3 or node.tag in ("body", "article", "main") or not _BOX.search(called):
            continue
        length = len(text_of(node))
        if length <= limit and not inside(node, "table") and not any(one in boxes for one in node.iterancestors()):
            boxes[node] = length
    # Where most of the text is in such boxes the page only calls its parts so: a live blog its
    # entries "comments", a list of cards its items "teasers".
    if sum(boxes.values()) <= _ALL_BOXES * whole:
        for node in boxes:
            drop(node)


def _take_lines(article: Node) -> None:
    for node in list(article.iterdescendants(*TAGS)):
        if node.getparent() is not None and is_line(node):
            text = text_of(node)
            if text and len(text) <= _LONGEST_LINE and _is_the_houses(node, text):
                drop(node)


def _is_the_houses(node: Node, text: str) -> bool:
    if len(text) <= _LONGEST_CREDIT:
        if phrases.ADVERT.fullmatch(text) or phrases.CLOCK.match(text):
            return True
        if phrases.CREDIT.match(text):
            return not inside(node, "td")
    if phrases.RIGHTS.search(text) or phrases.CALL.search(text):
        return True
    return bool(phrases.ASIDE.match(text)) and (len(text) < 40 or link_density(node, len(text)) > 0.3)


def _take_last_sections(article: Node) -> None:
    """From a heading like "Related" on, what is short or full of links, up to the next heading."""
    whole = len(text_of(article))
    passed = 0
    for node in list(article.iterdescendants(*TAGS)):
        if node.getparent() is None or not is_line(node):
            continue
        text = text_of(node)
        late = passed >= _END_BEGINS * whole and (node.tag in HEADINGS or node.tag in ("p", "div"))
        if late and len(text) <= 80 and phrases.LAST_HEADINGS.fullmatch(text):
            _take_section(node, article)
        passed += len(text)


def _take_section(heading: Node, article: Node) -> None:
    top = heading
    # A heading in a box of its own speaks for what comes after the box.
    while (parent := top.getparent()) is not None and parent is not article and text_of(parent) == text_of(heading):
        top = parent
    node = top.getnext()
    while node is not None and not (node.tag in HEADINGS and heading.tag in HEADINGS and node.tag <= heading.tag):
        text = text_of(node)
        if len(text) > _LONGEST_LINE and link_density(node, len(text)) < 0.3:
            break
        following = node.getnext()
        drop(node)
        node = following
    drop(top)


def _take_last_lines(article: Node) -> None:
    """Headings that nothing follows, and links that stand alone, from the end on."""
    left = _LAST_LINES * len(text_of(article))
    for node in reversed(list(article.iterdescendants(*TAGS))):
        text = text_of(node) if is_line(node) else ""
        if not text:
            continue
        left -= len(text)
        if left < 0:
            break
        if node.tag not in HEADINGS and (len(text) > 120 or link_density(node, len(text)) <= 0.9):
            break
        drop(node)

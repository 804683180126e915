"""Making a page's tree ready: what is not seen goes, what only looks like a paragraph becomes one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from broadsheet.copydesk.extraction import names
from broadsheet.copydesk.extraction.trees import (
    HEADINGS,
    Node,
    behind,
    drop,
    has_words,
    inside,
    is_phrasing,
    names_of,
    text_of,
)  # fmt: skip

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_JUDGED = frozenset(["section", "h2", "h3", "h4", "h5", "h6", "p", "td", "pre"])
_EMPTY = frozenset(["div", "section", "header", *HEADINGS])
_BLOCKS = ("blockquote", "dl", "div", "img", "ol", "p", "pre", "table", "ul")
_WORD = re.compile(r"\w+")
_LONGEST_BYLINE = 100


@dataclass(frozen=True, slots=True)
class Strictness:
    """How much is taken for furniture: by name before the choice, by name in it, by shape after it."""

    strip: bool = True
    weigh: bool = True
    trim: bool = True


def quieten(root: Node) -> None:
    """Take out what is never read: scripts, styles, and `noscript`, whose picture is kept."""
    for fallback in list(root.iter("noscript")):
        images = list(fallback.iter("img"))
        if len(images) == 1 and not text_of(fallback):
            image = images[0]
            image.tail = None
            before = fallback.getprevious()
            if before is not None and before.tag == "img":
                # A picture that waits for its script, and here it is without one.
                image.tail = before.tail
                parent = before.getparent()
                assert parent is not None
                parent.replace(before, image)
            else:
                fallback.addprevious(image)
        drop(fallback)
    for node in list(root.iter("script", "style", "template", "link", "meta")):
        drop(node)
    _make_paragraphs(root)


def _make_paragraphs(root: Node) -> None:
    """Text after two or more `br` in a row becomes a paragraph."""
    for first in list(root.iter("br")):
        if first.getparent() is None:
            continue
        last = first
        while not has_words(last.tail) and (following := last.getnext()) is not None and following.tag == "br":
            if last is not first:
                drop(last)
            last = following
        if last is not first:
            _paragraph_behind(first, last)


def _paragraph_behind(first: Node, last: Node) -> None:
    parent = first.getparent()
    assert parent is not None
    paragraph = etree.Element("p")
    paragraph.text, last.tail, first.tail = last.tail, None, None
    parent.remove(last)
    following = first.getnext()
    while following is not None and is_phrasing(following) and not _starts_gap(following):
        after = following.getnext()
        paragraph.append(following)
        following = after
    parent.replace(first, paragraph)
    if parent.tag == "p":
        parent.tag = "div"


def _starts_gap(node: Node) -> bool:
    following = node.getnext()
    return node.tag == "br" and not has_words(node.tail) and following is not None and following.tag == "br"


def prepare(body: Node, title: str, how: Strictness) -> list[Node]:
    """Take the furniture out of a page's body; gives the elements whose text is worth points."""
    cleared = _Clearing(body, title, how)
    judged: list[Node] = []
    node: Node | None = body
    while node is not None:
        if node is not body and cleared.is_furniture(node):
            following = behind(node, body)
            drop(node)
            node = following
            continue
        if node.tag == "div":
            node = _as_paragraph(node) if node is not body else node
            if node.tag == "p":
                judged.append(node)
        elif node.tag in _JUDGED:
            judged.append(node)
        node = node[0] if len(node) else behind(node, body)
    return judged


class _Clearing:
    """Which elements go: a headline and a byline only once."""

    def __init__(self, body: Node, title: str, how: Strictness) -> None:
        self.how = how
        self.title = set(_WORD.findall(title.lower()))
        self.byline_seen = False

    def is_furniture(self, node: Node) -> bool:
        tag, called = node.tag, names_of(node)
        if not isinstance(tag, str):
            return True
        if _unseen(node, called):
            return True
        if not self.byline_seen and self._is_byline(node, called):
            self.byline_seen = True
            return True
        if self.title and tag in ("h1", "h2") and self._repeats_title(node):
            self.title = set()
            return True
        if self.how.strip and (_is_around(node, called) or node.get("role") in names.ROLES):
            return True
        return tag in _EMPTY and _is_empty(node)

    def _is_byline(self, node: Node, called: str) -> bool:
        says = node.get("rel") == "author" or "author" in (node.get("itemprop") or "") or names.BYLINE.search(called)
        return bool(says) and 0 < len(text_of(node)) < _LONGEST_BYLINE

    def _repeats_title(self, heading: Node) -> bool:
        words = _WORD.findall(text_of(heading).lower())
        new = sum(len(word) + 1 for word in words if word not in self.title)
        return bool(words) and new < 0.25 * sum(len(word) + 1 for word in words)


def _unseen(node: Node, called: str) -> bool:
    style = node.get("style")
    if style and _HIDDEN.search(style[:1000]):
        return True
    if node.get("hidden") is not None or (node.get("aria-modal") == "true" and node.get("role") == "dialog"):
        return True
    return node.get("aria-hidden") == "true" and "fallback-image" not in called and node.tag != "math"


def _is_around(node: Node, called: str) -> bool:
    if len(called) < 2 or node.tag in ("body", "a") or not names.AROUND.search(called):
        return False
    return not names.PERHAPS.search(called) and not inside(node, "table", "code")


def _is_empty(node: Node) -> bool:
    return not has_words(node.text) and all(one.tag in ("br", "hr") for one in node) and not text_of(node)


def _as_paragraph(div: Node) -> Node:
    """A division that holds one line of text as a paragraph, any other with its loose text in paragraphs."""
    if any(not is_phrasing(one) for one in div):
        _wrap_loose_text(div)
    only = div[0] if len(div) == 1 else None
    parent = div.getparent()
    if only is not None and only.tag == "p" and not has_words(div.text) and not has_words(only.tail):
        if parent is not None and _mostly_no_links(only):
            only.tail = div.tail
            for name in ("class", "id"):
                if (value := div.get(name)) and not only.get(name):
                    only.set(name, value)
            parent.replace(div, only)
            return only
    elif next(div.iterdescendants(*_BLOCKS), None) is None:
        div.tag = "p"
    return div


def _mostly_no_links(node: Node) -> bool:
    return sum(len(text_of(link)) for link in node.iter("a")) <= 0.25 * len(text_of(node))


def _wrap_loose_text(div: Node) -> None:
    paragraph: Node | None = None
    children = list(div)
    if has_words(div.text):
        paragraph = etree.Element("p")
        paragraph.text = div.text
        div.insert(0, paragraph)
    div.text = None
    for child in children:
        if is_phrasing(child):
            if paragraph is None and (has_words(child.tail) or _shows_something(child)):
                paragraph = etree.Element("p")
                child.addprevious(paragraph)
            if paragraph is not None:
                paragraph.append(child)
            continue
        paragraph = None
        tail, child.tail = child.tail, None
        if has_words(tail):
            paragraph = etree.Element("p")
            paragraph.text = tail
            child.addnext(paragraph)


def _shows_something(node: Node) -> bool:
    return node.tag != "br" and (next(node.iter("img"), None) is not None or bool(text_of(node)))

"""Small moves on trees of markup that all steps of the extraction share."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

Node: TypeAlias = etree._Element

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
PICTURES = frozenset(["img", "picture", "figure"])
LISTS = frozenset(["ul", "ol"])
EMBEDS = frozenset(["object", "embed", "iframe"])
_PHRASING = frozenset(
    [
        "abbr", "audio", "b", "bdi", "bdo", "big", "br", "button", "cite", "code", "data", "datalist", "dfn", "em",
        "embed", "font", "i", "img", "input", "kbd", "label", "mark", "math", "meter", "nobr", "noscript", "object",
        "output", "picture", "progress", "q", "ruby", "s", "samp", "script", "select", "small", "source", "span",
        "strike", "strong", "sub", "sup", "textarea", "time", "tt", "u", "var", "wbr",
    ]
)  # fmt: skip
_EITHER = frozenset(["a", "del", "ins"])

_squeezed = etree.XPath("normalize-space()", smart_strings=False)


def text_of(node: Node) -> str:
    """All text in an element, runs of white space as one space."""
    return str(_squeezed(node))


def names_of(node: Node) -> str:
    """What the page calls an element: its classes and its id."""
    return f"{node.get('class') or ''} {node.get('id') or ''}".strip()[:500]


def has_words(text: str | None) -> bool:
    return bool(text and not text.isspace())


def drop(node: Node) -> None:
    """Take an element out with all that is in it; the text behind it stays."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def is_phrasing(node: Node) -> bool:
    """Whether an element stands in a line of text, as far as its name and what is in it say."""
    return node.tag in _PHRASING or (node.tag in _EITHER and all(is_phrasing(one) for one in node))


def inside(node: Node, *tags: str) -> bool:
    return next(node.iterancestors(*tags), None) is not None


def behind(node: Node, top: Node) -> Node | None:
    """The next element in the order of the page that is not in `node`; None behind the end of `top`."""
    here: Node | None = node
    while here is not None and here is not top:
        following = here.getnext()
        if following is not None:
            return following
        here = here.getparent()
    return None

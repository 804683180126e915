"""Lines: the elements of a page that hold text and no further block."""

from __future__ import annotations

from broadsheet.copydesk.extraction.trees import Node

TAGS = ("p", "li", "div", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "dt", "dd", "td", "th", "address", "center")

_BLOCKS = (*TAGS, "ul", "ol", "dl", "table", "blockquote", "figure", "section", "article", "pre", "header", "main")


def is_line(node: Node) -> bool:
    # The first block found ends the search: pages nest deeply.
    return not len(node) or next(node.iterdescendants(*_BLOCKS), None) is None

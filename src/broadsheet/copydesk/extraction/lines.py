"""Lines: the elements of a page that hold text and no further block."""

from __future__ import annotations

from lxml import etree

from broadsheet.copydesk.extraction.trees import Node

TAGS = ("p", "li", "div", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "dt", "dd", "td", "th", "address", "center")

_holds_block = etree.XPath(
    "boolean(.//p|.//div|.//li|.//h1|.//h2|.//h3|.//h4|.//h5|.//h6|.//figcaption|.//dt|.//dd|.//td|.//th|.//address"
    "|.//center|.//ul|.//ol|.//dl|.//table|.//blockquote|.//figure|.//section|.//article|.//pre|.//header|.//main)"
)


def is_line(node: Node) -> bool:
    return not len(node) or not _holds_block(node)

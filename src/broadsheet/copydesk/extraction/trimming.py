"""Taking out of a chosen article what stands in it and does not belong to it, by shape and by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from broadsheet.copydesk.extraction import names
from broadsheet.copydesk.extraction.choosing import commas, link_density
from broadsheet.copydesk.extraction.trees import EMBEDS, HEADINGS, LISTS, Node, drop, names_of, text_of

_NEVER = ("object", "embed", "footer", "link", "aside", "iframe", "input", "textarea", "select", "button")
_SHARING_BOX = 500
_TEXT_HOLDERS = frozenset(["blockquote", "dl", "div", "img", "ol", "p", "pre", "table", "ul", "span", "li", "td"])
_STRUCTURE = ("col", "colgroup", "tfoot", "thead", "th")
_NUMBER = re.compile(r"[0-9]{1,3}")


def trim(article: Node, *, weigh: bool, by_shape: bool) -> None:
    """Take out forms, boxes, lists of links and the like; with `by_shape` also what only looks so."""
    tables = {table for table in article.iter("table") if is_data(table)}
    if by_shape:
        _by_shape(article, "form", tables, weigh)
        _by_shape(article, "fieldset", tables, weigh)
    for node in list(article.iter(*_NEVER)):
        drop(node)
    for part in list(article):
        for node in list(part.iterdescendants()):
            if names.SHARING.search(names_of(node)) and len(text_of(node)) < _SHARING_BOX:
                drop(node)
    if weigh:
        for heading in list(article.iter("h1", "h2")):
            if names.weight(heading.get("class"), heading.get("id")) < 0:
                drop(heading)
    if by_shape:
        for tag in ("table", "ul", "div"):
            _by_shape(article, tag, tables, weigh)
    for paragraph in list(article.iter("p")):
        if not text_of(paragraph) and next(paragraph.iter("img"), None) is None:
            drop(paragraph)


def is_data(table: Node) -> bool:
    """Whether a table holds a table, and not the layout of a page."""
    if table.get("role") == "presentation" or table.get("datatable") == "0":
        return False
    caption = table.find("caption")
    if table.get("summary") or (caption is not None and text_of(caption)):
        return True
    if next(table.iter(*_STRUCTURE), None) is not None:
        return True
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = columns = 0
    for row in table.iter("tr"):
        rows += _span(row.get("rowspan"))
        columns = max(columns, sum(_span(cell.get("colspan")) for cell in row.iterchildren("td", "th")))
    if rows <= 1 or columns <= 1:
        return False
    return rows >= 10 or columns > 4 or rows * columns > 10


def _span(text: str | None) -> int:
    return int(text) if text and _NUMBER.fullmatch(text) else 1


def _by_shape(article: Node, tag: str, tables: set[Node], weigh: bool) -> None:
    for node in reversed(list(article.iter(tag))):
        if node is article or node in tables:
            continue
        ancestors = list(node.iterancestors())
        if any(one in tables or one.tag == "code" for one in ancestors):
            continue
        if tables and any(table in tables for table in node.iter("table")):
            continue
        points = names.weight(node.get("class"), node.get("id")) if weigh else 0
        if points < 0 or _Shape(node).is_furniture(points, in_figure=any(one.tag == "figure" for one in ancestors)):
            drop(node)


@dataclass(slots=True)
class _Counts:
    paragraphs: int = 0
    pictures: int = 0
    items: int = 0
    inputs: int = 0
    embeds: int = 0
    in_headings: int = 0
    in_lists: int = 0
    holds_text: bool = False


class _Shape:
    """What an element is made of, and whether that is how an article is made."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.text = text_of(node)

    def is_furniture(self, points: int, *, in_figure: bool) -> bool:
        if commas(self.text) >= 10:
            return False
        counts = self._counted()
        listing = self.node.tag in LISTS or counts.in_lists > 0.9 * len(self.text) > 0
        bad = self._looks_bad(counts, points, in_figure=in_figure, listing=listing)
        if bad and listing and all(len(one) <= 1 for one in self.node):
            return counts.items != counts.pictures  # a plain list of pictures may stay
        return bad

    def _looks_bad(self, counts: _Counts, points: int, *, in_figure: bool, listing: bool) -> bool:
        length = len(self.text)
        links = link_density(self.node, length)
        if not in_figure:
            if counts.pictures > 1 and counts.paragraphs < 0.5 * counts.pictures:
                return True
            if counts.pictures == 0 and not counts.holds_text:
                return True
        if counts.inputs > counts.paragraphs // 3 or counts.embeds > 1 or (counts.embeds == 1 and length < 75):
            return True
        if not listing:
            if counts.items - 100 > counts.paragraphs or (points < 25 and links > 0.2):
                return True
            headed = counts.in_headings >= 0.9 * length > 0
            if not in_figure and not headed and length < 25 and counts.pictures not in (1, 2) and links > 0:
                return True
        return points >= 25 and links > 0.5

    def _counted(self) -> _Counts:
        counts = _Counts()
        for one in self.node.iterdescendants():
            tag = one.tag
            if tag == "p":
                counts.paragraphs += 1
            elif tag == "img":
                counts.pictures += 1
            elif tag == "li":
                counts.items += 1
            elif tag == "input":
                counts.inputs += 1
            elif tag in EMBEDS:
                counts.embeds += 1
            elif tag in HEADINGS:
                counts.in_headings += len(text_of(one))
            elif tag in LISTS:
                counts.in_lists += len(text_of(one))
            if not counts.holds_text and tag in _TEXT_HOLDERS and text_of(one):
                counts.holds_text = True
        return counts

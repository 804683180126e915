"""Tables of clean markup: data tables as rows of cells; layout tables are not tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from broadsheet.copydesk.markup import Element

_SECTIONS = frozenset({"thead", "tbody"})
_MAX_SPAN = 1000  # what HTML itself caps a colspan at


def read_table(element: Element, inside: Callable[[Element], str]) -> dict[str, Any] | None:
    """The table's value without its marks, or None where it only lays things out: one column,
    or tables within tables. `inside` gives the markup of what is in a cell."""
    if any(one.tag == "table" for one in element.walk() if one is not element):
        return None
    captions = [child for one in element.elements() if one.tag == "caption" for child in one.children]
    caption = inside(Element("", {}, captions))
    head: list[list[dict[str, Any]]] = []
    rows: list[list[dict[str, Any]]] = []
    for in_head, row in _rows(element):
        cells = [_cell(cell, inside) for cell in row.elements() if cell.tag in ("td", "th")]
        if any(cell["html"] for cell in cells):
            (head if in_head and not rows else rows).append(cells)
    if max((len(row) for row in head + rows), default=0) < 2 and not caption:
        return None
    if not head and len(rows) > 1 and all(cell["header"] for cell in rows[0]):
        head.append(rows.pop(0))
    return {"caption": caption, "head": head, "rows": rows}


def _rows(table: Element) -> list[tuple[bool, Element]]:
    rows = []
    for child in table.elements():
        if child.tag == "tr":
            rows.append((False, child))
        elif child.tag in _SECTIONS:
            rows.extend((child.tag == "thead", row) for row in child.elements() if row.tag == "tr")
    return rows


def _cell(cell: Element, inside: Callable[[Element], str]) -> dict[str, Any]:
    return {
        "html": inside(cell),
        "header": cell.tag == "th",
        "colspan": _span(cell.get("colspan")),
        "rowspan": _span(cell.get("rowspan")),
    }


def _span(text: str) -> int:
    return min(max(int(text), 1), _MAX_SPAN) if text.isdigit() and text.isascii() else 1

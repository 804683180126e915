"""Language and direction that outside markup sets on a wrapper, handed down to what is inside.

The cleaner unwraps `<div dir="rtl">`; without this the text in it would lose its direction.
"""

from __future__ import annotations

import re

from broadsheet.copydesk.blockreader import BLOCKS, marks_of
from broadsheet.copydesk.markup import Element, read, write

WRAPPERS = frozenset({"div", "section", "article", "main", "center"})

_SET = re.compile(r"<(?:div|section|article|main|center)\b[^<>]*\s(?:dir|lang)\s*=", re.IGNORECASE)


def sets_marks(html: str) -> bool:
    """Whether some wrapper in the markup sets a language or direction."""
    return bool(_SET.search(html))


def handed_down(html: str) -> str:
    """Clean markup that still has its wrappers, without them, their marks on the blocks inside."""
    root = Element("")
    for child in read(html).children:
        root.children.extend(_unwrapped(child, {}))
    return write(root)


def _unwrapped(child: Element | str, marks: dict[str, str]) -> list[Element | str]:
    if isinstance(child, str):
        return [child]
    if child.tag in WRAPPERS:
        return _of_wrapper(child, marks | marks_of(child))
    if child.tag in BLOCKS and child.tag not in ("img", "hr"):
        child.attributes = marks | child.attributes
        marks = {}  # what is inside inherits from here
    child.children = [one for inner in child.children for one in _unwrapped(inner, marks)]
    return [child]


def _of_wrapper(wrapper: Element, marks: dict[str, str]) -> list[Element | str]:
    """The children of a wrapper; text that stands in it bare becomes a paragraph with its marks."""
    found: list[Element | str] = []
    line: list[Element | str] = []
    for child in wrapper.children:
        if isinstance(child, Element) and (child.tag in WRAPPERS or _holds_block(child)):
            found += _paragraph(line, marks)
            line = []
            found += _unwrapped(child, marks)
        else:
            line.append(child)
    return found + _paragraph(line, marks)


def _holds_block(element: Element) -> bool:
    return any(one.tag in BLOCKS or one.tag in WRAPPERS for one in element.walk())


def _paragraph(line: list[Element | str], marks: dict[str, str]) -> list[Element | str]:
    if not marks or not any(isinstance(one, Element) or one.strip() for one in line):
        return line
    return [Element("p", dict(marks), line)]

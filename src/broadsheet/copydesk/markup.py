"""A small exact reader for our own clean markup.

What `sanitise.clean` returns is balanced, every attribute is double-quoted, and only void elements
stand alone. A parser made for the whole web would guess where there is nothing to guess (and
libxml2 guesses by the rules of HTML 4), so this one just reads what is there. Text stays escaped:
what goes in comes out byte for byte. On foreign markup it stays safe: unknown closing tags are
ignored, open ones are closed at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape as _escape
from html import unescape

VOID = frozenset({"br", "hr", "img"})

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^<>\"]|\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r"([a-z][a-z-]*)(?:=\"([^\"]*)\")?")
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class Element:
    """An element of clean markup. Attribute values are plain text; text children stay escaped."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def elements(self) -> Iterator[Element]:
        """The elements among the children."""
        return (child for child in self.children if isinstance(child, Element))

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in order of the text."""
        todo = [self]
        while todo:
            element = todo.pop()
            yield element
            todo.extend(reversed(list(element.elements())))


def read(html: str) -> Element:
    """The tree of a piece of clean markup, under a nameless root."""
    root = Element("")
    stack = [root]
    place = 0
    for match in _TOKEN.finditer(html):
        if match.start() > place:
            stack[-1].children.append(html[place : match.start()])
        place = match.end()
        closing, tag, rest = match.groups()
        if closing:
            _close(stack, tag)
            continue
        element = Element(tag, _attributes(rest) if rest else {})
        stack[-1].children.append(element)
        if tag not in VOID:
            stack.append(element)
    if place < len(html):
        stack[-1].children.append(html[place:])
    return root


def _close(stack: list[Element], tag: str) -> None:
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].tag == tag:
            del stack[depth:]
            return


def _attributes(rest: str) -> dict[str, str]:
    return {name: unescape(value or "") for name, value in _ATTRIBUTE.findall(rest)}


def opening(element: Element) -> str:
    """The opening tag."""
    attributes = "".join(f' {name}="{escape_attribute(value)}"' for name, value in element.attributes.items())
    return f"<{element.tag}{attributes}>"


def write(element: Element) -> str:
    """The markup of an element and all in it; of a nameless root, that of its children."""
    inner = "".join(child if isinstance(child, str) else write(child) for child in element.children)
    if not element.tag:
        return inner
    if element.tag in VOID:
        return opening(element)
    return f"{opening(element)}{inner}</{element.tag}>"


def text_of(element: Element) -> str:
    """All text below an element, unescaped, spaces as they are."""
    return unescape(_raw_text(element))


def _raw_text(element: Element) -> str:
    return "".join(
        child if isinstance(child, str) else "\n" if child.tag == "br" else _raw_text(child)
        for child in element.children
    )


def escape_text(text: str) -> str:
    """Plain text as markup, in the one spelling that the cleaner uses."""
    return _escape(text, quote=False).replace("\xa0", "&nbsp;")


def escape_attribute(text: str) -> str:
    """Plain text as the inside of a double-quoted attribute, in the cleaner's spelling."""
    return escape_text(text).replace('"', "&quot;")


def squeeze(text: str) -> str:
    """Runs of HTML white space as one space; a no-break space is none."""
    return _SPACE.sub(" ", text)

"""A cap on nesting, before any real parser sees outside markup.

nh3 0.3.8 takes quadratic time in the depth of nesting (50,000 `<div>` take ten seconds), and HTML
re-opens unclosed formatting in every following paragraph. Both come from tags alone, so this pass
drops tags and never text. Markup of ordinary depth goes through untouched.
"""

from __future__ import annotations

import re

MAX_DEPTH = 100
MAX_FORMATTING = 16

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)([^<>]*)>")
_VOID = frozenset([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
])  # fmt: skip
_FORMATTING = frozenset([
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
])  # fmt: skip
_LOOSE = frozenset(["p", "li", "dt", "dd", "td", "th", "tr", "option"])


def flatten(html: str) -> str:
    """The same markup with no more than MAX_DEPTH open elements at any place."""
    if html.count("<") <= MAX_FORMATTING or _depth(html) <= MAX_FORMATTING:
        return html
    return _rebuilt(html)


def _depth(html: str) -> int:
    """The deepest nesting if no tag closed by itself: never less than a parser would see."""
    depth = deepest = 0
    for closing, name, _ in _TAG.findall(html):
        if closing:
            if depth:
                depth -= 1
        elif name.lower() not in _VOID:
            depth += 1
            if depth > deepest:
                deepest = depth
    return deepest


def _rebuilt(html: str) -> str:
    stack = _Stack()
    return _TAG.sub(stack.tag, html)


class _Stack:
    """The open elements, and which tags are to be let through."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.formatting = 0
        self.count: dict[str, int] = {}

    def tag(self, match: re.Match[str]) -> str:
        name = match[2].lower()
        if name in _VOID:
            return match[0]
        if match[1]:
            return match[0] if self._closes(name) else ""
        if name in _LOOSE and self.open and self.open[-1] == name:
            self._pop()
        if len(self.open) >= MAX_DEPTH:
            return ""
        if name in _FORMATTING and self.formatting >= MAX_FORMATTING:
            return ""
        self._push(name)
        return match[0]

    def _push(self, name: str) -> None:
        self.open.append(name)
        self.count[name] = self.count.get(name, 0) + 1
        self.formatting += name in _FORMATTING

    def _pop(self) -> str:
        name = self.open.pop()
        self.count[name] -= 1
        self.formatting -= name in _FORMATTING
        return name

    def _closes(self, name: str) -> bool:
        """Close the nearest open `name`; False where none is open."""
        if not self.count.get(name):
            return False
        while self._pop() != name:
            pass
        return True

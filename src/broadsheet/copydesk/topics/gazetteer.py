"""Names that are known, found in a text by a trie of words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from broadsheet.copydesk.topics.facts import bare
from broadsheet.copydesk.topics.kinds import Kind
from broadsheet.copydesk.topics.names import Named, Where, beginning
from broadsheet.copydesk.topics.ordinary import ordinary

_WORD = re.compile(r"[^\W_]+")
_OWN = re.compile(r"['’]s\b")
_PARTS_MOST = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A name of a topic: how it is written, which topic it stands for (its comparable form), and of what kind."""

    name: str
    topic: str
    kind: str = Kind.THEME


class Gazetteer:
    """A token trie over the bare words of each name; the longest name that fits is taken, from left to right.

    About 400 bytes a name. Names of people, places and organisations count only as capitals, and one in capitals
    throughout (WHO, US) only as such; themes count as they are written anywhere.
    """

    def __init__(self, names: Iterable[Known]) -> None:
        self._root: dict[str, Any] = {}
        self.size = 0
        for one in names:
            words = [bare(word) for word in _WORD.findall(one.name)]
            if not words or len(words) > _PARTS_MOST or _is_ordinary(one):
                continue
            node = self._root
            for word in words:
                node = node.setdefault(word, {})
            if "" not in node:
                node[""] = one
                self.size += 1

    def find(self, headline: str, standfirst: str, text: str) -> list[Named]:
        """The topics that an article names, each once, with where and how often. `fold` is the topic's own."""
        found: dict[str, Named] = {}
        if self._root:
            standfirst, text = beginning(standfirst, text)
            for where, part in ((Where.HEADLINE, headline), (Where.STANDFIRST, standfirst), (Where.TEXT, text)):
                if part:
                    self._find_in(part, where, found)
        return list(found.values())

    def _find_in(self, part: str, where: Where, found: dict[str, Named]) -> None:
        words = _WORD.findall(_OWN.sub("", part) if "'" in part or "’" in part else part)
        folds = [word if word.islower() else word.lower() for word in words]
        if not part.isascii():
            folds = [fold if fold.isascii() else bare(fold) for fold in folds]
        root, at, size = self._root, 0, len(words)
        while at < size:
            node = root.get(folds[at])
            if node is None:
                at += 1
                continue
            one, end, here = None, at, at
            while node is not None:
                here += 1
                if "" in node and _fits(node[""], words[at:here]):
                    one, end = node[""], here
                node = node.get(folds[here]) if here < size else None
            if one is None:
                at += 1
                continue
            at = end
            known = found.get(one.topic)
            if known is None:
                found[one.topic] = Named(one.name, one.topic, where, 1, True, "")
            else:
                known.times += 1


def _is_ordinary(one: Known) -> bool:
    """Whether a theme is an everyday word ("Space"): sources may label with it, texts say it of anything."""
    return one.kind == Kind.THEME and " " not in one.name and ordinary(one.name.capitalize())


def _fits(one: Known, words: list[str]) -> bool:
    if one.name.isupper() and len(one.name) <= 6:
        return "".join(words).isupper()
    if one.kind == Kind.THEME:
        return True
    first = words[0][0]
    return first.isupper() or not (first.islower() or one.name[:1].isupper())

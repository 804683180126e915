"""Which live stories share a word with an article: postings by term, bounded in what one look costs."""

from __future__ import annotations

from array import array
from collections.abc import Container
from heapq import nlargest
from typing import Any

from broadsheet.stories.machine.groups import Group
from broadsheet.stories.machine.setting import Setting


class Index:
    """Postings of the strongest terms of each story. What is gone stays in until `rebuild`, and is passed over."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._postings: dict[str, array[int]] = {}

    def add(self, story: int, body: Group, before: Group | None) -> list[str]:
        """Note a story's terms that its former body did not have among its strongest; returns those."""
        added = []
        known = set(self._strongest(before)) if before is not None else ()
        postings = self._postings
        for term in self._strongest(body):
            if term not in known:
                added.append(term)
                held = postings.get(term)
                if held is None:
                    postings[term] = array("Q", (story,))
                else:
                    held.append(story)
        return added

    def take_back(self, story: int, added: list[str]) -> None:
        """Undo an `add` that nothing of the same words came after."""
        for term in added:
            held = self._postings.get(term)
            for place in range(len(held) - 1, -1, -1) if held is not None else ():
                if held is not None and held[place] == story:
                    del held[place]
                    break
            if held is not None and not held:
                del self._postings[term]

    def complete(self, story: int, body: Group) -> None:
        """See to it that a story is found by each of its strongest terms."""
        for term in self._strongest(body):
            held = self._postings.setdefault(term, array("Q"))
            if story not in held:
                held.append(story)

    def near(self, terms: dict[str, float], live: Container[int]) -> list[int]:
        """Live stories that share most weight with these terms, most first; terms come strongest first."""
        setting = self._setting
        weights: dict[int, float] = {}
        left = setting.postings
        for looked, (term, value) in enumerate(terms.items()):
            if looked >= setting.probes or left <= 0:
                break
            held = self._postings.get(term)
            if held is None:
                continue
            part = value * value
            for story in held if len(held) <= left else held[-left:]:
                weights[story] = weights.get(story, 0.0) + part
            left -= len(held)
        wanted = setting.candidates
        near = nlargest(wanted * 2, weights.items(), key=lambda item: (item[1], item[0]))
        return [story for story, _ in near if story in live][:wanted]

    def rebuild(self, bodies: dict[int, Group]) -> None:
        """Postings of these stories and no others."""
        self._postings = {}
        for story, body in bodies.items():
            self.add(story, body, None)

    def _strongest(self, body: Group) -> list[str] | tuple[str, ...]:
        count = self._setting.index_terms
        if len(body.terms) <= count:
            return body.terms
        if body.size == 1:
            return body.terms[:count]
        order = nlargest(count, zip(body.values, body.terms, strict=True))
        return [term for _, term in order]

    def dump(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {term: list(held) for term, held in self._postings.items()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._postings = {term: array("Q", held) for term, held in data.items()}

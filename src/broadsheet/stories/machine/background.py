"""How common words are: a small table for English, and what the stream itself shows, in every language."""

from __future__ import annotations

import gzip
from functools import cache
from importlib import resources
from math import log
from typing import Any

# A language without a table starts from nothing: so many imagined texts keep the first counts from saying too much.
_IMAGINED = 200


class Background:
    """Document frequencies: those shipped plus those counted in the stream, a word once per new nucleus.

    Counting by nucleus and not by article keeps a story of two hundred articles from making its own names common.
    """

    def __init__(self, language: str, limit: int) -> None:
        self._shipped, self._texts = shipped(language)
        self._limit = limit
        self.counted: dict[str, int] = {}
        self.seen = 0

    def weight(self, term: str) -> float:
        """Inverse document frequency, natural logarithm, always above 0."""
        known = self._shipped.get(term, 0) + self.counted.get(term, 0)
        return log((self._texts + self.seen + 1) / (known + 0.5))

    def count(self, terms: list[str]) -> None:
        """One more text with these terms. Beyond the limit, rare words are forgotten first."""
        self.seen += 1
        counted = self.counted
        for term in terms:
            counted[term] = counted.get(term, 0) + 1
        if len(counted) > self._limit:
            floor = 1
            while len(self.counted) > self._limit * 3 // 4:
                self.counted = {term: count for term, count in self.counted.items() if count > floor}
                floor += 1

    def dump(self) -> dict[str, Any]:
        """What was counted, as plain data."""
        return {"seen": self.seen, "counted": self.counted}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self.seen = int(data["seen"])
        self.counted = {str(term): int(count) for term, count in data["counted"].items()}


@cache
def shipped(language: str) -> tuple[dict[str, int], int]:
    """The table of a language and the number of its texts; empty where none is shipped.

    The English one counts the stems of 15,407 headlines of 2013 that are in the public domain (PDDL).
    """
    if language not in ("en", ""):
        return {}, _IMAGINED
    file = resources.files("broadsheet.stories.machine") / "data" / "english.tsv.gz"
    lines = gzip.decompress(file.read_bytes()).decode("utf-8").splitlines()
    table: dict[str, int] = {}
    for line in lines[1:]:
        term, count = line.rsplit("\t", 1)
        table[term] = int(count)
    return table, int(lines[0])

"""The numbers by which the section judge weighs its voices, and when it asks a person.

Chosen over both developer sets together, never for one of them (docs/intelligence.md, "Sections").
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Weights of the voices, which move from `cold` to the other with the pairs that were learned from.

    They are such that the sums are log-odds: a confidence of .8 is right about four times out of five.
    """

    words_cold: float = 0.25
    words: float = 0.6
    likeness: float = 0.6
    description_cold: float = 12.0
    """Of the nearness (a cosine) of an article's vector to that of a section's description."""

    description: float = 1.75
    learned: float = 250.0
    """With so many pairs half of the way is gone."""

    alone_cold: float = 0.47
    """Of the words where no table of vectors is installed."""

    alone: float = 1.25
    alone_learned: float = 1500.0
    margin: float = 0.55
    """Verdicts with less confidence go to the review queue."""

    def words_of(self, pairs: int, *, alone: bool) -> float:
        """The weight of the words after so many pairs; `alone` where there are no vectors."""
        if alone:
            return self.alone_cold + (self.alone - self.alone_cold) * pairs / (pairs + self.alone_learned)
        return self._between(self.words_cold, self.words, pairs)

    def likeness_of(self, pairs: int) -> float:
        """The weight of the net after so many pairs."""
        return self._between(0.0, self.likeness, pairs)

    def description_of(self, pairs: int) -> float:
        """The weight of the nearness to the descriptions after so many pairs."""
        return self._between(self.description_cold, self.description, pairs)

    def _between(self, cold: float, after: float, pairs: int) -> float:
        return cold + (after - cold) * pairs / (pairs + self.learned)

"""The section judge: voices that each say log-odds, added up, so that the sum can be taken apart again.

Voices: the source, its labels, its address (:mod:`habits`); the words (:mod:`words`); where a table of vectors is
installed, what the article reads like (:mod:`likeness`) and which description it is near to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.copydesk.sections import words
from broadsheet.copydesk.sections.evidence import Evidence, Push, Verdict
from broadsheet.copydesk.sections.features import TEXT_CHARACTERS, Features, features
from broadsheet.copydesk.sections.habits import Habits, Said
from broadsheet.copydesk.sections.likeness import Net
from broadsheet.copydesk.sections.settings import Settings
from broadsheet.copydesk.sections.vectors import Pieces

Matrix = NDArray[np.float32]

BATCH = 50
REASONS = 5
# A word that pushes less is no reason.
_LEAST = 0.02


@dataclass(frozen=True)
class Model:
    """All that was learned. Made by :func:`learning.fit`; `described` are the vectors of the descriptions."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    pairs: int
    settings: Settings
    habits: Habits
    table: Matrix
    net: Net | None
    described: Matrix | None
    languages: frozenset[str] = frozenset({"en"})
    """Those whose words the table knows."""

    def reads(self, language: str) -> bool:
        """Whether words of this language say anything to it; of an unknown one it is supposed."""
        return not language or language in self.languages


@dataclass(frozen=True)
class _Heard:
    """What the voices said of one article: those of its habits, words, likeness and description."""

    habits: tuple[Said, ...]
    row: Features
    words: Matrix
    likeness: Matrix
    description: Matrix

    @property
    def total(self) -> Matrix:
        total = self.words + self.likeness + self.description
        for said in self.habits:
            total = total + said.scores
        return total


class Judge:
    """Judges by one model. Keeps nothing of the articles that it saw."""

    def __init__(self, model: Model, pieces: Pieces | None) -> None:
        self.model = model
        self._pieces = pieces if model.described is not None else None

    @property
    def _weight_of_words(self) -> float:
        return self.model.settings.words_of(self.model.pairs, alone=self._pieces is None)

    def judge(self, evidence: Evidence) -> Verdict:
        """One article."""
        return self.judge_all([evidence])[0]

    def judge_all(self, articles: Sequence[Evidence], among: Sequence[str] | None = None) -> list[Verdict]:
        """A verdict an article, in order, the same whatever else is in the batch. `among` leaves only some sections."""
        places = [place for place, key in enumerate(self.model.keys) if among is None or key in among]
        if len(places) < 2:
            raise ValueError("a choice needs two sections")
        verdicts: list[Verdict] = []
        for start in range(0, len(articles), BATCH):
            verdicts += [self._verdict(heard, places) for heard in self._listen(articles[start : start + BATCH])]
        return verdicts

    def _listen(self, articles: Sequence[Evidence]) -> list[_Heard]:
        model, weights = self.model, self.model.settings
        rows = [features(one.title, one.text) for one in articles]
        worded = self._weight_of_words * words.score(model.table, rows)
        for number, one in enumerate(articles):
            if not model.reads(one.language):
                # Of such an article no word is a reason either.
                worded[number], rows[number] = 0, features("")
        likeness = np.zeros_like(worded)
        description = np.zeros_like(worded)
        if self._pieces is not None and model.described is not None:
            vectors = embed(self._pieces, articles)
            if model.net is not None:
                likeness = weights.likeness_of(model.pairs) * model.net.score(vectors)
            near = vectors @ model.described.T
            near -= near.mean(axis=1, keepdims=True)
            description = weights.description_of(model.pairs) * near
        return [
            _Heard(tuple(model.habits.said(one)), *parts)
            for one, *parts in zip(articles, rows, worded, likeness, description, strict=True)
        ]

    def _verdict(self, heard: _Heard, places: list[int]) -> Verdict:
        model = self.model
        shares = words.softmax(heard.total[None, places])[0]
        order = np.argsort(-shares, kind="stable").tolist()
        first, second = places[order[0]], places[order[1]]
        rounded = np.round(shares.astype(np.float64), 4).tolist()
        confidence = rounded[order[0]]
        return Verdict(
            section=model.keys[first],
            second=model.keys[second],
            confidence=confidence,
            abstained=confidence < model.settings.margin,
            reasons=self._reasons(heard, first, second),
            scores=tuple((model.keys[places[at]], rounded[at]) for at in order),
        )

    def _reasons(self, heard: _Heard, first: int, second: int) -> tuple[Push, ...]:
        found = [one for one in self._pushes(heard, first, second) if abs(one[2]) > _LEAST]
        found.sort(key=lambda one: (-abs(one[2]), one[0], one[1]))
        return tuple(Push(kind, what, round(amount, 4)) for kind, what, amount in found[:REASONS])

    def _pushes(self, heard: _Heard, first: int, second: int) -> Iterator[tuple[str, str, float]]:
        """Everything that was said between two sections; the amounts add up to the log-odds between them."""
        model = self.model
        for said in heard.habits:
            yield said.kind, said.what or "the source", float(said.scores[first] - said.scores[second])
        weight = self._weight_of_words
        for word, amount in words.by_word(model.table, heard.row, first, second).items():
            yield "word", word, weight * amount
        for kind, scores in (("likeness", heard.likeness), ("description", heard.description)):
            amount = float(scores[first] - scores[second])
            yield kind, model.names[first if amount >= 0 else second], amount


def embed(pieces: Pieces, articles: Sequence[Evidence]) -> Matrix:
    """The vector of each article: of its title and the beginning of its text."""
    return pieces.embed([f"{one.title} {one.text[:TEXT_CHARACTERS]}" for one in articles])

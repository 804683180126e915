"""What the words of an article say: one table of log-odds, a row a feature, a column a section.

The table begins as complement naive Bayes (Rennie et al. 2003: a word's weight for a section is taken from the
articles of all the others, which suits sections of very different size) over descriptions and pairs; logistic
regression with AdaGrad (Duchi et al. 2011) then goes on from there for two rounds, so that it stays near the counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from broadsheet.copydesk.sections.features import SIZE, Features

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]
Weights = NDArray[np.float32]

SMOOTHING = 0.3
STEEPNESS = 2.0
ROUNDS = 2
RATE = 0.05
DESCRIBED = 3.0
"""A description's word counts as if it had stood in so many articles."""

_BATCH = 64
_SEED = 7


def fit(rows: Sequence[Features], places: Places, described: Sequence[Features], weights: Weights) -> Matrix:
    """The table for rows whose sections are `places` and which count as `weights` say.

    `described` holds one description a section, in order.
    """
    count = len(described)
    table = counted(rows, places, described, count, weights)
    if len(rows) >= _BATCH:
        _go_on(table, rows, places, weights)
    return table


def counted(
    rows: Sequence[Features], places: Places, described: Sequence[Features], count: int, weights: Weights
) -> Matrix:
    """Complement naive Bayes; a feature that nobody has seen says nothing."""
    seen = np.zeros((SIZE, count), np.float32)
    for row, place, weight in zip(rows, places, weights, strict=True):
        np.add.at(seen[:, place], row.ids, weight)
    for place, description in enumerate(described):
        np.add.at(seen[:, place], description.ids, DESCRIBED)
    every = seen.sum(axis=1, keepdims=True)
    known = every[:, 0] > 0
    others = every[known] - seen[known]
    whole = others.sum(axis=0) + SMOOTHING * len(others)
    odds = -np.log((others + SMOOTHING) / whole)
    table = np.zeros((SIZE, count), np.float32)
    table[known] = STEEPNESS * (odds - odds.mean(axis=1, keepdims=True))
    return table


def score(table: Matrix, rows: Sequence[Features]) -> Matrix:
    """What the table says of each: one row of log-odds an article, zeros where it has no words."""
    scores = np.zeros((len(rows), table.shape[1]), np.float32)
    for number, row in enumerate(rows):
        scores[number] = row.weights @ table[row.ids]
    return scores


def by_word(table: Matrix, row: Features, first: int, second: int) -> dict[str, float]:
    """How far each word pushes towards one section and away from another; its pieces and pairs are in it."""
    pushes = (table[row.ids, first] - table[row.ids, second]) * row.weights
    sums = np.bincount(row.owners, weights=pushes, minlength=len(row.words))
    said: dict[str, float] = {}
    for word, amount in zip(row.words, sums.tolist(), strict=True):
        said[word] = said.get(word, 0.0) + amount
    return said


def _go_on(table: Matrix, rows: Sequence[Features], places: Places, counts_as: Weights) -> None:
    chance = np.random.default_rng(_SEED)
    squares = np.full((SIZE, 1), 1e-3, np.float32)
    usable = np.array([number for number, row in enumerate(rows) if len(row.ids)], np.int64)
    for _ in range(ROUNDS):
        order = chance.permutation(usable)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            chosen = [rows[number] for number in batch]
            sizes = np.array([len(row.ids) for row in chosen])
            ids = np.concatenate([row.ids for row in chosen])
            weights = np.concatenate([row.weights for row in chosen])[:, None]
            starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
            wrong = softmax(np.add.reduceat(table[ids] * weights, starts, axis=0))
            wrong[np.arange(len(batch)), places[batch]] -= 1
            wrong *= counts_as[batch, None]
            slopes = np.repeat(wrong, sizes, axis=0) * weights
            sorted_ids = np.argsort(ids, kind="stable")
            touched, firsts = np.unique(ids[sorted_ids], return_index=True)
            sums = np.add.reduceat(slopes[sorted_ids], firsts, axis=0)
            squares[touched] += (sums * sums).mean(axis=1, keepdims=True)
            table[touched] -= RATE * sums / np.sqrt(squares[touched])


def softmax(scores: Matrix) -> Matrix:
    """Rows of log-odds as rows of probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return shares

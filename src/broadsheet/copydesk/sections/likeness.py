"""What an article reads like: a small net over its vector, taught with the pairs.

One hidden layer of 256 rectified units, dropout of inputs and units (Srivastava et al. 2014), Adam (Kingma, Ba 2015)
with a falling rate. On the developer sets it is 2.6 points better than a linear model over the same vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.copydesk.sections.words import softmax

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]
Weights = NDArray[np.float32]

UNITS = 256
ROUNDS = 12
RATE = 2e-3
DECAY = 1e-4
ENOUGH = 300
"""With fewer pairs a net would learn them by heart."""

_BATCH = 128
_SEED = 11
# Shares left out at random while it learns: of the numbers of a vector, of the units.
_DROP_NUMBERS, _DROP_UNITS = 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Net:
    """The two layers, each with its constants."""

    inner: Matrix
    inner_constants: Matrix
    outer: Matrix
    outer_constants: Matrix

    def score(self, vectors: Matrix) -> Matrix:
        """Logarithms of the probabilities, a row a vector; a vector of zeros says nothing."""
        hidden = np.maximum(_scaled(vectors) @ self.inner + self.inner_constants, 0)
        shares = softmax(hidden @ self.outer + self.outer_constants)
        scores: Matrix = np.log(np.maximum(shares, 1e-6)).astype(np.float32)
        scores -= scores.mean(axis=1, keepdims=True)
        scores[~vectors.any(axis=1)] = 0
        return scores


def fit(vectors: Matrix, places: Places, count: int, weights: Weights) -> Net | None:
    """The net for vectors whose sections are `places` of `count`; None where there are too few of them.

    A vector counts as often as its weight says.
    """
    usable = np.flatnonzero(vectors.any(axis=1))
    if len(usable) < ENOUGH:
        return None
    chance = np.random.default_rng(_SEED)
    width = vectors.shape[1]
    inputs = _scaled(vectors)
    first = chance.normal(size=(width, UNITS)).astype(np.float32) / np.float32(np.sqrt(width))
    layers = [first, np.zeros(UNITS, np.float32), np.zeros((UNITS, count), np.float32), np.zeros(count, np.float32)]
    means = [np.zeros_like(one) for one in layers]
    squares = [np.zeros_like(one) for one in layers]
    step = 0
    steps = ROUNDS * -(-len(usable) // _BATCH)
    for _ in range(ROUNDS):
        order = chance.permutation(usable)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            slopes = _slopes(layers, inputs[batch], places[batch], weights[batch], chance)
            step += 1
            rate = RATE * (1 - (step - 1) / steps)
            for layer, slope, mean, square in zip(layers, slopes, means, squares, strict=True):
                mean += 0.1 * (slope - mean)
                square += 0.01 * (slope * slope - square)
                move = (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
                layer -= (rate * (move + DECAY * layer)).astype(np.float32)
    return Net(*layers)


def _slopes(
    layers: list[Matrix], inputs: Matrix, places: Places, weights: Weights, chance: np.random.Generator
) -> list[Matrix]:
    """The slope of the loss at each layer for one batch, with some numbers and units left out."""
    inner, inner_constants, outer, outer_constants = layers
    kept = (chance.random(inputs.shape) > _DROP_NUMBERS).astype(np.float32) / np.float32(1 - _DROP_NUMBERS)
    inputs = inputs * kept
    hidden = np.maximum(inputs @ inner + inner_constants, 0)
    left = (chance.random(hidden.shape) > _DROP_UNITS).astype(np.float32) / np.float32(1 - _DROP_UNITS)
    dropped = hidden * left
    wrong = softmax(dropped @ outer + outer_constants)
    wrong[np.arange(len(places)), places] -= 1
    wrong *= weights[:, None] / np.float32(len(places))
    back = (wrong @ outer.T) * left * (hidden > 0)
    return [inputs.T @ back, back.sum(axis=0), dropped.T @ wrong, wrong.sum(axis=0)]


def _scaled(vectors: Matrix) -> Matrix:
    """Vectors of length 1 have tiny numbers: brought to about one each."""
    return vectors * np.float32(np.sqrt(vectors.shape[1]))

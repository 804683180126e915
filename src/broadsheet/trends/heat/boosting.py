"""A forecast that is a law and its corrections: a log-linear model, and small trees fitted to what it leaves over.

The trees are gradient boosting (Friedman 2001) with second-order steps over histograms (Chen, Guestrin 2016). Where a
feature may only raise the forecast, its coefficient is not negative and every split on it keeps that order, with bounds
handed down (as LightGBM's basic monotone constraint). Far outside of what was learned from, the trees stay at their
outermost leaf and the law goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 32
RIDGE = 5.0
MOST_STEPS = 30


@dataclass(frozen=True)
class Plan:
    """How a model is fitted. `loss` is "poisson" (the mean of the target) or "log" (the mean of its logarithm)."""

    loss: str = "poisson"
    rounds: int = 150
    depth: int = 4
    pace: float = 0.1
    least: int = 200


@dataclass(frozen=True)
class Model:
    """Coefficients by feature, and complete binary trees: node n has the children 2n+1 and 2n+2.

    `splits` are features and `edges` their thresholds (above goes right), one row a tree; `values` are the means of
    all nodes, so that what a split adds can be told.
    """

    names: tuple[str, ...]
    bias: float
    coefficients: Floats
    splits: NDArray[np.int64]
    edges: Floats
    values: Floats

    def parts(self, rows: Floats) -> Floats:
        """What each feature adds to the logarithm, and the bias in the last column; their sum is the forecast."""
        found = np.zeros((len(rows), len(self.names) + 1))
        found[:, :-1] = rows * self.coefficients
        found[:, -1] = self.bias + self.values[:, 0].sum()
        trees = np.arange(len(self.splits))[None, :]
        node = np.zeros((len(rows), len(self.splits)), np.int64)
        line = np.arange(len(rows))[:, None]
        depth = (self.values.shape[1] + 1).bit_length() - 2
        for _ in range(depth if len(self.splits) else 0):
            split = self.splits[trees, node]
            child = 2 * node + 1 + (rows[line, split] > self.edges[trees, node])
            np.add.at(found, (line, split), self.values[trees, child] - self.values[trees, node])
            node = child
        return found

    def as_json(self) -> dict[str, Any]:
        """Plain lists; numbers to four digits after the point."""
        return {
            "names": list(self.names),
            "bias": round(self.bias, 6),
            "coefficients": np.round(self.coefficients, 6).tolist(),
            "splits": self.splits.tolist(),
            "edges": np.round(self.edges, 4).tolist(),
            "values": np.round(self.values, 4).tolist(),
        }

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Self:
        """The reverse of `as_json`."""
        return cls(
            tuple(held["names"]),
            float(held["bias"]),
            np.array(held["coefficients"], float),
            _table(held["splits"]).astype(np.int64),
            _table(held["edges"]),
            _table(held["values"]),
        )


def _table(rows: Sequence[Sequence[float]]) -> Floats:
    # A law without trees has no rows, and still two dimensions.
    return np.array(rows, float).reshape(len(rows), len(rows[0]) if rows else 1)


def fit(rows: Floats, target: Floats, names: Sequence[str], rising: Sequence[str], plan: Plan) -> Model:
    """A model of the target (not negative; for "log", its logarithm). `rising` features can only raise it."""
    up = np.array([name in rising for name in names])
    law = _law(rows, target, up, plan.loss)
    forecast = law[0] + rows @ law[1:]
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1])) for column in rows.T]
    binned = np.stack(
        [np.searchsorted(edge, column, side="left") for edge, column in zip(edges, rows.T, strict=True)], 1
    )
    trees = []
    for _ in range(plan.rounds):
        slope, curve = _steps(forecast, target, plan.loss)
        tree, leaf = _tree(binned, slope, curve, up, plan)
        trees.append(tree)
        forecast = forecast + np.array(tree[2])[leaf]
    inner = 2**plan.depth - 1
    splits = np.array([tree[0] for tree in trees], np.int64).reshape(-1, inner)
    places = np.array([tree[1] for tree in trees], np.int64).reshape(-1, inner)
    cuts = [[_edge(edges[at], place) for at, place in zip(*tree, strict=True)] for tree in zip(splits, places)]  # noqa: B905
    values = np.array([tree[2] for tree in trees]).reshape(-1, 2 * inner + 1)
    return Model(tuple(names), float(law[0]), law[1:], splits, np.array(cuts, float).reshape(-1, inner), values)


def _edge(edges: Floats, place: int) -> float:
    # A node that is not split sends everything to the left.
    return float(edges[place]) if place < len(edges) else 1e9


def _steps(forecast: Floats, target: Floats, loss: str) -> tuple[Floats, Floats]:
    if loss == "poisson":
        mean = np.exp(np.minimum(forecast, 30))
        return mean - target, mean
    return forecast - target, np.ones(len(target))


def _law(rows: Floats, target: Floats, up: NDArray[np.bool_], loss: str) -> Floats:
    """The log-linear model by Newton's steps; a coefficient that must not be negative and would be is left out."""
    full = np.column_stack([np.ones(len(rows)), rows])
    kept = np.ones(full.shape[1], bool)
    while True:
        part, found = full[:, kept], np.zeros(int(kept.sum()))
        found[0] = np.log(max(target.mean(), 1e-9)) if loss == "poisson" else target.mean()
        for _ in range(MOST_STEPS):
            slope, curve = _steps(part @ found, target, loss)
            pull = np.full(len(found), RIDGE)
            pull[0] = 0
            step = np.linalg.solve((part * curve[:, None]).T @ part + np.diag(pull), part.T @ slope + pull * found)
            found = found - np.clip(step, -1, 1)
            if np.abs(step).max() < 1e-8:
                break
        law = np.zeros(full.shape[1])
        law[kept] = found
        wrong = np.append(False, up) & (law < 0)
        if not wrong.any():
            return law
        kept &= ~wrong


Tree = tuple[list[int], list[int], list[float]]


def _tree(
    binned: NDArray[np.int64], slope: Floats, curve: Floats, up: NDArray[np.bool_], plan: Plan
) -> tuple[Tree, NDArray[np.int64]]:
    """Splits, places of their edges and values of one complete tree, and the leaf of each row."""
    inner = 2**plan.depth - 1
    splits, places, values = [0] * inner, [BINS] * inner, [0.0] * (2 * inner + 1)
    bounds = {0: (-np.inf, np.inf)}
    node = np.zeros(len(binned), np.int64)
    values[0] = -plan.pace * float(slope.sum() / (curve.sum() + RIDGE))
    for level in range(plan.depth):
        first, many = 2**level - 1, 2**level
        sums = _sums(binned, node - first, many, slope, curve)
        for at in range(many):
            here = first + at
            left, right = 2 * here + 1, 2 * here + 2
            low, high = bounds[here]
            best = _split(sums[:, at], low, high, up, plan)
            bounds[left] = bounds[right] = (low, high)
            values[left] = values[right] = values[here]
            if best is None:
                continue
            splits[here], places[here], values[left], values[right] = best
            if up[best[0]]:
                middle = (values[left] + values[right]) / 2
                bounds[left], bounds[right] = (low, middle), (middle, high)
        chosen = np.array(splits)[node], np.array(places)[node]
        node = 2 * node + 1 + (binned[np.arange(len(binned)), chosen[0]] > chosen[1])
    return (splits, places, values), node


def _sums(binned: NDArray[np.int64], node: NDArray[np.int64], many: int, slope: Floats, curve: Floats) -> Floats:
    """Feature, node, (slope, curve, count), bin: the sums up to and with each bin."""
    found = np.empty((binned.shape[1], many, 3, BINS))
    for at in range(binned.shape[1]):
        cell = node * BINS + binned[:, at]
        for which, weight in enumerate((slope, curve, None)):
            found[at, :, which] = np.bincount(cell, weight, many * BINS).reshape(many, BINS)
    return found.cumsum(axis=3)


def _split(
    sums: Floats, low: float, high: float, up: NDArray[np.bool_], plan: Plan
) -> tuple[int, int, float, float] | None:
    """The best feature and place, with the values to its left and right; None where nothing is gained."""
    left = sums
    total = sums[:, :, -1:]
    right = total - left

    def value(side: Floats) -> Floats:
        return np.clip(-plan.pace * side[:, 0] / (side[:, 1] + RIDGE), low, high)

    def gain(side: Floats) -> Floats:
        return np.asarray(side[:, 0] ** 2 / (side[:, 1] + RIDGE))

    gained = gain(left) + gain(right) - gain(total)
    before, after = value(left), value(right)
    barred = (left[:, 2] < plan.least) | (right[:, 2] < plan.least) | (up[:, None] & (before > after))
    gained[barred] = 0
    best = int(gained.argmax())
    feature, place = divmod(best, gained.shape[1])
    if gained[feature, place] <= 1e-9:
        return None
    return feature, place, float(before[feature, place]), float(after[feature, place])

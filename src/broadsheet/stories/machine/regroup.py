"""Best-first agglomeration of a handful of nuclei, with vetoes: the repair of stories.

Group-average linkage, as in every textbook, but measured against how close each side is in itself ("relative
closeness": Karypis, Han, Kumar 1999, CHAMELEON), so that loose stories of headlines and close ones of full texts are
held to one rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from broadsheet.stories.machine.groups import Group
from broadsheet.stories.machine.setting import Setting

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fusion:
    """Cluster `gone` went into cluster `kept` (places in the list of nuclei), `score` above what was asked."""

    kept: int
    gone: int
    score: float


def regroup(
    nuclei: list[Group], bound: list[tuple[int, int]], vetoed: Flags, setting: Setting
) -> tuple[list[int], list[Fusion]]:
    """A label for each nucleus (the place of the first one of its cluster) and the fusions in their order.

    `bound` pairs are together before anything else and stay so; what `vetoed` marks is never joined, nor are clusters
    that hold such a pair, unless they are bound.
    """
    heap = _Heap(nuclei, vetoed, setting)
    for one, other in bound:
        first, second = sorted((heap.root(one), heap.root(other)))
        if first != second:
            heap.fuse(first, second)
    fusions = []
    while (found := heap.best()) is not None:
        kept, gone = sorted(found[:2])
        heap.fuse(kept, gone)
        fusions.append(Fusion(kept, gone, found[2]))
    return [heap.root(place) for place in range(len(nuclei))], fusions


def shared_terms(nuclei: list[Group]) -> npt.NDArray[np.float32]:
    """One row for each nucleus, one column for each term that at least two of them have."""
    where: dict[str, int] = {}
    shared: dict[str, int] = {}
    for nucleus in nuclei:
        for term in nucleus.terms:
            if term in where and term not in shared:
                shared[term] = len(shared)
            where[term] = 1
    table = np.zeros((len(nuclei), max(1, len(shared))), dtype=np.float32)
    for row, nucleus in enumerate(nuclei):
        places = [shared.get(term, -1) for term in nucleus.terms]
        columns = np.array(places, dtype=np.int64)
        values = np.frombuffer(nucleus.values, dtype=np.float32)
        table[row, columns[columns >= 0]] = values[columns >= 0]
    return table


class _Heap:
    """All clusters with each one's best partner. Rows of clusters that went into another are dead."""

    def __init__(self, nuclei: list[Group], vetoed: Flags, setting: Setting) -> None:
        self._setting = setting
        table = shared_terms(nuclei)
        self._dots: Floats = (table @ table.T).astype(np.float64)
        np.fill_diagonal(self._dots, [one.square for one in nuclei])
        self._vetoed = vetoed.copy()
        np.fill_diagonal(self._vetoed, True)
        self._size = np.array([one.size for one in nuclei], dtype=np.float64)
        self._depth = np.array([one.depth for one in nuclei], dtype=np.float64)
        self._first = np.array([one.first for one in nuclei], dtype=np.float64)
        self._last = np.array([one.last for one in nuclei], dtype=np.float64)
        self._into = list(range(len(nuclei)))
        self._alive = np.ones(len(nuclei), dtype=bool)
        self._cohesion = self._cohesions()
        count = len(nuclei)
        self._best = np.full(count, -1.0)
        self._partner = np.zeros(count, dtype=np.int64)
        for place in range(count):
            self._look(place)

    def root(self, place: int) -> int:
        while self._into[place] != place:
            place = self._into[place]
        return place

    def best(self) -> tuple[int, int, float] | None:
        """The two clusters most above what is asked, if any are."""
        place = int(np.argmax(self._best))
        score = float(self._best[place])
        return (place, int(self._partner[place]), score) if score >= 0.0 else None

    def fuse(self, kept: int, gone: int) -> None:
        both = self._size[kept] + self._size[gone]
        share = self._size[gone] / both
        self._depth[kept] += (self._depth[gone] - self._depth[kept]) * share
        self._first[kept] = min(self._first[kept], self._first[gone])
        self._last[kept] = max(self._last[kept], self._last[gone])
        self._dots[kept] += self._dots[gone]
        self._dots[:, kept] += self._dots[:, gone]
        self._vetoed[kept] |= self._vetoed[gone]
        self._vetoed[:, kept] |= self._vetoed[:, gone]
        self._size[kept] = both
        self._into[gone] = kept
        self._alive[gone] = False
        self._best[gone] = -1.0
        self._cohesion[kept] = self._cohesions(kept)
        row = self._look(kept)
        better = (row > self._best) & self._alive
        self._best[better] = row[better]
        self._partner[better] = kept
        for place in np.flatnonzero(self._alive & ((self._partner == gone) | (self._partner == kept)) & ~better):
            if place != kept:
                self._look(int(place))

    def _cohesions(self, place: int | slice = slice(None)) -> Floats:
        setting, size = self._setting, self._size[place]
        usual = setting.cohesion_base + setting.cohesion_slope * self._depth[place]
        known = np.maximum(0.0, np.diagonal(self._dots)[place] - size)
        found: Floats = (known + setting.cohesion_weight * usual) / (size * (size - 1) + setting.cohesion_weight)
        return found

    def _look(self, place: int) -> Floats:
        """Scores of a cluster with all others, above what is asked; notes the best."""
        setting = self._setting
        mean = self._dots[place] / (self._size[place] * self._size)
        row: Floats = mean / np.sqrt(self._cohesion[place] * self._cohesion)
        row -= setting.merge_base + setting.merge_slope * (self._depth + self._depth[place]) / 2
        silence = np.maximum(self._first - self._last[place], self._first[place] - self._last)
        row[~self._alive | self._vetoed[place] | (silence > setting.gap)] = -1.0
        self._partner[place] = int(np.argmax(row))
        self._best[place] = row[self._partner[place]]
        return row

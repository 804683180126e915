"""What comes free with an article: what its source usually writes about, its labels, the path of its address.

A key (one source, one label, one part of a path) has counted sections. What it says is the share of each section
among its articles, drawn towards a prior while they are few, against the share that it has anyway (Dirichlet
smoothing, MacKay, Peto 1995). For labels and paths the prior is our own list of publishers' words; for a source
it is the section that the desk gave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.copydesk import classify
from broadsheet.copydesk.sections.evidence import Evidence
from broadsheet.lib.text import normal

Row = NDArray[np.float32]

MOST = 20_000
"""Keys kept; the rarer ones are given up."""

STRENGTH = 4.0
"""A prior counts as so many articles."""

SURE = {"source": 0.4, "label": 0.9, "address": 0.85}
"""The share that a prior gives to the section it names."""

WEIGHT = {"source": 0.8, "label": 1.2, "address": 1.0}
LATER = 0.5
"""Of a label that does not stand first: those are tags."""

LABELS, PARTS = 6, 4


@dataclass(frozen=True, slots=True)
class Said:
    """What one key says."""

    kind: str
    what: str
    scores: Row


@dataclass(frozen=True)
class Habits:
    """Counts by key, in the order of `keys`, and the share that each section has anyway."""

    keys: tuple[str, ...]
    counts: Mapping[str, Row]
    shares: Row

    def said(self, evidence: Evidence) -> Iterator[Said]:
        """What the source, each label and each part of the path say; silent keys are left out."""
        for kind, what, prior, weight in _asked(evidence):
            scores = self._says(kind, what, prior)
            if scores is not None:
                yield Said(kind, what, weight * scores)

    def _says(self, kind: str, what: str, prior: str) -> Row | None:
        counts = self.counts.get(_key(kind, what))
        count = len(self.keys)
        place = self.keys.index(prior) if prior in self.keys else None
        if counts is None and place is None:
            return None
        base = self.shares
        if place is not None:
            base = np.full(count, (1 - SURE[kind]) / max(1, count - 1), np.float32)
            base[place] = SURE[kind]
        if counts is None:
            counts = np.zeros(count, np.float32)
        # A prior says what it says against even odds; what was counted, against what is usual.
        usual = self.shares if place is None else np.full(count, 1 / count, np.float32)
        scores = np.log((counts + STRENGTH * base) / (counts.sum() + STRENGTH) / usual).astype(np.float32)
        centred: Row = scores - scores.mean()
        return centred


def fit(rows: Sequence[Evidence], places: NDArray[np.int64], keys: tuple[str, ...]) -> Habits:
    """Count pairs: `places` are the sections of `rows`."""
    counts: dict[str, Row] = {}
    for evidence, place in zip(rows, places.tolist(), strict=True):
        for key in dict.fromkeys(_key(kind, what) for kind, what, _, _ in _asked(evidence)):
            counts.setdefault(key, np.zeros(len(keys), np.float32))[place] += 1
    kept = sorted(counts, key=lambda key: (-float(counts[key].sum()), key))[:MOST]
    total = np.bincount(places, minlength=len(keys)).astype(np.float32) + 1
    # A section's share enters by its root: pairs are what a desk corrected, not what comes in.
    shares = np.sqrt(total)
    return Habits(keys, {key: counts[key] for key in sorted(kept)}, (shares / shares.sum()).astype(np.float32))


def _asked(evidence: Evidence) -> Iterator[tuple[str, str, str, float]]:
    """(kind, what, the section it stands for or nothing, weight) of everything that an article brings along."""
    if evidence.source or evidence.usual:
        yield "source", evidence.source, evidence.usual, WEIGHT["source"]
    for place, label in enumerate(classify.labels(list(evidence.labels))[:LABELS]):
        yield "label", label, classify.named(label) or "", WEIGHT["label"] * (1.0 if place == 0 else LATER)
    for part in classify.path_parts(evidence.url)[:PARTS]:
        # A headline in an address is for the words to judge.
        if part.count("-") < 3 and not any(character.isdigit() for character in part):
            yield "address", part, classify.named(part) or "", WEIGHT["address"]


def _key(kind: str, what: str) -> str:
    return f"{kind}:{normal(what)[:80]}"

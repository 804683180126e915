"""How the judge learns: from descriptions, and from every pair of an article and a section that a person said.

A pure function of its arguments: the same pairs in the same order give the same model, bit for bit on one machine.
The nightly refit reads the stored pairs and calls it; 15,000 titles take some five seconds of a processor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from broadsheet.copydesk.sections import habits, likeness, words
from broadsheet.copydesk.sections.descriptions import SHIPPED, Description
from broadsheet.copydesk.sections.evidence import Evidence, Pair
from broadsheet.copydesk.sections.features import features
from broadsheet.copydesk.sections.judge import Judge, Model, embed
from broadsheet.copydesk.sections.settings import Settings
from broadsheet.copydesk.sections.vectors import Pieces

MOST_PAIRS = 50_000
"""The latest pairs that are learned from: a bound on time and memory."""


MOST_OF_GROUP = 5
"""The latest pairs of one story that count."""

ENOUGH_OF_LANGUAGE = 100
"""With so many pairs the words of a language are known."""


def fit(
    pairs: Iterable[Pair],
    descriptions: Sequence[Description] = SHIPPED,
    *,
    pieces: Pieces | None,
    settings: Settings | None = None,
    languages: Iterable[str] = ("en",),
) -> Model:
    """The model of the latest pairs, oldest first; a pair whose section has no description is left out.

    `languages` are those that the descriptions are written in.
    """
    if len({one.key for one in descriptions}) != len(descriptions) or len(descriptions) < 2:
        raise ValueError("each section needs a description of its own, and a choice needs two")
    keys = tuple(one.key for one in descriptions)
    known = _thinned(pair for pair in pairs if pair.section in keys)[-MOST_PAIRS:]
    rows = [pair.evidence for pair in known]
    places = np.array([keys.index(pair.section) for pair in known], np.int64)
    described = [features(one.text) for one in descriptions]
    weights = np.array([pair.weight for pair in known], np.float32)
    table = words.fit([features(one.title, one.text) for one in rows], places, described, weights)
    return Model(
        keys=keys,
        names=tuple(one.name for one in descriptions),
        pairs=len(known),
        settings=settings or Settings(),
        habits=habits.fit(rows, places, keys),
        table=table,
        net=likeness.fit(embed(pieces, rows), places, len(keys), weights) if pieces is not None and rows else None,
        described=pieces.embed([one.text for one in descriptions]) if pieces is not None else None,
        languages=_languages(rows, languages),
    )


def learned(pairs: Iterable[Pair], descriptions: Sequence[Description] = SHIPPED, *, pieces: Pieces | None) -> Judge:
    """A judge that has learned from the pairs; with none, the cold start."""
    return Judge(fit(pairs, descriptions, pieces=pieces), pieces)


def _languages(rows: Sequence[Evidence], described: Iterable[str]) -> frozenset[str]:
    """The languages whose words the table knows: those of the descriptions, and those of enough pairs."""
    counts = Counter(one.language for one in rows if one.language)
    return frozenset({*described, *(name for name, count in counts.items() if count >= ENOUGH_OF_LANGUAGE)})


def _thinned(pairs: Iterable[Pair]) -> list[Pair]:
    """In their order, of each group only the latest few."""
    kept: list[Pair] = []
    counts: Counter[str] = Counter()
    for pair in reversed(list(pairs)):
        counts[pair.group] += 1
        if not pair.group or counts[pair.group] <= MOST_OF_GROUP:
            kept.append(pair)
    return kept[::-1]

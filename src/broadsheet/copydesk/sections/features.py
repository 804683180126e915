"""A text as numbered features: its words, pairs of neighbours, and the pieces of each word.

Numbers are CRC-32 of a feature's spelling, cut to 18 bits (the "hashing trick", Weinberger et al. 2009): no
dictionary has to be kept, and memory does not depend on how many words were ever seen. Pieces of three to five
characters make "bitcoins" known to whoever knows "bitcoin", in any language that writes word after word.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from broadsheet.lib import text as plain

SIZE = 1 << 18
"""How many numbers there are."""

TEXT_CHARACTERS = 400
"""So much of a text is read, besides its title."""

_TEXT_WEIGHT = 0.8
_PIECES = (3, 4, 5)
# Longer "words" are no words; their beginning says as much.
_LONGEST = 40
# The words remembered with their features; when so many are known, all are forgotten.
_REMEMBERED = 60_000
_known: dict[str, NDArray[np.int32]] = {}


@dataclass(frozen=True, slots=True)
class Features:
    """Of one article: the features' numbers, their weights, and which word each belongs to."""

    ids: NDArray[np.int32]
    weights: NDArray[np.float32]
    owners: NDArray[np.int32]
    words: tuple[str, ...]


def features(title: str, text: str = "") -> Features:
    """Each feature of a title counts once, with one over the root of their number.

    Those of a text count 0.8 as much, and without the pieces of words: enough words are there, and it takes time.
    """
    found = _field(plain.words(title.lower()[:2000]), 1.0, pieces=True)
    words = plain.words(text[:TEXT_CHARACTERS].lower()) if text else []
    if not words:
        return found
    more = _field(words, _TEXT_WEIGHT, pieces=False)
    return Features(
        np.concatenate([found.ids, more.ids]),
        np.concatenate([found.weights, more.weights]),
        np.concatenate([found.owners, more.owners + len(found.words)]),
        found.words + more.words,
    )


def _field(words: list[str], weight: float, *, pieces: bool) -> Features:
    if not words:
        return Features(np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.int32), ())
    # Of a word the first number is its own, the rest are its pieces'.
    parts = [_of_word(word) if pieces else _of_word(word)[:1] for word in words]
    pairs = [_number(f"b{one} {two}") for one, two in pairwise(words)]
    ids = np.concatenate([*parts, np.array(pairs, np.int32)])
    # A pair of neighbours is the first one's.
    owners = np.concatenate([np.repeat(np.arange(len(words)), [len(one) for one in parts]), np.arange(len(pairs))])
    unique, first = np.unique(ids, return_index=True)
    weights = np.full(len(unique), weight / np.sqrt(len(unique)), np.float32)
    return Features(unique, weights, owners[first].astype(np.int32), tuple(words))


def _of_word(word: str) -> NDArray[np.int32]:
    found = _known.get(word)
    if found is None:
        marked = f"<{word[:_LONGEST]}>"
        spelled = [f"w{word}"]
        if len(word) > 1:
            spelled += [f"c{marked[at : at + n]}" for n in _PIECES for at in range(len(marked) - n + 1)]
        found = np.array([_number(one) for one in spelled], np.int32)
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[word] = found
    return found


def _number(spelled: str) -> int:
    return crc32(spelled.encode("utf-8", "replace")) & (SIZE - 1)

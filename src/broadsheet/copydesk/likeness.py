"""What else a reader of an article may want: the same story first, then what is like it, never twice the same.

Likeness is half that of the words (TF-IDF against a background of other news, cosine) and half that of vectors,
which are given. Candidates are found by codes of one bit a number, 32 bytes for 256 numbers: signs after a
random rotation (Charikar 2002; the rotation as in randomised Hadamard transforms, Ailon, Chazelle 2006), searched
by Hamming distance and then by the unrounded vector of the asker (asymmetric, Dong et al. 2008). The hundred
nearest are compared with each other too, and each is moved towards its ten nearest: query expansion in both
directions, within the kernel (after Rocchio 1971), so nothing moved has to be stored.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.lib import text as plain

Matrix = NDArray[np.float32]
Codes = NDArray[np.uint8]
Id = str | int

CANDIDATES = 100
"""Texts compared in full."""

NEIGHBOURS = 10
MOVED = 0.5
"""How far a text is moved towards its neighbours among the candidates: half the way."""

WORDS = 48
"""Words kept of a text, those that weigh most."""

READ = 120
"""Words read of a text, from its beginning."""

OF_STORY = 4
"""At most so many suggestions are of the asker's own story: the story's page has them all."""

VARIETY = 0.3
"""What likeness to those already chosen costs, in likeness to the asker (Carbonell, Goldstein 1998)."""

TOO_LIKE = 0.85
"""From here on a text of another family tells nothing that a chosen one does not."""

_LEAST = 0.15
# Before it was moved: where hardly anything is known, a text's nearest may be nothing like it, and moving hides that.
# Of pairs of `uci` from different stories 95 in a hundred have less.
_PLAINLY = 0.08
# More than any likeness: the asker's own story comes first.
_FIRST = np.float32(10)
_NAMED_WORDS = 3
# Hamming distance chooses so many times more than are wanted; the finer measure orders them.
_WIDER = 8


@dataclass(frozen=True, slots=True)
class Background:
    """How many of `total` earlier texts each word was in: what the words of a new one weigh."""

    counts: Mapping[str, int]
    total: int

    @classmethod
    def of(cls, texts: Iterable[str]) -> Background:
        """Counted over texts of the portal's own stream, or over any news."""
        counts: Counter[str] = Counter()
        total = 0
        for one in texts:
            counts.update(set(plain.words(plain.normal(one))))
            total += 1
        return cls(counts, total)

    def weight(self, word: str) -> float:
        """Inverse document frequency, in natural logarithms; greater than 0."""
        return math.log1p((self.total + 1) / (self.counts.get(word, 0) + 0.5))


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One article as far as likeness is concerned.

    `words` weigh together 1 (length of the vector); `vector` has length 1 and may be missing. `family`
    is the family of copies, `story` the story it is placed in; None for not known.
    """

    id: Id
    words: Mapping[str, float]
    vector: Matrix | None = None
    story: Id | None = None
    family: Id | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A related article, how like it is (0 to 1) and why it is there."""

    id: Id
    likeness: float
    same_story: bool
    reason: str


def weighed(text: str, background: Background) -> dict[str, float]:
    """The words of a text with their weights, at most :data:`WORDS`; the squares add up to 1."""
    told = Counter(plain.words(plain.normal(text))[:READ])
    weights = {word: (1 + math.log(count)) * background.weight(word) for word, count in told.items()}
    kept = sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:WORDS]
    length = math.sqrt(sum(weight * weight for _, weight in kept)) or 1.0
    return {word: weight / length for word, weight in kept}


def spun(vectors: Matrix) -> Matrix:
    """Vectors turned so that every number says as much as any other; lengths and angles stay.

    Their size is a power of two. The turn is the same on every machine: signs and additions only.
    """
    size = vectors.shape[-1]
    if size & (size - 1):
        raise ValueError("the size of the vectors is no power of two")
    turned = vectors.astype(np.float32, copy=True)
    for turn in range(2):
        turned *= _signs(size, turn)
        half = 1
        while half < size:
            pairs = turned.reshape(-1, size // (2 * half), 2, half)
            first, second = pairs[:, :, 0].copy(), pairs[:, :, 1].copy()
            pairs[:, :, 0], pairs[:, :, 1] = first + second, first - second
            half *= 2
        turned /= np.float32(math.sqrt(size))
    return turned


def codes(turned: Matrix) -> Codes:
    """One bit a number of :func:`spun` vectors, packed: 32 bytes for 256."""
    return np.packbits(turned > 0, axis=-1)


def nearest(turned: Matrix, among: Codes, count: int = CANDIDATES) -> tuple[NDArray[np.int64], Matrix]:
    """The places of the `count` codes nearest to one spun vector, best first, with their likeness (-1 to 1)."""
    size = turned.shape[-1]
    mine = codes(turned)
    if len(among) > _WIDER * count:
        apart = _apart(among, mine)
        places = np.argpartition(apart, _WIDER * count)[: _WIDER * count]
        places.sort()
    else:
        places = np.arange(len(among))
    signs = np.unpackbits(among[places], axis=1, count=size).astype(np.float32) * 2 - 1
    length = (float(np.linalg.norm(turned)) or 1.0) * math.sqrt(size)
    alike = signs @ turned / np.float32(length)
    order = np.argsort(-alike, kind="stable")[:count]
    return places[order], alike[order]


def _apart(among: Codes, mine: Codes) -> NDArray[np.int64]:
    """Hamming distances. Eight bytes at a time where the codes lie so in memory: five times as fast."""
    wide = among.shape[1] % 8 == 0 and among.flags.c_contiguous
    other = np.bitwise_xor(among.view(np.uint64), mine.view(np.uint64)) if wide else np.bitwise_xor(among, mine)
    apart: NDArray[np.int64] = np.bitwise_count(other).sum(axis=1, dtype=np.int64)
    return apart


def likeness(pieces: Sequence[Piece]) -> Matrix:
    """How like each piece is to each: half by words, half by vectors; by words alone where a vector is missing."""
    by_words = _by_words([piece.words for piece in pieces])
    vectors = [piece.vector for piece in pieces]
    known = [vector for vector in vectors if vector is not None]
    if len(known) < len(vectors) or not known:
        return by_words
    stacked = np.stack(known)
    return np.float32(0.5) * (by_words + stacked @ stacked.T)


def settled(alike: Matrix) -> Matrix:
    """Likenesses after every piece was moved halfway towards its nearest, itself among them."""
    count = len(alike)
    pull = alike.copy()
    np.fill_diagonal(pull, -1.0)
    if count > NEIGHBOURS:
        least = np.partition(pull, count - NEIGHBOURS, axis=1)[:, count - NEIGHBOURS, None]
        pull = np.where(pull >= least, pull, 0)
    pull = pull.clip(0)
    pull /= pull.sum(axis=1, keepdims=True) + np.float32(1e-9)
    move = np.float32(1 - MOVED) * np.eye(count, dtype=np.float32) + np.float32(MOVED) * pull
    moved = move @ alike @ move.T
    lengths = np.sqrt(moved.diagonal().clip(1e-9))
    made: Matrix = (moved / np.outer(lengths, lengths)).astype(np.float32)
    return made


def ranked(of: Piece, among: Sequence[Piece]) -> list[tuple[int, float]]:
    """Places in `among` (at most some hundred pieces) and likeness, the most like first."""
    if not among:
        return []
    row = settled(likeness([of, *among]))[0, 1:]
    return [(int(place), float(row[place])) for place in np.argsort(-row, kind="stable")]


def related(
    of: Piece,
    among: Sequence[Piece],
    count: int,
    shown: Collection[Id] = (),
    favour: Mapping[Id, float] | None = None,
) -> list[Suggestion]:
    """At most `count` suggestions: of the same story first, then the others, by likeness with variety.

    Never the article itself, what the page shows already, a copy of either, two of one family, or two of another
    story, since a page shows a story once. `favour` is added to the likeness of a piece: what else speaks for it.
    """
    families = {of.family, *(piece.family for piece in among if piece.id in shown)} - {None}
    free = [piece for piece in among if piece.id != of.id and piece.id not in shown and piece.family not in families]
    if not free:
        return []
    plainly = likeness([of, *free])
    alike = settled(plainly)
    mine, between = alike[0, 1:], alike[1:, 1:]
    own = np.array([of.story is not None and piece.story == of.story for piece in free])
    open_ = own | ((mine >= _LEAST) & (plainly[0, 1:] >= _PLAINLY))
    value = mine + own * _FIRST + np.array([(favour or {}).get(piece.id, 0.0) for piece in free])
    near = np.zeros(len(free), np.float32)
    chosen: list[int] = []
    while len(chosen) < count and open_.any():
        best = int(np.argmax(np.where(open_, value - VARIETY * near, -np.inf)))
        near = np.maximum(near, between[best]) if chosen else between[best]
        chosen.append(best)
        open_ &= ~_told_by(of, free, best, plainly[best + 1, 1:])
        if sum(own[chosen]) == OF_STORY:
            open_ &= ~own
    return [_suggested(of, free[place], float(mine[place])) for place in chosen]


def _told_by(of: Piece, free: Sequence[Piece], chosen: int, alike: Matrix) -> NDArray[np.bool_]:
    """Which pieces say nothing new beside a chosen one: itself, its family, its story unless it is the asker's too,
    and what is nearly the same text."""
    one = free[chosen]
    return np.array(
        [
            place == chosen
            or (piece.family is not None and piece.family == one.family)
            or (piece.story == one.story and piece.story not in (None, of.story))
            or (piece.story != one.story and like > TOO_LIKE)
            for place, (piece, like) in enumerate(zip(free, alike.tolist(), strict=True))
        ]
    )


def _suggested(of: Piece, piece: Piece, alike: float) -> Suggestion:
    same = of.story is not None and piece.story == of.story
    shared = {word: weight * piece.words[word] for word, weight in of.words.items() if word in piece.words}
    words = ", ".join(sorted(shared, key=lambda word: (-shared[word], word))[:_NAMED_WORDS])
    if same:
        reason = "Of the same story."
    elif words:
        reason = f"Both are about {words}."
    else:
        reason = "It reads alike."
    return Suggestion(piece.id, max(0.0, min(1.0, alike)), same, reason)


def _by_words(weights: Sequence[Mapping[str, float]]) -> Matrix:
    """Cosines of sparse vectors of length 1. A word of one text alone counts for nothing but that text's length."""
    places: dict[str, int] = {}
    once: dict[str, None] = {}
    for words in weights:
        for word in words:
            if word in places:
                continue
            if word in once:
                places[word] = len(places)
            else:
                once[word] = None
    spread = np.zeros((len(weights), max(1, len(places))), np.float32)
    for row, words in zip(spread, weights, strict=True):
        shared = [(places[word], weight) for word, weight in words.items() if word in places]
        if shared:
            columns, values = zip(*shared, strict=True)
            row[list(columns)] = values
    alike: Matrix = spread @ spread.T
    np.fill_diagonal(alike, [sum(weight * weight for weight in words.values()) for words in weights])
    return alike


def _signs(size: int, turn: int) -> Matrix:
    """Plus and minus one by a multiplicative hash of the place: fixed for ever, as codes are stored."""
    numbers = np.arange(1, size + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    numbers ^= numbers >> np.uint64(29 + turn)
    numbers *= np.uint64(0xBF58476D1CE4E5B9)
    return np.where(numbers >> np.uint64(63), np.float32(1), np.float32(-1))

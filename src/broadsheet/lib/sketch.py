"""Bottom-k sketches: how much of one text is found in another, from a few numbers per text.

The sketch of a text is the k smallest hashes of its passages, runs of three words (Broder, "On the
resemblance and containment of documents", 1997; bottom-k estimators: Cohen and Kaplan, 2007).
Where words are not written apart, a run of characters stands for them.

Words are found and hashed for a whole text at once, in numpy: a word's hash is a polynomial over its
characters (Karp and Rabin, 1987) modulo 2^64, passages are mixed with the finaliser of MurmurHash3.
The same text has the same sketch on every machine; a sketch may be stored.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]
"""Passage hashes: 63 bits, so that any database's big integer holds one. Ascending, each once."""
_Words = NDArray[np.uint64]

SIZE = 128
RUN = 3
"""Words in a passage."""
IDEOGRAPHS = 6
"""Characters in a passage of Han, kana: two to four words."""
LETTERS_UNSPACED = 12
"""Characters in a passage of Thai, Lao, Khmer, Burmese: two to three words."""
MAX_CHARACTERS = 100_000
"""What lies behind these is not looked at: some 16,000 words, and an end to memory."""

_APART, _LETTER, _IDEOGRAPH, _UNSPACED = range(4)
# Codes from here on are all taken for one ideograph: no script of a newspaper.
_KNOWN = 0x34000
_ODD = np.uint64(0x9E3779B97F4A7C15)
_STEP = 0x5851F42D4C957F2D
_AT_ONCE = 2 * MAX_CHARACTERS
_IGNORED = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u061c"))
_IDEOGRAPHIC = (
    (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x33FFF),
)  # fmt: skip
_UNSPACED_SCRIPTS = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The ``SIZE`` smallest passage hashes, and how many distinct passages there were.

    ``length`` counts words; of unspaced scripts, what is worth a word. While ``total <= len(hashes)``
    the sketch is the whole set and every comparison is exact.
    """

    hashes: Hashes
    total: int
    length: int

    @property
    def complete(self) -> bool:
        """Whether the sketch holds every passage of the text."""
        return self.total <= len(self.hashes)

    def stored(self) -> bytes:
        """The hashes as a database keeps them: little-endian, eight bytes each."""
        return self.hashes.astype("<i8").tobytes()

    @classmethod
    def of_stored(cls, stored: bytes, total: int, length: int) -> Sketch:
        """The sketch that :meth:`stored` was made of."""
        return cls(np.frombuffer(stored, "<i8").astype(np.int64, copy=False), total, length)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two sketches say of each other where both know everything: below the smaller highest hash."""

    common: int
    of_a: int
    of_b: int

    @property
    def a_in_b(self) -> float:
        """The share, 0 to 1, of a's passages that are in b; 0 where nothing can be compared."""
        return self.common / self.of_a if self.of_a else 0.0

    @property
    def b_in_a(self) -> float:
        """The share, 0 to 1, of b's passages that are in a; 0 where nothing can be compared."""
        return self.common / self.of_b if self.of_b else 0.0

    @property
    def alike(self) -> float:
        """Jaccard likeness, 0 to 1."""
        union = self.of_a + self.of_b - self.common
        return self.common / union if union else 0.0


def sketch(text: str, size: int = SIZE) -> Sketch:
    """The sketch of a text; case, punctuation and spacing do not count."""
    return sketches([text], size)[0]


def sketches(texts: Iterable[str], size: int = SIZE) -> list[Sketch]:
    """The sketches of several texts; of fifty in half the time that they take one by one."""
    made: list[Sketch] = []
    held: list[str] = []
    room = _AT_ONCE
    for text in texts:
        folded = _folded(text)
        if len(folded) >= room:
            made.extend(_drawn(held, size))
            held, room = [], _AT_ONCE
        held.append(folded)
        room -= len(folded) + 1
    made.extend(_drawn(held, size))
    return made


def overlap(a: Sketch, b: Sketch) -> Overlap:
    """What two sketches have in common, in the range of hashes that both know completely.

    There both sets are unbiased samples; exact where both sketches are complete.
    """
    mine, theirs = a.hashes, b.hashes
    if not len(mine) or not len(theirs):
        return Overlap(0, 0, 0)
    of_a, of_b = len(mine), len(theirs)
    # Beyond its highest hash an incomplete sketch knows nothing, so the other's hashes there do not count.
    if not a.complete:
        of_b = int(theirs.searchsorted(mine[-1], "right"))
    if not b.complete:
        of_a = int(mine.searchsorted(theirs[-1], "right"))
    places = theirs.searchsorted(mine)
    places[places == len(theirs)] = 0
    return Overlap(int(np.count_nonzero(theirs[places] == mine)), of_a, of_b)


def containment(a: Sketch, b: Sketch) -> float:
    """The share, 0 to 1, of ``a``'s passages that also occur in ``b``; 0 for an empty text."""
    return overlap(a, b).a_in_b


def _folded(text: str) -> str:
    """At most MAX_CHARACTERS of a text without what does not count."""
    text = text[:MAX_CHARACTERS]
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_IGNORED)[:MAX_CHARACTERS]


def _drawn(texts: list[str], size: int) -> list[Sketch]:
    """The sketches of folded texts, which are looked at as one long one."""
    if not texts:
        return []
    words, kinds, borders = _words(texts)
    counts = np.diff(borders)
    hashes, runs = _runs(words, kinds)
    # A passage that begins in one text and ends in the next is none.
    whole = np.arange(len(words)) + runs <= np.repeat(borders[1:], counts)
    worth = np.where(runs == RUN, 1.0, RUN / runs)
    made = []
    for first, last in pairwise(borders.tolist()):
        mine = hashes[first:last][whole[first:last]]
        if not len(mine) and last > first:
            mine = _runs(words[first:last], kinds[first:last])[0][:1]
        length = last - first if kinds[first:last].max(initial=0) <= _LETTER else round(worth[first:last].sum())
        mine.sort()
        fresh = np.empty(len(mine), bool)
        fresh[:1] = True
        np.not_equal(mine[1:], mine[:-1], out=fresh[1:])
        distinct = mine[fresh]
        made.append(Sketch(distinct[:size].copy(), len(distinct), length))
    return made


def _words(texts: list[str]) -> tuple[_Words, NDArray[np.uint8], NDArray[np.int64]]:
    """The words of all texts hashed, their kinds, and where among them each text begins and the last one ends."""
    classes, numbers = _table()
    powers, inverse = _powers()
    joined = "\n".join(texts)
    codes: NDArray[np.integer[Any]]
    if joined.isascii():
        codes = np.frombuffer(joined.encode("ascii"), np.uint8)
    else:
        codes = np.minimum(np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4"), _KNOWN - 1)
    kinds = classes[codes]
    letters = kinds == _LETTER
    begins = kinds != _APART
    begins[1:] &= ~(letters[1:] & letters[:-1])
    starts = begins.nonzero()[0]
    ends = np.cumsum([0] + [len(text) + 1 for text in texts])
    borders = starts.searchsorted(ends)
    if not len(starts):
        return np.empty(0, np.uint64), np.empty(0, np.uint8), borders
    values = numbers[codes]
    values *= powers[: len(codes)]
    words = np.add.reduceat(values, starts)
    words *= inverse[starts]
    return words, kinds[starts], borders


def _runs(words: _Words, kinds: NDArray[np.uint8]) -> tuple[Hashes, NDArray[np.int64]]:
    """The hash of the passage that begins at every word, and how many words it has."""
    count = len(words)
    padded = np.concatenate((words, np.zeros(LETTERS_UNSPACED, np.uint64)))
    hashes = _run(padded, count, RUN)
    runs = np.full(count, RUN)
    for kind, run in ((_IDEOGRAPH, IDEOGRAPHS), (_UNSPACED, LETTERS_UNSPACED)):
        if (these := kinds == kind).any():
            hashes = np.where(these, _run(padded, count, run), hashes)
            runs[these] = run
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        hashes ^= hashes >> np.uint64(33)
        hashes *= np.uint64(factor)
    hashes ^= hashes >> np.uint64(33)
    hashes >>= np.uint64(1)
    return hashes.view(np.int64), runs


def _run(padded: _Words, count: int, run: int) -> _Words:
    """For every word the sum of it and those behind it, each weighed by its place."""
    total = padded[:count].copy()
    for place in range(1, run):
        total *= _ODD
        total += padded[place : place + count]
    return total


@cache
def _table() -> tuple[NDArray[np.uint8], _Words]:
    """What every character is, and the number it stands for in a word; nothing for what stands between words."""
    kinds = np.fromiter((unicodedata.category(chr(code))[0] in "LMN" for code in range(_KNOWN)), np.uint8, _KNOWN)
    for ranges, kind in ((_IDEOGRAPHIC, _IDEOGRAPH), (_UNSPACED_SCRIPTS, _UNSPACED)):
        for first, last in ranges:
            kinds[first : last + 1] *= np.uint8(kind)
    numbers = np.arange(1, _KNOWN + 1, dtype=np.uint64) * _ODD
    numbers ^= numbers >> np.uint64(30)
    numbers *= np.uint64(0xBF58476D1CE4E5B9)
    numbers ^= numbers >> np.uint64(27)
    numbers[kinds == _APART] = 0
    return kinds, numbers


@cache
def _powers() -> tuple[_Words, _Words]:
    """Powers of an odd number and of its inverse modulo 2^64: a word is worth the same wherever it stands."""
    made = []
    for base in (_STEP, pow(_STEP, -1, 2**64)):
        powers = np.full(_AT_ONCE + 1, base, np.uint64)
        powers[0] = 1
        made.append(np.multiply.accumulate(powers))
    return made[0], made[1]

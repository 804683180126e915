"""Bottom-k sketches: how much of one text is found in another, from a few numbers per text.

The sketch of a text is the k smallest hashes of its word 5-shingles (Broder, "On the resemblance
and containment of documents", 1997; bottom-k estimator: Cohen and Kaplan, 2007).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.lib import text as plain

SHINGLE = 5
SIZE = 128


@dataclass(frozen=True, slots=True)
class Sketch:
    """The ``size`` smallest shingle hashes, ascending, and how many distinct shingles there were.

    While ``total <= len(hashes)`` the sketch is the whole set and every comparison is exact.
    """

    hashes: tuple[int, ...]
    total: int

    @property
    def complete(self) -> bool:
        """Whether the sketch holds every shingle of the text."""
        return self.total <= len(self.hashes)


def shingles(words: Sequence[str]) -> set[int]:
    """64-bit BLAKE2b hashes of all runs of five words; a shorter text is one shingle."""
    if not words:
        return set()
    last = max(1, len(words) - SHINGLE + 1)
    return {
        int.from_bytes(
            hashlib.blake2b("\x1f".join(words[start : start + SHINGLE]).encode("utf-8"), digest_size=8).digest(),
            "big",
        )
        for start in range(last)
    }


def sketch(text: str, size: int = SIZE) -> Sketch:
    """The sketch of a text; case, punctuation and spacing do not count."""
    hashes = shingles(plain.words(plain.normal(text)))
    return Sketch(tuple(heapq.nsmallest(size, hashes)), len(hashes))


def containment(a: Sketch, b: Sketch) -> float:
    """The share, 0 to 1, of ``a``'s shingles that also occur in ``b``; 0 for an empty text.

    Below the smaller of the two sketches' highest hashes both sets are known completely, so the
    share there is an unbiased sample. Exact where both sketches are complete.
    """
    if not a.hashes or not b.hashes:
        return 0.0
    limit = min(
        a.hashes[-1] if not a.complete else 2**64,
        b.hashes[-1] if not b.complete else 2**64,
    )
    mine = [value for value in a.hashes if value <= limit]
    if not mine:
        # b's sketch reaches less far than a's smallest hash: a is a tiny part of the range.
        return 0.0
    theirs = set(b.hashes)
    return sum(value in theirs for value in mine) / len(mine)

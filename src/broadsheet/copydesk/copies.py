"""When two texts are one: exact by hash, near by how much of one is in the other."""

from __future__ import annotations

from broadsheet.lib import sketch
from broadsheet.lib import text as texts

MIN_WORDS = 12
"""Texts shorter than this say too little: only their titles could be compared."""

NEAR = 0.9
"""Containment from which two texts are told to be one; the receipt says the share."""


def hash_of(text: str) -> str | None:
    """The hash under which copies of a text are found, or None for one too short to have copies."""
    return texts.text_hash(text) if len(texts.words(text)) >= MIN_WORDS else None


def same_text(a_hash: str | None, b_hash: str | None) -> bool:
    """Whether two hashes name one text. No hash is like no other, not even like no hash."""
    return bool(a_hash) and a_hash == b_hash


def share(a: str, b: str) -> float:
    """How much of the shorter text is found in the longer, 0 to 1; 0 where either is too short."""
    if min(len(texts.words(a)), len(texts.words(b))) < MIN_WORDS:
        return 0.0
    first, second = sketch.sketch(a), sketch.sketch(b)
    if first.total > second.total:
        first, second = second, first
    return sketch.containment(first, second)


def near(a: str, b: str) -> bool:
    """Whether two texts are one but for small changes."""
    return share(a, b) >= NEAR

"""What is kept of an article so that its relatives can be found later without its text: about one kilobyte.

The strongest words with their weights, the vector in 256 bytes (whole numbers, the largest of them 127), and a code
of 32 bytes by which candidates are searched. Where no table of vectors is installed the code is made of the words
alone: each word is a fixed row of 256 signs, and the signs of the weighted sum are kept (Charikar 2002).
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from broadsheet.copydesk import likeness
from broadsheet.copydesk.likeness import Background, Matrix
from broadsheet.copydesk.sections import vectors
from broadsheet.copydesk.sections.features import TEXT_CHARACTERS

SIZE = 256
"""Numbers of a vector, bits of a code."""

BY_WORDS = 0
BY_TABLE = 1

READ_CHARACTERS = 2_000
"""Of a text so much is looked at; :data:`likeness.READ` words are fewer."""


@dataclass(frozen=True, slots=True)
class Keepsake:
    """`maker` says what the code was made of: codes of two makers cannot be compared."""

    maker: int
    code: bytes
    vector: bytes
    words: dict[str, float]


def maker() -> int:
    """What codes are made of in this installation."""
    return BY_TABLE if vectors.installed() is not None else BY_WORDS


def embedded(headline: str, text: str) -> str:
    """The words whose vector is taken: those that the section judge reads, so that one vector serves both."""
    return f"{headline} {text[:TEXT_CHARACTERS]}"


def embed(texts: Sequence[tuple[str, str]]) -> Matrix | None:
    """The vector of each (headline, text) as the table gives it; None where none is installed."""
    table = vectors.installed()
    return None if table is None else table.embed([embedded(*one) for one in texts])


def keep(texts: Sequence[tuple[str, str]], background: Background, made: Matrix | None) -> list[Keepsake]:
    """Keepsakes of (headline, text), in order. `made` are their vectors as of :func:`embed`."""
    words = [likeness.weighed(f"{headline} {text[:READ_CHARACTERS]}", background) for headline, text in texts]
    if made is None:
        return [_kept(BY_WORDS, hashed(mine), b"", mine) for mine in words]
    turned = likeness.spun(_centred(made))
    return [_kept(BY_TABLE, row, _rounded(row), mine) for row, mine in zip(turned, words, strict=True)]


def restored(vector: bytes) -> Matrix | None:
    """A kept vector with length 1; None where none was kept."""
    if not vector:
        return None
    row = np.frombuffer(vector, np.int8).astype(np.float32)
    length: Matrix = row / np.float32(float(np.linalg.norm(row)) or 1.0)
    return length


def asking(vector: bytes, words: Mapping[str, float]) -> Matrix:
    """The unrounded side of a search among codes of the same maker."""
    row = restored(vector)
    return hashed(words) if row is None else row


def hashed(words: Mapping[str, float]) -> Matrix:
    """Words as 256 numbers whose angles are, on average, those of the words."""
    if not words:
        return np.zeros(SIZE, np.float32)
    seeds = b"".join(hashlib.blake2b(word.encode(), digest_size=SIZE // 8).digest() for word in words)
    signs = np.unpackbits(np.frombuffer(seeds, np.uint8)).reshape(len(words), SIZE).astype(np.float32) * 2 - 1
    summed: Matrix = np.fromiter(words.values(), np.float32, len(words)) @ signs / np.float32(SIZE**0.5)
    return summed


@cache
def shipped() -> Background:
    """How common English words are in 15,407 headlines of 2013 that are in the public domain (PDDL)."""
    lines = gzip.decompress(_data("words.tsv.gz")).decode().splitlines()
    counts = {word: int(count) for word, count in (line.rsplit("\t", 1) for line in lines[1:])}
    return Background(counts, int(lines[0]))


@cache
def _middle() -> Matrix:
    """The mean vector of those headlines: what all news have in common says nothing about one."""
    middle: Matrix = np.frombuffer(_data("middle.f16"), "<f2").astype(np.float32)
    return middle


def _data(name: str) -> bytes:
    return (resources.files("broadsheet.copydesk") / "data" / name).read_bytes()


def _centred(made: Matrix) -> Matrix:
    centred = made - _middle()
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    found: Matrix = (centred / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return found


def _rounded(row: Matrix) -> bytes:
    largest = float(np.abs(row).max()) or 1.0
    return bytes(np.rint(row * (127 / largest)).astype(np.int8).tobytes())


def _kept(made_by: int, row: Matrix, vector: bytes, words: Mapping[str, float]) -> Keepsake:
    return Keepsake(
        made_by, likeness.codes(row).tobytes(), vector, {word: round(weight, 3) for word, weight in words.items()}
    )

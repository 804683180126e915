"""A text as 256 numbers: the mean of its word pieces' rows in the table that the package `wordllama` carries.

Only two files of that package are read, its table and its word pieces; none of its code runs, so nothing
can be asked of a hub. Where it is not installed the section judge works without this voice.

The pieces are those of byte-pair encoding (Sennrich, Haddow, Birch 2016: the pair that was learned first is
joined first). No piece of this table reaches over a space, so each word is cut by itself and remembered.
"""

from __future__ import annotations

import importlib.util
import json
import struct
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_TABLE = "weights/l2_supercat_256.safetensors"
_PIECES = "tokenizers/l2_supercat_tokenizer_config.json"
_SPACE = "▁"
# The words remembered with their pieces; when so many are known, all are forgotten.
_REMEMBERED = 60_000
# Longer "words" are no words; their beginning says as much.
_LONGEST = 40


class Pieces:
    """The table of one folder. Memory: the table is mapped, not read; the merges take about 20 MB."""

    def __init__(self, folder: Path) -> None:
        made = json.loads((folder / _PIECES).read_text("utf-8"))["model"]
        self._ids: dict[str, int] = made["vocab"]
        pairs = (merge.split(" ", 1) if isinstance(merge, str) else merge for merge in made["merges"])
        self._ranks: dict[tuple[str, str], int] = {(left, right): rank for rank, (left, right) in enumerate(pairs)}
        self._table = _mapped(folder / _TABLE)
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def size(self) -> int:
        """Numbers per text."""
        return int(self._table.shape[1])

    def place(self, word: str) -> int | None:
        """When this word, as the first of a text or after a space, was learned as one piece: the frequent first."""
        return self._ids.get(_SPACE + word)

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row of length 1 a text; a text without words is a row of zeros."""
        rows = np.zeros((len(texts), self.size), np.float32)
        for number, text in enumerate(texts):
            ids = [one for word in text.split() for one in self._pieces(word[:_LONGEST])]
            if ids:
                mean = self._table[ids].astype(np.float32).mean(axis=0)
                rows[number] = mean / (float(np.linalg.norm(mean)) or 1.0)
        return rows

    def _pieces(self, word: str) -> tuple[int, ...]:
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[word] = tuple(self._cut(word))
        return found

    def _cut(self, word: str) -> list[int]:
        parts = [_SPACE, *word]
        while len(parts) > 1:
            ranked = [
                (rank, at) for at, pair in enumerate(pairwise(parts)) if (rank := self._ranks.get(pair)) is not None
            ]
            if not ranked:
                break
            _, at = min(ranked)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        ids: list[int] = []
        for part in parts:
            known = self._ids.get(part)
            if known is not None:
                ids.append(known)
            else:
                ids.extend(self._ids[f"<0x{byte:02X}>"] for byte in part.encode("utf-8", "replace"))
        return ids


@cache
def installed() -> Pieces | None:
    """The table of the installed package, or None where it is not there or not as we know it."""
    try:
        found = importlib.util.find_spec("wordllama")
        if found is None or not found.submodule_search_locations:
            return None
        return Pieces(Path(next(iter(found.submodule_search_locations))))
    except (OSError, ValueError, KeyError, ImportError):
        return None


def _mapped(path: Path) -> NDArray[np.float16]:
    """The one table of a file in the safetensors form: a length, a header of JSON, then the numbers."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > 1_000_000:
            raise ValueError("no table of numbers")
        header = json.loads(file.read(length))
    about = header["embedding.weight"]
    if about["dtype"] != "F16":
        raise ValueError("no table of half precision")
    start = 8 + length + about["data_offsets"][0]
    return np.memmap(path, dtype="<f2", mode="r", offset=start, shape=tuple(about["shape"]))

"""The codes of all articles that may be somebody's relatives, in memory: 32 bytes each, and 12 for what they are.

Read whole when first asked for, then grown by what is new. Three million articles, thirty days of a hundred thousand,
take 132 MB and up to a quarter more; more are not held, the newest stay.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.articles.models import ArticleVector
from broadsheet.copydesk import keepsakes, likeness
from broadsheet.copydesk.likeness import Codes, Matrix

MOST = 3_000_000
#: Rows are looked for again among so many of the latest ids: another worker's may be committed out of their order.
OVERLAP = 500
READ_AT_ONCE = 10_000
_FOR_EVER = 2**31 - 1


class Shelf:
    """Held by the worker alone; a page reads what was found, and needs no shelf."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._count = 0
        self._ids: NDArray[np.int64] = np.zeros(0, np.int64)
        self._days: NDArray[np.int32] = np.zeros(0, np.int32)
        self._codes: Codes = np.zeros((0, keepsakes.SIZE // 8), np.uint8)

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        return self._ids.nbytes + self._days.nbytes + self._codes.nbytes

    def grow(self, today: date) -> None:
        """Take in what was kept since the last time, and let go what is over. One query."""
        if self._count and int(self._days[: self._count].min()) < today.toordinal() - 1:
            self._keep_only(self._days[: self._count] >= today.toordinal())
        last = int(self._ids[: self._count].max()) if self._count else 0
        known = set(self._ids[: self._count][self._ids[: self._count] > last - OVERLAP].tolist())
        rows = ArticleVector.objects.filter(maker=keepsakes.maker(), article_id__gt=last - OVERLAP)
        if not self._count:
            rows = rows.order_by("-article_id")[: self._most]
        read = rows.values_list("article_id", "last_day", "code")
        portion: list[tuple[int, date | None, bytes]] = []
        for row in read.iterator(chunk_size=READ_AT_ONCE):
            if row[0] not in known:
                portion.append((row[0], row[1], bytes(row[2])))
            if len(portion) == READ_AT_ONCE:
                self._put(portion)
                portion.clear()
        self._put(portion)
        if self._count > self._most:
            oldest = np.partition(self._ids[: self._count], self._count - self._most)[self._count - self._most]
            self._keep_only(self._ids[: self._count] >= oldest)

    def nearest(self, asking: Matrix, count: int) -> list[int]:
        """Ids of the articles whose codes are nearest, best first; the asker's own may be among them."""
        if not self._count:
            return []
        places, _ = likeness.nearest(asking, self._codes[: self._count], count)
        return [int(one) for one in self._ids[places]]

    def _put(self, rows: list[tuple[int, date | None, bytes]]) -> None:
        if not rows:
            return
        end = self._count + len(rows)
        if end > len(self._ids):
            room = max(end, int(len(self._ids) * 1.25), 1_000)
            self._ids = _stretched(self._ids, room)
            self._days = _stretched(self._days, room)
            self._codes = _stretched(self._codes, room)
        self._ids[self._count : end] = [row[0] for row in rows]
        self._days[self._count : end] = [row[1].toordinal() if row[1] else _FOR_EVER for row in rows]
        codes = np.frombuffer(b"".join(row[2] for row in rows), np.uint8)
        self._codes[self._count : end] = codes.reshape(len(rows), -1)
        self._count = end

    def _keep_only(self, wanted: NDArray[np.bool_]) -> None:
        kept = int(wanted.sum())
        for held in (self._ids, self._days, self._codes):
            held[:kept] = held[: self._count][wanted]
        self._count = kept


def _stretched(held: Any, room: int) -> Any:
    larger = np.zeros((room, *held.shape[1:]), held.dtype)
    larger[: len(held)] = held
    return larger

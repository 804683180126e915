"""Pages of a list, thirty to a page, without counting the list: one row too many tells that there is an older page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

PER_PAGE = 30

#: The tail of a list's address, for the press's table. Page 1 has no number, and numbers have no leading zero.
TAIL = r"(?:page/(?P<number>[1-9][0-9]{0,3})/)?"

#: Older pages are not printed: to skip more rows than these costs more than anybody's paging is worth.
LAST = 1000


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the reader stands in a list and where he can turn to."""

    number: int
    base: str
    more: bool

    def path(self, number: int) -> str:
        """Address of a page of the list."""
        return self.base if number <= 1 else f"{self.base}page/{number}/"

    @property
    def here(self) -> str:
        """Address of this page."""
        return self.path(self.number)

    @property
    def newer(self) -> str:
        """Address of the page before; empty on the first."""
        return self.path(self.number - 1) if self.number > 1 else ""

    @property
    def older(self) -> str:
        """Address of the next page; empty on the last."""
        return self.path(self.number + 1) if self.more else ""

    @property
    def steps(self) -> list[tuple[int, str]]:
        """Numbers worth printing: the first pages and those around this one; 0 stands for a gap."""
        last = self.number + (1 if self.more else 0)
        wanted = sorted({1, self.number - 1, self.number, last} & set(range(1, last + 1)))
        found: list[tuple[int, str]] = []
        for number in wanted:
            if found and number > found[-1][0] + 1:
                found.append((0, ""))
            found.append((number, self.path(number)))
        return found


def number_of(text: str | None) -> int:
    """The page number in an address; 0 for one not written the one right way (`/page/1/` is not), or past the last."""
    if text is None:
        return 1
    number = int(text) if re.fullmatch(r"[1-9][0-9]{0,3}", text) else 0
    return number if 1 < number <= LAST else 0


def bounds(number: int) -> tuple[int, int]:
    """Start and stop of the rows to read for a page: one more than it prints."""
    start = (number - 1) * PER_PAGE
    return start, start + PER_PAGE + 1


def turned(rows: Iterable[T], number: int, base: str) -> tuple[Sequence[T], Turn]:
    """The rows of the page, and the way on."""
    found = list(rows)
    return found[:PER_PAGE], Turn(number, base, more=len(found) > PER_PAGE and number < LAST)

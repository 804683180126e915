"""Where printed pages lie: the protocol of a store, and the two stores that need no disk.

A store keeps one print per path and, apart from it, the highest mark set on the path. A mark is a
number of the press clock. A print is stale when its mark is higher than the number it was printed
as of. Because marks are numbers and only grow, nobody ever has to take one off, and a late mark
cannot spoil a newer print.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from broadsheet.press.printing import Printed


@dataclass(frozen=True, slots=True)
class Stored:
    """A print as found in a store. `stamp` changes whenever print or mark change."""

    printed: Printed
    stale: bool
    stamp: Hashable


class PageStore(Protocol):
    """What a store can do. All of it may be called from any thread and any process."""

    def get(self, path: str) -> Stored | None:
        """The print of `path` with all its forms; None where there is none or it is damaged."""

    def stamp(self, path: str) -> Hashable | None:
        """A cheap look whether anything changed since the page was read. None: no print."""

    def mark_of(self, path: str) -> int | None:
        """The higher of the print's own number and the mark set on it. None: no print."""

    def put(self, path: str, printed: Printed) -> None:
        """Swap in a new print, whole or not at all."""

    def mark(self, paths: Iterable[str], seq: int) -> None:
        """Make the prints of `paths` stale if they were made before the clock stood at `seq`."""

    def drop(self, path: str) -> None:
        """Forget the page. No error where there is none."""

    def paths(self) -> Iterator[str]:
        """Every path with a print, in no order."""

    def tidy(self) -> int:
        """Clear away what broken-off writes left behind; how many files went."""


class MemoryStore:
    """Prints in this process only: for tests, and for installations that keep nothing on disk."""

    def __init__(self, *, imprint: str = "") -> None:
        self.imprint = imprint
        self._pages: dict[str, tuple[Printed, int, int]] = {}
        self._lock = threading.Lock()
        self._count = 0

    def get(self, path: str) -> Stored | None:
        found = self._pages.get(path)
        if found is None:
            return None
        printed, mark, version = found
        return Stored(printed, mark > printed.as_of or printed.imprint != self.imprint, version)

    def stamp(self, path: str) -> Hashable | None:
        found = self._pages.get(path)
        return found[2] if found else None

    def mark_of(self, path: str) -> int | None:
        found = self._pages.get(path)
        return found[1] if found else None

    def put(self, path: str, printed: Printed) -> None:
        with self._lock:
            self._count += 1
            self._pages[path] = (printed, printed.as_of, self._count)

    def mark(self, paths: Iterable[str], seq: int) -> None:
        with self._lock:
            for path in paths:
                if path in self._pages and self._pages[path][1] < seq:
                    self._count += 1
                    self._pages[path] = (self._pages[path][0], seq, self._count)

    def drop(self, path: str) -> None:
        with self._lock:
            self._pages.pop(path, None)

    def paths(self) -> Iterator[str]:
        return iter(list(self._pages))

    def tidy(self) -> int:
        return 0


class NullStore:
    """Keeps nothing: every request prints. For the desk's previews and for measuring builders."""

    def get(self, path: str) -> Stored | None:
        return None

    def stamp(self, path: str) -> Hashable | None:
        return None

    def mark_of(self, path: str) -> int | None:
        return None

    def put(self, path: str, printed: Printed) -> None:
        pass

    def mark(self, paths: Iterable[str], seq: int) -> None:
        pass

    def drop(self, path: str) -> None:
        pass

    def paths(self) -> Iterator[str]:
        return iter(())

    def tidy(self) -> int:
        return 0

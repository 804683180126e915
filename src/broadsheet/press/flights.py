"""Single flight: of all who want a page printed, in all threads and processes, one prints it.

A flight is a lock on one of 256 files. The kernel takes the lock back from a process that dies, so
a killed printer holds nobody up. Two paths may share a file; then one waits for the other, which
costs time and no truth.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from broadsheet.press.printing import Printed
from broadsheet.press.store import PageStore

_BUCKETS = 256
_POLL_SECONDS = 0.004
_REMEMBERED = 1024


class Busy(Exception):
    """Somebody else is still printing the page, and there is no older print to show."""


class Flights:
    """The locks. Without a directory they hold among the threads of this process only."""

    def __init__(self, directory: Path | None = None, *, wait: float = 10.0) -> None:
        self._directory = directory
        self._wait = wait
        self._locks = [threading.Lock() for _ in range(_BUCKETS)]
        self._not_found: dict[str, float] = {}
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def attempt(self, path: str) -> Iterator[bool]:
        """Take the flight of `path` if it is free. Yields whether it was; never waits."""
        bucket = zlib.crc32(path.encode()) % _BUCKETS
        lock = self._locks[bucket]
        if not lock.acquire(blocking=False):
            yield False
            return
        try:
            if self._directory is None:
                yield True
                return
            fd = os.open(self._directory / f"{bucket:02x}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                    return
                yield True
            finally:
                os.close(fd)
        finally:
            lock.release()

    def single(self, path: str, store: PageStore, make: Callable[[], Printed | None]) -> Printed | None:
        """Run `make` unless somebody is at it; else take the print in the store, or wait for one.

        None means that there is no such page. Raises Busy after `wait` seconds without a result.
        """
        came = time.monotonic()
        while True:
            # Those who waited while it turned out that there is no such page need not find out one
            # by one.
            if self._not_found.get(path, 0.0) > came:
                return None
            with self.attempt(path) as mine:
                if mine:
                    return self._make(path, make)
            stored = store.get(path)
            if stored is not None:
                return stored.printed
            if time.monotonic() - came > self._wait:
                raise Busy(f"{path} has been in print for more than {self._wait:g} s.")
            time.sleep(_POLL_SECONDS)

    def _make(self, path: str, make: Callable[[], Printed | None]) -> Printed | None:
        result = make()
        if result is None:
            if len(self._not_found) >= _REMEMBERED:
                self._not_found.clear()
            self._not_found[path] = time.monotonic()
        return result

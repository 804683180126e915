"""Something that is good to do often, but not so often that it takes the worker's time from filing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

#: What takes less than this, in seconds, may be done every time.
QUICK = 0.1
#: What takes longer waits so many times as long as it took: it has a tenth of the time at most.
REST = 9


class Sparing:
    """Remembers how long something took and says when it may be done again. The timers do it in any case."""

    def __init__(self) -> None:
        self._again_at = 0.0

    def may(self) -> bool:
        """Whether it may be done now."""
        return time.monotonic() >= self._again_at

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Around the doing of it."""
        start = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - start
            self._again_at = start + took * (1 + REST) if took > QUICK else 0.0

"""Manners towards other people's servers: few requests at once, and not in quick succession."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from broadsheet.lib.http.results import FetchFailed
from broadsheet.lib.reasons import Reason

# Hosts are forgotten once they are due again; above this many we look for such hosts.
_PRUNE_ABOVE = 2048
# How long a full host is expected to stay full, for callers who would rather do something else.
_BUSY = 1.0


@dataclass(slots=True)
class _Host:
    active: int = 0
    next_start: float = 0.0
    paused_until: float = 0.0


class Manners:
    """At most ``per_host`` requests at once and ``spacing`` seconds between starts, by host.

    Thread-safe. ``monotonic`` and ``sleep`` are injectable for tests; ``sleep`` must return after
    about the seconds it is given.
    """

    def __init__(
        self,
        per_host: int = 2,
        spacing: float = 1.0,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.per_host = per_host
        self.spacing = spacing
        self._monotonic = monotonic
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._free = threading.Condition()

    def delay(self, host: str) -> float:
        """Seconds until a request to this host would start at once; 0 means now."""
        with self._free:
            state = self._hosts.get(host)
            if state is None:
                return 0.0
            wait = max(state.next_start, state.paused_until) - self._monotonic()
            if state.active >= self.per_host:
                wait = max(wait, _BUSY)
            return max(wait, 0.0)

    def pause(self, host: str, seconds: float) -> None:
        """Stays away from the whole host, because it asked us to."""
        with self._free:
            state = self._hosts.setdefault(host, _Host())
            state.paused_until = max(state.paused_until, self._monotonic() + seconds)

    @contextmanager
    def turn(self, host: str, patience: float, *, spaced: bool = True) -> Iterator[None]:
        """Waits for our turn at a host and holds it; at most ``patience`` seconds.

        Not ``spaced`` is what only asks whether we may ask, robots.txt: it keeps no distance and asks for none.

        Raises FetchFailed (asks to wait) at once where the wait is known to be longer: either the
        host asked us to stay away, or too many of our own requests stand in line.
        """
        start = self._take(host, patience, spaced)
        try:
            while (wait := start - self._monotonic()) > 0:
                self._sleep(wait)
            yield
        finally:
            self._leave(host)

    def _take(self, host: str, patience: float, spaced: bool) -> float:
        """Takes a place and returns the moment, on the monotonic clock, when it begins."""
        with self._free:
            limit = self._monotonic() + patience
            while True:
                now = self._monotonic()
                # Looked up anew after every wait: a host at rest may have been forgotten.
                state = self._hosts.setdefault(host, _Host())
                start = max(now, state.next_start if spaced else now, state.paused_until)
                if start > limit:
                    raise _not_yet(host, start - now)
                if state.active < self.per_host:
                    state.active += 1
                    if spaced:
                        state.next_start = start + self.spacing
                    return start
                if now >= limit or not self._free.wait(limit - now):
                    raise _not_yet(host, _BUSY)

    def _leave(self, host: str) -> None:
        with self._free:
            state = self._hosts[host]
            state.active -= 1
            if len(self._hosts) > _PRUNE_ABOVE:
                self._prune()
            self._free.notify_all()

    def _prune(self) -> None:
        now = self._monotonic()
        self._hosts = {
            host: state
            for host, state in self._hosts.items()
            if state.active or max(state.next_start, state.paused_until) > now
        }


def _not_yet(host: str, seconds: float) -> FetchFailed:
    return FetchFailed(Reason.ASKS_TO_WAIT, f"not our turn at {host} yet", None, max(seconds, 0.0), "")

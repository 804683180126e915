"""Pages wait for their host in the database, never in a thread: who may go now, and when the others may.

A feed that brings thirty articles at once has thirty pages at one host, which is asked once a second. In threads they
would hold every thread that other hosts need.
"""

from __future__ import annotations

from collections import Counter

#: A line longer than this is looked at anew when its last page's time has come, in seconds.
LONGEST = 6 * 3600.0
_PRUNE_ABOVE = 2_000


class Lanes:
    """One line for each host: starts are `spacing` seconds apart, and `per_host` may be out at once."""

    def __init__(self, per_host: int, spacing: float) -> None:
        self._per_host = per_host
        self._spacing = spacing
        # By host: when the last page was asked for, and when the next newcomer's turn is.
        self._started: dict[str, float] = {}
        self._free: dict[str, float] = {}

    def wait(self, host: str, out: Counter[str], now: float, *, busy: float, has_place: bool) -> float:
        """Seconds until a page of `host` may be asked for; 0: now, and it is taken for started.

        `out` are the hosts that are being asked at this moment, `now` a steady clock, `busy` the seconds for which
        the door itself would have the page wait. A page that was told to wait `has_place` in the line when it comes
        again.
        """
        ready = max(now + busy, self._started.get(host, now - self._spacing) + self._spacing)
        if out[host] >= self._per_host:
            ready = max(ready, now + self._spacing)
        if not has_place:
            ready = max(ready, self._free.get(host, ready))
            self._free[host] = min(ready + self._spacing, now + LONGEST)
        if ready <= now:
            self._started[host] = now
        if len(self._started) + len(self._free) > _PRUNE_ABOVE:
            self._started = {host: at for host, at in self._started.items() if at + self._spacing > now}
            self._free = {host: at for host, at in self._free.items() if at > now}
        return ready - now

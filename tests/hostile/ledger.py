"""What the origin really said and was really asked: the truth that others are measured against."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Told:
    """One entry of a feed as it was told. `host` is the feed's; `link` is what makes it one article."""

    host: str
    guid: str
    link: str
    title: str


class Ledger:
    """Requests seen, entries told and addresses that somebody tried to dial. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str]] = Counter()
        self._told: dict[Told, int] = {}
        self._dialled: list[str] = []
        self._secrets: list[str] = []

    def saw(self, host: str, path: str, headers: dict[str, str]) -> None:
        """A request arrived. Cookies and credentials are noted: nobody should have sent any."""
        with self._lock:
            self._requests[host, path] += 1
            self._secrets += [f"{host}{path} {name}" for name in ("cookie", "authorization") if name in headers]

    def tell(self, entries: list[Told]) -> None:
        """These entries are in an answer that is about to be sent whole."""
        with self._lock:
            for entry in entries:
                self._told[entry] = self._told.get(entry, 0) + 1

    def dialled(self, address: str) -> None:
        """Somebody tried to connect to an address that is not this origin."""
        with self._lock:
            self._dialled.append(address)

    def requests(self, host: str | None = None, path: str | None = None) -> int:
        """How many requests there were, of one host or path or of all."""
        with self._lock:
            wanted = ((h, p) for h, p in self._requests if host in (None, h) and path in (None, p))
            return sum(self._requests[one] for one in wanted)

    def told(self, host: str | None = None) -> list[Told]:
        """Every distinct entry told, in the order of its first telling."""
        with self._lock:
            return [entry for entry in self._told if host in (None, entry.host)]

    def links(self, host: str | None = None) -> set[str]:
        """The distinct links told: how many articles there may be at most."""
        return {entry.link for entry in self.told(host)}

    @property
    def outside(self) -> list[str]:
        """The addresses outside loopback that were to be dialled."""
        with self._lock:
            return list(self._dialled)

    @property
    def secrets(self) -> list[str]:
        """Where cookies or credentials arrived."""
        with self._lock:
            return list(self._secrets)

    def as_json(self) -> dict[str, Any]:
        """All of it, for whoever asks the program over HTTP."""
        with self._lock:
            return {
                "requests": [{"host": h, "path": p, "times": n} for (h, p), n in self._requests.items()],
                "told": [asdict(entry) | {"times": times} for entry, times in self._told.items()],
                "outside": list(self._dialled),
                "secrets": list(self._secrets),
            }

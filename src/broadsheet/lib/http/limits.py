"""The limits of a fetch, in one table."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes after decoding."""

    connect: float = 10.0
    total: float = 30.0
    dns: float = 5.0
    header_bytes: int = 64 * KIB
    hops: int = 5
    encodings: int = 2
    addresses: int = 4
    """How many of a name's addresses are tried."""
    retry_after: float = DAY
    """No server may send us away for longer."""
    feed: int = 10 * MIB
    page: int = 5 * MIB
    image: int = 10 * MIB
    robots: int = 512 * KIB
    other: int = 1 * MIB

    def size(self, kind: str) -> int:
        """The largest body of a kind: feed, page, image, robots; anything else is ``other``."""
        if kind in ("feed", "page", "image", "robots"):
            return int(getattr(self, kind))
        return self.other

    def raw(self, kind: str) -> int:
        """The most bytes behind the head of an answer as they arrive, with all chunk sizes, notes and trailers."""
        return 2 * self.size(kind) + self.header_bytes

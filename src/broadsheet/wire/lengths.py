"""How long a feed's texts usually are, and whether they shrank: the sign that a page was rebuilt under our reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

LATEST = 8
LEAST_SEEN = 16
# A text that loses more than this is no shorter article but another page.
SHRUNK, REGAINED = 0.4, 0.7
LEAST_WORDS = 60
_WEIGHT = 0.1


@dataclass(frozen=True)
class Lengths:
    """Words of a feed's latest texts beside what was usual before them; `shrunk` once they are far below it."""

    usual: float = 0.0
    seen: int = 0
    latest: tuple[int, ...] = field(default=())
    shrunk: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Lengths:
        """From `as_json`; what does not fit is as if nothing was known."""
        try:
            latest = tuple(int(one) for one in data["latest"])[-LATEST:]
            return cls(float(data["usual"]), int(data["seen"]), latest, bool(data["shrunk"]))
        except (KeyError, TypeError, ValueError):
            return cls()

    def as_json(self) -> dict[str, Any]:
        """Plain data for the feed's row."""
        return {
            "usual": round(self.usual, 1),
            "seen": self.seen,
            "latest": list(self.latest),
            "shrunk": self.shrunk,
        }

    @property
    def now(self) -> float:
        """The middle of the latest texts, in words."""
        return float(median(self.latest)) if self.latest else 0.0

    def after(self, words: int) -> Lengths:
        """With one text more."""
        latest, usual = (*self.latest, words), self.usual
        if len(latest) > LATEST:
            # What leaves the latest becomes the usual, but never while the alarm stands: it would get used to it.
            if not self.shrunk:
                usual = latest[0] if not usual else usual + _WEIGHT * (latest[0] - usual)
            latest = latest[1:]
        seen = self.seen + 1
        current = float(median(latest))
        if self.shrunk:
            shrunk = current < REGAINED * usual
        else:
            enough = seen >= LEAST_SEEN and len(latest) == LATEST and usual >= LEAST_WORDS
            shrunk = enough and current < SHRUNK * usual
        return Lengths(usual, seen, latest, shrunk)

    def accepted(self) -> Lengths:
        """After somebody said that the texts are right as they are now."""
        return Lengths(self.now, self.seen, self.latest, shrunk=False)

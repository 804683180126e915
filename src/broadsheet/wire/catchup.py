"""Catching up: after an outage all feeds are due at once, and they are not all asked at once.

A token bucket (Turner, "New directions in communications", IEEE Communications 24, 1986): polls are allowed at a small
multiple of the rate at which these feeds are polled anyhow. A portal in its usual course never notices it.
"""

from __future__ import annotations

from dataclasses import dataclass

# The peak of a catch-up stays below three times the mean, with room for what is asked again in between.
FACTOR = 2.5
# A small portal catches up at once: so many polls a second are no storm for anybody.
LEAST_A_SECOND = 2.0
# What may gather while nothing is due, in seconds of the allowed rate.
GATHERED_SECONDS = 10.0


@dataclass
class Pace:
    """How many polls one worker may begin; times are of the monotonic clock, rates in polls a second."""

    tokens: float = LEAST_A_SECOND * GATHERED_SECONDS
    at: float | None = None

    def allowed(self, mean: float, now: float) -> int:
        """Polls that may begin now, where `mean` is the usual rate of all feeds together."""
        rate = max(FACTOR * mean, LEAST_A_SECOND)
        if self.at is not None:
            # A clock that stood still or went back earns nothing and costs nothing.
            self.tokens += rate * max(0.0, now - self.at)
        self.at = now
        self.tokens = min(self.tokens, rate * GATHERED_SECONDS)
        return max(0, int(self.tokens))

    def spent(self, polls: int) -> None:
        """So many were begun."""
        self.tokens -= polls

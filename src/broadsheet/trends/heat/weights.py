"""The numbers that heat is computed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Weights:
    """Weights of the forecast and of the voices. `shipped()` gives those that come with the product."""

    version: int = 1
    forecast: Mapping[str, float] = field(default_factory=dict)
    # Readers that one unit of surprise (a power of ten of improbability) is worth.
    per_surprise: float = 10.0

    @classmethod
    def shipped(cls) -> Weights:
        """The weights that come with the product."""
        return cls()

"""The numbers that heat is computed with; those that come with the product were learned (see docs/intelligence.md)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

from broadsheet.trends.heat.boosting import Model

SHIPPED = Path(__file__).parent / "data" / "weights.json.gz"
# How many readers one share, bookmark or read to the end stands for. Not learned: no public series has them.
WORTH = {"share": 5.0, "bookmark": 3.0, "end": 0.5}


@dataclass(frozen=True)
class Weights:
    """`soon` forecasts the readers of the next three hours, `rest` all that are still to come.

    `hours_per_power`: one power of ten of surprise stands for so many hours of the usual readers, while there are none.
    `levelled`: how much of the difference in size between sections is taken away, 0 none, 1 all.
    """

    soon: Model
    rest: Model
    worth: Mapping[str, float] = field(default_factory=lambda: WORTH)
    hours_per_power: float = 2.5
    levelled: float = 0.7
    version: int = 1

    @classmethod
    def shipped(cls) -> Weights:
        """The weights that come with the product."""
        return _shipped()

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "version": self.version,
            "worth": dict(self.worth),
            "hours_per_power": self.hours_per_power,
            "levelled": self.levelled,
            "soon": self.soon.as_json(),
            "rest": self.rest.as_json(),
        }

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Self:
        """The weights in this object."""
        models = {name: Model.from_json(held[name]) for name in ("soon", "rest")}
        return cls(**{**held, **models})


@cache
def _shipped() -> Weights:
    return Weights.from_json(json.loads(gzip.decompress(SHIPPED.read_bytes())))

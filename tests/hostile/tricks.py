"""The catalogue: every trick by name, what it does, and what a sound reader makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.hostile.ledger import Ledger
from tests.wire_server import Behaviour

FINE = "fine"
"""Not a reason: the answer is to be taken as it is."""


@dataclass(frozen=True)
class Setting:
    """What a trick may need: the ledger, and how large and how slow to be (1 is full size)."""

    ledger: Ledger
    scale: float = 1.0

    def size(self, full: int, least: int = 1) -> int:
        """A number of things, scaled."""
        return max(int(full * self.scale), least)


Make = Callable[[Setting], Behaviour | list[Behaviour]]


@dataclass(frozen=True)
class Trick:
    """One behaviour. `reasons` are the plain codes that fit, `fine` among them where it is to be read after all.

    `where` says how it is reached: by the plain server, over TLS, or by a name that resolves strangely.
    """

    name: str
    make: Make
    reasons: frozenset[str]
    what: str
    where: str = "plain"
    content: bool = field(default=False)


TRICKS: dict[str, Trick] = {}


def trick(name: str, reasons: str, what: str, *, content: bool = False) -> Callable[[Make], Make]:
    """Enters a maker of behaviours into the catalogue; `reasons` are separated by spaces."""

    def enter(make: Make) -> Make:
        add(name, reasons, what, make, content=content)
        return make

    return enter


def add(name: str, reasons: str, what: str, make: Make, *, where: str = "plain", content: bool = False) -> None:
    """The same for a maker that has no name of its own."""
    assert name not in TRICKS, name
    TRICKS[name] = Trick(name, make, frozenset(reasons.split()), what, where, content)

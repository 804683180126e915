"""How the sections stand on the front: full strips for those with much to say, narrow columns for the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from broadsheet.articles.models import Section
from broadsheet.paper.makeup import Card

#: From this many stories on a section gets a strip of the page's whole width.
FULL = 5
#: Full strips take these shapes in turn, so that no two neighbours are alike.
SHAPES = ("lead-first", "lead-last", "wide")


@dataclass(frozen=True, slots=True)
class Strip:
    """One section on the front, its best story first."""

    section: Section
    cards: Sequence[Card]

    @property
    def lead(self) -> Card:
        """The story on top."""
        return self.cards[0]

    @property
    def seconds(self) -> Sequence[Card]:
        """The next two."""
        return self.cards[1:3]

    @property
    def lines(self) -> Sequence[Card]:
        """The rest, as lines."""
        return self.cards[3:]

    @property
    def rest(self) -> Sequence[Card]:
        """All but the lead."""
        return self.cards[1:]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the front below the fold: a full strip in some shape, or columns side by side."""

    shape: str
    strips: Sequence[Strip]
    width: int = 12


def arrange(strips: Iterable[Strip]) -> list[Row]:
    """Rows in the order of the sections; narrow sections wait for company and are set side by side."""
    rows: list[Row] = []
    waiting: list[Strip] = []
    full = 0
    for strip in strips:
        if not strip.cards:
            continue
        if len(strip.cards) < FULL:
            waiting.append(strip)
            if len(waiting) == 3:
                rows.append(_columns(waiting))
                waiting = []
            continue
        rows.append(Row(SHAPES[full % len(SHAPES)], (strip,)))
        full += 1
    if len(waiting) == 1 and rows and len(rows[-1].strips) == 3:
        # Rather two and two than three and one.
        waiting = [*rows.pop().strips, *waiting]
        rows.append(_columns(waiting[:2]))
        waiting = waiting[2:]
    if waiting:
        rows.append(_columns(waiting))
    return rows


def _columns(strips: list[Strip]) -> Row:
    if len(strips) == 1:
        return Row("single", tuple(strips))
    return Row("columns", tuple(strips), width=12 // len(strips))

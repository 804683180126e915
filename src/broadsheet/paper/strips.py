"""How the sections stand on the front: full strips of different build, pairs, and narrow columns for small sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from broadsheet.articles.models import Section, Topic
from broadsheet.paper.makeup import Card

#: From this many stories on a section gets a strip to itself, or half of a pair.
FULL = 4
#: Strips take these shapes in turn, so that no two neighbours are alike. A pair sets two sections side by side.
TURN = ("lead-first", "headline", "lead-last", "pair", "tall", "pair-back", "wide")
#: What becomes of a shape when there is too little to stand beside a big picture.
LOW_SHAPES = {"lead-first": "low-first", "lead-last": "low-last"}
#: Among so many of a section's best stories one with a picture is looked for, to lead its strip.
LOOK = 4
#: A strip whose other columns reach less far down than this, in pixels, stands low: its picture beside its headline.
LOW = 400
#: Heights in pixels on a wide screen, measured with the style as it is: a second story, its picture, its deck, a line.
SECOND, PICTURE, DECK, LINE = 110, 160, 65, 75
#: Widths of a pair, of twelve columns; turned round in ``pair-back``.
PAIR = (7, 5)


@dataclass(frozen=True, slots=True)
class Strip:
    """One section on the front, its best stories first, and the topics that its stories share.

    The lead is the best of the first few that have a picture, if one has; `bare` strips live without.
    """

    section: Section
    cards: Sequence[Card]
    topics: Sequence[Topic] = ()
    width: int = 12
    bare: bool = False

    @property
    def lead(self) -> Card:
        """The story on top."""
        near = self.cards[:LOOK] if not self.bare else ()
        return next((card for card in near if card.picture is not None), self.cards[0])

    @property
    def rest(self) -> Sequence[Card]:
        """All but the lead."""
        lead = self.lead
        return [card for card in self.cards if card is not lead]

    @property
    def seconds(self) -> Sequence[Card]:
        """Of the rest one or two that get more than a line, so that at least two lines are left."""
        return self.rest[: max(1, min(2, len(self.rest) - 2))]

    @property
    def lines(self) -> Sequence[Card]:
        """What is left, as lines."""
        return self.rest[len(self.seconds) :]

    @property
    def thin(self) -> bool:
        """Whether its lead has a picture beside which the other stories would leave white below them."""
        seconds = sum(
            SECOND + (PICTURE if card.picture is not None else 0) + (DECK if card.deck else 0) for card in self.seconds
        )
        return self.lead.picture is not None and max(seconds, LINE * len(self.lines)) < LOW

    @property
    def named(self) -> Sequence[Topic]:
        """As many of the topics as have room beside the head."""
        return self.topics[: 4 if self.width > 7 else 2]

    @property
    def pictured(self) -> Sequence[Card]:
        """The first two that have a picture."""
        return [card for card in self.cards if card.picture is not None][:2]

    @property
    def plain(self) -> Sequence[Card]:
        """All but those two."""
        pictured = self.pictured
        return [card for card in self.cards if card not in pictured]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the front below the fold: a full strip in some shape, or sections side by side."""

    shape: str
    strips: Sequence[Strip]


def arrange(strips: Iterable[Strip]) -> list[Row]:
    """Rows in the order of the sections; narrow sections wait for company and are set side by side."""
    rows: list[Row] = []
    waiting: list[Strip] = []
    full: list[Strip] = []
    turn = 0
    for strip in strips:
        if not strip.cards:
            continue
        if len(strip.cards) < FULL:
            waiting.append(strip)
            if len(waiting) == 3:
                rows.append(_columns(waiting))
                waiting = []
            continue
        full.append(strip)
        shape = TURN[turn % len(TURN)]
        if shape.startswith("pair") and len(full) < 2:
            continue
        rows.append(_row(shape, full))
        full = []
        turn += 1
    if full:
        rows.append(_row("lead-first", full))
    if len(waiting) == 1 and rows and rows[-1].shape == "columns" and len(rows[-1].strips) == 3:
        # Rather two and two than three and one.
        waiting = [*rows.pop().strips, *waiting]
        rows.append(_columns(waiting[:2]))
        waiting = waiting[2:]
    if waiting:
        rows.append(_columns(waiting, after=rows[-1].shape if rows else ""))
    return rows


def _row(shape: str, strips: Sequence[Strip]) -> Row:
    """One row in this shape, or in a plainer one where the pictures it lives on are missing."""
    if shape.startswith("pair"):
        widths = PAIR if shape == "pair" else PAIR[::-1]
        return Row("pair", [_wide(strip, width) for strip, width in zip(strips, widths, strict=True)])
    (strip,) = strips
    if shape == "tall" and (len(strip.pictured) < 2 or len(strip.plain) < 3):
        shape = "lead-first"
    if shape == "wide" and strip.lead.picture is None:
        shape = "headline"
    if shape in LOW_SHAPES and strip.thin:
        shape = LOW_SHAPES[shape]
    return Row(shape, (replace(strip, bare=shape == "headline"),))


def _columns(strips: Sequence[Strip], *, after: str = "") -> Row:
    """Small sections side by side, or one alone in another shape than the row before it."""
    if len(strips) == 1:
        (strip,) = strips
        if not strip.rest or strip.lead.picture is None:
            return Row("single", (strip,))
        return Row("low-first" if after == "low-last" else "low-last", (strip,))
    return Row("columns", [_wide(strip, 12 // len(strips)) for strip in strips])


def _wide(strip: Strip, width: int) -> Strip:
    return replace(strip, width=width)

"""Keeping the front's main column and its rail about equally long, so that neither ends in white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.paper.makeup import Card

# Heights in pixels on a wide screen, measured with the style as it is; only their proportions matter.
LEAD, SECONDS, BRIEF_ROW, LONG = 360, 310, 165, 390
LEAD_PICTURE, SECOND_PICTURE = 280, 170
HEAD, TREND, NEW = 50, 130, 80
BRIEFS_A_ROW = 4
#: So few lines make no rail: they join the main column.
TOO_FEW = 3


@dataclass(frozen=True, slots=True)
class Upper:
    """The front above its strips, place by place. Without `trending` and `latest` there is no rail."""

    lead_card: Card | None
    second: list[Card]
    long: list[Card]
    brief: list[Card]
    trending: list[Card]
    latest: list[Card]
    also_new: list[Card]


def balanced(
    *,
    lead: Card | None,
    second: list[Card],
    brief: list[Card],
    trending: list[Card],
    latest: list[Card],
    long: list[Card] | None = None,
) -> Upper:
    """The same cards where they stand best: none is left out, and their order within a place is kept."""
    long = long or []
    if lead is not None and not trending and len(latest) <= TOO_FEW:
        if len(latest) == 1 and len(second) in (1, 2, 3):
            return Upper(lead, [*second, *latest], long, brief, [], [], [])
        return Upper(lead, second, long, [*brief, *latest], [], [], [])
    kept = new_in_rail(lead=lead, second=second, brief=brief, trending=trending, latest=latest, long=long)
    return Upper(lead, second, long, brief, trending, latest[:kept], latest[kept:])


def new_in_rail(
    *,
    lead: Card | None,
    second: Sequence[Card],
    brief: Sequence[Card],
    trending: Sequence[Card],
    latest: Sequence[Card],
    long: Sequence[Card] = (),
) -> int:
    """How many of the latest articles stand in the rail; the others are set in two columns under the main column.

    A single one is never set alone. Without anything in the main column all stay in the rail.
    """
    main = _main(lead, second, brief) + LONG * len(long)
    if not main:
        return len(latest)
    rail = HEAD + TREND * len(trending) if trending else 0

    def unequal(kept: int) -> int:
        left = len(latest) - kept
        below = HEAD + NEW * ((left + 1) // 2) if left else 0
        beside = HEAD + NEW * kept if kept else 0
        return abs(main + below - rail - beside)

    choices = [kept for kept in range(len(latest) + 1) if len(latest) - kept != 1]
    if not trending:
        choices = [kept for kept in choices if kept] or [len(latest)]
    return min(choices, key=lambda kept: (unequal(kept), -kept), default=0)


def _main(lead: Card | None, second: Sequence[Card], brief: Sequence[Card]) -> int:
    height = 0
    if lead is not None:
        height += LEAD + (LEAD_PICTURE if lead.picture else 0)
    if second:
        height += SECONDS + (SECOND_PICTURE if any(card.picture for card in second) else 0)
    return height + BRIEF_ROW * -(-len(brief) // BRIEFS_A_ROW)

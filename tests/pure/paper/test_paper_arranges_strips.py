"""The lower front: full strips take turns in shape, narrow sections stand side by side, none is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paper.strips import FULL, Row, Strip, arrange


@dataclass(frozen=True)
class FakeCard:
    """As much of a card as arranging asks for."""

    number: int
    picture: str | None = None
    deck: str = ""


def _strips(sizes: list[int], pictures: int = 9) -> list[Strip]:
    made: Any = [
        Strip(section=f"s{place}", cards=[FakeCard(n, "p" if n < pictures else None) for n in range(size)])  # type: ignore[arg-type,misc]
        for place, size in enumerate(sizes)
    ]
    return list(made)


def _shapes(rows: list[Row]) -> list[tuple[str, int]]:
    return [(row.shape, len(row.strips)) for row in rows]


def test_nine_full_sections_stand_in_seven_rows_and_no_neighbours_are_alike() -> None:
    rows = arrange(_strips([FULL + 1] * 9))
    assert _shapes(rows) == [
        ("lead-first", 1), ("headline", 1), ("lead-last", 1), ("pair", 2), ("tall", 1), ("pair", 2), ("wide", 1),
    ]  # fmt: skip
    assert [strip.width for strip in rows[3].strips] == [7, 5]
    assert [strip.width for strip in rows[5].strips] == [5, 7]


def test_without_pictures_the_shapes_that_live_on_them_give_way() -> None:
    rows = arrange(_strips([FULL] * 9, pictures=0))
    assert [shape for shape, _ in _shapes(rows)] == [
        "lead-first", "headline", "lead-last", "pair", "lead-first", "pair", "headline",
    ]  # fmt: skip


def test_a_pair_that_finds_no_partner_stands_alone() -> None:
    assert _shapes(arrange(_strips([FULL + 1] * 4)))[-1] == ("lead-first", 1)


def test_a_big_picture_with_little_beside_it_stands_low() -> None:
    few = arrange(_strips([FULL] * 3, pictures=1))
    assert _shapes(few) == [("low-first", 1), ("headline", 1), ("low-last", 1)]
    # Two more pictures fill the column beside it; without any there is nothing to stand beside.
    assert _shapes(arrange(_strips([FULL + 2], pictures=3))) == [("lead-first", 1)]
    assert _shapes(arrange(_strips([FULL], pictures=0))) == [("lead-first", 1)]


def test_a_small_section_left_alone_turns_the_other_way_than_the_row_before_it() -> None:
    assert _shapes(arrange(_strips([FULL, 3], pictures=1))) == [("low-first", 1), ("low-last", 1)]
    assert _shapes(arrange(_strips([FULL, FULL, FULL, 3], pictures=1)))[-2:] == [("low-last", 1), ("low-first", 1)]
    assert _shapes(arrange(_strips([3], pictures=0))) == [("single", 1)]


def test_narrow_sections_wait_for_company() -> None:
    rows = arrange(_strips([1, FULL + 1, 2, 3, FULL + 1, 1]))
    assert _shapes(rows) == [("lead-first", 1), ("columns", 3), ("headline", 1), ("single", 1)]
    assert _shapes(arrange(_strips([2]))) == [("low-last", 1)]
    assert _shapes(arrange(_strips([1, 1, 1, 1]))) == [("columns", 2), ("columns", 2)]


@given(st.integers(min_value=FULL, max_value=9))
def test_a_full_strip_leaves_at_least_two_lines(size: int) -> None:
    (strip,) = _strips([size])
    assert len(strip.lines) >= 2
    assert [strip.lead, *strip.seconds, *strip.lines] == list(strip.cards)
    assert sorted(c.number for c in [*strip.pictured, *strip.plain]) == list(range(size))  # type: ignore[attr-defined]


@given(st.lists(st.integers(min_value=0, max_value=8), max_size=12))
def test_every_section_with_a_story_stands_once(sizes: list[int]) -> None:
    rows = arrange(_strips(sizes))
    shown = [strip.section for row in rows for strip in row.strips]
    assert sorted(map(str, shown)) == sorted(f"s{place}" for place, size in enumerate(sizes) if size)

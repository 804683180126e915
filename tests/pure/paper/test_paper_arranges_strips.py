"""The lower front: full strips take turns in shape, narrow sections stand side by side, none is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paper.strips import FULL, Row, Strip, arrange


def _strips(sizes: list[int]) -> list[Strip]:
    made: Any = [Strip(section=f"s{place}", cards=["card"] * size) for place, size in enumerate(sizes)]  # type: ignore[arg-type,list-item]
    return list(made)


def _shapes(rows: list[Row]) -> list[tuple[str, int]]:
    return [(row.shape, len(row.strips)) for row in rows]


def test_full_strips_differ_from_their_neighbours() -> None:
    rows = arrange(_strips([FULL] * 5))
    assert _shapes(rows) == [("lead-first", 1), ("lead-last", 1), ("wide", 1), ("lead-first", 1), ("lead-last", 1)]


def test_narrow_sections_wait_for_company() -> None:
    rows = arrange(_strips([1, FULL, 2, 3, 4, 1]))
    assert _shapes(rows) == [("lead-first", 1), ("columns", 3), ("columns", 2)]
    assert _shapes(arrange(_strips([2]))) == [("single", 1)]
    assert _shapes(arrange(_strips([1, 1, 1, 1]))) == [("columns", 2), ("columns", 2)]


@given(st.lists(st.integers(min_value=0, max_value=8), max_size=12))
def test_every_section_with_a_story_stands_once(sizes: list[int]) -> None:
    rows = arrange(_strips(sizes))
    shown = [strip.section for row in rows for strip in row.strips]
    assert sorted(map(str, shown)) == sorted(f"s{place}" for place, size in enumerate(sizes) if size)

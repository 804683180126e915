"""Pages of a list: addresses, the way on, and numbers written one way only."""

from __future__ import annotations

import pytest

from broadsheet.paper.paging import LAST, PER_PAGE, Turn, bounds, number_of, turned


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, 1),
        ("2", 2),
        ("1000", 1000),
        ("1", 0),
        ("0", 0),
        ("01", 0),
        ("-1", 0),
        ("٣", 0),
        ("1001", 0),
        ("99999", 0),
        ("", 0),
    ],
)
def test_a_page_number_has_one_spelling(text: str | None, number: int) -> None:
    assert number_of(text) == number


def test_one_row_too_many_tells_that_there_is_more() -> None:
    start, stop = bounds(2)
    assert (start, stop) == (PER_PAGE, 2 * PER_PAGE + 1)
    rows, turn = turned(range(PER_PAGE + 1), 2, "/latest/")
    assert len(rows) == PER_PAGE
    assert (turn.newer, turn.here, turn.older) == ("/latest/", "/latest/page/2/", "/latest/page/3/")
    rows, turn = turned(range(PER_PAGE), 2, "/latest/")
    assert len(rows) == PER_PAGE
    assert turn.older == ""
    assert Turn(1, "/x/", more=False).newer == ""


@pytest.mark.parametrize(
    ("number", "more", "steps"),
    [(1, False, [1]), (1, True, [1, 2]), (2, True, [1, 2, 3]), (5, True, [1, 0, 4, 5, 6]), (5, False, [1, 0, 4, 5])],
)
def test_numbers_around_this_page_with_gaps(number: int, more: bool, steps: list[int]) -> None:
    assert [step for step, _ in Turn(number, "/x/", more).steps] == steps


def test_the_last_page_that_is_printed_leads_no_further() -> None:
    _, turn = turned(range(PER_PAGE + 1), LAST, "/latest/")
    assert turn.older == ""

"""The front's main column and rail end together, whatever the edition holds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paper.balance import balanced, new_in_rail


def _cards(count: int, *, picture: bool = False) -> Any:
    return [SimpleNamespace(picture=picture)] * count


def _kept(*, second: int = 3, brief: int = 4, trending: int = 7, latest: int = 8, picture: bool = False) -> int:
    return new_in_rail(
        lead=_cards(1, picture=picture)[0],
        second=_cards(second, picture=picture),
        brief=_cards(brief),
        trending=_cards(trending),
        latest=_cards(latest),
    )


def test_a_long_rail_gives_some_of_the_latest_to_the_main_column() -> None:
    assert _kept() == 2
    assert _kept(picture=True) == 6
    assert _kept(trending=3) == 6


def test_a_short_rail_keeps_all_and_an_empty_main_column_takes_nothing() -> None:
    assert _kept(trending=1, latest=3) == 3
    assert new_in_rail(lead=None, second=[], brief=[], trending=_cards(7), latest=_cards(5)) == 5
    assert _kept(trending=0, latest=2, brief=0) == 2


@given(*(st.integers(min_value=0, max_value=9) for _ in range(4)), st.booleans())
def test_nobody_is_lost_and_nobody_stands_alone(
    second: int, brief: int, trending: int, latest: int, picture: bool
) -> None:
    kept = _kept(second=second, brief=brief, trending=trending, latest=latest, picture=picture)
    assert 0 <= kept <= latest
    assert latest - kept != 1
    assert kept or trending or not latest


def test_too_few_lines_make_no_rail() -> None:
    one, two = _cards(1), _cards(2)
    lead = one[0]
    upper = balanced(lead=lead, second=_cards(3), brief=[], trending=[], latest=one)
    assert (len(upper.second), len(upper.brief), upper.latest, upper.trending) == (4, 0, [], [])
    upper = balanced(lead=lead, second=_cards(3), brief=_cards(4), trending=[], latest=two)
    assert (len(upper.second), len(upper.brief), upper.latest, upper.also_new) == (3, 6, [], [])
    upper = balanced(lead=lead, second=_cards(3), brief=[], trending=two, latest=one)
    assert (len(upper.trending), len(upper.latest)) == (2, 1)


@given(*(st.integers(min_value=0, max_value=9) for _ in range(4)), st.booleans())
def test_balancing_leaves_no_card_out(second: int, brief: int, trending: int, latest: int, has_lead: bool) -> None:
    cards = {
        "second": _cards(second),
        "brief": _cards(brief),
        "trending": _cards(trending),
        "latest": _cards(latest),
    }
    upper = balanced(lead=_cards(1)[0] if has_lead else None, **cards)
    shown = [*upper.second, *upper.brief, *upper.trending, *upper.latest, *upper.also_new]
    assert len(shown) == second + brief + trending + latest

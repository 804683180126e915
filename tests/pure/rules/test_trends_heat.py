"""Heat: independent voices, lately. An old item can never show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.trends.rules import HALF_LIFE, WINDOW, Voiced, heat
from tests.make import NOW

HOUR = timedelta(hours=1)


def voices(**hours: float) -> list[Voiced]:
    return [Voiced(name, NOW - age * HOUR) for name, age in hours.items()]


def test_one_voice_is_no_trend_however_often_it_speaks() -> None:
    assert heat([], NOW) is None
    assert heat([*voices(a=1), *voices(a=2), *voices(a=3)], NOW) is None
    assert heat(voices(a=1, b=1), NOW) is not None


def test_the_score_is_a_sum_of_voices_that_halve() -> None:
    found = heat(voices(a=0, b=12, c=24), NOW)
    assert found is not None
    assert timedelta(hours=12) == HALF_LIFE
    assert found.score == pytest.approx(1 + 0.5 + 0.25)


def test_a_voice_counts_once_from_when_it_first_spoke() -> None:
    once, twice = heat(voices(a=12, b=0), NOW), heat([*voices(a=12, b=0), *voices(a=1)], NOW)
    assert once == twice


@pytest.mark.parametrize(
    ("hours", "receipt"),
    [
        ({"a": 1, "b": 2, "c": 4}, "3 sources in 3 h"),
        ({"a": 1, "b": 1}, "2 sources in 1 h"),
        ({"a": 0.1, "b": 47}, "2 sources in 47 h"),
    ],
)
def test_the_receipt_says_why(hours: dict[str, float], receipt: str) -> None:
    found = heat(voices(**hours), NOW)
    assert found is not None
    assert found.receipt == receipt
    assert found.facts["voices"] == len(hours)


@pytest.mark.parametrize(("hours", "hot"), [(48, True), (48.001, False), (0, True), (-0.001, False)])
def test_only_inside_the_window(hours: float, hot: bool) -> None:
    assert timedelta(hours=48) == WINDOW
    assert (heat(voices(a=hours, b=1), NOW) is not None) is hot


spoken = st.lists(
    st.builds(Voiced, st.sampled_from("abcd"), st.integers(-50, 500).map(lambda h: NOW - h * HOUR)), max_size=30
)


@settings(max_examples=25, deadline=None)
@given(spoken)
def test_an_item_older_than_the_window_can_never_show(said: list[Voiced]) -> None:
    old = [Voiced(one.voice, one.at - WINDOW - timedelta(hours=51)) for one in said]
    assert heat(old, NOW) is None


@settings(max_examples=25, deadline=None)
@given(spoken)
def test_heat_only_falls_while_nobody_new_speaks(said: list[Voiced]) -> None:
    past = [one for one in said if one.at <= NOW]
    now, later = heat(past, NOW), heat(past, NOW + HOUR)
    assert later is None or (now is not None and later.score < now.score)


@settings(max_examples=25, deadline=None)
@given(spoken)
def test_what_lies_outside_changes_nothing(said: list[Voiced]) -> None:
    inside = [one for one in said if NOW - WINDOW <= one.at <= NOW]
    assert heat(said, NOW) == heat(inside, NOW)

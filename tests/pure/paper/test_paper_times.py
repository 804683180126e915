"""How the paper prints times: absolute, in its own zone, short beside the same day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.paper.times import edition_name, span, stamp

NOON = datetime(2026, 11, 24, 6, 15, tzinfo=UTC)  # 12:00 in Kathmandu, where the tests' paper is


def test_a_moment_in_all_its_forms() -> None:
    one = stamp(NOON)
    assert one.iso == "2026-11-24T12:00+05:45"
    assert one.full == "24 Nov 2026, 12:00 +0545"
    assert one.short == "24 Nov 2026, 12:00"
    assert (one.weekday, one.date, one.clock, one.day) == ("Tuesday", "24 November 2026", "12:00", "24 Nov")


@pytest.mark.parametrize(
    ("ago", "short", "near"),
    [
        (timedelta(0), "12:00", True),
        (timedelta(hours=12), "00:00", True),
        (timedelta(hours=12, minutes=1), "23 Nov, 23:59", False),
        (timedelta(days=400), "20 Oct 2025, 12:00", False),
    ],
)
def test_the_short_form_leaves_out_what_stands_beside_it(ago: timedelta, short: str, near: bool) -> None:
    one = stamp(NOON - ago, against=NOON)
    assert (one.short, one.near) == (short, near)


@pytest.mark.parametrize(
    ("hour", "name"),
    [(3, "Night"), (5, "Morning"), (11, "Morning"), (12, "Midday"), (16, "Midday"), (17, "Evening"), (23, "Evening")],
)
def test_editions_are_named_by_the_hour_of_the_paper(hour: int, name: str) -> None:
    moment = NOON + timedelta(hours=hour - 12)
    assert edition_name(moment) == f"{name} edition"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, ""), (1, "1 min"), (59, "59 min"), (60, "1 h"), (90, "2 h"), (2000, "33 h"), (48 * 60, "2 days")],
)
def test_spans_in_words(minutes: int, words: str) -> None:
    assert span(NOON, NOON + timedelta(minutes=minutes)) == words

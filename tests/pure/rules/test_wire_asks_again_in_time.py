"""When a feed is asked again: bounded, never at once, growing with failures, never given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.wire import rules
from tests.make import NOW

intervals = st.integers(rules.SHORTEST, rules.LONGEST)
jitters = st.floats(0, 1)


@settings(max_examples=25, deadline=None)
@given(intervals, st.integers(1, 100_000), st.none() | st.floats(0, 10**7), jitters)
def test_a_failing_feed_waits_between_minutes_and_a_day(
    interval: int, failures: int, retry_after: float | None, jitter: float
) -> None:
    wait = rules.retry_wait(interval, failures, retry_after=retry_after, jitter=jitter)
    assert 60 <= wait <= rules.LONGEST_FAILING
    if retry_after is not None:
        assert wait >= min(int(retry_after), rules.LONGEST_FAILING)


@settings(max_examples=25, deadline=None)
@given(intervals, st.integers(1, 40), jitters)
def test_each_failure_makes_the_wait_longer_until_the_cap(interval: int, failures: int, jitter: float) -> None:
    one = rules.retry_wait(interval, failures, retry_after=None, jitter=jitter)
    more = rules.retry_wait(interval, failures + 1, retry_after=None, jitter=jitter)
    assert more >= one
    assert more > one or one >= 0.8 * rules.LONGEST_FAILING - 1


@settings(max_examples=25, deadline=None)
@given(intervals, st.integers(1, 20))
def test_jitter_spreads_an_outage_over_a_fifth(interval: int, failures: int) -> None:
    low, high = (rules.retry_wait(interval, failures, retry_after=None, jitter=one) for one in (0.0, 1.0))
    assert high - low == pytest.approx(high / 5, abs=2)


@pytest.mark.parametrize(
    ("failures", "retry_after", "expected"),
    [
        (1, 0, 300),  # asked to come back at once: not sooner than the shortest interval
        (1, 7200, 7200),
        (1, 10**9, 86_400),
        (3, 10, 7200),  # a server that keeps failing is not believed that it takes ten seconds only
    ],
)
def test_retry_after_is_obeyed_within_reason(failures: int, retry_after: float, expected: int) -> None:
    assert rules.retry_wait(900, failures, retry_after=retry_after, jitter=1.0) == expected


@settings(max_examples=25, deadline=None)
@given(intervals, st.integers(0, 500), st.none() | st.floats(0, 10**9), st.none() | st.integers(0, 10**6))
def test_a_healthy_feed_is_asked_between_five_minutes_and_six_hours(
    interval: int, new: int, gap: float | None, ttl: int | None
) -> None:
    found = rules.next_interval(interval, new=new, gap=gap, ttl_minutes=ttl)
    assert rules.SHORTEST <= found <= rules.LONGEST
    assert found >= min((ttl or 0) * 60, 3600)


@settings(max_examples=25, deadline=None)
@given(intervals)
def test_without_dates_news_shortens_and_silence_lengthens(interval: int) -> None:
    busy = rules.next_interval(interval, new=3, gap=None, ttl_minutes=None)
    quiet = rules.next_interval(interval, new=0, gap=None, ttl_minutes=None)
    assert busy <= interval <= quiet
    assert busy < interval or interval * 0.6 < rules.SHORTEST
    assert quiet > interval or interval * 1.4 > rules.LONGEST


def test_a_habit_is_approached_half_way() -> None:
    # Entries every two hours: an hour is wanted.
    assert rules.next_interval(3000, new=0, gap=7200, ttl_minutes=None) == (3000 + 3600) // 2
    # From far below it is approached by half as much again each time.
    assert rules.next_interval(900, new=0, gap=7200, ttl_minutes=None) == 1350
    interval = 900
    for _ in range(20):
        interval = rules.next_interval(interval, new=1, gap=7200, ttl_minutes=None)
    assert 3590 <= interval <= 3600


@settings(max_examples=25, deadline=None)
@given(intervals, st.lists(st.booleans(), min_size=1, max_size=60))
def test_any_history_keeps_a_feed_in_bounds(interval: int, history: list[bool]) -> None:
    for news in history:
        interval = rules.next_interval(interval, new=int(news), gap=None, ttl_minutes=None)
        assert rules.SHORTEST <= interval <= rules.LONGEST


@pytest.mark.parametrize(
    ("hours", "gap"),
    [
        ([], None),
        ([0, 1, 2], None),
        ([0, 1, 2, 3], 3600),
        ([3, 0, 2, 1], 3600),  # the feed's order does not matter
        ([0, 1, 2, 100, 1000], 3600 * 98),
        ([5, 5, 5, 5], 0),
        ([*range(25), 10_000], 3600),  # only the latest twenty count
    ],
)
def test_the_median_gap(hours: list[int], gap: float | None) -> None:
    assert rules.median_gap([NOW - timedelta(hours=hour) for hour in hours]) == gap


@settings(max_examples=25, deadline=None)
@given(st.lists(st.datetimes(min_value=NOW.replace(tzinfo=None) - timedelta(days=999)), max_size=40))
def test_a_gap_is_never_negative(times: list) -> None:
    found = rules.median_gap(times)
    assert found is None or found >= 0


def test_a_move_is_adopted_after_three_agreeing_polls_and_forgotten_on_one_that_differs() -> None:
    target, seen, adopt = rules.adopt_move("", 0, "https://new.example/feed")
    assert (target, seen, adopt) == ("https://new.example/feed", 1, False)
    target, seen, adopt = rules.adopt_move(target, seen, "https://new.example/feed")
    assert (seen, adopt) == (2, False)
    assert rules.adopt_move(target, seen, "https://other.example/feed") == ("https://other.example/feed", 1, False)
    assert rules.adopt_move(target, seen, None) == ("", 0, False)
    assert rules.adopt_move(target, seen, "https://new.example/feed") == ("https://new.example/feed", 3, True)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", None]), max_size=30))
def test_no_move_is_adopted_on_fewer_than_three_agreeing_answers(answers: list[str | None]) -> None:
    target, seen = "", 0
    for number, answer in enumerate(answers):
        target, seen, adopt = rules.adopt_move(target, seen, answer)
        if adopt:
            assert answers[number - 2 : number + 1] == [answer] * 3
            target, seen = "", 0

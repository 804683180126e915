"""When a feed is asked again: bounded, never at once, growing with failures, never given up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.wire import rules

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

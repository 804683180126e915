"""Check 75: after an outage the wire catches up at a small multiple of its usual rate, and small portals at once."""

from __future__ import annotations

import random

from broadsheet.wire.catchup import FACTOR, GATHERED_SECONDS, LEAST_A_SECOND, Pace


def begun(pace: Pace, mean: float, seconds: range, due: int) -> list[int]:
    """Polls begun in each second, when so many are due at the first."""
    made = []
    for second in seconds:
        polls = 0
        for tenth in range(10):
            room = min(pace.allowed(mean, second + tenth / 10), due)
            pace.spent(room)
            due -= room
            polls += room
        made.append(polls)
    return made


def test_check_75_a_day_of_overdue_feeds_is_caught_up_with_below_three_times_the_mean() -> None:
    mean = 2000 / 900
    polls = begun(Pace(), mean, range(1000), due=2000)
    assert sum(polls) == 2000
    minutes = [sum(polls[at : at + 60]) / 60 for at in range(0, 960, 60)]
    assert max(minutes) <= 3 * mean
    # It is not slow either: a third of an interval and a little.
    assert sum(polls[: int(900 / FACTOR) + 10]) == 2000


def test_check_75_a_small_portal_catches_up_at_once() -> None:
    polls = begun(Pace(), 20 / 900, range(3), due=20)
    assert polls[0] == 20


def test_the_usual_course_is_never_held_up() -> None:
    dice = random.Random(75)
    mean, pace, waiting, longest = 10.0, Pace(), 0, 0
    for tenth in range(36_000):
        waiting += sum(dice.random() < mean / 100 for _ in range(10))
        room = min(pace.allowed(mean, tenth / 10), waiting)
        pace.spent(room)
        waiting -= room
        longest = max(longest, waiting)
    assert longest == 0


def test_check_82_a_clock_that_jumps_brings_no_storm() -> None:
    pace = Pace()
    pace.spent(pace.allowed(10.0, 100.0))
    # A machine that slept for a week, a clock that went back: never more than a few seconds' worth.
    assert pace.allowed(10.0, 100.0 + 7 * 86_400) <= FACTOR * 10 * GATHERED_SECONDS
    pace.spent(pace.allowed(10.0, 100.0))
    assert pace.allowed(10.0, 50.0) == 0
    assert pace.allowed(10.0, 51.0) == FACTOR * 10
    assert LEAST_A_SECOND >= 1

"""A feed's habit: learned from what it publishes, followed by the hours of its day, forgotten when it is over; and
the alarms that rest on it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.wire import habits, rules
from broadsheet.wire.habits import Habit
from broadsheet.wire.lengths import LATEST, Lengths
from tests.make import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
intervals = st.integers(rules.SHORTEST, rules.LONGEST)
moments = st.datetimes(min_value=(NOW - 90 * DAY).replace(tzinfo=None), max_value=(NOW + DAY).replace(tzinfo=None))


def habit_of(every: timedelta, days: int, *, now: datetime = NOW, hours: range | None = None) -> Habit:
    """Of a feed that published so often over so many days, in these hours of the day only."""
    at, published = now - days * DAY, []
    while at <= now:
        if hours is None or at.hour in hours:
            published.append(at)
        at += every
    return Habit.learned(published, now)


@settings(max_examples=40, deadline=None)
@given(intervals, st.lists(moments, max_size=40), st.none() | st.integers(0, 10**6))
def test_a_healthy_feed_is_asked_between_five_minutes_and_six_hours(
    interval: int, published: list[datetime], ttl: int | None
) -> None:
    habit = Habit.learned([one.replace(tzinfo=NOW.tzinfo) for one in published], NOW)
    found = habits.next_wait(habit, NOW, interval=interval, ttl_minutes=ttl)
    assert rules.SHORTEST <= found <= rules.LONGEST
    assert found >= min((ttl or 0) * 60, 3600)


@pytest.mark.parametrize(
    ("every", "low", "high"),
    [(timedelta(minutes=10), 300, 330), (HOUR, 1500, 1900), (3 * HOUR, 4800, 5700), (3 * DAY, 6 * 3600, 6 * 3600)],
)
def test_it_is_asked_twice_as_often_as_it_publishes(every: timedelta, low: int, high: int) -> None:
    habit = habit_of(every, 14)
    assert low <= habits.next_wait(habit, NOW, interval=rules.LONGEST, ttl_minutes=None) <= high


def test_the_wait_grows_by_half_and_shrinks_at_once() -> None:
    assert habits.next_wait(habit_of(DAY, 14), NOW, interval=300, ttl_minutes=None) == 450
    busy = habit_of(timedelta(minutes=10), 14)
    assert habits.next_wait(busy, NOW, interval=rules.LONGEST, ttl_minutes=None) < 400


def test_a_paper_that_sleeps_is_asked_seldom_at_night_and_often_in_the_morning() -> None:
    by_day, by_night = (
        habits.next_wait(
            habit_of(timedelta(minutes=20), 14, now=NOW.replace(hour=hour), hours=range(7, 19)),
            NOW.replace(hour=hour),
            interval=rules.LONGEST,
            ttl_minutes=None,
        )
        for hour in (9, 23)
    )
    assert by_day < 1000 < 2 * 3600 < by_night
    # Until the first papers of the morning at the latest.
    assert by_night <= 6 * 3600


def test_silence_makes_the_habit_fade_and_news_bring_it_back() -> None:
    habit = habit_of(HOUR, 14)
    waits = []
    for day in range(60):
        now = NOW + day * DAY
        habit = habit.observed([], now)
        waits.append(habits.next_wait(habit, now, interval=rules.LONGEST, ttl_minutes=None))
    assert waits == sorted(waits)
    assert waits[0] < 2000
    assert waits[-1] > 4 * 3600
    now = NOW + 61 * DAY
    again = habit.observed([now - HOUR * n for n in range(24)], now)
    assert habits.next_wait(again, now, interval=rules.LONGEST, ttl_minutes=None) < 5400
    calm = again.observed([], now + 3 * DAY)
    assert habits.next_wait(calm, now + 3 * DAY, interval=rules.LONGEST, ttl_minutes=None) > 3 * 3600


def test_without_any_date_a_feed_is_taken_for_an_hourly_one_until_it_shows() -> None:
    habit = Habit.learned([], NOW)
    assert habits.next_wait(habit, NOW, interval=rules.LONGEST, ttl_minutes=None) == 1800
    quiet = habit.observed([], NOW + DAY)
    assert habits.next_wait(quiet, NOW + DAY, interval=rules.LONGEST, ttl_minutes=None) == rules.LONGEST
    busy = habit.observed([NOW + HOUR] * 200, NOW + DAY)
    assert habits.next_wait(busy, NOW + DAY, interval=rules.LONGEST, ttl_minutes=None) < 500


@settings(max_examples=40, deadline=None)
@given(st.lists(moments, max_size=40), st.integers(0, 40 * 24), st.integers(0, 40 * 24), st.integers(0, 40 * 24))
def test_what_is_expected_adds_up(published: list[datetime], start: int, first: int, second: int) -> None:
    habit = Habit.learned([one.replace(tzinfo=NOW.tzinfo) for one in published], NOW)
    a = NOW + start * HOUR + timedelta(minutes=17)
    b, c = a + first * HOUR, a + (first + second) * HOUR
    assert habit.expected(a, c) == pytest.approx(habit.expected(a, b) + habit.expected(b, c), rel=1e-6, abs=1e-6)
    assert habit.expected(c, a) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(moments, max_size=40), st.floats(0.1, 50))
def test_reached_is_when_so_much_is_expected(published: list[datetime], wanted: float) -> None:
    habit = Habit.learned([one.replace(tzinfo=NOW.tzinfo) for one in published], NOW)
    span = habit.reached(wanted, NOW, 90 * DAY)
    if span < 90 * DAY:
        assert habit.expected(NOW, NOW + span) == pytest.approx(wanted, rel=1e-3, abs=1e-3)
    else:
        assert habit.expected(NOW, NOW + span) <= wanted + 1e-3


@settings(max_examples=40, deadline=None)
@given(st.lists(moments, max_size=40))
def test_a_habit_survives_being_stored(published: list[datetime]) -> None:
    habit = Habit.learned([one.replace(tzinfo=NOW.tzinfo) for one in published], NOW)
    again = Habit.from_json(habit.as_json())
    assert again.expected(NOW, NOW + DAY) == pytest.approx(habit.expected(NOW, NOW + DAY), rel=0.01, abs=0.01)


@pytest.mark.parametrize("stored", [{}, {"hours": [1, 2]}, {"hours": "x", "days": 1, "until": None}, {"days": []}])
def test_a_spoilt_habit_is_none(stored: dict) -> None:
    assert Habit.from_json(stored) == Habit()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(moments, st.integers(0, 30)), min_size=1, max_size=6))
def test_a_clock_that_jumps_makes_no_negative_habit(steps: list[tuple[datetime, int]]) -> None:
    habit = Habit.learned([], NOW)
    for moment, news in steps:
        now = moment.replace(tzinfo=NOW.tzinfo)
        habit = habit.observed([now] * news, now)
        assert habit.days >= 0
        assert min(habit.hours) >= 0
        assert rules.SHORTEST <= habits.next_wait(habit, now, interval=600, ttl_minutes=None) <= rules.LONGEST


@pytest.mark.parametrize(
    ("new", "usual", "known", "flood"),
    [
        (50, 10, True, False),
        (51, 10, True, True),
        (20, 0.1, True, False),  # twenty at once are no flood, whatever is usual
        (21, 0.1, True, True),
        (100, 0.1, False, False),  # a feed we hardly know may be like that
        (101, 0.1, False, True),
        (500, 100, True, False),
    ],
)
def test_more_than_five_times_the_usual_is_a_flood(new: int, usual: float, known: bool, flood: bool) -> None:
    assert habits.is_flood(new, usual, known=known) is flood


def test_what_is_usual_after_an_outage_is_what_it_missed() -> None:
    habit = habit_of(HOUR, 14)
    assert habits.usual_since(habit, NOW - timedelta(minutes=5), NOW) == pytest.approx(1, rel=0.1)
    assert habits.usual_since(habit, NOW - 2 * DAY, NOW) == pytest.approx(48, rel=0.1)


def test_silence_is_ten_times_the_usual_pause() -> None:
    hourly, daily = habit_of(HOUR, 14), habit_of(DAY, 50)
    assert habits.silent_after(hourly, NOW) == pytest.approx(NOW + 10 * HOUR, abs=HOUR)
    assert habits.silent_after(daily, NOW) == pytest.approx(NOW + 10 * DAY, abs=DAY)
    assert habits.silent_after(habit_of(timedelta(minutes=5), 14), NOW) == NOW + 6 * HOUR
    assert habits.silent_after(Habit.learned([NOW - HOUR, NOW], NOW), NOW) is None


def test_a_night_is_no_silence() -> None:
    habit = habit_of(timedelta(minutes=20), 14, hours=range(7, 19))
    evening = NOW.replace(hour=19, minute=0)
    silent = habits.silent_after(habit, evening)
    assert silent is not None
    assert silent > evening + 12 * HOUR


def lengths_of(*words: int) -> Lengths:
    known = Lengths()
    for count in words:
        known = Lengths.from_json(known.after(count).as_json())
    return known


def test_texts_that_shrink_raise_the_alarm_and_their_return_takes_it_back() -> None:
    usual = lengths_of(*[400, 500, 450] * 8)
    assert not usual.shrunk
    assert 400 <= usual.usual <= 500
    shrunk = usual
    for count in range(1, LATEST + 1):
        shrunk = shrunk.after(60)
        assert shrunk.shrunk == (count > LATEST // 2)
    for _ in range(100):
        shrunk = shrunk.after(60)
    assert shrunk.shrunk, "an alarm does not get used to what it warns of"
    assert shrunk.accepted().after(60).shrunk is False
    for _ in range(LATEST):
        shrunk = shrunk.after(430)
    assert not shrunk.shrunk


@pytest.mark.parametrize(
    "words",
    [
        [40] * 20 + [5] * 8,  # headlines that became shorter headlines
        [400] * 7 + [20] * 8,  # too few to know
        [400] * 20 + [20, 400] * 4,  # briefs between reports
        [400] * 20 + [170] * 8,
    ],
)
def test_no_alarm_over_short_few_or_mixed_texts(words: list[int]) -> None:
    assert not lengths_of(*words).shrunk


@pytest.mark.parametrize("stored", [{}, {"usual": "x"}, {"usual": 1, "seen": 1, "latest": 3, "shrunk": 0}])
def test_spoilt_lengths_are_none(stored: dict) -> None:
    assert Lengths.from_json(stored) == Lengths()

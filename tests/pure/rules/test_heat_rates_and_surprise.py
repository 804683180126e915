"""Heat's measures: decayed rates, what is usual, and how improbable so many voices are."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.trends.heat.baseline import COLD, QUIETEST, VOICES, Baseline, Counted, hour_of_week, learned
from broadsheet.trends.heat.signals import BUCKET, PRIOR_HOURS, READ, StorySignals, rates
from broadsheet.trends.heat.surprise import powers, surprise

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def test_an_even_stream_has_its_own_rate_at_every_half_life() -> None:
    even = tuple((NOW - 48 * HOUR + n * BUCKET, 5.0) for n in range(48 * 12))
    for found in rates(even, (1 / 6, 1.0, 3.0), 48.0, 60.0, NOW):
        assert found == pytest.approx(60.0, rel=1e-4)


def test_short_half_lives_see_a_change_first() -> None:
    fresh = ((NOW - BUCKET, 10.0),)
    fast, slow = rates(fresh, (1 / 6, 1.0), 10.0, 0.0, NOW)
    assert fast > 2 * slow > 0


def test_a_young_story_is_not_taken_for_silent_and_an_unknown_one_is_as_usual() -> None:
    ten_minutes = tuple((NOW - n * BUCKET, 5.0) for n in (2, 1))
    young, old = (rates(ten_minutes, (1.0,), watched, 4.0, NOW)[0] for watched in (1 / 6, 10.0))
    assert young > 2 * old
    assert rates((), (1.0,), 0.0, 4.0, NOW) == (4.0,)


def test_the_rate_goes_by_the_events_own_time_and_not_by_when_it_was_asked() -> None:
    """One bucket's events decay exactly: an hour later the weighted events are half."""
    held = ((NOW - BUCKET, 12.0),)
    now, later = (rates(held, (1.0,), 1e9, 0.0, at)[0] for at in (NOW, NOW + HOUR))
    assert later == pytest.approx(now / 2, rel=1e-12)


def test_a_bucket_that_still_runs_is_spread_over_its_time_so_far() -> None:
    half = NOW - BUCKET / 2
    decay = math.log(2)
    width = 2.5 / 60
    due = 3.0 * (1 - math.exp(-decay * width)) / (decay * width) / (1 / decay + PRIOR_HOURS)
    assert rates(((half, 3.0), (NOW, 99.0)), (1.0,), 1e9, 0.0, NOW)[0] == pytest.approx(due, rel=1e-12)


def test_totals_and_the_last_while() -> None:
    held = {READ: ((NOW - HOUR, 6.0), (NOW - 2 * BUCKET, 4.0), (NOW, 50.0))}
    one = StorySignals(1, "world", NOW - 3 * HOUR, NOW, buckets=held, earlier={READ: 100.0})
    assert one.total(READ, NOW) == 110
    assert one.since(READ, HOUR, NOW) == 10
    assert one.since(READ, HOUR - BUCKET / 2, NOW) == pytest.approx(7)
    assert one.since("share", HOUR, NOW) == 0


def test_a_voice_has_spoken_when_it_first_did_and_not_yet_in_the_future() -> None:
    said = (("a", NOW), ("a", NOW - HOUR), ("b", NOW + HOUR))
    assert StorySignals(1, "world", NOW, NOW, voices=said).spoken(NOW) == {"a": NOW - HOUR}


def history(weeks: int, n: int = 40) -> list[Counted]:
    """Noon has three times what other hours have; ten live stories."""
    hours = [MONDAY - timedelta(weeks=weeks) + hour * HOUR for hour in range(168 * weeks)]
    return [Counted("world", at, READ, n * (3 if at.hour == 12 else 1), 10) for at in hours]


def test_a_baseline_learns_the_rate_and_the_shape_of_the_week() -> None:
    found = learned(history(20))["world"]
    assert found.rates[READ] == pytest.approx(4 * 26 / 24, rel=0.01)
    assert sum(found.profiles[READ]) / 168 == pytest.approx(1.0, rel=1e-9)
    noon, night = (found.usual(READ, MONDAY.replace(hour=hour)) for hour in (12, 3))
    assert 1.5 < noon / night < 3.0, "its neighbours take a half of the peak"


def test_little_history_gives_little_shape_and_none_a_flat_one() -> None:
    tiny = learned([Counted("world", MONDAY, READ, 3, 1)])["world"]
    assert max(tiny.profiles[READ]) / min(tiny.profiles[READ]) < 1.3
    cold = Baseline("new")
    assert {cold.usual(READ, MONDAY + hour * HOUR) for hour in range(168)} == {COLD[READ]}
    assert min(learned(history(20, n=0))["world"].profiles[READ]) >= QUIETEST


def test_the_expected_goes_hour_by_hour() -> None:
    profile = [0.0] * 168
    profile[hour_of_week(NOW)] = 2.0
    one = Baseline("world", {VOICES: 3.0}, {VOICES: tuple(profile)})
    assert one.expected(VOICES, NOW - HOUR / 2, NOW + HOUR / 2) == pytest.approx(3.0, abs=0.001)


@pytest.mark.parametrize(
    ("k", "mean", "tail"),
    [
        (1, 0.5, 1 - math.exp(-0.5)),
        (3, 1.2, 0.12051290121),
        (10, 10.0, 0.54207028552),
        (2, 50.0, 1.0 - 51 * math.exp(-50)),
        # Summed in decimals of fifty digits.
        (14, 1.2, 4.819332851e-11),
    ],
)
def test_the_tail_is_poissons(k: int, mean: float, tail: float) -> None:
    direct = math.fsum(math.exp(-mean + n * math.log(mean) - math.lgamma(n + 1)) for n in range(k, k + 300))
    assert direct == pytest.approx(tail, rel=1e-6, abs=0)
    assert powers(k, mean) == pytest.approx(-math.log10(tail), rel=1e-6, abs=1e-12)


def test_the_tail_is_finite_far_out_and_refuses_nonsense() -> None:
    assert powers(0, 1e-9) == 0
    assert 1000 < powers(300, 1e-3) < 2000
    assert powers(1, 5000.0) == pytest.approx(0)
    for k, mean in ((-1, 1.0), (1, 0.0), (1, math.inf)):
        with pytest.raises(ValueError, match="Poisson"):
            powers(k, mean)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 200), st.floats(0.001, 100))
def test_more_voices_are_never_less_surprising_and_a_louder_section_never_more(k: int, mean: float) -> None:
    assert powers(k + 1, mean) >= powers(k, mean) >= powers(k, mean * 1.1) - 1e-9


def test_the_most_surprising_span_is_told() -> None:
    one = Baseline("world", {VOICES: 1.0})
    quick = surprise([NOW - timedelta(minutes=m) for m in (1, 5, 9)], one, NOW)
    slow = surprise([NOW - timedelta(minutes=m) for m in (20, 70, 80, 100, 130, 150, 170)], one, NOW)
    assert (quick.span, quick.voices, quick.usual) == (timedelta(minutes=30), 3, 0.5)
    assert (slow.span, slow.voices, slow.usual) == (timedelta(minutes=180), 7, 3.0)
    assert surprise([NOW + HOUR, NOW - 4 * HOUR], one, NOW).powers == 0

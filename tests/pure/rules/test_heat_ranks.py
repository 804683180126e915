"""Heat's rank: what may appear, in which order, and the line that says why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.trends.heat.baseline import VOICES, Baseline
from broadsheet.trends.heat.rank import Ranked, Window, front, rank, rescored
from broadsheet.trends.heat.receipt import duration, line
from broadsheet.trends.heat.signals import BUCKET, KINDS, READ, SHARE, StorySignals
from broadsheet.trends.heat.weights import Weights

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def story(number: int = 1, *, age: float = 2.0, voices: int = 2, reads: float = 0, **more: Any) -> StorySignals:
    """A story so many hours old, its voices ten minutes apart up to now, its reads even over the last hour."""
    said = tuple((f"voice {n}", NOW - n * 10 * MINUTE) for n in range(voices))
    first = NOW - age * HOUR
    held = {READ: tuple((NOW - n * BUCKET, reads / 12) for n in range(12, 0, -1))} if reads else {}
    given_ = {"section": "world", "first_at": first, "last_voice_at": NOW if voices else first, "voices": said}
    return StorySignals(story_id=number, **{**given_, "buckets": held, **more})


def ranked(*signals: StorySignals, window: Window = Window.DAY, **sections: Baseline) -> list[Ranked]:
    return rank(signals, sections, Weights.shipped(), NOW, window)


def order(*signals: StorySignals, window: Window = Window.DAY, **sections: Baseline) -> list[int]:
    return [one.story_id for one in ranked(*signals, window=window, **sections)]


@pytest.mark.parametrize("window", list(Window))
def test_past_its_window_nothing_appears_whatever_readers_do(window: Window) -> None:
    edge = NOW - window.span
    stormed = story(1, voices=0, reads=1e6, first_at=edge, last_voice_at=edge)
    assert order(stormed, window=window) == [1]
    late = replace(stormed, last_voice_at=edge - MINUTE, first_at=edge - MINUTE)
    assert order(late, window=window) == []
    ancient = replace(late, first_at=NOW - timedelta(days=730), last_voice_at=NOW - timedelta(days=730))
    assert order(ancient, window=window) == []


def test_what_is_not_yet_reported_does_not_appear() -> None:
    assert order(story(last_voice_at=NOW + MINUTE)) == []
    assert order(story(first_at=NOW + MINUTE)) == []


@pytest.mark.parametrize(
    ("voices", "reads", "shown"), [(0, 0, False), (1, 0, False), (1, 9, False), (1, 12, True), (2, 0, True)]
)
def test_it_takes_two_voices_or_ten_readers(voices: int, reads: int, shown: bool) -> None:
    assert bool(order(story(voices=voices, reads=reads))) is shown


def test_thirty_copies_are_one_voice_and_lose_against_three_reports() -> None:
    copies = story(1, voices=1, reads=15)
    thirty = tuple(("agency", NOW - n * MINUTE) for n in range(30))
    assert order(replace(copies, voices=thirty), story(2, voices=3, reads=15)) == [2, 1]


def test_readers_early_and_voices_while_there_are_none() -> None:
    assert order(story(1, reads=300), story(2, reads=20)) == [1, 2]
    assert order(story(1, voices=2), story(2, voices=9)) == [2, 1]
    few, many = (ranked(story(voices=9, reads=reads))[0].inputs["a"] for reads in (0, 5000))
    assert few > 3 * many > 0


def test_shares_count_more_than_reads() -> None:
    even = tuple((NOW - n * BUCKET, 1.0) for n in range(12, 0, -1))
    with_shares = story(2, reads=60, buckets={**story(reads=60).buckets, SHARE: even})
    assert order(with_shares, story(1, reads=60)) == [2, 1]


def test_a_quiet_section_is_not_drowned_by_a_loud_one() -> None:
    loud, quiet = Baseline("loud", {READ: 400.0}), Baseline("quiet", {READ: 4.0})
    usual = story(1, section="loud", reads=400)
    eight_times = story(2, section="quiet", reads=80)
    assert order(usual, eight_times, window=Window.HOUR, loud=loud, quiet=quiet) == [2, 1]


def test_at_most_three_of_one_section_on_the_front() -> None:
    told = ranked(*(story(n, reads=1000 - n) for n in range(5)), story(9, section="travel", reads=20))
    assert [one.story_id for one in front(told)] == [0, 1, 2, 9]
    assert [one.story_id for one in front(told, limit=2)] == [0, 1]


def test_equal_scores_go_by_the_story() -> None:
    assert order(story(3), story(1), story(2)) == [1, 2, 3]


def test_all_inputs_are_told_and_give_the_score_again() -> None:
    for window in Window:
        for one in ranked(story(1, voices=5, reads=100), story(2, section="travel"), window=window):
            held = json.loads(json.dumps(one.inputs))
            assert rescored(held) == pytest.approx(one.score, abs=1e-9)
            assert held["score"] == one.score


def test_the_receipt_of_a_rank() -> None:
    told = ranked(story(1, voices=5, reads=313), world=Baseline("world", {READ: 39.0, VOICES: 1.8}))
    assert told[0].receipt == (
        "5 independent sources in 40 minutes (usual: 1.8), 313 readers in the last hour (8 times usual), 2 h old"
    )


def test_voices_of_long_ago_are_told_with_their_own_span() -> None:
    said = (("a", NOW - 6 * HOUR), ("b", NOW - 5 * HOUR))
    told = ranked(replace(story(age=6, last_voice_at=NOW - 5 * HOUR), voices=said))
    assert told[0].receipt == "2 independent sources in 6 hours (usual: 0.6), 6 h old"


BASE: dict[str, Any] = {
    "voices": 14, "spread": 40 * MINUTE, "usual_voices": 1.2, "readers": 312, "times_usual": 8.0, "age": 2 * HOUR,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {},
            "14 independent sources in 40 minutes (usual: 1.2), 312 readers in the last hour (8 times usual), 2 h old",
        ),
        ({"voices": 1}, "1 source, 312 readers in the last hour (8 times usual), 2 h old"),
        ({"voices": 0, "readers": 1, "times_usual": 1.9}, "1 reader in the last hour, 2 h old"),
        ({"readers": 0, "usual_voices": 14.0}, "14 independent sources in 40 minutes, 2 h old"),
        ({"readers": 0, "usual_voices": 0.01}, "14 independent sources in 40 minutes (usual: hardly any), 2 h old"),
        (
            {"readers": 0, "usual_voices": 12.3, "age": MINUTE},
            "14 independent sources in 40 minutes (usual: 12), 1 min old",
        ),
        (
            {"voices": 0, "readers": 1234, "times_usual": 1e3},
            "1,234 readers in the last hour (more than 100 times usual), 2 h old",
        ),
    ],
)
def test_the_line_says_it_plainly(change: dict[str, Any], words: str) -> None:
    assert line(**{**BASE, **change}) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "1 minute"),
        (119 * MINUTE, "119 minutes"),
        (120 * MINUTE, "2 hours"),
        (47 * HOUR, "47 hours"),
        (48 * HOUR, "2 days"),
    ],
)
def test_spans_are_told_in_the_unit_that_fits(span: timedelta, words: str) -> None:
    assert duration(span) == words


stories = st.builds(
    story,
    st.integers(1, 10**6),
    age=st.floats(0.1, 30),
    voices=st.integers(0, 6),
    reads=st.integers(0, 2000),
    section=st.sampled_from(["world", "travel"]),
)
windows = st.sampled_from(list(Window))


@settings(max_examples=25, deadline=None)
@given(st.lists(stories, max_size=8, unique_by=lambda one: one.story_id), windows, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_asking(
    told: list[StorySignals], window: Window, chance: Any
) -> None:
    mixed = list(told)
    chance.shuffle(mixed)
    assert ranked(*told, window=window) == ranked(*mixed, window=window)


@settings(max_examples=25, deadline=None)
@given(stories, windows, st.sampled_from(KINDS), st.integers(1, 40), st.floats(0.5, 5000))
def test_whatever_readers_do_more_never_lowers_a_score(
    one: StorySignals, window: Window, kind: str, back: int, extra: float
) -> None:
    held = dict(one.buckets.get(kind, ()))
    at = NOW - back * BUCKET
    held[at] = held.get(at, 0) + extra
    more = replace(one, buckets={**one.buckets, kind: tuple(sorted(held.items()))})
    before, after = ranked(one, window=window), ranked(more, window=window)
    if before:
        assert after[0].score >= before[0].score - 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(stories, max_size=5, unique_by=lambda one: one.story_id), windows, st.integers(-(10**7), 10**7))
def test_the_same_an_hour_or_a_year_later_is_the_same_score(
    told: list[StorySignals], window: Window, seconds: int
) -> None:
    shift = timedelta(seconds=seconds)

    def later(one: StorySignals) -> StorySignals:
        return replace(
            one,
            first_at=one.first_at + shift,
            last_voice_at=one.last_voice_at + shift,
            voices=tuple((voice, at + shift) for voice, at in one.voices),
            buckets={kind: tuple((at + shift, n) for at, n in held) for kind, held in one.buckets.items()},
        )

    moved = rank(map(later, told), {}, Weights.shipped(), NOW + shift, window)
    assert [(one.story_id, one.receipt) for one in moved] == [
        (one.story_id, one.receipt) for one in ranked(*told, window=window)
    ]
    for one, other in zip(moved, ranked(*told, window=window), strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-9)

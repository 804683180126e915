"""Filling a front: no story twice, the same candidates the same front, whatever the candidates are."""

from __future__ import annotations

import time
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.editions import rules
from broadsheet.editions.rules import Candidate, Filled, fill, worth
from tests.make import NINE, NOW

KEYS = [key for key, _, _ in NINE]
HOUR = timedelta(hours=1)


def candidate(number: int, section: str = "world", *, hours: float = 1, voices: int = 1, **values: object) -> Candidate:
    facts: dict[str, object] = {"words": 300, "full": True, "picture": False, **values}
    return Candidate(number, number + 1000, section, NOW - hours * HOUR, voices, **facts)  # type: ignore[arg-type]


def at(slots: list[Filled], place: str) -> list[int]:
    return [slot.story_id for slot in slots if slot.place == place]


candidates = st.lists(
    st.builds(
        candidate,
        st.integers(1, 10_000),
        st.sampled_from([*KEYS, "a-hidden-section"]),
        hours=st.floats(-5, 500),
        voices=st.integers(1, 40),
        words=st.integers(0, 2000),
        full=st.booleans(),
        picture=st.booleans(),
        heat=st.sampled_from([0.0, 0.5, 3.0]),
        receipt=st.sampled_from(["", "3 sources in 2 h"]),
    ),
    max_size=40,
    unique_by=lambda one: one.story_id,
)


@settings(max_examples=15, deadline=None)
@given(candidates, st.randoms())
def test_no_story_stands_twice_and_the_order_is_always_the_same(some: list[Candidate], order: object) -> None:
    slots = fill(some, KEYS, NOW)
    assert len({slot.story_id for slot in slots}) == len(slots)
    assert len({(slot.place, slot.rank) for slot in slots}) == len(slots)
    assert {slot.story_id for slot in slots} <= {one.story_id for one in some}
    assert all(slot.reason for slot in slots)
    assert len(at(slots, rules.LEAD)) == min(1, len(some))
    for place in {slot.place for slot in slots}:
        ranks = [slot.rank for slot in slots if slot.place == place]
        assert ranks == list(range(len(ranks)))
    shuffled = list(some)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fill(shuffled, KEYS, NOW) == slots


@settings(max_examples=15, deadline=None)
@given(candidates)
def test_only_hot_stories_are_trending_and_strips_hold_their_section(some: list[Candidate]) -> None:
    by_story = {one.story_id: one for one in some}
    for slot in fill(some, KEYS, NOW):
        if slot.place == rules.TRENDING:
            assert by_story[slot.story_id].heat > 0
        if slot.place.startswith(rules.STRIP):
            assert slot.place == f"{rules.STRIP}:{by_story[slot.story_id].section}"


def test_nothing_fills_nothing() -> None:
    assert fill([], KEYS, NOW) == []
    assert fill([], [], NOW) == []


def test_one_story_leads() -> None:
    why = "It leads as the freshest report: no story has a second independent source yet"
    assert fill([candidate(1)], KEYS, NOW) == [Filled("lead", 0, 1, 1001, why)]


def test_seconds_come_from_other_sections_where_they_can() -> None:
    some = [candidate(number, "world", hours=number / 10) for number in range(1, 8)]
    some += [candidate(20, "tech", hours=9), candidate(21, "travel", hours=10), candidate(22, "sports", hours=11)]
    slots = fill(some, KEYS, NOW)
    assert at(slots, rules.LEAD) == [1]
    assert at(slots, rules.SECOND) == [20, 21, 22]


def test_seconds_of_a_paper_with_one_section_are_its_best() -> None:
    slots = fill([candidate(number, hours=number) for number in range(1, 6)], KEYS, NOW)
    assert at(slots, rules.SECOND) == [2, 3, 4]


def test_the_latest_rail_leaves_every_section_its_only_story() -> None:
    some = [candidate(1, voices=9), candidate(2, voices=8), candidate(3, voices=7), candidate(4, voices=6)]
    some += [candidate(10 + number, "tech", hours=3 + number) for number in range(9)] + [
        candidate(99, "travel", hours=2)
    ]
    slots = fill(some, KEYS, NOW)
    assert 99 not in at(slots, rules.LATEST)
    assert 99 in at(slots, rules.SECOND) + at(slots, f"{rules.STRIP}:travel")


def test_worth_wants_voices_then_freshness_then_something_to_read() -> None:
    plain = candidate(1)
    assert worth(candidate(1, voices=4), NOW) > worth(plain, NOW)
    assert worth(candidate(1, hours=10), NOW) < worth(plain, NOW)
    assert worth(candidate(1, words=20), NOW) < worth(plain, NOW)
    assert worth(candidate(1, full=False), NOW) < worth(plain, NOW)
    assert worth(candidate(1, picture=True), NOW) > worth(plain, NOW)
    # A moment in the future is worth no more than now.
    assert worth(candidate(1, hours=-9), NOW) == worth(candidate(1, hours=0), NOW)


def test_the_reason_is_the_receipt_then_the_voices() -> None:
    assert rules.why(candidate(1, receipt="7 sources in 3 h", voices=7)) == "7 sources in 3 h"
    assert rules.why(candidate(1, voices=2)) == "2 independent sources"
    assert rules.why(candidate(1)) == "Newest of its section"


def test_a_thousand_candidates_are_filled_at_once() -> None:
    some = [candidate(n, KEYS[n % 9], hours=n / 10, voices=n % 7 + 1, heat=float(n % 3)) for n in range(1, 1001)]
    began = time.perf_counter()
    slots = fill(some, KEYS, NOW)
    assert time.perf_counter() - began < 0.25
    assert len(at(slots, rules.TRENDING)) == rules.TRENDS
    assert all(len(at(slots, f"{rules.STRIP}:{key}")) == rules.STRIP_SIZE for key in KEYS)


def lead_reason(*some: Candidate) -> str:
    (slot,) = (one for one in fill(list(some), KEYS, NOW) if one.place == rules.LEAD)
    return slot.reason


def test_the_lead_says_why_it_leads() -> None:
    assert lead_reason(candidate(1, voices=5), candidate(2, voices=3)) == (
        "It leads because 5 independent sources report it, more than any other story"
    )
    assert lead_reason(candidate(1, voices=5), candidate(2, voices=5, hours=9)) == (
        "It leads because 5 independent sources report it, as many as any other story, and more lately"
    )
    assert lead_reason(candidate(1, voices=8, hours=80), candidate(2, voices=2)) == (
        "It leads because it is newer than the story with most sources (8); 2 independent sources so far"
    )
    assert lead_reason(candidate(1, voices=8, hours=80), candidate(2)).endswith("(8); one source so far")


def test_a_long_read_stands_only_in_a_full_paper() -> None:
    some = [candidate(number, KEYS[number % 9], hours=number) for number in range(1, 60)]
    some.append(candidate(99, words=900, hours=40))
    some.append(candidate(98, words=900, full=False))
    assert at(fill(some, KEYS, NOW), rules.LONG) == [99]
    assert at(fill(some[-20:], KEYS, NOW), rules.LONG) == []


def test_heat_lifts_a_story_and_says_so() -> None:
    plain, hot = candidate(1, hours=1), candidate(2, hours=3, heat=1.0, receipt="300 readers in the last hour")
    assert worth(candidate(2, heat=1.0), NOW) == 2 * worth(candidate(2), NOW)
    assert worth(candidate(2, heat=7.0), NOW) == worth(candidate(2, heat=1.0), NOW)
    (lead, *_) = fill([plain, hot], KEYS, NOW)
    assert (lead.story_id, lead.reason) == (2, "It leads because it is rising: 300 readers in the last hour")
    # One that would lead anyhow leads for its sources.
    (lead, *_) = fill([plain, candidate(2, hours=0.5, heat=1.0, receipt="x", voices=3)], KEYS, NOW)
    assert lead.reason.startswith("It leads because 3 independent sources")


def test_the_trending_rail_has_at_most_three_of_one_section() -> None:
    some = [candidate(number, "world", hours=50, heat=1 - number / 100, receipt="r") for number in range(1, 12)]
    some += [candidate(20 + n, "tech", hours=60, heat=0.1, receipt="r") for n in range(5)]
    some += [candidate(40 + number, key, hours=0.1) for number, key in enumerate(KEYS)]
    by_story = {one.story_id: one.section for one in some}
    rail = [by_story[story] for story in at(fill(some, KEYS, NOW), rules.TRENDING)]
    assert rail == ["world"] * 3 + ["tech"] * 3


@settings(max_examples=15, deadline=None)
@given(candidates, st.lists(st.tuples(st.integers(0, 39), st.sampled_from(["lead", "second"]), st.integers(0, 5))))
def test_pins_come_first_and_nothing_stands_twice(some: list[Candidate], wished: list[tuple[int, str, int]]) -> None:
    pins = {}
    for index, place, rank in wished:
        if index < len(some):
            pins[some[index].story_id] = rules.Pinned(some[index].story_id, place, rank)
    slots = fill(some, KEYS, NOW, list(pins.values()))
    assert len({slot.story_id for slot in slots}) == len(slots)
    ordered = sorted(pins.values(), key=lambda one: (one.rank, one.story_id))
    lead_pins = [one for one in ordered if one.place == rules.LEAD]
    if lead_pins:
        assert at(slots, rules.LEAD) == [lead_pins[0].story_id]
    seconds = lead_pins[1:] + [one for one in ordered if one.place == rules.SECOND]
    expected = [one.story_id for one in seconds][: rules.SECONDS]
    assert at(slots, rules.SECOND)[: len(expected)] == expected
    assert {slot.reason for slot in slots if slot.place == rules.SECOND and slot.story_id in expected} <= {rules.PINNED}


def test_a_pin_of_what_is_not_there_changes_nothing() -> None:
    some = [candidate(number, hours=number) for number in range(1, 9)]
    assert fill(some, KEYS, NOW, [rules.Pinned(99, rules.LEAD)]) == fill(some, KEYS, NOW)


def test_a_section_front_is_its_best_five() -> None:
    some = [candidate(number, hours=number) for number in range(1, 9)]
    slots = rules.fill_section(some, NOW, [rules.Pinned(8, rules.SECOND)])
    assert at(slots, rules.LEAD) == [1]
    assert at(slots, rules.SECOND) == [8, 2, 3, 4]

"""Whose voice an article is, and what a new text is beside the one it is like: tables, and what holds for any."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.articles.rules import Spoken, voices
from broadsheet.copydesk.copies import FOLD, NOTHING_NEW, tells_all_of
from broadsheet.lib.sketch import Overlap
from broadsheet.stories.rules import Member, count
from broadsheet.wire.rules import Beside, Near, beside
from tests.make import NOW

HOUR = timedelta(hours=1)


def spoken(number: int, outlet: str = "", family: int = 0, hours: float = 0) -> Spoken:
    return Spoken(number, outlet or f"source:{number}", family or number, NOW + hours * HOUR)


def test_one_text_is_one_voice_whoever_owns_its_thirty_printers() -> None:
    assert set(voices(spoken(number, family=1) for number in range(1, 31)).values()) == {"source:1"}


def test_outlets_of_one_owner_are_one_voice_and_texts_of_their_own_are_two() -> None:
    assert voices([spoken(1, "owner:1"), spoken(2, "owner:1"), spoken(3)]) == {
        1: "owner:1", 2: "owner:1", 3: "source:3",
    }  # fmt: skip


def test_a_family_speaks_with_the_voice_of_its_first_even_where_that_is_not_its_root() -> None:
    said = voices([spoken(2, family=1, hours=2), spoken(3, family=1, hours=1), spoken(4, "source:3")])
    assert said == {2: "source:3", 3: "source:3", 4: "source:3"}


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(0, 9)), max_size=12))
def test_there_are_never_more_voices_than_families_or_outlets(rows: list[tuple[int, int, int]]) -> None:
    given_ = [spoken(n, f"owner:{o}", family, at) for n, (o, family, at) in enumerate(rows, 1)]
    found = set(voices(given_).values())
    assert len(found) <= min(len({one.family for one in given_}), len({one.outlet for one in given_}))
    assert voices(given_) == voices(reversed(given_))


def test_a_story_counts_kin_as_one_voice_and_shows_both() -> None:
    def member(number: int, family: int) -> Member:
        return Member(number, NOW, f"source:{number}", False, True, 100, 1, full=True, family=family)

    counted = count([member(1, 1), member(2, 1), member(3, 3)])
    assert (counted.articles, counted.copies, counted.voices) == (3, 0, 2)


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        (None, Beside.NEW),
        (Near(0.99), Beside.COPY),
        (Near(FOLD), Beside.COPY),
        (Near(FOLD - 0.01), Beside.KIN),  # the longer original that came later
        (Near(0.99, equal=True, earlier=True), Beside.ORIGINAL),
        (Near(0.99, earlier=True), Beside.COPY),  # an early flash is all in the report that followed
        (Near(0.99, house=True), Beside.KIN),
        (Near(0.99, unseen=True), Beside.KIN),
        (Near(NOTHING_NEW + 0.01, withdrawn=True), Beside.STAYS_OUT),
        (Near(NOTHING_NEW, withdrawn=True), Beside.NEW),
    ],
)
def test_what_a_text_is_beside_the_one_it_is_like(near: Near | None, expected: Beside) -> None:
    assert beside(near) is expected


@pytest.mark.parametrize(("of_a", "of_b", "equal"), [(100, 100, True), (80, 160, False), (160, 80, False)])
def test_two_stand_for_each_other_only_if_each_has_nearly_all_of_the_other(of_a: int, of_b: int, equal: bool) -> None:
    assert tells_all_of(Overlap(80, of_a, of_b)) is equal

"""Stored relatives: the desk's word goes first, and the reason is a sentence for readers."""

from __future__ import annotations

from broadsheet.articles import related
from broadsheet.articles.related import Find


def find(ident: int, *about: str, same: bool = False) -> Find:
    return Find(ident, 0.5, 0.4, None, 0.0, same, about)


def test_reasons() -> None:
    assert find(1, same=True).reason == "Same story"
    assert find(1, "Lisbon", "port strike").reason == "Also about Lisbon, port strike"
    assert find(1).reason == "Reads alike"


def test_what_is_stored_is_read_again() -> None:
    finds = [find(1, "a"), find(2, same=True)]
    assert related.read(related.stored(finds)) == finds


def test_pins_stand_first_and_what_is_left_out_is_gone() -> None:
    finds = [find(one) for one in (1, 2, 3)]
    assert related.shown(finds, {}) == [1, 2, 3]
    verdicts = {9: related.PINNED, 3: related.PINNED, 2: related.LEFT_OUT}
    assert related.shown(finds, verdicts, [3, 2, 9]) == [3, 9, 1]
    assert len(related.shown([find(one) for one in range(40)], {})) == related.KEPT


def test_what_both_are_about_names_topics_first_and_no_small_words() -> None:
    shared = {"strike": 0.2, "lisbon": 0.3, "the": 0.001, "2026": 0.4, "port": 0.1, "pay": 0.05}
    assert related.about(["Lisbon"], shared) == ("Lisbon", "strike", "port")
    assert related.about([], {"the": 0.001}) == ()

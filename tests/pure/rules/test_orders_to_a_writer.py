"""Orders to a writer and taking them back, as plain data that goes through JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from broadsheet.stories.machine import orders
from broadsheet.stories.machine.orders import Told
from broadsheet.stories.machine.writer import Writer

TEXTS = {
    1: Told("Ferry Maresca runs aground off Vessin", "The ferry Maresca ran aground off Vessin harbour.", 0.0),
    2: Told("Ferry Maresca aground off Vessin", "The ferry Maresca ran aground off Vessin harbour at dawn.", 60.0),
    3: Told("Ilmarin draws game nine", "Grandmaster Ilmarin keeps the chess title.", 120.0),
}


def filled() -> tuple[Writer, dict[int, int], dict[int, int]]:
    """A writer that was told these, with the story and the nucleus of each."""
    writer = Writer("en")
    placed = {key: writer.place(one.title, one.text, one.at) for key, one in TEXTS.items()}
    return writer, {key: one.story for key, one in placed.items()}, {key: one.nucleus for key, one in placed.items()}


def plain(writer: Writer) -> Any:
    return json.loads(json.dumps(writer.dump()))


def test_the_two_reports_move_as_one() -> None:
    _, stories, nuclei = filled()
    assert stories[1] == stories[2] != stories[3]
    assert nuclei[1] == nuclei[2]


@pytest.mark.parametrize("verb", ["merge", "split", "move"])
def test_an_order_and_its_undoing_leave_the_same_dump(verb: str) -> None:
    writer, stories, nuclei = filled()
    parts = [[nuclei[1], [2], [1]]]
    order = {
        "merge": {"verb": "merge", "kept": stories[1], "gone": stories[3]},
        "split": {"verb": "split", "story": stories[1], "nuclei": [], "parts": parts},
        "move": {"verb": "move", "story": stories[1], "nuclei": [], "parts": parts, "to": stories[3]},
    }[verb]
    before = plain(writer)
    old = json.loads(json.dumps(orders.state(writer, [stories[1], stories[3]])))
    done = orders.carry_out(writer, order, TEXTS)
    assert plain(writer) != before
    concerned = sorted({stories[1], stories[3], done.story})
    new = {"stories": concerned, "next_id": writer.next_id, "posted": json.loads(json.dumps(done.posted))}
    orders.carry_out(writer, {"verb": "undo", "before": old, "after": new}, {})
    assert plain(writer) == before


def test_what_is_taken_out_of_a_nucleus_is_read_anew_on_both_sides() -> None:
    writer, stories, nuclei = filled()
    order = {"verb": "split", "story": stories[1], "nuclei": [], "parts": [[nuclei[1], [2], [1]]]}
    done = orders.carry_out(writer, order, TEXTS)
    assert writer.nuclei[nuclei[1]].group.size == writer.nuclei[done.nuclei[2]].group.size == 1
    assert writer.nuclei[done.nuclei[2]].story == done.story != stories[1]
    writer.repair()
    assert writer.nuclei[done.nuclei[2]].story != writer.nuclei[nuclei[1]].story


def test_orders_that_leave_nothing_or_name_nothing_fail() -> None:
    writer, stories, nuclei = filled()
    with pytest.raises(ValueError, match=str(nuclei[3])):
        orders.carry_out(writer, {"verb": "split", "story": stories[3], "nuclei": [nuclei[3]], "parts": []}, {})
    with pytest.raises(KeyError):
        orders.carry_out(writer, {"verb": "merge", "kept": stories[1], "gone": 99}, {})
    with pytest.raises(KeyError):
        orders.carry_out(writer, {"verb": "merge", "kept": stories[1], "gone": stories[1]}, {})

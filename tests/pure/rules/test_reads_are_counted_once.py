"""The counter between two batches: one visitor once a window, floods nothing more, memory bounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.trends import counter as module
from broadsheet.trends.counter import WINDOW, ReadCounter
from tests.make import NOW


def test_one_visitor_counts_once_a_window() -> None:
    counter = ReadCounter()
    assert counter.add(1, "ann", NOW)
    assert not counter.add(1, "ann", NOW + WINDOW - timedelta(seconds=1))
    assert counter.add(1, "ann", NOW + WINDOW)
    assert counter.add(2, "ann", NOW)
    assert counter.add(1, "bob", NOW)
    assert counter.taken == 4


def test_a_refresh_flood_counts_once() -> None:
    counter = ReadCounter()
    for number in range(1000):
        counter.add(1, "ann", NOW + timedelta(seconds=number))
    assert counter.batches() == {NOW.replace(minute=0): {1: 1}}


def test_batches_are_by_hour_and_begin_anew() -> None:
    counter = ReadCounter()
    late = datetime(2026, 11, 24, 8, 59, 59, 999, tzinfo=UTC)
    counter.add(1, "ann", late)
    counter.add(1, "bob", late + timedelta(seconds=1))
    counter.add(2, "bob", late + timedelta(seconds=1))
    eight, nine = late.replace(minute=0, second=0, microsecond=0), datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert counter.batches() == {eight: {1: 1}, nine: {1: 1, 2: 1}}
    assert counter.batches() == {}
    # A batch that was written does not make a visitor new.
    assert not counter.add(1, "ann", late + timedelta(minutes=5))


def test_a_clock_that_goes_back_counts_nobody_again() -> None:
    counter = ReadCounter()
    counter.add(1, "ann", NOW)
    assert not counter.add(1, "ann", NOW - timedelta(days=1))


def test_memory_is_bounded_however_many_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REMEMBERED", 100)
    counter = ReadCounter()
    for number in range(1000):
        assert counter.add(1, f"visitor {number}", NOW + timedelta(seconds=number))
        assert len(counter._seen) <= 100
    # The youngest are remembered still.
    assert not counter.add(1, "visitor 999", NOW + timedelta(seconds=1000))


def test_those_whose_window_is_over_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REMEMBERED", 3)
    counter = ReadCounter()
    counter.add(1, "old", NOW - 2 * WINDOW)
    counter.add(1, "ann", NOW)
    counter.add(1, "bob", NOW)
    counter.add(1, "eve", NOW)
    assert not counter.add(1, "ann", NOW)
    assert not counter.add(1, "bob", NOW)

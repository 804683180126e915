"""The counter between two batches: one visitor once an hour, floods and networks nothing more, nobody to be found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.trends import counter as module
from broadsheet.trends.counter import WINDOW, ReadCounter
from broadsheet.trends.rules import END, FLOOD, NETWORK, NETWORK_FULL, READ, SHARE, counts_of_network
from tests.make import NOW

HOUR = NOW.replace(minute=0)


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
    batch = counter.batch()
    assert batch.events == {(NOW, READ, 1): 1}
    assert batch.refused == {(HOUR, FLOOD): 999}


def test_batches_are_by_five_minutes_and_begin_anew() -> None:
    counter = ReadCounter()
    late = datetime(2026, 11, 24, 8, 59, 59, 999, tzinfo=UTC)
    counter.add(1, "ann", late)
    counter.add(1, "bob", late + timedelta(seconds=1))
    counter.add(2, "bob", late + timedelta(seconds=1))
    eight, nine = late.replace(minute=55, second=0, microsecond=0), datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert counter.batch().events == {(eight, READ, 1): 1, (nine, READ, 1): 1, (nine, READ, 2): 1}
    assert not counter.batch()
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


def test_each_kind_counts_by_itself() -> None:
    counter = ReadCounter()
    assert [counter.add(1, "ann", NOW, kind) for kind in (READ, END, SHARE, SHARE)] == [True, True, True, False]
    assert counter.batch().events == {(NOW, READ, 1): 1, (NOW, END, 1): 1, (NOW, SHARE, 1): 1}


def test_one_network_counts_in_full_up_to_a_bound_and_then_by_doubling() -> None:
    counter = ReadCounter()
    counted = [counter.add(1, f"visitor {number}", NOW, READ, "net") for number in range(10_000)]
    assert all(counted[:NETWORK_FULL])
    assert sum(counted) == NETWORK_FULL + 8
    assert counter.batch().refused == {(HOUR, NETWORK): 10_000 - NETWORK_FULL - 8}
    # Another article, another network, another hour are not touched by it.
    assert counter.add(2, "visitor 1", NOW, READ, "net")
    assert counter.add(1, "eve", NOW, READ, "other net")
    assert counter.add(1, "eve 2", NOW + timedelta(hours=1), READ, "net")


def test_a_network_weighs_as_its_doublings() -> None:
    full = NETWORK_FULL
    assert [n for n in range(full + 1, full * 9) if counts_of_network(n)] == [full * 2, full * 4, full * 8]


def test_nobody_can_be_found_again_by_who_knows_what_was_sent() -> None:
    one, other = ReadCounter(), ReadCounter()
    for counter in (one, other):
        counter.add(1, "ann", NOW, READ, "net")
    assert len(one._seen) == len(other._seen) == 1
    assert one._seen.keys() != other._seen.keys()
    assert one._networks.keys() != other._networks.keys()
    assert not any(b"ann" in key for key in one._seen)


def test_the_salt_is_thrown_away_with_the_day() -> None:
    counter = ReadCounter()
    late = NOW.replace(hour=23, minute=59)
    counter.add(1, "ann", late)
    salt, keys = counter._salt, set(counter._seen)
    assert counter.add(1, "ann", late + timedelta(minutes=2))
    assert counter._salt != salt
    assert not keys & set(counter._seen)
    # Once more at most: after that she is known again, and the clock going back changes nothing.
    assert not counter.add(1, "ann", late + timedelta(minutes=3))
    assert not counter.add(1, "ann", late)

"""The outbox: leases, fencing, back-off, folding, and savepoints that keep one failure from another's work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from broadsheet.core import clock, facts, queue
from broadsheet.core.models import Effect, Fact
from tests.make import NOW
from tests.trade.core.conftest import Work

pytestmark = pytest.mark.django_db


def later(by: timedelta) -> Any:
    return clock.frozen(NOW + by)


def test_what_is_due_is_done_in_order_and_gone(work: Work) -> None:
    queue.defer("note", {"n": 3}, due_at=NOW - timedelta(seconds=1))
    queue.defer("note", {"n": 1}, due_at=NOW - timedelta(seconds=9))
    queue.defer("note", {"n": 2}, due_at=NOW - timedelta(seconds=9))
    queue.defer("note", {"n": 4}, due_at=NOW + timedelta(seconds=1))
    assert queue.run_due() == 3
    assert work.done == [1, 2, 3]
    assert queue.waiting() == (1, 0)
    with later(timedelta(seconds=1)):
        assert queue.run_due() == 1
    assert not Effect.objects.exists()


def test_a_batch_has_a_limit(work: Work) -> None:
    for number in range(7):
        queue.defer("note", {"n": number})
    assert [queue.run_due(3) for _ in range(4)] == [3, 3, 1, 0]
    assert work.done == list(range(7))


def test_a_claimed_row_is_nobody_elses_until_its_lease_runs_out(work: Work) -> None:
    queue.defer("note")
    (mine,) = queue.claim(5)
    assert queue.claim(5) == []
    with later(queue.LEASE - timedelta(seconds=1)):
        assert queue.claim(5) == []
    with later(queue.LEASE):
        (theirs,) = queue.claim(5)
    assert theirs.pk == mine.pk
    assert theirs.lease_token != mine.lease_token


def test_who_lost_the_lease_leaves_no_trace(work: Work) -> None:
    def slow(payload: dict[str, Any]) -> None:
        facts.put("slow", "mine")
        # Meanwhile the lease ran out and another worker took the row.
        Effect.objects.update(lease_token="theirs")

    work.name("slow", slow)
    work.name("write", lambda payload: facts.put("write", payload["n"]))
    queue.defer("slow")
    rows = queue.claim(5)
    Effect.objects.update(lease_token="theirs")
    with pytest.raises(queue.LeaseLost):
        queue._run_inside(rows)
    assert facts.get("slow") is None
    assert Effect.objects.get().lease_token == "theirs"
    queue._put_back(rows[0], ValueError("late"))
    assert Effect.objects.get().attempts == 0


def test_a_late_batch_is_rolled_back_and_stops_nothing(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.name("write", lambda payload: facts.put("write", payload["n"]))
    queue.defer("write", {"n": 1})
    rows = queue.claim(5)
    Effect.objects.update(lease_token="theirs")
    monkeypatch.setattr(queue, "claim", lambda limit: rows)
    assert queue.run_due() == 0
    assert facts.get("write") is None


def test_an_outside_effect_that_came_late_is_left_to_the_other(work: Work) -> None:
    work.name("out", outside=True)
    queue.defer("out", {"n": 1})
    (row,) = queue.claim(5)
    Effect.objects.update(lease_token="theirs")
    assert queue._run_outside(row) == 0
    stored = Effect.objects.get()
    assert (stored.attempts, stored.lease_token) == (0, "theirs")


def test_one_failing_effect_takes_nothing_from_the_others(work: Work) -> None:
    def half(payload: dict[str, Any]) -> None:
        facts.put("half", 1)
        raise ValueError("half way")

    def broken(payload: dict[str, Any]) -> None:
        Fact.objects.create(name="twice", value=1, set_at=NOW)
        Fact.objects.create(name="twice", value=1, set_at=NOW)

    work.name("half", half)
    work.name("broken", broken)
    for name in ("note", "half", "note", "broken", "note"):
        queue.defer(name, {"n": name})
    assert queue.run_due() == 3
    assert work.done == ["note"] * 3
    assert facts.get("half") is None
    assert facts.get("twice") is None
    rows = {row.name: row for row in Effect.objects.all()}
    assert set(rows) == {"half", "broken"}
    assert rows["half"].error == "ValueError: half way"
    assert rows["broken"].error.startswith(IntegrityError.__name__)
    assert {row.lease_until for row in rows.values()} == {None}


def test_back_off_doubles_is_capped_and_ends_after_twelve(work: Work) -> None:
    def failing(payload: dict[str, Any]) -> None:
        raise ValueError("never")

    work.name("never", failing)
    queue.defer("never")
    moment, waits = NOW, []
    for attempt in range(1, queue.ATTEMPTS + 1):
        with clock.frozen(moment):
            assert queue.run_due() == 0
        row = Effect.objects.get()
        assert row.attempts == attempt
        waits.append((row.due_at - moment).total_seconds())
        moment = row.due_at
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert max(waits) == waits[-1] == queue.BACKOFF_CAP.total_seconds()
    assert queue.waiting() == (0, 1)
    with later(timedelta(days=30)):
        assert queue.claim(5) == []


def test_a_name_nobody_carries_out_waits_and_says_so(work: Work) -> None:
    queue.defer("of-a-later-version")
    assert queue.run_due() == 0
    assert "of-a-later-version" in Effect.objects.get().error


def test_a_name_falls_back_to_its_prefix(work: Work) -> None:
    work.name("kind:")
    work.name("kind:special", lambda payload: work.done.append("special"))
    queue.defer("kind:any", {"n": "prefix"})
    queue.defer("kind:special")
    queue.run_due()
    assert work.done == ["prefix", "special"]
    assert queue.registered("other:any") is None


def test_equal_wishes_fold_while_they_wait(work: Work) -> None:
    for number in range(5):
        queue.defer("note", {"n": number}, key="front")
    queue.defer("note", {"n": "other"}, key="other")
    assert Effect.objects.count() == 2
    queue.run_due()
    assert work.done == [0, "other"]


def test_a_wish_made_while_an_equal_one_runs_is_not_lost(work: Work) -> None:
    queue.defer("note", {"n": 1}, key="front")
    rows = queue.claim(5)
    queue.defer("note", {"n": 2}, key="front")
    assert Effect.objects.count() == 2
    queue._run_inside(rows)
    queue.run_due()
    assert work.done == [1, 2]


def test_in_a_batch_fifty_equal_wishes_are_one_query(work: Work, django_assert_max_num_queries: Any) -> None:
    with queue.batch(), django_assert_max_num_queries(1):
        for _ in range(50):
            queue.defer("note", {"n": 1}, key="front")
    assert Effect.objects.count() == 1


def test_a_wish_that_a_failure_took_with_it_is_written_again(work: Work) -> None:
    def wishing_and_failing(payload: dict[str, Any]) -> None:
        queue.defer("note", {"n": "wish"}, key="front")
        raise ValueError("after the wish")

    work.name("fails", wishing_and_failing)
    work.name("wishes", lambda payload: queue.defer("note", {"n": "wish"}, key="front"))
    queue.defer("fails")
    queue.defer("wishes")
    queue.run_due()
    assert Effect.objects.filter(key="front").count() == 1


class Killed(BaseException):
    """What a SIGKILL looks like from inside."""


def test_a_kill_inside_a_batch_keeps_neither_the_work_nor_its_end(work: Work) -> None:
    def dying(payload: dict[str, Any]) -> None:
        if payload.get("die"):
            raise Killed

    work.name("write", lambda payload: facts.put(f"write-{payload['n']}", 1))
    work.name("dying", dying)
    queue.defer("write", {"n": 1})
    queue.defer("dying", {"die": True})
    with pytest.raises(Killed):
        queue.run_due()
    assert facts.get("write-1") is None
    assert queue.run_due() == 0, "the dead worker's lease still runs"
    work.name("dying", lambda payload: None)
    with later(queue.LEASE):
        assert queue.run_due() == 2
    assert facts.get("write-1") == 1


def test_outside_effects_run_outside_and_again_after_a_failure(work: Work) -> None:
    tried: list[int] = []

    def once_failing(payload: dict[str, Any]) -> None:
        tried.append(1)
        if len(tried) == 1:
            raise OSError("no network")

    work.name("out", once_failing, outside=True)
    queue.defer("out")
    queue.defer("note", {"n": 1})
    assert queue.run_due() == 1
    with later(timedelta(seconds=2)):
        assert queue.run_due() == 1
    assert (len(tried), work.done) == (2, [1])


def test_a_long_batch_of_outside_effects_is_put_off_and_lost_by_no_one(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "OUTSIDE_SECONDS", 0.0)
    work.name("out", outside=True)
    for number in range(3):
        queue.defer("out", {"n": number})
    assert queue.run_due() == 3  # one done, two let go: there is more to do
    assert work.done == [0]
    assert not Effect.objects.exclude(lease_until=None).exists()
    queue.run_due()
    queue.run_due()
    assert work.done == [0, 1, 2]
    assert queue.run_due() == 0


def test_the_wirings_context_is_around_a_batch(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    @contextmanager
    def around() -> Any:
        work.done.append("begin")
        yield
        work.done.append("end")

    monkeypatch.setattr(queue, "_batch", queue._batch)
    queue.run_batches_in(around)
    queue.defer("note", {"n": 1})
    queue.defer("note", {"n": 2})
    queue.run_due()
    assert work.done == ["begin", 1, 2, "end"]

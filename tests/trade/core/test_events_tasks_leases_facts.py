"""The small parts of the base: events and their listeners, Wagtail's tasks, named leases, facts, the clock, checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django_tasks import default_task_backend, task

from broadsheet.core import checks, clock, events, facts, leases, queue, sqlite
from broadsheet.core.models import Effect, Lease
from broadsheet.core.transactions import together
from tests.make import NOW
from tests.trade.core.conftest import Work

pytestmark = pytest.mark.django_db
HEARD: list[object] = []


@dataclass(frozen=True)
class Rang(events.Event):
    """A bell rang."""

    times: int
    by: tuple[str, ...] = ()


# An event is named after its room.
Rang.__module__ = "tests.core.events"


def at_once(event: Rang) -> None:
    HEARD.append(("at once", event.times))


def later(event: Rang) -> None:
    HEARD.append(("later", event.times, list(event.by)))


def later_still(event: Rang) -> None:
    HEARD.append(("later still", event.times))


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    HEARD.clear()
    for name in ("_at_once", "_later", "_known"):
        monkeypatch.setattr(events, name, dict(getattr(events, name)))
    work.name("event:", lambda stored: events.handle(stored["event"], [stored["payload"]]))


def test_listeners_hear_at_once_or_after_the_commit_in_their_order() -> None:
    events.subscribe(Rang, at_once=[at_once], later=[later, later_still])
    events.announce(Rang(2, by=("ann", "bob")))
    assert HEARD == [("at once", 2)]
    assert Effect.objects.get().name == f"event:{Rang.name()}" == "event:core.Rang"
    queue.run_due()
    assert HEARD == [("at once", 2), ("later", 2, ["ann", "bob"]), ("later still", 2)]


def test_an_event_nobody_listens_to_costs_nothing(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        events.announce(Rang(1))
    events.subscribe(Rang, at_once=[at_once])
    with django_assert_num_queries(0):  # type: ignore[operator]
        events.announce(Rang(1))


def test_subscribing_again_replaces() -> None:
    events.subscribe(Rang, at_once=[at_once], later=[later])
    events.subscribe(Rang, at_once=[at_once])
    events.announce(Rang(1))
    assert HEARD == [("at once", 1)]
    assert not Effect.objects.exists()


def test_a_fact_that_is_rolled_back_was_never_announced() -> None:
    events.subscribe(Rang, later=[later])
    with transaction.atomic():
        events.announce(Rang(1))
        transaction.set_rollback(True)
    queue.run_due()
    assert HEARD == []


def test_if_one_of_the_later_listeners_fails_all_hear_it_again() -> None:
    calls: list[int] = []

    def failing_once(event: Rang) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError

    events.subscribe(Rang, later=[later, failing_once])
    events.announce(Rang(1))
    queue.run_due()
    with clock.frozen(NOW + timedelta(minutes=1)):
        queue.run_due()
    assert [one[0] for one in HEARD] == ["later", "later"]  # type: ignore[index]
    assert not Effect.objects.exists()


def test_the_wiring_can_be_read() -> None:
    events.subscribe(Rang, at_once=[at_once], later=[later])
    here = __name__.removeprefix("broadsheet.")
    assert events.subscriptions()["core.Rang"] == ([f"{here}.at_once"], [f"{here}.later"])


@task()
def ring(times: int, *, by: str) -> None:
    HEARD.append(("rang", times, by))


def test_wagtails_tasks_take_our_road(work: Work) -> None:
    from broadsheet.core import tasks

    work.name(tasks.NAME, tasks.run)
    result = ring.enqueue(3, by="ann")
    assert (HEARD, result.args, result.kwargs) == ([], [3], {"by": "ann"})
    assert queue.run_due() == 1
    assert HEARD == [("rang", 3, "ann")]
    ring.using(run_after=NOW + timedelta(hours=1)).enqueue(4, by="bob")
    assert queue.run_due() == 0
    with clock.frozen(NOW + timedelta(hours=1)):
        assert queue.run_due() == 1
    assert HEARD[-1] == ("rang", 4, "bob")
    assert not default_task_backend.supports_get_result


def test_a_task_of_a_transaction_that_failed_is_never_run(work: Work) -> None:
    with transaction.atomic():
        ring.enqueue(1, by="ann")
        transaction.set_rollback(True)
    assert queue.run_due() == 0


def test_a_wagtail_index_task_is_carried_out(work: Work) -> None:
    from tests.make import make_standing

    make_standing("a-new-page", "A new page")
    names = list(Effect.objects.values_list("payload__path", flat=True))
    assert names
    while queue.run_due():
        pass
    assert not Effect.objects.filter(attempts__gt=0).exists()


def test_a_lease_is_one_workers_until_it_ends() -> None:
    assert leases.take("sweep", timedelta(minutes=1))
    assert not leases.take("sweep", timedelta(minutes=1))
    assert leases.take("other", timedelta(minutes=1))
    with clock.frozen(NOW + timedelta(seconds=59)):
        assert not leases.take("sweep", timedelta(minutes=1))
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert leases.take("sweep", timedelta(minutes=1))
        assert not leases.take("sweep", timedelta(minutes=1))
        leases.give_back("sweep")
        assert leases.take("sweep", timedelta(minutes=1))
    assert Lease.objects.count() == 2


def test_of_two_who_make_a_lease_at_once_one_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Lease.objects.bulk_create

    def after_another(rows: list[Lease], **options: object) -> list[Lease]:
        Lease(name="sweep", until=NOW + timedelta(hours=1)).save()
        return real(rows, **options)

    monkeypatch.setattr(Lease.objects, "bulk_create", after_another)
    assert not leases.take("sweep", timedelta(minutes=1))


def test_facts_are_kept_replaced_and_dropped() -> None:
    assert facts.get("a") is None
    assert facts.get("a", 3) == 3
    facts.put("a", {"x": [1, None]})
    facts.put("a", False)
    assert facts.get("a", "default") is False
    facts.drop("a")
    facts.drop("a")
    assert facts.get("a") is None


def test_the_clock_can_stand_and_be_shifted() -> None:
    # The fixture holds it at NOW.
    assert clock.now() == NOW
    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
        with clock.frozen(NOW + timedelta(days=9)):
            assert clock.now() == NOW + timedelta(days=9)
        assert clock.now().year == 2026
    assert clock.now() == NOW


def test_a_shifted_clock_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    # Undone inside the test: the fixture that holds the clock ends before the patch would.
    with monkeypatch.context() as patch:
        patch.setattr(clock, "_frozen", None)
        with clock.shifted(timedelta(days=365)), clock.shifted(timedelta(days=-1)):
            ahead = clock.now() - datetime.now(UTC)
            assert timedelta(days=363) < ahead < timedelta(days=365)
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
        assert clock.now().tzinfo is UTC


def test_a_service_that_fails_fails_its_caller() -> None:
    @together()
    def half() -> None:
        facts.put("half", 1)
        raise ValueError

    @transaction.atomic
    def caller() -> None:
        facts.put("before", 1)
        half()

    with pytest.raises(ValueError):
        caller()
    assert facts.get("half") is None
    assert facts.get("before") is None


def test_check_80_a_slow_sqlite_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("on SQLite only")
    monkeypatch.setattr(sqlite, "version", lambda: (3, 51, 3))
    assert checks.check_sqlite() == []
    monkeypatch.setattr(sqlite, "version", lambda: (3, 40, 1))
    (warning,) = checks.check_sqlite()
    assert warning.id == "broadsheet.W001"
    assert "3.40.1" in warning.msg


def test_a_listener_that_takes_all_is_given_what_waits_as_one_list_in_its_order(work: Work) -> None:
    heard: list[list[int]] = []

    @events.takes_all
    def many(told: list[Rang]) -> None:
        heard.append([event.times for event in told])

    def stored(rows: list[dict[str, Any]]) -> None:
        events.handle(rows[0]["event"], [row["payload"] for row in rows])

    queue.register("event:", lambda row: stored([row]), run_all=stored)
    events.subscribe(Rang, later=[many, later])
    events.announce_all([Rang(one) for one in (3, 1, 2)])
    assert queue.run_due() == 3
    assert heard == [[3, 1, 2]]
    assert [one[1] for one in HEARD] == [3, 1, 2]
    assert not Effect.objects.exists()


def test_where_one_of_many_fails_the_others_are_carried_out_by_themselves(work: Work) -> None:
    heard: list[list[int]] = []

    @events.takes_all
    def many(told: list[Rang]) -> None:
        if any(event.times == 2 for event in told):
            raise ValueError("not this one")
        heard.append([event.times for event in told])

    def stored(rows: list[dict[str, Any]]) -> None:
        events.handle(rows[0]["event"], [row["payload"] for row in rows])

    queue.register("event:", lambda row: stored([row]), run_all=stored)
    events.subscribe(Rang, later=[many])
    events.announce_all([Rang(one) for one in (1, 2, 3)])
    assert queue.run_due() == 2
    assert heard == [[1], [3]]
    assert Effect.objects.get().attempts == 1

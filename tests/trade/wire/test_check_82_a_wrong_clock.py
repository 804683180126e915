"""Check 82, news in: a clock that jumps makes no storm, no stuck lease, no negative wait, and no other order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.articles.models import Article
from broadsheet.core import clock, leases, queue
from broadsheet.core.models import Effect
from broadsheet.ops import verify
from broadsheet.ops.schedule import TIMERS, Clockwork
from broadsheet.wire import doors, errands, queries, services
from broadsheet.wire.catchup import GATHERED_SECONDS, LEAST_A_SECOND, Pace
from broadsheet.wire.models import Dispatch, Feed, Pull
from broadsheet.wire.services import filing, keeping, pulling
from tests.make import NOW
from tests.trade.wire.newswire import Newswire, item, later, rss
from tests.wire_server import status

pytestmark = pytest.mark.django_db

DAY, YEAR = timedelta(days=1), timedelta(days=365)
JUMPS = [DAY, -DAY, YEAR, -YEAR, timedelta(hours=1), -timedelta(hours=1)]


@contextmanager
def jumped(by: timedelta) -> Iterator[datetime]:
    """The clock was set by so much, and the worker's next minute has come."""
    with later(by) as moment:
        keeping.mind_clock()
        yield moment


def pull_all(wire: Newswire) -> list[int]:
    """Everything that is due, as a worker would; the ids in order."""
    done = []
    while errands := services.claim_due(3):
        for errand in errands:
            Feed.objects.filter(pk=errand.feed_id).update(lease_until=None, lease_token="")
            wire.pull(Feed.objects.get(pk=errand.feed_id))
            done.append(errand.feed_id)
    return done


@pytest.mark.parametrize("jump", JUMPS)
def test_check_82_a_jump_polls_each_feed_at_most_once(wire: Newswire, jump: timedelta) -> None:
    feeds = [wire.feed(rss(item(n))) for n in range(4)]
    pull_all(wire)
    with jumped(jump) as moment:
        first = pull_all(wire)
        assert len(first) == len(set(first)) <= len(feeds)
        assert pull_all(wire) == []
        for feed in feeds:
            feed.refresh_from_db()
            assert moment < feed.next_pull_at <= moment + timedelta(days=2)


@pytest.mark.parametrize("jump", JUMPS)
def test_check_82_a_clock_that_was_wrong_and_is_right_again_loses_no_feed(wire: Newswire, jump: timedelta) -> None:
    good, bad = wire.feed(rss(item(1))), wire.feed(status(500))
    with later(jump):
        pull_all(wire)
    with jumped(timedelta(minutes=1)):
        assert len(pull_all(wire)) <= 2
    with jumped(timedelta(hours=12)):
        for feed in (good, bad):
            feed.refresh_from_db()
            assert (
                feed.next_pull_at <= clock.now()
                or Pull.objects.filter(feed=feed, at__gte=NOW, at__lte=clock.now()).exists()
            )
            assert feed.interval > 0


@pytest.mark.parametrize("jump", [DAY, YEAR, timedelta(hours=1)])
def test_check_82_no_lease_of_a_wrong_clock_stays(wire: Newswire, jump: timedelta) -> None:
    feed = wire.feed(rss(item(1)))
    wire.pull(feed)
    with later(jump):
        # Claimed in the wrong time, and then the worker died.
        assert services.pulling.claim_one(feed.pk) is not None
        assert len(filing._claim(5)) == 1
        queue.defer("check-82")
        assert len(queue.claim(5)) == 1
        assert leases.take("check-82", timedelta(minutes=1))
    with later(timedelta(minutes=3)):
        assert services.pulling.claim_one(feed.pk) is not None
        assert len(filing._claim(5)) == 1
        assert len(queue.claim(5)) == 1
        assert leases.take("check-82", timedelta(minutes=1))


def test_check_82_leases_of_the_right_clock_hold(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)))
    wire.pull(feed)
    services.pulling.claim_one(feed.pk)
    filing._claim(5)
    queue.defer("check-82")
    queue.claim(5)
    leases.take("check-82", timedelta(minutes=1))
    # Another host's clock may be off by some minutes; it takes nothing away.
    for off in (timedelta(seconds=59), -timedelta(minutes=9)):
        with later(off):
            assert services.pulling.claim_one(feed.pk) is None
            assert filing._claim(5) == []
            assert queue.claim(5) == []
            assert not leases.take("check-82", timedelta(minutes=1))


@pytest.mark.parametrize("jump", [DAY, YEAR])
def test_check_82_waits_of_a_wrong_clock_end(wire: Newswire, jump: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: object) -> None:
        raise ValueError("not yet")

    monkeypatch.setitem(queue._runners, "check-82", queue.Registered(failing, outside=False))
    queue.defer("check-82")
    wire.pull(wire.feed(rss(item(1))))
    with later(jump):
        queue.run_due()
        monkeypatch.setattr(filing, "_file", failing)
        services.file_arrived()
        monkeypatch.undo()
    row, effect = Dispatch.objects.get(), Effect.objects.get(name="check-82")
    assert row.due_at is not None
    assert row.due_at > NOW + jump
    assert effect.due_at > NOW + jump
    with later(timedelta(minutes=20)):
        assert services.file_arrived() == 1
        assert effect.pk in {found.pk for found in queue.claim(20)}


def test_check_82_wishes_made_in_the_wrong_time_are_due(wire: Newswire) -> None:
    with later(DAY):
        queue.defer("check-82", due_at=clock.now() + timedelta(seconds=1))
    with later(timedelta(minutes=1)):
        assert [row.name for row in queue.claim(5)] == ["check-82"]


def test_check_82_back_off_is_never_negative(wire: Newswire) -> None:
    feed = wire.feed(status(500))
    for jump in (timedelta(0), DAY, -DAY, YEAR, -YEAR, timedelta(0)):
        with later(jump) as moment:
            wire.forget_manners()
            wire.pull(feed)
            assert feed.next_pull_at > moment
    assert feed.failures == 6


def test_check_82_articles_filed_in_the_wrong_time_keep_the_order_of_their_dates(wire: Newswire) -> None:
    with later(-YEAR):
        wire.take_in(wire.feed(rss(item(1, age=timedelta(hours=3)))))
    wire.take_in(wire.feed(rss(item(2, age=timedelta(hours=2)))))
    with later(YEAR):
        wire.take_in(wire.feed(rss(item(3, age=timedelta(hours=1)))))
    dates = list(Article.objects.order_by("published_at").values_list("headline", flat=True))
    numbers = [int(headline.split()[-1]) for headline in dates]
    assert numbers == sorted(numbers)
    for _, faults in verify.verify(["dispatches", "articles", "leases"]):
        assert faults == []


@pytest.mark.parametrize(
    "moment", [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 0, 30, tzinfo=UTC)]
)
def test_check_82_summer_time_begins_and_ends_without_notice(
    wire: Newswire, moment: datetime, settings: pytest.FixtureRequest
) -> None:
    settings.TIME_ZONE = "Europe/Lisbon"  # type: ignore[attr-defined]
    feed = wire.feed(rss(item(1)), next_pull_at=moment)
    with clock.frozen(moment):
        assert pull_all(wire) == [feed.pk]
        feed.refresh_from_db()
        wait = feed.next_pull_at - moment
    for minutes in (30, 60, 90):
        with clock.frozen(moment + timedelta(minutes=minutes)):
            assert len(pull_all(wire)) == (1 if timedelta(minutes=minutes) >= wait else 0)
            feed.refresh_from_db()
            wait = feed.next_pull_at - moment


@pytest.mark.parametrize("jump", [DAY, -DAY, YEAR, -YEAR])
def test_check_82_timers_run_by_the_monotonic_clock(jump: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from broadsheet.ops import schedule

    ran: list[str] = []
    timers = tuple(
        schedule.Timer(timer.name, timer.every, lambda name=timer.name: ran.append(name), timer.first)
        for timer in TIMERS
    )
    monkeypatch.setattr(schedule, "TIMERS", timers)
    with clock.frozen(NOW):
        clockwork = Clockwork()
        began = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: began + 10_000)
        assert clockwork.run_due() == len([timer for timer in timers if timer.first <= 10_000])
        ran.clear()
    with clock.frozen(NOW + jump):
        assert clockwork.run_due() == 0
        monkeypatch.setattr(time, "monotonic", lambda: began + 13_601)
        clockwork.run_due()
    expected = [timer.name for timer in timers if timer.every <= 3600]
    assert ran == expected


def test_a_failing_timer_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.ops import schedule

    ran: list[str] = []

    def failing() -> None:
        raise ValueError("no")

    monkeypatch.setattr(
        schedule, "TIMERS", (schedule.Timer("bad", 5, failing), schedule.Timer("good", 5, lambda: ran.append("good")))
    )
    assert Clockwork().run_due() == 2
    assert ran == ["good"]
    # A second worker finds the leases taken.
    assert Clockwork().run_due() == 0


@pytest.mark.parametrize("step", [timedelta(seconds=seconds) for seconds in (2, -2, 40, -40)])
def test_check_82_a_step_of_the_clock_in_the_middle_of_a_pull_changes_nothing(wire: Newswire, step: timedelta) -> None:
    feed = wire.feed(rss(item(1), item(2)))
    errand = pulling.claim_one(feed.pk)
    assert errand is not None
    outcome = errands.pull(errand, wire.door(), doors.jail(), clock.now())
    with later(step) as moment:
        assert pulling.claim_one(feed.pk) is None
        assert len(services.record([outcome])) == 1
        feed.refresh_from_db()
        assert moment < feed.next_pull_at <= moment + timedelta(seconds=feed.interval)
        assert services.file_arrived() == 2
    # The clock is put right again, and what was filed is filed once.
    assert pull_all(wire) in ([], [feed.pk])
    assert Dispatch.objects.filter(feed=feed).count() == 2


def test_check_82_a_machine_that_slept_in_the_middle_of_a_pull_keeps_it_or_has_lost_it(wire: Newswire) -> None:
    kept, lost = wire.feed(rss(item(1))), wire.feed(rss(item(2)))
    claimed = [pulling.claim_one(feed.pk) for feed in (kept, lost)]
    outcomes = [errands.pull(errand, wire.door(), doors.jail(), clock.now()) for errand in claimed if errand]
    with later(timedelta(hours=8)) as moment:
        # Another machine did not sleep and has taken one of them over.
        taken = pulling.claim_one(lost.pk)
        assert taken is not None
        assert [pull.feed_id for pull in services.record(outcomes)] == [kept.pk]
        assert services.record([errands.pull(taken, wire.door(), doors.jail(), clock.now())])[0].new == 1
        for feed in (kept, lost):
            feed.refresh_from_db()
            assert feed.next_pull_at > moment
            assert Dispatch.objects.filter(feed=feed).count() == 1


@pytest.mark.parametrize("jump", [DAY, YEAR, timedelta(hours=8)])
def test_check_82_a_worker_that_finds_everything_overdue_begins_a_few_pulls(wire: Newswire, jump: timedelta) -> None:
    for number in range(60):
        feed = wire.feed(rss(item(number)))
        Feed.objects.filter(pk=feed.pk).update(next_pull_at=NOW + timedelta(minutes=5), interval=900)
    pace = Pace()
    with jumped(jump):
        begun = 0
        for tenth in range(20):
            room = pace.allowed(queries.usual_rate(), tenth / 10)
            claimed = services.claim_due(room) if room else []
            pace.spent(len(claimed))
            begun += len(claimed)
        # What had gathered and two seconds of it; the others follow within the half minute.
        assert LEAST_A_SECOND * GATHERED_SECONDS <= begun <= LEAST_A_SECOND * (GATHERED_SECONDS + 2)


def test_a_pull_has_a_term(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)))
    services.claim_due(1)
    with later(pulling.LEASE - timedelta(seconds=1)):
        assert services.pull_feed(feed.pk) is None
    with later(pulling.LEASE):
        assert services.pull_feed(feed.pk) is not None

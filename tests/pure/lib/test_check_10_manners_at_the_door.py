"""Check 10: manners towards other people's servers, and what they ask of us."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from broadsheet.lib.http import Door, FetchFailed, Manners, Reason, retry_after
from broadsheet.lib.http import manners as manners_module
from tests.wire_server import Exchange, WireServer, answer, gone, redirect, wait

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DAY = 86_400.0


class Clock:
    """A clock that only runs while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def manners(clock: Clock) -> Manners:
    return Manners(2, 1.0, monotonic=clock, sleep=clock.sleep)


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


def test_check_10_starts_at_one_host_are_a_second_apart(manners: Manners, clock: Clock) -> None:
    starts = []
    for _ in range(4):
        with manners.turn("a.test", 60):
            starts.append(clock.now)
    assert starts == [100, 101, 102, 103]
    with manners.turn("b.test", 60):
        assert clock.now == 103


def test_check_10_a_scheduler_can_ask_how_long_it_would_wait(manners: Manners, clock: Clock) -> None:
    assert manners.delay("a.test") == 0
    with manners.turn("a.test", 60):
        assert manners.delay("a.test") == 1
        assert manners.delay("b.test") == 0
        clock.now += 5
        assert manners.delay("a.test") == 0
        with manners.turn("a.test", 60):
            clock.now += 5
            assert manners.delay("a.test") > 0, "two are under way"
    assert manners.delay("a.test") == 0


def test_check_10_no_more_than_two_at_once() -> None:
    manners = Manners(2, 0)
    active, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal active, most
        with manners.turn("a.test", 5):
            with lock:
                active += 1
                most = max(most, active)
            time.sleep(0.002)
            with lock:
                active -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, active) == (2, 0)


def test_check_10_who_is_not_patient_enough_is_told_at_once(manners: Manners, clock: Clock) -> None:
    with manners.turn("a.test", 60):
        pass
    with pytest.raises(FetchFailed) as caught, manners.turn("a.test", 0.5):
        pass
    assert (caught.value.reason, caught.value.retry_after) == (Reason.ASKS_TO_WAIT, 1.0)
    assert clock.now == 100, "nobody slept"


def test_check_10_a_full_host_is_waited_for_no_longer_than_asked() -> None:
    manners = Manners(1, 0)
    with (
        manners.turn("a.test", 1),
        pytest.raises(FetchFailed) as caught,
        manners.turn("a.test", 0.01),
    ):
        pass
    assert caught.value.reason is Reason.ASKS_TO_WAIT


def test_check_10_a_failure_gives_the_place_back(manners: Manners) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), manners.turn("a.test", 60):
            raise ZeroDivisionError
    with manners.turn("a.test", 60):
        pass


def test_hosts_at_rest_are_forgotten(manners: Manners, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manners_module, "_PRUNE_ABOVE", 10)
    manners.pause("asked.test", 1e6)
    for number in range(50):
        with manners.turn(f"{number}.test", 60):
            clock.now += 1
    assert len(manners._hosts) <= 12
    assert manners.delay("asked.test") > 1000


@pytest.mark.parametrize("code", [429, 503])
def test_check_10_retry_after_keeps_us_away_from_the_whole_host(server: WireServer, code: int) -> None:
    server.script("/", wait("120", code))
    server.script("/other", answer(b"x"))
    with Door("test", names=server.names("a.test", "b.test"), spacing=0) as door:
        with pytest.raises(FetchFailed) as caught:
            door.fetch("http://a.test/")
        failed = caught.value
        assert (failed.reason, failed.retry_after) == (Reason.ASKS_TO_WAIT, 120)
        assert 119 < door.polite_wait("A.test") <= 120
        with pytest.raises(FetchFailed) as caught:
            door.fetch("http://a.test/other")
        assert caught.value.reason is Reason.ASKS_TO_WAIT
        assert caught.value.retry_after == pytest.approx(120, abs=1)
        assert door.fetch("http://b.test/other").body == b"x"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0), ("0", 0.0), (" 7 ", 7.0), ("1.5", 1.5), ("999999999", DAY),
        ("Tue, 24 Nov 2026 10:05:00 GMT", 300.0),
        ("Tuesday, 24-Nov-26 10:05:00 GMT", 300.0),
        ("Tue Nov 24 10:05:00 2026", 300.0),
        ("2026-11-24T10:05:00Z", 300.0),
        ("Mon, 23 Nov 2026 10:00:00 GMT", 0.0), ("Fri, 31 Dec 2027 00:00:00 GMT", DAY),
        ("", None), ("soon", None), ("-5", None), ("1e9", None), ("NaN", None),
        ("99999999999999999999", None), (None, None),
    ],
)  # fmt: skip
def test_check_10_retry_after_in_all_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=NOW) == seconds


def test_check_10_retry_after_of_a_server_whose_clock_is_wrong() -> None:
    header = "Thu, 01 Jan 1970 00:10:00 GMT"
    assert retry_after(header, now=NOW, date="Thu, 01 Jan 1970 00:00:00 GMT") == 600


def test_check_10_a_withdrawn_address_and_a_wish_without_a_time(server: WireServer) -> None:
    server.script("/gone", gone())
    server.script("/slow", wait(None))
    server.script("/nonsense", wait("tomorrow or so"))
    with Door("test", names=server.names("a.test"), spacing=0) as door:
        for path, reason in (
            ("/gone", Reason.GONE),
            ("/slow", Reason.ASKS_TO_WAIT),
            ("/nonsense", Reason.ASKS_TO_WAIT),
        ):
            with pytest.raises(FetchFailed) as caught:
                door.fetch(f"http://a.test{path}")
            assert (caught.value.reason, caught.value.retry_after) == (reason, None)
        assert door.polite_wait("a.test") == 0


def test_check_10_the_user_agent_and_the_conditions_are_sent(server: WireServer) -> None:
    server.script("/", answer(b"x", etag='"1"', last_modified="Tue, 24 Nov 2026 10:00:00 GMT"))
    agent = "Broadsheet/1 (+https://paper.example/about/)"
    with Door(agent, names=server.names("a.test"), spacing=0) as door:
        first = door.fetch("http://a.test/")
        by_tag = door.fetch("http://a.test/", etag=first.etag)
        by_date = door.fetch("http://a.test/", last_modified=first.last_modified)
        assert by_tag.not_modified
        assert by_date.not_modified
    assert {request.headers["user-agent"] for request in server.requests} == {agent}
    assert server.requests[0].headers["accept-encoding"].startswith("gzip, deflate, br")
    assert "rss" in server.requests[0].headers["accept"]


def test_check_10_every_hop_takes_its_turn(server: WireServer, clock: Clock) -> None:
    server.script("/", redirect("/b"))
    server.script("/b", redirect("http://b.test/c"))
    server.script("/c", answer(b"x"))
    manners = Manners(2, 1.0, monotonic=clock, sleep=clock.sleep)
    with Door("test", names=server.names("a.test", "b.test"), manners=manners) as door:
        assert door.fetch("http://a.test/").body == b"x"
    assert clock.now == 101


def test_check_10_a_door_is_made_with_manners() -> None:
    door = Door("test")
    assert (door.manners.per_host, door.manners.spacing, door.limits.retry_after) == (2, 1.0, DAY)


def test_check_10_no_host_sees_more_than_two_of_us_at_once(server: WireServer) -> None:
    under_way = most = 0
    lock = threading.Lock()

    def counted(exchange: Exchange) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        exchange.sleep(0.01)
        with lock:
            under_way -= 1
        exchange.respond(200, b"x")

    server.script("/", counted)
    with Door("test", names=server.names("a.test"), spacing=0) as door:
        threads = [threading.Thread(target=door.fetch, args=("http://a.test/",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (most, len(server.requests)) == (2, 8)


def test_check_10_a_host_has_one_share_however_it_is_spelled(server: WireServer, clock: Clock) -> None:
    server.script("/", answer(b"x"))
    manners = Manners(2, 1.0, monotonic=clock, sleep=clock.sleep)
    with Door("test", names=server.names("a.test"), manners=manners, ports=(80, 8080)) as door:
        for url in ("http://a.test/", "http://A.TEST./", "http://a.test:8080/", "http://user@a.test/"):
            door.fetch(url)
    assert clock.now == 103

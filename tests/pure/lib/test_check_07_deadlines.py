"""Check 07: every fetch ends in time, and heads are short."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from broadsheet.lib.http import Door, FetchFailed, Limits, Reason
from broadsheet.lib.http.limits import KIB, MIB
from tests.door_kit import failure
from tests.wire_server import Exchange, WireServer, answer, drip, many_headers, silent, status

SHORT = 0.04
PAUSE = 0.02


def test_check_07_the_limits_are_those_of_the_acceptance_list() -> None:
    limits = Limits()
    assert (limits.connect, limits.total, limits.dns) == (10, 30, 5)
    assert (limits.header_bytes, limits.hops, limits.encodings) == (64 * KIB, 5, 2)
    sizes = {kind: limits.size(kind) for kind in ("feed", "page", "image", "robots", "other", "?")}
    assert sizes == {
        "feed": 10 * MIB, "page": 5 * MIB, "image": 10 * MIB, "robots": 512 * KIB,
        "other": MIB, "?": MIB,
    }  # fmt: skip


@pytest.mark.slow("waits for three short deadlines")
@pytest.mark.parametrize(
    "behaviour",
    [silent(), drip(b"x" * 1000, 0.01), drip(b"x" * 1000, 0.01, head=True)],
    ids=["silent", "dripping body", "dripping head"],
)
def test_check_07_the_whole_call_ends_by_the_wall_clock(server: WireServer, door: Door, behaviour: object) -> None:
    server.script("/", behaviour)  # type: ignore[arg-type]
    start = time.monotonic()
    assert failure(door, "http://a.test/", deadline=SHORT).reason is Reason.TIMED_OUT
    assert SHORT <= time.monotonic() - start < SHORT + 0.5


def test_check_07_a_deadline_can_be_shortened_only() -> None:
    with WireServer() as server:
        server.script("/", silent())
        limits = Limits(total=SHORT)
        with Door("test", names=server.names("a.test"), spacing=0, limits=limits) as door:
            start = time.monotonic()
            assert failure(door, "http://a.test/", deadline=60).reason is Reason.TIMED_OUT
            assert time.monotonic() - start < 5


def test_check_07_a_resolver_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        release.wait(5)
        return ["8.8.8.8"]

    with Door("test", resolver=hangs, limits=Limits(dns=SHORT), spacing=0) as door:
        began = time.monotonic()
        assert failure(door).reason is Reason.TIMED_OUT
        assert time.monotonic() - began < 2
    release.set()


def test_check_07_the_connect_limit_is_shared_by_all_addresses() -> None:
    given: list[float] = []

    def dial(address: str, port: int, timeout: float) -> object:
        given.append(timeout)
        raise TimeoutError

    four = [f"8.8.8.{number}" for number in range(4)]
    with Door("test", resolver=lambda *_: four, dial=dial, spacing=0) as door:  # type: ignore[arg-type]
        assert failure(door, "http://a.test/").reason is Reason.TIMED_OUT
    assert len(given) == 4
    assert given[0] == pytest.approx(2.5, abs=0.1)


def test_check_07_a_flood_of_headers_is_cut_at_64_kib(server: WireServer, door: Door) -> None:
    server.script("/flood", many_headers(100_000))
    assert failure(door, "http://a.test/flood").reason is Reason.TOO_LARGE
    server.script("/long", status(200, b"x", x_long="y" * (64 * KIB)))
    assert failure(door, "http://a.test/long").reason is Reason.TOO_LARGE
    server.script("/fits", status(200, b"x", x_long="y" * (60 * KIB)))
    assert door.fetch("http://a.test/fits").body == b"x"


@pytest.mark.slow("many threads wait on a trickling server")
def test_check_07_trickling_servers_hold_no_more_than_their_hosts_share(
    server: WireServer,
) -> None:
    server.script("/", drip(b"x" * 1000, 0.02))
    server.script("/fine", answer(b"fine"))
    with Door("test", names=server.names("slow.test", "a.test"), spacing=0) as door:

        def pull() -> None:
            with pytest.raises(FetchFailed):
                door.fetch("http://slow.test/", deadline=0.3, patience=0.1)

        threads = [threading.Thread(target=pull) for _ in range(20)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)
        assert len(server.asked("/")) == 2
        # Another host is served at once meanwhile.
        start = time.monotonic()
        assert door.fetch("http://a.test/fine").body == b"fine"
        assert time.monotonic() - start < 0.2
        for thread in threads:
            thread.join()
    assert len(server.asked("/")) == 2


@dataclass
class Share:
    """The most connections of ours that each host ever had at once, asked at the far end."""

    most: Counter[str] = field(default_factory=Counter)
    held: dict[str, list[socket.socket]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def trickle(self, exchange: Exchange) -> None:
        host = exchange.request.host
        with self.lock:
            held = [one for one in self.held.get(host, []) if still_open(one)]
            self.held[host] = [*held, exchange.connection]
            self.most[host] = max(self.most[host], len(held) + 1)
        try:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while exchange.sleep(PAUSE):
                exchange.send(b"x")
        except OSError:
            exchange.close()


def still_open(connection: socket.socket) -> bool:
    """Whether the other end holds it: we may be late to notice that it let go."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("hosts", "total"),
    [
        pytest.param(12, 0.2, marks=pytest.mark.slow("three threads for each trickling host"), id="scaled"),
        pytest.param(200, 30.0, marks=pytest.mark.long("two hundred servers for thirty seconds"), id="full"),
    ],
)
def test_check_07_many_trickling_servers_hold_no_more_than_their_hosts_share(hosts: int, total: float) -> None:
    share = Share()
    names = [f"slow-{number}.test" for number in range(hosts)]
    with WireServer() as server:
        server.script("/", share.trickle)
        server.script("/fine", answer(b"fine"))
        limits = Limits(total=total)
        with Door("test", names=server.names("a.test", *names), spacing=0, limits=limits) as door:
            took: list[float] = []

            def pull(host: str) -> None:
                began = time.monotonic()
                with pytest.raises(FetchFailed) as caught:
                    door.fetch(f"http://{host}/", patience=total / 4)
                assert caught.value.reason in (Reason.TIMED_OUT, Reason.ASKS_TO_WAIT)
                took.append(time.monotonic() - began)

            threads = [threading.Thread(target=pull, args=(host,)) for host in names * 3]
            for thread in threads:
                thread.start()
            # Who does not trickle is served at once meanwhile.
            began = time.monotonic()
            assert door.fetch("http://a.test/fine").body == b"fine"
            assert time.monotonic() - began < max(total / 4, 1)
            for thread in threads:
                thread.join()
        assert len(took) == 3 * hosts
        assert max(took) < total * 1.25 + 2
        assert set(share.most) == set(names)
        assert max(share.most.values()) == 2


@pytest.mark.long("thirty seconds at a byte a second")
def test_check_07_thirty_seconds_end_a_byte_a_second(server: WireServer, door: Door) -> None:
    server.script("/", drip(b"x" * 1000, 1.0))
    began = time.monotonic()
    assert failure(door).reason is Reason.TIMED_OUT
    assert 29.5 < time.monotonic() - began < 31


@pytest.mark.slow("waits for a short deadline")
def test_check_07_redirects_share_one_deadline() -> None:
    def slow(exchange: Exchange) -> None:
        exchange.sleep(0.03)
        number = int(exchange.request.path.strip("/") or 0)
        exchange.respond(302, headers={"Location": f"/{number + 1}"})

    with WireServer() as server:
        for number in range(9):
            server.script(f"/{number}", slow)
        with Door("test", names=server.names("a.test"), spacing=0, limits=Limits(total=0.1, hops=9)) as door:
            began = time.monotonic()
            assert failure(door, "http://a.test/0").reason is Reason.TIMED_OUT
            assert time.monotonic() - began < 1
            assert 1 <= len(server.requests) <= 4


def test_check_07_preliminary_answers_without_end_count_as_head(server: WireServer, door: Door) -> None:
    def informs(exchange: Exchange) -> None:
        for _ in range(10_000):
            exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 10)
        exchange.close()

    server.script("/", informs)
    assert failure(door).reason is Reason.TOO_LARGE

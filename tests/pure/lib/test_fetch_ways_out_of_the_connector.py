"""The connector's rarer ways out: each ends in a plain reason."""

from __future__ import annotations

import socket
import threading
import time
from ipaddress import ip_address

import pytest

from broadsheet.lib.http import Door, FetchFailed, Limits, Reason, connector, decoding
from broadsheet.lib.http.connector import Call, Stream, calling, is_own, system_resolver
from tests.door_kit import Dials, door_to
from tests.door_kit import why as reason_why
from tests.wire_server import Exchange, WireServer, answer, hang_up


def refuses(address: str, port: int, timeout: float) -> socket.socket:
    raise ConnectionRefusedError(111, "Connection refused")


def why(door: Door, url: str = "http://a.test/") -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        door.fetch(url)
    return caught.value


def test_an_address_without_a_route_is_not_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(self: socket.socket, address: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert not is_own("2606:4700::1")


def test_the_systems_resolver_gives_each_address_once() -> None:
    found = system_resolver("localhost", 80)
    assert "127.0.0.1" in found
    assert len(found) == len(set(found))
    assert all(ip_address(address).is_loopback for address in found)


def test_a_call_whose_time_is_over_does_nothing_more() -> None:
    call = Call(0.0, 1000)
    time.sleep(0.001)
    with pytest.raises(FetchFailed) as caught:
        call.left()
    assert caught.value.reason is Reason.TIMED_OUT


def test_time_spent_on_one_address_is_missing_for_the_next() -> None:
    dialled = []

    def slow(address: str, port: int, timeout: float) -> socket.socket:
        dialled.append(address)
        time.sleep(0.02)
        raise TimeoutError

    addresses = [f"8.8.8.{number}" for number in range(4)]
    limits = Limits(connect=0.03)
    with Door("test", resolver=lambda *_: addresses, dial=slow, limits=limits, spacing=0) as door:
        assert why(door).reason is Reason.TIMED_OUT
    # Two, or one where the machine is busy; never all four.
    assert 1 <= len(dialled) <= 2
    assert dialled == addresses[: len(dialled)]


def test_a_peer_that_is_gone_at_once_has_a_reason() -> None:
    def unconnected(address: str, port: int, timeout: float) -> socket.socket:
        return socket.socket()

    with Door("test", resolver=lambda *_: ["8.8.8.8"], dial=unconnected, spacing=0) as door:
        assert why(door).reason is Reason.REFUSED


def test_look_ups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "_LOOKUPS", threading.BoundedSemaphore(1))
    release = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        release.wait(5)
        return []

    with Door("test", resolver=hangs, limits=Limits(dns=0.02), spacing=0) as door:
        assert why(door, "http://a.test/").detail == "looking up a.test took too long"
        assert why(door, "http://b.test/").detail == "looking up b.test took too long"
    release.set()


def test_a_resolver_may_give_its_own_reason() -> None:
    def blocks(host: str, port: int) -> list[str]:
        raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, "on the list of blocked names")

    with Door("test", resolver=blocks, spacing=0) as door:
        assert why(door).detail == "on the list of blocked names"


def test_a_stream_knows_when_it_was_closed() -> None:
    left, right = socket.socketpair()
    with calling(Call(1, 1000)):
        stream = Stream(left)
        assert stream.get_extra_info("is_readable") is False
        right.sendall(b"x")
        assert stream.get_extra_info("is_readable") is True
        assert stream.get_extra_info("something else") is None
        stream.close()
        assert stream.get_extra_info("is_readable") is True
    right.close()


@pytest.mark.parametrize("host", ["a" * 64 + ".test", "a..test", ".test", ".", "a.test..", "ab." * 99])
def test_a_host_that_no_name_server_could_know_is_refused(host: str) -> None:
    with Door("test", resolver=lambda *_: ["8.8.8.8"], dial=refuses, spacing=0) as door:
        assert why(door, f"https://{host}/").reason is Reason.ADDRESS_NOT_ALLOWED


def test_a_body_that_breaks_off_with_a_reset_has_a_reason() -> None:
    def cut(exchange: Exchange) -> None:
        exchange.head(200, {}, length=1000)
        exchange.send(b"half")
        time.sleep(0.01)
        linger = socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
        exchange.connection.setsockopt(*linger)
        exchange.close()

    with WireServer() as server, Door("test", names=server.names("a.test"), spacing=0) as door:
        server.script("/", cut)
        assert why(door).reason is Reason.SERVER_ERROR


def test_an_answer_before_a_posted_question_is_not_taken() -> None:
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"

    def behave(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx" + smuggled)

    with WireServer() as server, Door("test", names=server.names("a.test"), spacing=0) as door:
        server.script("/", behave)
        assert door.fetch("http://a.test/").body == b"x"
        with pytest.raises(FetchFailed) as caught:
            door.post("http://a.test/", b"question")
        assert caught.value.reason is Reason.SERVER_ERROR


def test_a_post_is_never_sent_twice() -> None:
    with WireServer() as server, Door("test", names=server.names("a.test"), spacing=0) as door:
        server.script("/", answer(b"1"), hang_up(), answer(b"2"))
        assert door.post("http://a.test/", b"x").body == b"1"
        with pytest.raises(FetchFailed) as caught:
            door.post("http://a.test/", b"x")
        assert caught.value.reason is Reason.REFUSED
        assert len(server.requests) == 2


def test_of_two_targets_the_first_counts_and_other_headers_are_joined() -> None:
    def twice(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 302 Found\r\nLocation: /first\r\nLocation: /second\r\nContent-Length: 0\r\n\r\n")

    def joined(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nVary: a\r\nVary: b\r\nContent-Length: 0\r\n\r\n")

    with WireServer() as server, Door("test", names=server.names("a.test"), spacing=0) as door:
        server.script("/", twice)
        server.script("/first", joined)
        found = door.fetch("http://a.test/")
        assert found.url == "http://a.test/first"
        assert found.headers["vary"] == "a, b"


def test_without_zstandard_it_is_neither_offered_nor_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    assert decoding._zstandard() is None


def test_a_304_with_a_body_ends_with_its_head() -> None:
    def chatty(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello")

    with WireServer() as server, Door("test", names=server.names("a.test"), spacing=0) as door:
        server.script("/", chatty, answer(b"fine"))
        assert door.fetch("http://a.test/", etag='"1"').not_modified
        assert door.fetch("http://a.test/").body == b"fine"


def test_a_forgotten_door_leaves_no_socket_open() -> None:
    with WireServer() as server:
        server.script("/", answer(b"x"))
        door = Door("test", names=server.names("a.test"), spacing=0)
        door.fetch("http://a.test/")
        del door
    with pytest.raises(TypeError):
        Door()  # type: ignore[call-arg]


def test_a_name_without_addresses_or_with_a_failing_resolver_is_not_found() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert reason_why(door_to(dials=Dials())) is Reason.NAME_NOT_FOUND
    assert reason_why(Door("test", resolver=fails, dial=Dials(), spacing=0)) is Reason.NAME_NOT_FOUND


def test_the_next_address_is_tried_when_one_refuses() -> None:
    dials = Dials()
    many = [f"93.184.216.{number}" for number in range(1, 9)]
    assert reason_why(door_to(*many, dials=dials)) is Reason.REFUSED
    assert dials.dialled == many[:4]

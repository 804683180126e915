"""Check 01 (address table) and 03 (rebinding): what may be dialled, and that nothing else is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from broadsheet.lib.http import Allowed, Door, FetchFailed, Reason, is_public
from broadsheet.lib.http.addresses import embedded_v4, may_dial
from broadsheet.lib.http.connector import is_own
from tests.wire_server import WireServer, answer

SAMPLES = Path(__file__).parents[2] / "samples" / "urls"


def rows(name: str) -> list[str]:
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    found = [line.partition("#")[0].strip() for line in lines]
    return [line for line in found if line]


REFUSED = rows("refused-addresses.txt")
PUBLIC = rows("allowed-addresses.txt")


class Dials:
    """Stands in for the system's connect and notes what would have been dialled."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    def __call__(self, address: str, port: int, timeout: float) -> socket.socket:
        self.dialled.append(address)
        raise ConnectionRefusedError(111, "Connection refused")


def door_to(*addresses: str, dials: Dials, allow: tuple[Allowed, ...] = ()) -> Door:
    return Door("test", resolver=lambda host, port: addresses, dial=dials, spacing=0, allow=allow)


def why(door: Door, url: str = "http://name.test/") -> Reason:
    with pytest.raises(FetchFailed) as failure:
        door.fetch(url)
    return failure.value.reason


def test_check_01_has_at_least_150_rows() -> None:
    assert len(set(REFUSED)) >= 150


@pytest.mark.parametrize("address", REFUSED)
def test_check_01_address_is_refused_before_connect_as_name_and_as_literal(address: str) -> None:
    dials = Dials()
    door = door_to(address, dials=dials)
    assert why(door) is Reason.ADDRESS_NOT_ALLOWED
    written = f"[{address}]" if ":" in address else address
    assert why(door, f"http://{written}/") is Reason.ADDRESS_NOT_ALLOWED
    assert dials.dialled == []


@pytest.mark.parametrize("address", PUBLIC)
def test_check_01_public_address_is_dialled_as_it_is(address: str) -> None:
    dials = Dials()
    assert why(door_to(address, dials=dials)) is Reason.REFUSED
    assert dials.dialled == [address]
    assert is_public(ip_address(address))


def test_check_01_a_listener_on_loopback_sees_no_connection() -> None:
    with WireServer() as sentinel:
        for spelling in ("127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
            door = Door("test", ports=(sentinel.port,), spacing=0)
            address = f"http://{spelling}:{sentinel.port}/"
            assert why(door, address) is Reason.ADDRESS_NOT_ALLOWED
        named = Door("test", ports=(sentinel.port,), resolver=lambda host, port: ["127.0.0.1"], spacing=0)
        assert why(named, f"http://evil.test:{sentinel.port}/") is Reason.ADDRESS_NOT_ALLOWED
        assert sentinel.connections == 0


def test_check_01_an_exception_needs_host_and_range() -> None:
    allow = (Allowed.of("Intranet.test.", "10.2.0.0/16"),)
    for host, address, allowed in (
        ("intranet.test", "10.2.3.4", True),
        ("intranet.test", "10.3.3.4", False),
        ("other.test", "10.2.3.4", False),
        ("sub.intranet.test", "10.2.3.4", False),
        ("intranet.test", "::ffff:10.2.3.4", False),
    ):
        dials = Dials()
        reason = why(door_to(address, dials=dials, allow=allow), f"http://{host}/")
        assert (reason is Reason.REFUSED) == allowed, (host, address)
        assert dials.dialled == ([address] if allowed else [])


def test_check_01_a_v6_form_that_carries_v4_is_judged_by_both() -> None:
    allow = (Allowed.of("nat.test", "64:ff9b::/96"),)
    assert may_dial("nat.test", ip_address("64:ff9b::8.8.8.8"), allow)
    assert not may_dial("nat.test", ip_address("64:ff9b::10.0.0.1"), allow)
    both = (*allow, Allowed.of("nat.test", "10.0.0.0/8"))
    assert may_dial("nat.test", ip_address("64:ff9b::10.0.0.1"), both)


@pytest.mark.parametrize(
    ("address", "inner"),
    [
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("::1.2.3.4", "1.2.3.4"),
        ("::ffff:0:1.2.3.4", "1.2.3.4"),
        ("64:ff9b::1.2.3.4", "1.2.3.4"),
        ("64:ff9b:1::1.2.3.4", "1.2.3.4"),
        ("2002:102:304::1", "1.2.3.4"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45"),
        ("2606:4700::1", None),
    ],
)
def test_the_v4_address_inside_a_v6_one_is_found(address: str, inner: str | None) -> None:
    found = embedded_v4(ip_address(address))  # type: ignore[arg-type]
    assert found == (ip_address(inner) if inner else None)


def test_this_servers_own_address_is_recognised() -> None:
    assert is_own("127.0.0.1")


def test_check_03_a_mixed_set_is_refused_whole() -> None:
    for answers in (["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"]):
        dials = Dials()
        assert why(door_to(*answers, dials=dials)) is Reason.ADDRESS_NOT_ALLOWED
        assert dials.dialled == []


def test_check_03_a_name_that_flips_is_never_dialled_at_the_second_address() -> None:
    answers: Iterator[str] = iter(["93.184.216.34", "127.0.0.1", "93.184.216.35"])
    dials = Dials()
    door = Door("test", resolver=lambda host, port: [next(answers)], dial=dials, spacing=0)
    assert why(door) is Reason.REFUSED
    assert dials.dialled == ["93.184.216.34"]
    assert why(door) is Reason.ADDRESS_NOT_ALLOWED
    assert why(door) is Reason.REFUSED
    assert dials.dialled == ["93.184.216.34", "93.184.216.35"]


def test_check_03_the_peer_is_compared_after_connecting() -> None:
    with WireServer() as server:
        server.script("/", answer(b"secret"))

        def misled(address: str, port: int, timeout: float) -> socket.socket:
            return socket.create_connection(("127.0.0.1", server.port), timeout)

        door = Door("test", resolver=lambda host, port: ["93.184.216.34"], dial=misled, spacing=0)
        assert why(door) is Reason.ADDRESS_NOT_ALLOWED
        assert server.requests == []


def test_check_03_an_answer_that_is_no_address_is_refused() -> None:
    for strange in ("localhost", "fe80::1%lo", "", "1.2.3.4.5"):
        dials = Dials()
        assert why(door_to(strange, dials=dials)) is Reason.ADDRESS_NOT_ALLOWED
        assert dials.dialled == []


def test_a_name_without_addresses_or_with_a_failing_resolver_is_not_found() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert why(door_to(dials=Dials())) is Reason.NAME_NOT_FOUND
    assert why(Door("test", resolver=fails, dial=Dials(), spacing=0)) is Reason.NAME_NOT_FOUND


def test_the_next_address_is_tried_when_one_refuses() -> None:
    dials = Dials()
    many = [f"93.184.216.{number}" for number in range(1, 9)]
    assert why(door_to(*many, dials=dials)) is Reason.REFUSED
    assert dials.dialled == many[:4]


def test_a_mapped_name_may_lead_to_loopback_only() -> None:
    dials = Dials()
    door = Door("test", names={"a.test": ("10.0.0.1", 80)}, dial=dials, spacing=0)
    assert why(door, "http://a.test/") is Reason.ADDRESS_NOT_ALLOWED
    assert dials.dialled == []


def test_only_the_exact_mapped_name_reaches_loopback() -> None:
    with WireServer() as server:
        server.script("/", answer(b"<rss/>"))
        door = Door(
            "test",
            names=server.names("paper.test"),
            resolver=lambda host, port: ["127.0.0.1"],
            spacing=0,
        )
        assert door.fetch("http://paper.test/").body == b"<rss/>"
        assert door.fetch("http://PAPER.test/").body == b"<rss/>"
        for near in ("www.paper.test", "paper.test.evil.test", "xpaper.test"):
            assert why(door, f"http://{near}/") is Reason.ADDRESS_NOT_ALLOWED
        assert len(server.requests) == 2

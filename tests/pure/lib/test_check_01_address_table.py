"""Check 01: what may be dialled, and that nothing else is."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib.http import Allowed, Door, FetchFailed, Limits, Reason, connector, is_public, judged
from broadsheet.lib.http.addresses import embedded_v4, may_dial
from broadsheet.lib.http.connector import Call, is_own
from tests.door_kit import Dials, door_to, why
from tests.wire_server import WireServer, answer

SAMPLES = Path(__file__).parents[2] / "samples" / "urls"


def rows(name: str) -> list[str]:
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    found = [line.partition("#")[0].strip() for line in lines]
    return [line for line in found if line]


REFUSED = rows("refused-addresses.txt")
PUBLIC = rows("allowed-addresses.txt")


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


def test_check_01_a_name_that_leads_back_to_this_server_is_refused() -> None:
    def vetted(allow: tuple[Allowed, ...] = ()) -> list[str]:
        own = connector.Connector(
            names={},
            allow=allow,
            limits=Limits(),
            resolver=lambda host, port: ["93.184.216.34"],
            dial=Dials(),
            own=lambda address: address == "93.184.216.34",
        )
        return own.vetted("self.test", 80, Call(1, 1000))

    with pytest.raises(FetchFailed) as caught:
        vetted()
    assert caught.value.reason is Reason.ADDRESS_NOT_ALLOWED
    assert "back to this server" in caught.value.detail
    assert vetted((Allowed.of("self.test", "93.184.216.0/24"),)) == ["93.184.216.34"]


# The blocks that the acceptance list names, as it names them.
BLOCKS = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::/96 "
    "::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 "
    "fc00::/7 fe80::/10 fec0::/10 ff00::/8 168.63.129.16/32 fd00:ec2::254/128"
).split()


@pytest.mark.parametrize("block", BLOCKS)
def test_check_01_every_named_block_is_refused_from_its_first_to_its_last_address(block: str) -> None:
    network = ip_network(block)
    for place in (0, network.num_addresses // 2, -1):
        assert not is_public(network[place])
    listed = [ip_address(address) for address in REFUSED]
    assert any(address in network for address in listed if address.version == network.version)


@given(st.ip_addresses())
def test_check_01_we_are_never_laxer_than_the_standard_library(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(address) or address.is_global


@given(st.sampled_from([ip_network(block) for block in BLOCKS if ":" not in block]), st.integers(0, 2**24))
def test_check_01_no_form_of_a_refused_v4_address_is_public(network: IPv4Network, place: int) -> None:
    value = int(network[place % network.num_addresses])
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert not is_public(IPv6Address(int(IPv6Address(prefix)) | value))
    assert not is_public(IPv6Address(0x2002 << 112 | value << 80 | 1))


def test_check_01_a_judgement_without_a_connection_is_the_doors_own() -> None:
    for address in REFUSED:
        written = f"[{address}]" if ":" in address else address
        allowed, reason = judged(f"http://{written}/")
        assert not allowed, address
        assert reason.startswith(Reason.ADDRESS_NOT_ALLOWED.sentence)
        assert not judged("http://name.test/", [address])[0], address
        assert not judged("http://name.test/", ["93.184.216.34", address])[0], address
    for address in PUBLIC:
        written = f"[{address}]" if ":" in address else address
        assert judged(f"http://{written}/") == judged("http://name.test/", [address]) == (True, "")


def test_check_01_a_judgement_keeps_to_the_operators_exceptions() -> None:
    own = Door("test", allow=[Allowed.of("intranet", "10.2.0.0/16")], ports=(80, 8080))
    assert own.judged("http://intranet:8080/feed", ["10.2.3.4"]) == (True, "")
    assert judged("http://intranet:8080/feed", ["10.2.3.4"], own) == (True, "")
    for url, addresses in (
        ("http://intranet:8080/feed", ["10.3.3.4"]),
        ("http://other:8080/feed", ["10.2.3.4"]),
        ("http://intranet:8081/feed", ["10.2.3.4"]),
    ):
        assert not own.judged(url, addresses)[0]
    assert judged("http://name.test/", ["93.184.216.34", "2606:4700::1"]) == (True, "")
    assert judged("http://name.test/", [])[1].startswith(Reason.NAME_NOT_FOUND.sentence)
    assert judged("http://name.test/") == (True, "")

"""Check 03: the address dialled is one that was vetted in the same call, and TLS keeps to the name."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import pytest
import trustme

from broadsheet.lib.http import Door, Reason
from tests.door_kit import Dials, door_to, failure, why
from tests.wire_server import Exchange, WireServer, answer


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


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.mark.slow("makes certificates")
def test_check_03_tls_name_and_sni_stay_the_host_name(authority: trustme.CA) -> None:
    asked: list[str] = []
    context = serving(authority.issue_cert("a.test"))
    context.sni_callback = lambda _, name, __: asked.append(name)  # type: ignore[assignment]
    with WireServer(tls=context) as server:
        server.script("/", answer(b"secure"))
        names = server.names("a.test")
        with Door("test", names=names, tls=trusting(authority), spacing=0) as door:
            assert door.fetch("https://a.test/").body == b"secure"
            assert door.fetch("https://a.test./").body == b"secure"
    assert asked == ["a.test"]


def test_check_03_every_hop_is_resolved_and_judged_anew() -> None:
    with WireServer() as server:
        answers = iter((["93.184.216.34"], ["127.0.0.1"]))

        def dial(address: str, port: int, timeout: float) -> socket.socket:
            return Elsewhere(socket.create_connection(("127.0.0.1", server.port), timeout), address)  # type: ignore[return-value]

        def last(exchange: Exchange) -> None:
            exchange.respond(302, headers={"Location": "http://name.test/next"})
            exchange.close()

        server.script("/", last)
        door = Door("test", resolver=lambda host, port: next(answers), dial=dial, spacing=0)
        assert why(door) is Reason.ADDRESS_NOT_ALLOWED
        assert [request.path for request in server.requests] == ["/"]


class Elsewhere:
    """A connection to loopback that claims to lead to another address, as a real one would."""

    def __init__(self, inner: socket.socket, address: str) -> None:
        self._inner = inner
        self._address = address

    def getpeername(self) -> tuple[str, int]:
        return (self._address, 80)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


@pytest.mark.slow("makes certificates")
def test_check_03_a_sound_certificate_of_the_address_is_not_one_of_the_name(authority: trustme.CA) -> None:
    with WireServer(tls=serving(authority.issue_cert("127.0.0.1", "other.test"))) as server:
        with Door("test", names=server.names("a.test"), tls=trusting(authority), spacing=0) as door:
            assert failure(door, "https://a.test/").reason is Reason.CERTIFICATE
        assert server.requests == []

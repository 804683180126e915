"""Check 09: a reason for everything, and TLS is never relaxed."""

from __future__ import annotations

import pickle
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from broadsheet.lib.http import Door, Fetched, FetchFailed, Reason
from broadsheet.lib.urls import parse
from tests.door_kit import failure
from tests.hostile.secure import self_signed
from tests.wire_server import (
    Behaviour,
    Exchange,
    WireServer,
    answer,
    bad_chunking,
    broken_gzip,
    early_close,
    hang_up,
    http09,
    lying_length,
    many_headers,
    raw,
    redirect,
    reset,
    status,
    wrong_charset,
)

HEAD = b"HTTP/1.1 200 OK\r\n"
BROKEN: list[tuple[str, Behaviour, Reason]] = [
    ("too short for its length", lying_length(b"<rss/>", 10_000), Reason.SERVER_ERROR),
    ("negative length", raw(HEAD + b"Content-Length: -5\r\n\r\nx"), Reason.SERVER_ERROR),
    ("length that is no number", raw(HEAD + b"Content-Length: ten\r\n\r\nx"), Reason.SERVER_ERROR),
    ("two lengths", raw(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),
     Reason.SERVER_ERROR),
    ("bad chunking", bad_chunking(), Reason.SERVER_ERROR),
    ("endless chunk size", raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 99),
     Reason.SERVER_ERROR),
    ("early close", early_close(), Reason.SERVER_ERROR),
    ("HTTP/0.9", http09(), Reason.SERVER_ERROR),
    ("HTTP/9.9", raw(b"HTTP/9.9 200 OK\r\n\r\n"), Reason.SERVER_ERROR),
    ("not HTTP at all", raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Reason.SERVER_ERROR),
    ("binary noise", raw(bytes(range(256))), Reason.SERVER_ERROR),
    ("header without colon", raw(HEAD + b"nonsense\r\n\r\n"), Reason.SERVER_ERROR),
    ("NUL in a header", raw(HEAD + b"X: a\0b\r\n\r\n"), Reason.SERVER_ERROR),
    ("half a head", raw(b"HTTP/1.1 200 OK\r\nContent-"), Reason.SERVER_ERROR),
    ("hangs up", hang_up(), Reason.REFUSED),
    ("reset", reset(), Reason.REFUSED),
    ("broken gzip", broken_gzip(), Reason.WRONG_ENCODING),
    ("a hundred thousand headers", many_headers(100_000), Reason.TOO_LARGE),
    ("206 without being asked", status(206, b"<rss"), Reason.SERVER_ERROR),
    ("304 without being asked", status(304), Reason.SERVER_ERROR),
    ("300", status(300), Reason.SERVER_ERROR),
    ("101", raw(b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
     Reason.SERVER_ERROR),
    ("999", status(999), Reason.SERVER_ERROR),
]  # fmt: skip


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


def deserted() -> tuple[str, int]:
    """A loopback address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address: tuple[str, int] = gone.getsockname()
    return address


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [row[1:] for row in BROKEN],
    ids=[row[0] for row in BROKEN],
)
def test_check_09_broken_http_gives_a_reason_and_the_door_lives_on(
    server: WireServer, door: Door, behaviour: Behaviour, reason: Reason
) -> None:
    server.script("/", behaviour, answer(b"fine"))
    caught = failure(door)
    assert caught.reason is reason
    assert caught.url == "http://a.test/"
    assert door.fetch("http://a.test/").body == b"fine"


def test_check_09_a_length_that_is_too_small_cuts_the_body_and_spoils_nothing(server: WireServer, door: Door) -> None:
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"

    def behave(exchange: Exchange) -> None:
        exchange.send(HEAD + b"Content-Length: 6\r\n\r\n<rss/>" + smuggled)

    server.script("/", behave)
    server.script("/next", answer(b"fine"))
    assert door.fetch("http://a.test/").body == b"<rss/>"
    assert door.fetch("http://a.test/next").body == b"fine"


def test_check_09_the_body_keeps_its_bytes_whatever_the_charset_says(server: WireServer, door: Door) -> None:
    server.script("/", wrong_charset("é", "utf-8", "latin-1"))
    assert door.fetch("http://a.test/").body == b"\xe9"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (400, Reason.REFUSED), (401, Reason.FORBIDDEN), (403, Reason.FORBIDDEN),
        (404, Reason.NOT_FOUND), (406, Reason.REFUSED), (407, Reason.FORBIDDEN),
        (408, Reason.TIMED_OUT), (410, Reason.GONE), (413, Reason.TOO_LARGE),
        (418, Reason.REFUSED), (451, Reason.FORBIDDEN), (500, Reason.SERVER_ERROR),
        (502, Reason.SERVER_ERROR), (503, Reason.SERVER_ERROR), (504, Reason.TIMED_OUT),
        (429, Reason.ASKS_TO_WAIT),
    ],
)  # fmt: skip
def test_every_status_has_its_plain_reason(server: WireServer, door: Door, code: int, reason: Reason) -> None:
    server.script("/", status(code, b"x"))
    caught = failure(door)
    assert (caught.reason, caught.status) == (reason, code)


def test_a_kept_connection_that_the_server_closed_is_opened_again(server: WireServer, door: Door) -> None:
    def last(exchange: Exchange) -> None:
        exchange.respond(200, b"1")
        exchange.close()

    server.script("/", last, answer(b"2"), hang_up(), answer(b"3"))
    assert door.fetch("http://a.test/").body == b"1"
    assert door.fetch("http://a.test/").body == b"2"
    # Closed in the very moment of the next request: asked once more on a new connection.
    assert door.fetch("http://a.test/").body == b"3"


def test_connections_are_kept_also_after_304(server: WireServer, door: Door) -> None:
    server.script("/", answer(b"x", etag='"1"'))
    tag = door.fetch("http://a.test/").etag
    for _ in range(3):
        again = door.fetch("http://a.test/", etag=tag)
        assert (again.not_modified, again.status, again.body) == (True, 304, b"")
    assert server.connections == 1


def test_header_values_that_would_split_the_request_are_left_out(server: WireServer, door: Door) -> None:
    server.script("/", answer(b"x"))
    door.fetch("http://a.test/", etag='"1"\r\nX-Evil: 1', headers={"X": "a\nb", "Host": "evil"})
    headers = server.requests[0].headers
    assert {"if-none-match", "x", "x-evil"}.isdisjoint(headers)
    assert headers["host"] == "a.test"


def test_a_failure_says_what_happened_and_survives_pickling() -> None:
    original = FetchFailed(Reason.GONE, "status 410", 410, None, "http://a.test/")
    copy = pickle.loads(pickle.dumps(original))
    assert (copy.reason, copy.status, copy.url) == (Reason.GONE, 410, "http://a.test/")
    assert str(copy) == "The publisher has withdrawn this address for good. (status 410)"


def test_an_answer_gives_its_media_type() -> None:
    found = Fetched("http://a.test/", 200, {"content-type": "Text/HTML; charset=x", "etag": "1"})
    assert (found.content_type, found.etag, found.last_modified) == ("text/html", "1", None)


@pytest.mark.slow("makes certificates")
def test_check_09_bad_certificates_are_refused_before_anything_is_sent(
    authority: trustme.CA,
) -> None:
    past = datetime.now(UTC) - timedelta(days=2)
    bad = {
        "expired": (authority.issue_cert("a.test", not_after=past), authority),
        "another name": (authority.issue_cert("b.test"), authority),
        "unknown authority": (trustme.CA().issue_cert("a.test"), authority),
        "signed by itself": (None, authority),
    }
    for why, (certificate, trusted) in bad.items():
        with WireServer(tls=serving(certificate) if certificate else self_signed("a.test")) as server:
            names = server.names("a.test")
            with Door("test", names=names, tls=trusting(trusted), spacing=0) as door:
                assert failure(door, "https://a.test/").reason is Reason.CERTIFICATE, why
                assert failure(door, "https://a.test/").reason is Reason.CERTIFICATE, why
            assert server.requests == []


@pytest.mark.slow("waits for a short deadline")
def test_check_09_plain_http_where_tls_should_be_is_no_answer() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    rude = socket.create_server(("127.0.0.1", 0))
    names = {"silent.test": silent.getsockname(), "rude.test": rude.getsockname()}

    def talk() -> None:
        for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b""):
            connection, _ = rude.accept()
            connection.recv(4096)
            connection.sendall(greeting)
            connection.close()

    speaker = threading.Thread(target=talk)
    speaker.start()
    with silent, rude, Door("test", names=names, spacing=0) as door:
        assert failure(door, "https://rude.test/").reason is Reason.CERTIFICATE
        assert failure(door, "https://rude.test/").reason in (Reason.CERTIFICATE, Reason.REFUSED)
        with pytest.raises(FetchFailed) as caught:
            door.fetch("https://silent.test/", deadline=0.04)
        assert caught.value.reason is Reason.TIMED_OUT
        speaker.join()


@pytest.mark.slow("fills the buffers of a deaf server")
def test_check_09_a_server_that_takes_no_request_has_a_reason() -> None:
    deaf = socket.create_server(("127.0.0.1", 0))
    with deaf, Door("test", names={"deaf.test": deaf.getsockname()}, spacing=0) as door:
        with pytest.raises(FetchFailed) as caught:
            door.post("http://deaf.test/", b"x" * 30_000_000, deadline=0.05)
        assert caught.value.reason is Reason.TIMED_OUT
    with Door("test", names={"deaf.test": deserted()}, spacing=0) as door:
        assert failure(door, "http://deaf.test/").reason is Reason.REFUSED


def test_check_09_an_answer_before_the_whole_request_was_read_is_taken(
    server: WireServer,
) -> None:
    early = socket.create_server(("127.0.0.1", 0))

    def refuse() -> None:
        connection, _ = early.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    thread = threading.Thread(target=refuse)
    thread.start()
    with early, Door("test", names={"a.test": early.getsockname()}, spacing=0) as door:
        with pytest.raises(FetchFailed) as caught:
            door.post("http://a.test/", b"x" * 20_000_000)
        # Either their answer got through, or the connection broke under our writing.
        assert caught.value.reason in (Reason.TOO_LARGE, Reason.REFUSED)
        thread.join()


@pytest.mark.parametrize("relaxed", ["no chain", "no name"])
def test_check_09_a_relaxed_tls_context_is_not_taken(relaxed: str) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    if relaxed == "no chain":
        context.verify_mode = ssl.CERT_NONE
    with pytest.raises(ValueError, match="never relaxed"):
        Door("test", tls=context)


def test_a_downgrade_to_http_is_followed_but_takes_no_secrets(authority: trustme.CA) -> None:
    with (
        WireServer(tls=serving(authority.issue_cert("a.test"))) as secure,
        WireServer() as plain,
    ):
        secure.script("/", redirect("http://b.test/"))
        plain.script("/", answer(b"x"))
        names = {**secure.names("a.test"), **plain.names("b.test")}
        with Door("test", names=names, tls=trusting(authority), spacing=0) as door:
            assert door.fetch("https://a.test/", credentials=("a", "b")).body == b"x"
        assert "authorization" in secure.requests[0].headers
        assert "authorization" not in plain.requests[0].headers


def test_an_address_may_be_parsed_for_its_origin() -> None:
    first, second = parse("http://a.test/x"), parse("http://a.test:80/y")
    assert first
    assert second
    assert first.origin == second.origin


def test_check_09_tls_asks_for_a_chain_a_name_and_a_version_of_today() -> None:
    context = Door("test")._secure()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.get_ca_certs()


def test_check_09_a_failed_handshake_is_not_tried_again_without_tls(authority: trustme.CA) -> None:
    with WireServer(tls=serving(authority.issue_cert("b.test"))) as secure, WireServer() as plain:
        plain.script("/", answer(b"x"))
        names = {**secure.names("a.test"), **plain.names("plain.test")}
        with Door("test", names=names, tls=trusting(authority), spacing=0) as door:
            assert failure(door, "https://a.test/").reason is Reason.CERTIFICATE
            assert door.fetch("http://plain.test/").body == b"x"
        assert (secure.connections, secure.requests) == (1, [])

"""Check 06: only listed ports, only http and https, and no password is kept or shown."""

from __future__ import annotations

import socket

import pytest

from broadsheet.lib.http import Door, FetchFailed, Reason
from tests.door_kit import tried
from tests.wire_server import WireServer, answer


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "data:text/plain,x",
        "jar:http://example.com!/", "unix:/var/run/x.sock", "javascript:1", "blob:http://x/1",
        "ws://example.com/", "wss://example.com/", "view-source:http://example.com/", "about:blank",
        "http+unix://x/", "dict://example.com/", "feed:http://example.com/", "mailto:a@example.com",
    ],
)  # fmt: skip
def test_check_06_only_http_and_https_are_fetched(url: str) -> None:
    assert tried(url) == (Reason.ADDRESS_NOT_ALLOWED, [], [])


def test_check_06_only_listed_ports_are_dialled() -> None:
    def dial(address: str, port: int, timeout: float) -> socket.socket:
        raise ConnectionRefusedError(111, f"port {port}")

    def reason(url: str, ports: tuple[int, ...] = (80, 443)) -> Reason:
        door = Door("test", resolver=lambda host, port: ["8.8.8.8"], dial=dial, ports=ports, spacing=0)
        with pytest.raises(FetchFailed) as failure:
            door.fetch(url)
        return failure.value.reason

    for port in (1, 22, 25, 79, 81, 442, 444, 5432, 6379, 8080, 65535):
        assert reason(f"http://example.com:{port}/") is Reason.ADDRESS_NOT_ALLOWED
    for url in ("http://example.com/", "https://example.com/", "http://example.com:443/"):
        assert reason(url) is Reason.REFUSED
    assert reason("http://example.com:8080/", (80, 443, 8080)) is Reason.REFUSED


def test_check_06_credentials_in_an_address_are_neither_sent_on_nor_shown() -> None:
    with WireServer() as server:
        server.script("/", answer(b"x"))
        door = Door("test", names=server.names("a.test"), spacing=0)
        assert door.fetch("http://user:secret@a.test/").url == "http://a.test/"
        with pytest.raises(FetchFailed) as failure:
            door.fetch("http://user:secret@a.test/none")
        assert "secret" not in repr(failure.value) + failure.value.url + str(failure.value)
        with pytest.raises(FetchFailed) as failure:
            door.fetch("http://user:secret@a.test:81/none")
        assert "secret" not in repr(failure.value) + failure.value.url
        assert "authorization" not in server.requests[0].headers

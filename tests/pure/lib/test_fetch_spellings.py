"""Check 02 (host spellings) and 06 (ports and schemes): what was judged is what is dialled."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from broadsheet.lib.http import Door, FetchFailed, Reason
from tests.wire_server import WireServer, answer

LOOPBACK_SPELLINGS = [
    "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "127.0.1", "0x7f000001", "017700000001",
    "0x7F.0x0.0x0.0x1", "0177.0x0.0.01", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "127.0.0.1.",
    "%31%32%37.0.0.1", "１２７.０.０.１", "00000177.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "user@127.0.0.1", "a:b@127.0.0.1",
    "example.com@127.0.0.1", "127.0.0.1\\@example.com", "127.0.\t0.1", "12\n7.0.0.1", "127.0.0.1#@x",
    "127.0.0.1?@x", "0", "0.0.0.0", "[::]", "[::ffff:0.0.0.0]",
]  # fmt: skip
NO_ADDRESS = [
    "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://256.0.0.1/", "http://1.2.3.4.5/",
    "http://0x1.2.3.4.0x5/", "http://4294967296/", "http://[::1/", "http://exa mple.com/",
    "http://a<b.com/", "http:///", "http://", "", "example.com", "//example.com", "/feed",
    "http://xn--/", "http://%00.com/", "http://a:99999/", "http://[1::2::3]/", "http://09.1.1.1/",
    "javascript:alert(1)", "http://" + "a" * 9000 + ".com/",
]  # fmt: skip

EVERY_PORT = frozenset(range(1, 65_536))


class Names:
    """A resolver that notes which hosts were looked up, and finds none of them."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return []


def tried(url: str) -> tuple[Reason, list[str], list[str]]:
    """Why a fetch failed, which names it looked up, and which literals it dialled."""
    names, dialled = Names(), []

    def dial(address: str, port: int, timeout: float) -> socket.socket:
        dialled.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    door = Door("test", resolver=names, dial=dial, ports=EVERY_PORT, spacing=0)
    with pytest.raises(FetchFailed) as failure:
        door.fetch(url)
    return failure.value.reason, names.asked, dialled


@pytest.mark.parametrize("spelling", LOOPBACK_SPELLINGS)
def test_check_02_every_spelling_of_loopback_is_refused_without_a_look_up(spelling: str) -> None:
    assert tried(f"http://{spelling}/") == (Reason.ADDRESS_NOT_ALLOWED, [], [])


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_check_02_what_a_browser_would_not_open_is_refused(url: str) -> None:
    assert tried(url) == (Reason.ADDRESS_NOT_ALLOWED, [], [])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://Example.COM/", "example.com"),
        ("http://example.com./", "example.com"),
        ("http://user:pass@example.com/", "example.com"),
        ("http://evil.com@example.com/", "example.com"),
        ("http://example.com\\@evil.com/", "example.com"),
        ("http:\\\\example.com\\x", "example.com"),
        ("http:/example.com/", "example.com"),
        ("http:example.com/", "example.com"),
        ("ht\ntp://exam\tple.com/", "example.com"),
        ("  http://example.com/  ", "example.com"),
        ("http://ｅｘａｍｐｌｅ。ｃｏｍ/", "example.com"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://faß.de/", "xn--fa-hia.de"),
        ("http://example.com#@evil.com/", "example.com"),
        ("http://example.com?@evil.com/", "example.com"),
        ("http://example.com:80/", "example.com"),
    ],
)
def test_check_02_the_host_looked_up_is_the_one_a_browser_reads(url: str, host: str) -> None:
    assert tried(url) == (Reason.NAME_NOT_FOUND, [host], [])


def test_check_02_public_literals_in_odd_spelling_are_dialled_in_plain_form() -> None:
    assert tried("http://0x08.8.0x808/")[2] == ["8.8.8.8"]
    assert tried("http://134744072/")[2] == ["8.8.8.8"]
    assert tried("http://[2606:4700:4700:0:0:0:0:1111]/")[2] == ["2606:4700:4700::1111"]


@pytest.mark.slow("runs several hundred addresses of the web platform's own tests")
def test_check_02_every_web_row_of_the_wpt_data_is_dialled_as_parsed_or_refused(shared_data: Path) -> None:
    web = 0
    table: list[Any] = json.loads((shared_data / "urls" / "urltestdata.json").read_text("utf-8"))
    for row in table:
        if not isinstance(row, dict) or row.get("base"):
            continue
        try:
            row["input"].encode("utf-8")
        except UnicodeEncodeError:
            continue
        reason, asked, dialled = tried(row["input"])
        if row.get("failure") or row["protocol"] not in ("http:", "https:"):
            assert (reason, asked, dialled) == (Reason.ADDRESS_NOT_ALLOWED, [], []), row
            continue
        web += 1
        host = row["hostname"].strip("[]").removesuffix(".")
        if reason is Reason.ADDRESS_NOT_ALLOWED:
            assert (asked, dialled) == ([], []), row
        else:
            assert asked + dialled == [host], row
    assert web >= 30


def test_check_02_no_row_of_the_ssrf_list_leads_to_a_connection(shared_data: Path) -> None:
    for line in (shared_data / "urls" / "ssrf.jsonl").read_text("utf-8").splitlines():
        url = json.loads(line)["url"]
        reason, asked, dialled = tried(url)
        assert dialled == [], url
        assert reason is Reason.ADDRESS_NOT_ALLOWED or asked, url


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

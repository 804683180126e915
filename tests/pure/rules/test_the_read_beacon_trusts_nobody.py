"""The beacon at the front door: what it refuses, whom it counts, and what it never keeps."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadsheet.trends.pulse import Pulse, socket_path

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


class Inlet:
    """Listens as the counting process does."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "p.sock")
        self.moment = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)
        self._open: list[Any] = [self._socket]

    def pulse(self, secret: str = "s", **values: Any) -> Pulse:
        made = Pulse(self.address, secret, now=lambda: self.moment, **values)
        self._open.append(made)
        return made

    def heard(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self._socket.recv(200))
            except BlockingIOError:
                return found

    def close(self) -> None:
        for one in self._open:
            one.close()


@pytest.fixture
def inlet(tmp_path: Path) -> Iterator[Inlet]:
    inlet = Inlet(tmp_path)
    yield inlet
    inlet.close()


def request(body: bytes = b"17", **values: str) -> dict[str, Any]:
    return {
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "paper.example",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "HTTP_USER_AGENT": BROWSER,
        "REMOTE_ADDR": "203.0.113.9",
        **values,
    }


def visitor(inlet: Inlet, pulse: Pulse | None = None, **values: str) -> str:
    assert (pulse or inlet.pulse())(request(**values)) == 204
    return sent(inlet)[0]


def sent(inlet: Inlet) -> tuple[str, str]:
    """The keys of the visitor and of the network in the one read that was heard."""
    (line,) = inlet.heard()
    kind, article, key, network = line.decode().split(" ")
    assert (kind, article) == ("read", "17")
    return key, network


def test_a_read_is_handed_on_with_a_key_and_no_identity(inlet: Inlet) -> None:
    key = visitor(inlet)
    assert len(key) == 24
    assert set(key) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, 204),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "none"}, 403),
        ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://paper.example"}, 403),
        ({"HTTP_SEC_FETCH_SITE": None, "HTTP_ORIGIN": "https://paper.example"}, 204),
        ({"HTTP_SEC_FETCH_SITE": None, "HTTP_ORIGIN": "https://evil.example"}, 403),
        ({"HTTP_SEC_FETCH_SITE": None, "HTTP_ORIGIN": "null"}, 403),
        ({"HTTP_SEC_FETCH_SITE": None, "HTTP_ORIGIN": "https://paper.example.evil.example"}, 403),
        ({"HTTP_SEC_FETCH_SITE": None}, 403),
    ],
)
def test_only_our_own_pages_may_send_it(inlet: Inlet, headers: dict[str, str | None], status: int) -> None:
    environ = {name: value for name, value in {**request(), **headers}.items() if value is not None}
    assert inlet.pulse()(environ) == status
    assert len(inlet.heard()) == (status == 204)


@pytest.mark.parametrize(
    ("body", "length", "status"),
    [
        (b"17", None, 204),
        (b"1" * 18, None, 204),
        (b"1" * 19, None, 400),
        (b"0", None, 400),
        (b"017", None, 400),
        (b"-1", None, 400),
        (b"17\n", None, 400),
        (b"17 x", None, 400),
        (b"read 17", None, 204),
        (b"end 17", None, 204),
        (b"share 17", None, 204),
        (b"bookmark " + b"1" * 18, None, 204),
        (b"comment 17", None, 400),
        (b"refused 17", None, 400),
        (b"read  17", None, 400),
        (b"READ 17", None, 400),
        (b"read", None, 400),
        (b"", None, 400),
        ("١٧".encode(), None, 400),
        (b"1" * 33, None, 413),
        (b"17", "9999999999", 413),
        (b"17", "-2", 413),
        (b"17", "two", 413),
        (b"17", "²", 413),
        (b"17", "", 400),
    ],
)
def test_junk_is_refused_and_nothing_large_is_read(inlet: Inlet, body: bytes, length: str | None, status: int) -> None:
    environ = request(body)
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    assert inlet.pulse()(environ) == status
    assert environ["wsgi.input"].tell() <= 32
    assert len(inlet.heard()) == (status == 204)


@pytest.mark.parametrize(
    "agent",
    ["", "Googlebot/2.1", "some bot", "curl/8.0", "Wget/1", "python-requests/2", "HeadlessChrome/1", "my-crawler",
     "Yahoo! Slurp", "LinkPreview 1.0", "Go-http-client/2.0", "UptimeMonitor",
     "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
     "Mozilla/5.0 (compatible; YandexBot/3.0)", "Mozilla/5.0 (compatible; Baiduspider/2.0)",
     "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
     "Mozilla/5.0 (compatible; ClaudeBot/1.0)", "CCBot/2.0", "Mozilla/5.0 (compatible; PerplexityBot/1.0)",
     "Mozilla/5.0 (compatible; AhrefsBot/7.0)", "Mozilla/5.0 (compatible; SemrushBot/7~bl)", "DuckDuckBot/1.1",
     "Mozilla/5.0 (compatible; Applebot/0.1)", "facebookexternalhit/1.1", "Twitterbot/1.0", "LinkedInBot/1.0",
     "Slackbot-LinkExpanding 1.0", "Discordbot/2.0", "TelegramBot (like TwitterBot)", "WhatsApp_bot",
     "Mozilla/5.0 (compatible; archive.org_bot)", "ia_archiver", "Mediapartners-Google", "FeedFetcher-Google",
     "Google-Read-Aloud", "Google-InspectionTool/1.0", "Chrome-Lighthouse", "Mozilla/5.0 PhantomJS/2.1",
     "Mozilla/5.0 (X11) Puppeteer", "Playwright/1.50", "selenium/4.1", "Pingdom.com_bot_version_1.4",
     "W3C_Validator/1.3",
     "okhttp/4.9", "Apache-HttpClient/4.5", "node-fetch/1.0", "libwww-perl/6", "Java/17.0", "axios/1.6", "Scrapy/2.11"],
)  # fmt: skip
def test_programs_are_answered_and_not_counted(inlet: Inlet, agent: str) -> None:
    assert inlet.pulse()(request(HTTP_USER_AGENT=agent)) == 204
    assert inlet.heard() == [b"refused crawler"]


@pytest.mark.parametrize(
    "header", ["HTTP_SEC_PURPOSE=prefetch", "HTTP_SEC_PURPOSE=prefetch;prerender", "HTTP_PURPOSE=prefetch",
               "HTTP_X_MOZ=prefetch", "HTTP_X_PURPOSE=preview"],
)  # fmt: skip
def test_what_is_fetched_ahead_is_not_read(inlet: Inlet, header: str) -> None:
    name, value = header.split("=")
    assert inlet.pulse()(request(**{name: value})) == 204
    assert inlet.heard() == [b"refused prefetch"]


@pytest.mark.parametrize("header", ["HTTP_SEC_GPC", "HTTP_DNT"])
def test_who_wishes_not_to_be_followed_is_counted_as_everybody_is(inlet: Inlet, header: str) -> None:
    assert visitor(inlet, **{header: "1"}) == visitor(inlet)


@pytest.mark.parametrize("kind", ["read", "end", "share", "bookmark"])
def test_a_page_tells_what_its_reader_did(inlet: Inlet, kind: str) -> None:
    assert inlet.pulse()(request(f"{kind} 17".encode())) == 204
    (line,) = inlet.heard()
    assert line.split(b" ")[:2] == [kind.encode(), b"17"]


def test_a_network_is_a_24_or_a_48(inlet: Inlet) -> None:
    def network(address: str) -> str:
        assert inlet.pulse()(request(REMOTE_ADDR=address)) == 204
        return sent(inlet)[1]

    assert network("203.0.113.9") == network("203.0.113.250") != network("203.0.114.9")
    assert network("2001:db8:1:2::1") == network("2001:db8:1:9::1") != network("2001:db8:2:2::1")


@pytest.mark.parametrize(
    "agent",
    [BROWSER, "Mozilla/5.0 (Linux; Android 15; Cubot X90) Chrome/140 Mobile",
     "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
     "Mozilla/5.0 (Linux; Android 14; SM-S918B) SamsungBrowser/25.0 Chrome/121 Mobile Safari/537.36",
     "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18"],
)  # fmt: skip
def test_readers_are_counted(inlet: Inlet, agent: str) -> None:
    assert visitor(inlet, HTTP_USER_AGENT=agent)


def test_the_key_changes_with_day_secret_address_and_browser(inlet: Inlet) -> None:
    base = visitor(inlet)
    assert visitor(inlet) == base
    assert visitor(inlet, inlet.pulse("other secret")) != base
    assert visitor(inlet, REMOTE_ADDR="203.0.113.10") != base
    assert visitor(inlet, HTTP_USER_AGENT=BROWSER + " other") != base
    inlet.moment = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
    assert visitor(inlet) != base


def test_a_forged_forwarding_header_makes_nobody_new(inlet: Inlet) -> None:
    base = visitor(inlet)
    for forged in ("198.51.100.1", "198.51.100.2, 127.0.0.1", "garbage"):
        assert visitor(inlet, HTTP_X_FORWARDED_FOR=forged) == base


def test_behind_a_trusted_proxy_the_last_untrusted_hop_counts(inlet: Inlet) -> None:
    pulse = inlet.pulse(trusted=["127.0.0.1", "10.0.0.0/8"])
    direct = visitor(inlet)
    assert visitor(inlet, pulse, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9") == direct
    # What stands before the last hop was written by the visitor, who may write anything.
    for forged in ("1.2.3.4, 203.0.113.9", "9.9.9.9, 203.0.113.9, 10.1.1.1"):
        assert visitor(inlet, pulse, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forged) == direct
    alone = visitor(inlet, pulse, REMOTE_ADDR="127.0.0.1")
    assert visitor(inlet, pulse, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.2.2.2") == alone


def test_one_household_of_ipv6_is_one_visitor(inlet: Inlet) -> None:
    first = visitor(inlet, REMOTE_ADDR="2001:db8:1:2::1")
    assert visitor(inlet, REMOTE_ADDR="2001:db8:1:2:ffff::9") == first
    assert visitor(inlet, REMOTE_ADDR="2001:db8:1:3::1") != first
    assert visitor(inlet, REMOTE_ADDR="not an address")


def test_nobody_counting_costs_no_page(inlet: Inlet, tmp_path: Path) -> None:
    inlet.address = str(tmp_path / "nobody.sock")
    assert inlet.pulse()(request()) == 204


def test_a_full_queue_loses_reads_and_never_waits(inlet: Inlet) -> None:
    pulse = inlet.pulse()
    assert {pulse(request()) for _ in range(2000)} == {204}
    assert 0 < len(inlet.heard()) <= 2000


def test_a_path_too_long_for_a_socket_gets_a_stand_in(tmp_path: Path) -> None:
    assert socket_path(Path("/var/lib/b/run")) == "/var/lib/b/run/pulse.sock"
    long = socket_path(Path("/" + "x" * 200))
    assert long.startswith("\0")
    assert len(long.encode()) < 100
    assert long != socket_path(Path("/" + "x" * 201))

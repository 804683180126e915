"""What a hub's headers say, read without the network; and no bytes at all break the reading (check 23)."""

from __future__ import annotations

import pytest

from broadsheet.lib.http import Reason
from broadsheet.wire import websub
from broadsheet.wire.websub import Links
from tests.fuzz import driver
from tests.fuzz import websub as harness

BASE = "https://gazette.example/news/feed.xml"
HUB = "https://hub.example/"


@pytest.mark.parametrize(
    ("header", "hubs", "topic"),
    [
        (f'<{HUB}>; rel="hub"', (HUB,), ""),
        (f'<{HUB}>; rel="hub", <{BASE}>; rel="self"', (HUB,), BASE),
        (f"<{HUB}>;rel=hub,</feed>;rel=self", (HUB,), "https://gazette.example/feed"),
        (f'<{HUB}>; title="a, b; rel=x"; rel="hub"', (HUB,), ""),
        (f'<{HUB}>; title="a \\" , <http://evil.example/>; rel=hub"; rel=hub', (HUB,), ""),
        (f'<{HUB}>; REL="self HUB"', (HUB,), HUB),
        (f'<{HUB}>; rel="next"; rel="hub"', (), ""),
        (f"<{HUB}>; rel=hub, <{HUB}>; rel=hub, <https://b.example/>; rel=hub", (HUB, "https://b.example/"), ""),
        (f"<{BASE}>; rel=self, <https://other.example/>; rel=self", (), BASE),
        ("<javascript:alert(1)>; rel=hub, <ftp://a.example/>; rel=hub, <http://u:p@a.example/>; rel=hub", (), ""),
        ("<https://hub.example/#part>; rel=hub", (HUB,), ""),
        ("<>; rel=self", (), BASE),
        (f"{HUB}; rel=hub", (), ""),
        (f"<{HUB}", (), ""),
        ("", (), ""),
        (f'<{HUB}>; rel="stylesheet"', (), ""),
    ],
)
def test_a_link_header_names_hubs_and_topic(header: str, hubs: tuple[str, ...], topic: str) -> None:
    assert websub.links(header, BASE) == Links(hubs, topic)


def test_a_header_of_any_length_is_read_quickly_and_to_a_bound() -> None:
    header = ", ".join(f"<https://h{n}.example/>; rel=hub" for n in range(5000))
    assert len(websub.links(header, BASE).hubs) == websub.MOST_LINKS
    for odd in ("<" * 100_000, '<a>;"' * 50_000, "<a>" + "\\" * 100_000, "<a>;" * 50_000):
        websub.links(odd, BASE)


def test_the_header_goes_before_the_feed_and_https_before_http() -> None:
    said = [("http://plain.example/", "https://gazette.example/self"), (HUB, "https://gazette.example/self")]
    assert websub.chosen(Links(), said, BASE) == Links((HUB, "http://plain.example/"), "https://gazette.example/self")
    header = Links(("http://of-the-header.example/",))
    assert websub.chosen(header, said, BASE) == Links(header.hubs, "https://gazette.example/self")
    assert websub.chosen(header, [], BASE) == Links(header.hubs, BASE)
    assert websub.chosen(Links((), "https://gazette.example/x"), [], BASE).hubs == ()
    assert websub.chosen(Links(), [("javascript:1", BASE), ("", "")], BASE).hubs == ()


@pytest.mark.parametrize(
    "header",
    ["", "sha256", "sha256=", "sha1=" + "a" * 40, "md5=" + "a" * 32, "sha256=" + "a" * 63, "sha256=" + "g" * 64,
     "sha256=" + "a" * 128, "sha512=" + "a" * 64, "sha256=" + "a" * 64 + ",sha256=" + "b" * 64, "=" + "a" * 64,
     "sha256=" + "\u0661" * 64, "sha256= " + "a" * 1000],
)  # fmt: skip
def test_what_is_no_strong_signature_is_none(header: str) -> None:
    assert websub.Signature.read(header) is None


@pytest.mark.parametrize("header", ["sha256=" + "Ab" * 32, " SHA256 = " + "ab" * 32, "sha384=" + "ab" * 48])
def test_strong_signatures_are_read_in_any_case(header: str) -> None:
    read = websub.Signature.read(header)
    assert read is not None
    assert set(read.digest) == {0xAB}


@pytest.mark.parametrize(
    ("address", "reachable"),
    [
        ("https://news.example.org", True), ("http://news.example.org:8080", True), ("http://8.8.8.8", True),
        ("http://localhost:8000", False), ("http://127.0.0.1", False), ("http://[::1]:8000", False),
        ("http://10.1.2.3", False), ("http://news", False), ("http://news.local", False), ("", False),
        ("http://paper.localhost.", False), ("http://0.0.0.0:8000", False), ("ftp://news.example.org", False),
    ],
)  # fmt: skip
def test_which_portals_a_hub_can_call(address: str, reachable: bool) -> None:
    assert websub.is_reachable(address) is reachable


@pytest.mark.parametrize(("lease", "seconds"), [(864_000, 691_200), (1000, 800), (300, 300), (1, 300)])
def test_a_lease_is_renewed_at_four_fifths_but_not_every_moment(lease: int, seconds: float) -> None:
    assert websub.renewal(lease) == seconds


@pytest.mark.parametrize(
    ("last", "wait"), [(None, 0), (-10, 0), (-11, 0), (-9.5, 0.5), (0, 10), (0.1, None), (10, None), (1e6, 0)]
)
def test_pushes_are_at_most_one_pull_in_ten_seconds(last: float | None, wait: float | None) -> None:
    assert websub.pull_after(last) == wait


def test_failures_that_may_pass_and_how_long_they_are_waited_for() -> None:
    assert websub.passes(Reason.REFUSED, None)
    assert not websub.passes(Reason.REFUSED, 400)
    assert websub.passes(Reason.SERVER_ERROR, 503)
    assert not websub.passes(Reason.ADDRESS_NOT_ALLOWED, None)
    assert [websub.retry_wait(n) for n in (0, 1, 2, 3, 4, 9)] == [60, 60, 300, 1500, 7500, 7500]
    assert websub.retry_wait(1, 600) == 600
    assert websub.retry_wait(1, 1e9) == 86_400


@pytest.mark.slow("two seconds of mutation")
def test_check_23_no_header_of_a_hub_breaks_the_reading() -> None:
    outcome = driver.drive("websub", harness.target, harness.SEEDS, seconds=2, scraps=harness.SCRAPS)
    assert outcome.runs > len(harness.SEEDS)
    assert not outcome.crashes, outcome.crashes[0].told

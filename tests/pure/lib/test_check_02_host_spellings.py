"""Check 02: what was judged is what is dialled, however a host is spelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from broadsheet.lib import urls
from broadsheet.lib.http import Allowed, Door, Reason, judged
from tests.door_kit import Dials, Names, tried, why

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
    web = dialled_rows = 0
    table: list[Any] = json.loads((shared_data / "urls" / "urltestdata.json").read_text("utf-8"))
    for row in table:
        if not isinstance(row, dict):
            continue
        try:
            row["input"].encode("utf-8")
        except UnicodeEncodeError:
            continue
        url = row["input"]
        if row.get("base"):
            # What a link on that page leads to, as the door reads the target of a redirect.
            resolved = urls.parse(url, row["base"])
            assert (resolved is None) == bool(row.get("failure")), row
            if resolved is None:
                continue
            url = resolved.href
        reason, asked, dialled = tried(url)
        if row.get("failure") or row["protocol"] not in ("http:", "https:"):
            assert (reason, asked, dialled) == (Reason.ADDRESS_NOT_ALLOWED, [], []), row
            continue
        web += 1
        host = row["hostname"].strip("[]").removesuffix(".")
        if reason is Reason.ADDRESS_NOT_ALLOWED:
            assert (asked, dialled) == ([], []), row
        else:
            dialled_rows += 1
            assert asked + dialled == [host], row
    assert web >= 60
    assert dialled_rows >= 30


def test_check_02_no_row_of_the_ssrf_list_leads_to_a_connection(shared_data: Path) -> None:
    rows = [json.loads(line)["url"] for line in (shared_data / "urls" / "ssrf.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) >= 40
    for url in rows:
        # Also where its name resolves to somewhere inside.
        for inside in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254"):
            reason, _, dialled = tried(url, [inside])
            assert (reason, dialled) == (Reason.ADDRESS_NOT_ALLOWED, []), url
            assert not judged(url, [inside])[0], url


def test_check_02_the_rows_of_the_ssrf_list_are_refused_by_their_spelling_alone(shared_data: Path) -> None:
    rows = [json.loads(line)["url"] for line in (shared_data / "urls" / "ssrf.jsonl").read_text("utf-8").splitlines()]
    needs_a_look_up = [url for url in rows if judged(url)[0]]
    assert needs_a_look_up == ["http://127.0.0.1!/"], "every other row is a literal, a foreign scheme or an inside name"


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST", "localhost.", "a.localhost", "ｌｏｃａｌｈｏｓｔ", "loc\talhost", "printer.local",
        "metadata.google.internal", "router.home.arpa", "localhost.localdomain", "x.onion", "rancher-metadata", "redis",
    ],
)  # fmt: skip
def test_check_02_a_name_for_use_inside_is_refused_without_a_look_up(host: str) -> None:
    assert tried(f"http://{host}/", ["93.184.216.34"]) == (Reason.ADDRESS_NOT_ALLOWED, [], [])
    assert not judged(f"http://{host}/")[0]


@pytest.mark.parametrize("host", ["local.example.com", "internal.org", "localhost.com", "arpa.test", "onion.test"])
def test_check_02_a_name_that_only_looks_so_is_looked_up(host: str) -> None:
    assert tried(f"http://{host}/", ["93.184.216.34"]) == (Reason.REFUSED, [host], ["93.184.216.34"])
    assert judged(f"http://{host}/") == (True, "")


def test_check_02_an_inside_name_may_be_mapped_or_excepted() -> None:
    dials, names = Dials(), Names(["10.0.0.1"])
    own = Door(
        "test", names={"sample": ("127.0.0.1", 9)}, allow=[Allowed.of("intranet", "10.0.0.0/8")], resolver=names,
        dial=dials, spacing=0,
    )  # fmt: skip
    assert why(own, "http://sample/") is Reason.REFUSED
    assert why(own, "http://intranet/") is Reason.REFUSED
    assert dials.dialled == ["127.0.0.1", "10.0.0.1"]
    assert why(own, "http://sub.intranet/") is Reason.ADDRESS_NOT_ALLOWED or names.asked == ["intranet", "sub.intranet"]

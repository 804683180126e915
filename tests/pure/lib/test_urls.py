"""Addresses: read as a browser reads them, folded for comparison, safe to show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib import urls


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.COM:80/A/?b=2&a=1#top", "http://example.com/A/?b=2&a=1"),
        ("https://example.com:443", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("http://example.com./x", "http://example.com/x"),
        ("https://a.test/x?utm_source=rss&utm_medium=feed", "https://a.test/x"),
        ("https://a.test/x?id=1&UTM_Source=x&page=2", "https://a.test/x?id=1&page=2"),
        ("https://a.test/x?fbclid=1&gclid=2&mc_cid=3&mc_eid=4&at_medium=RSS", "https://a.test/x"),
        ("https://a.test/x?%75tm_source=1", "https://a.test/x"),
        ("https://a.test/x?", "https://a.test/x"),
        ("https://a.test/x?&&a=1&", "https://a.test/x?a=1"),
        ("https://user:pass@a.test/", "https://a.test/"),
        ("https://a.test/a/../b/./c", "https://a.test/b/c"),
        ("https://a.test/a b", "https://a.test/a%20b"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("  https://a.test/x  ", "https://a.test/x"),
        ("http://[::1]:8080/x#y", "http://[::1]:8080/x"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("http://./x#y", "http://./x"),
        ("http://21../x", "http://21../x"),
        ("http://a.test../x", "http://a.test../x"),
        ("http://21%307\r\n\u2028", "http://21%307\r\n\u2028"),
        ("http://a.test/x" + " " * 9000, "http://a.test/x"),
        (" not a url ", "not a url"),
        ("", ""),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert urls.canonical(url) == expected
    assert urls.canonical(expected) == expected


def test_blanks_around_an_address_are_not_its_length() -> None:
    found = urls.parse("\n http://a.test/x" + " " * 9000)
    assert found is not None
    assert found.href == "http://a.test/x"
    assert urls.parse("\u2028http://a.test/x") is None


def test_canonical_keeps_what_tells_pages_apart() -> None:
    different = [
        "https://a.test/x", "https://a.test/x/", "http://a.test/x", "https://a.test/X",
        "https://a.test/x?a=1", "https://a.test/x?a=1&b=2", "https://a.test/x?b=2&a=1",
        "https://www.a.test/x", "https://a.test/x?source=1",
    ]  # fmt: skip
    assert len({urls.canonical(url) for url in different}) == len(different)


def test_key_is_equal_for_addresses_of_one_page() -> None:
    same = [
        "https://www.a.test/x/", "http://a.test/x", "https://a.test/x#top", "HTTPS://A.TEST./x",
        "https://a.test/x/index.html", "https://a.test/x?utm_campaign=1", "http://a.test:80/x/",
    ]  # fmt: skip
    assert {urls.key(url) for url in same} == {"a.test/x"}
    other = ["https://a.test/y", "https://b.test/x", "https://a.test/x?p=1", "http://a.test:81/x"]
    assert len({urls.key(url) for url in [*other, same[0]]}) == 5
    assert urls.key("https://a.test") == urls.key("http://www.a.test/") == "a.test"
    assert urls.key("urn:x") == "urn:x"


@pytest.mark.slow("many generated cases")
@given(
    st.text(max_size=60)
    | st.from_regex(r"\Ahttps?://[a-zA-Z0-9.:@/?&=%#_\\\[\]-]{1,60}\Z")
    | st.from_regex(r"\Ahttps?://(www\.)?[a-z]{1,9}\.[a-z]{2,3}\.?/[ -~]{0,40}\Z")
)
def test_canonical_and_safe_link_are_idempotent_and_never_raise(url: str) -> None:
    once = urls.canonical(url)
    assert urls.canonical(once) == once
    urls.key(url)
    link = urls.safe_link(url)
    assert link is None or urls.safe_link(link) == link
    assert link is None or link.startswith(("http://", "https://", "mailto:"))


def test_the_wpt_table_is_read_as_browsers_read_it(shared_data: Path) -> None:
    table: list[Any] = json.loads((shared_data / "urls" / "urltestdata.json").read_text("utf-8"))
    read = 0
    for row in table:
        if not isinstance(row, dict):
            continue
        try:
            row["input"].encode("utf-8")
        except UnicodeEncodeError:
            continue
        parsed = urls.parse(row["input"], row["base"])
        read += 1
        if row.get("failure"):
            assert parsed is None, row
        else:
            assert parsed is not None, row
            assert parsed.href == row["href"]
            assert parsed.host == row["hostname"].strip("[]")
    assert read > 200


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/x", "https://a.test/x"),
        ("x?y#z", "https://a.test/dir/x?y#z"),
        ("//b.test/", "https://b.test/"),
        ("/\\b.test", "https://b.test/"),
        ("https:b", "https://a.test/dir/b"),
        ("HTTP://B.test", "http://b.test/"),
        ("mailto:a@b.test", "mailto:a@b.test"),
        ("https://u:p@b.test/x@y", "https://b.test/x@y"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" \x01javascript:alert(1)", None),
        ("javascript&colon;alert(1)", "https://a.test/dir/javascript&colon;alert(1)"),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("ftp://b.test/", None),
        ("blob:https://a.test/1", None),
        ("mailto:", None),
        ("http://", None),
        ("http://a b/", None),
        ("http://b.test/" + "x" * 9000, None),
        ("http://user:" + "[" * 3000 + "@b.test/", None),
    ],
)
def test_only_what_a_reader_may_click_is_a_safe_link(link: str, expected: str | None) -> None:
    assert urls.safe_link(link, "https://a.test/dir/page") == expected


def test_a_relative_link_without_a_base_is_none() -> None:
    assert urls.safe_link("/x") is None
    assert urls.safe_link("/x", "javascript:void(0)") is None


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"), ("bbc.co.uk", "bbc.co.uk"), ("co.uk", "co.uk"),
        ("www.example.com.", "example.com"), ("WWW.Example.COM", "example.com"),
        ("blog.github.io", "blog.github.io"), ("a.b.github.io", "b.github.io"),
        ("localhost", "localhost"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1"),
        ("paper.test", "paper.test"), ("www.paper.test", "paper.test"),
        ("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
    ],
)  # fmt: skip
def test_registrable(host: str, domain: str) -> None:
    assert urls.registrable(host) == domain


def test_registrable_agrees_with_the_public_suffix_lists_own_tests(shared_data: Path) -> None:
    for line in (shared_data / "urls" / "psl-tests.txt").read_text("utf-8").splitlines():
        host, expected = line.split()
        if not host.isascii() or host.startswith(".") or expected == "null":
            continue
        assert urls.registrable(host) == expected.lower(), line


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("example.com", "example.com"),
        ("xn--mnchen-3ya.de", "münchen.de"),
        ("xn--h1alffa9f.xn--p1ai", "россия.рф"),
        ("日本語.jp", "日本語.jp"),
        ("аpple.com", "xn--pple-43d.com"),
        ("xn--pple-43d.com", "xn--pple-43d.com"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ("xn--", "xn--"),
        ("ⴰⴱⴲ.test", "xn--4ljcd.test"),
        ("a_ü.test", "a_?.test"),
        ("-ü.test", "-?.test"),
        ("xn--zz-zz-zz-9", "xn--zz-zz-zz-9"),
        ("EXAMPLE.com.", "example.com"),
    ],
)
def test_check_18_a_host_that_could_deceive_is_shown_in_punycode(host: str, shown: str) -> None:
    assert urls.host_shown(host) == shown


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Don't stop: Größe & Über!", "dont-stop-grosse-and-uber"),
        ("  --Hello,   World--  ", "hello-world"),
        ("Ærø, Łódź, Đà Nẵng, Reykjavík", "aero-lodz-da-nang-reykjavik"),
        ("Путин и Зеленський", "putin-i-zelenskiy"),
        ("Щастя", "shchastya"),
        ("Αθήνα σήμερα", "athina-simera"),
        ("القاهرة اليوم", "alqahra-alywm"),
        ("ירושלים", "yrvshlym"),
        ("नमस्ते", "nmste"),
        ("日本語", "article"),
        ("日本の Apple", "apple"),
        ("ﬁne ½", "fine-1-2"),
        ("", "article"),
        ("!!!", "article"),
        ("\x00\ud800", "article"),
        ("100% of 5G", "100-of-5g"),
    ],
)
def test_slugify(text: str, slug: str) -> None:
    assert urls.slugify(text) == slug


def test_a_long_slug_ends_at_a_word() -> None:
    slug = urls.slugify("word " * 40)
    assert len(slug) <= 80
    assert set(slug.split("-")) == {"word"}
    assert urls.slugify("a" * 100) == "a" * 80
    assert urls.slugify("one two", limit=5) == "one"
    assert urls.slugify("???", fallback="story") == "story"


@pytest.mark.slow("many generated cases")
@given(st.text(max_size=200))
def test_every_slug_is_ascii_short_and_not_empty(text: str) -> None:
    slug = urls.slugify(text)
    assert 0 < len(slug) <= 80
    assert slug.isascii()
    assert not set(slug) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert urls.slugify(slug) == slug

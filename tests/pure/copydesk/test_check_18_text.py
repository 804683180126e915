"""Whatever the bytes, stored text is valid, normal and reads forwards."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest

from broadsheet.copydesk.parse import ParsedFeed, parse_feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
XML = '<?xml version="1.0" encoding="{0}"?><rss><channel><item><title>{1}</title></item></channel></rss>'


def read(body: bytes, content_type: str | None = None) -> ParsedFeed:
    return parse_feed(body, url="https://e.org/", content_type=content_type, now=NOW)


@pytest.mark.parametrize(
    ("title", "declared", "encoding", "content_type"),
    [
        ("Café", "utf-8", "utf-8", None),
        ("Café", "iso-8859-1", "utf-8", "text/xml; charset=iso-8859-1"),
        ("Café", "utf-8", "iso-8859-1", None),
        ("Café €5", "iso-8859-1", "windows-1252", None),
        ("Привет", "windows-1251", "windows-1251", None),
        ("Привет", "", "koi8-r", "application/rss+xml; charset=KOI8-R"),
        ("日本の話", "shift_jis", "cp932", None),
        ("日本の話", "euc-jp", "euc-jp", None),
        ("日本の話", "iso-2022-jp", "iso-2022-jp", None),
        ("中文新闻", "gb2312", "gb18030", None),
        ("Κόσμε", "utf-16", "utf-16", None),
        ("Κόσμε", "utf-16", "utf-16-le", None),
        ("Κόσμε", "utf-16", "utf-16-be", None),
        ("Κόσμε", "utf-32", "utf-32-le", None),
        ("Κόσμε", "utf-32", "utf-32-be", None),
        ("Café", "no-such-thing", "utf-8", None),
    ],
)
def test_check_18_encodings(title: str, declared: str, encoding: str, content_type: str | None) -> None:
    assert read(XML.format(declared, title).encode(encoding), content_type).entries[0].title == title


def test_check_18_a_stray_byte_costs_one_letter_and_is_told() -> None:
    body = XML.format("utf-8", "Zoë Müller à côté naïve façade œuvre élan Ŝ").encode() + b"\xff"
    feed = read(body.replace("façade".encode(), b"fa\xe7ade"))
    assert feed.entries[0].title.startswith("Zoë Müller")
    assert any("encoding" in problem for problem in feed.problems)
    assert read(XML.format("utf-16", "x").encode("utf-16") + b"\x00").entries


@pytest.mark.parametrize(
    "title",
    [
        "a\x00b\x0bc",
        "&#xD800;lone",
        "&#0;&#1;x",
        "\u202egnp.exe",
        "e\u0301 nfc",
        "\x85\x9fc1",
        "\ufeffbom",
        "overlong \xc0\xaf",
        "+ADw-script+AD4-",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-7", "iso-8859-1"])
def test_check_18_stored_text_is_clean(title: str, encoding: str) -> None:
    body = XML.format(encoding, title).encode("utf-8" if encoding == "utf-7" else encoding, "replace")
    found = read(body).entries[0].title
    found.encode("utf-8")
    assert unicodedata.normalize("NFC", found) == found
    assert not any(unicodedata.category(one) in ("Cc", "Cs") for one in found)
    assert not set(found) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "<script" not in found


def test_check_18_text_encoded_twice_is_repaired() -> None:
    title = "Señor Łukasz à Paris – “quoted”"
    twice = XML.format("utf-8", title).encode().decode("latin-1").encode()
    assert read(twice).entries[0].title == title

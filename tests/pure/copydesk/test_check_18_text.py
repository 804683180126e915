"""Whatever the bytes, stored text is valid, normal and reads forwards."""

from __future__ import annotations

import codecs
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
        ("Café", "utf-16", "utf-8", "text/xml; charset=utf-32"),
        ("Κόσμε", "utf-8", "utf-16", "text/xml; charset=utf-8"),
        ("Κόσμε", "iso-8859-1", "utf-8-sig", "text/xml; charset=koi8-r"),
        ("Привет", "iso-8859-1", "windows-1251", "text/xml; charset=windows-1251"),
        ("Привет", "windows-1251", "windows-1251", "text/xml; charset=ISO-8859-1"),
        ("Привет", "windows-1251", "koi8-r", 'text/xml; charset="koi8-r"'),
        ("안녕 세상", "ks_c_5601-1987", "cp949", None),
        ("Grüße", "ebcdic-nonsense", "iso-8859-15", "text/xml; charset=none-such"),
        ("שלום", "iso-8859-8", "iso-8859-8", None),
        ("สวัสดี", "tis-620", "cp874", None),
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


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("it&#146;s &#x93;so&#148;", "it’s “so”"),
        ("&#0150; caf&#233;", "– café"),
        ("x&#129;y", "xy"),
        ("a &amp;#8217; b &amp;amp; c", "a ’ b & c"),
    ],
)
def test_check_18_numbers_of_control_characters_mean_windows_1252(title: str, plain: str) -> None:
    assert read(XML.format("utf-8", title).encode()).entries[0].title == plain


@pytest.mark.parametrize(
    ("title", "encoding"),
    [
        ("В Москве прошёл первый снег, движение затруднено", "windows-1251"),
        ("В Москве прошёл первый снег, движение затруднено", "koi8-r"),
        ("東京の新しい橋は今日開通しました。ニュースをお届けします", "cp932"),
        ("今天北京市政府宣布了新的交通计划", "gb18030"),
        ("오늘 서울시가 새로운 교통 계획을 발표했다", "cp949"),
        ("ראש הממשלה נפגש היום עם הנשיא", "cp1255"),
        ("Grüße aus Köln, schöne Straßen für alle Bürger", "windows-1252"),
        ("L’été à Orléans : « déjà vu »", "windows-1252"),
    ],
)
def test_check_18_an_encoding_that_nobody_names_is_guessed(title: str, encoding: str) -> None:
    body = f"<rss><channel><item><title>{title}</title><description>{title}</description></item></channel></rss>"
    assert read(body.encode(encoding)).entries[0].title == title


@pytest.mark.parametrize("encoding", ["cp037", "cp500", "cp1140"])
def test_check_18_ebcdic_is_read(encoding: str) -> None:
    assert read(XML.format(encoding, "Café [1]").encode(encoding)).entries[0].title == "Café [1]"


def test_check_18_windows_1252_inside_of_utf_8_keeps_its_letters() -> None:
    body = XML.format("utf-8", "Zoë Müller à côté naïve façade “œuvre” élan").encode()
    mixed = body.replace("façade".encode(), b"fa\xe7ade").replace("élan".encode(), b"\xe9lan \x80 5")
    assert read(mixed).entries[0].title == "Zoë Müller à côté naïve façade “œuvre” élan € 5"
    controls = XML.format("utf-8", "it\x92s \x93so\x94").encode()
    assert read(controls).entries[0].title == "it’s “so”"


# As browsers do: a byte that windows-1252 has no letter for becomes the control character of that number.
codecs.register_error("byte-kept", lambda error: (error.object[error.start : error.end].decode("latin-1"), error.end))


@pytest.mark.parametrize("title", ["Grüße aus Köln", "Über Ärger", "Łódź – “ja”", "naïve café à Orléans"])
@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252"])
def test_check_18_text_encoded_twice_is_repaired_whatever_letters_it_has(title: str, encoding: str) -> None:
    twice = XML.format("utf-8", title).encode().decode(encoding, "byte-kept").encode()
    assert read(twice).entries[0].title == title


@pytest.mark.parametrize("title", ["« été » NÃO IRMÃ", "Ã© is how it looks, é is how it is", "français à Â Ã"])
def test_check_18_text_that_only_looks_so_is_left_alone(title: str) -> None:
    assert read(XML.format("utf-8", title).encode()).entries[0].title == title


def test_check_18_text_encoded_twice_is_repaired() -> None:
    title = "Señor Łukasz à Paris – “quoted”"
    twice = XML.format("utf-8", title).encode().decode("latin-1").encode()
    assert read(twice).entries[0].title == title

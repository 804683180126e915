from __future__ import annotations

import gzip
from datetime import UTC, datetime

import brotli
import pytest

from broadsheet.press.printing import Moved, Printer, Sheet, print_sheet, with_brotli
from tests.pure.press.press_kit import BODY, a_print


def test_a_page_holds_its_body_compressed_and_the_same_every_time() -> None:
    one, two = a_print(), a_print()
    assert one == two
    assert one.body == BODY.encode() == gzip.decompress(one.gzip)
    assert one.size == len(BODY.encode())
    assert a_print(body="other").etag != one.etag
    assert a_print(body=b"\xff\x00").body == b"\xff\x00"


def test_brotli_is_added_afterwards() -> None:
    page = a_print()
    assert page.brotli is None
    more = with_brotli(page)
    assert more.brotli is not None
    assert brotli.decompress(more.brotli) == page.body
    assert more.etag == page.etag


def test_headers_say_what_caches_need() -> None:
    sheet = Sheet(
        "x",
        keys=frozenset({"front", "article:1"}),
        last_modified=datetime(2026, 11, 24, tzinfo=UTC),
        indexable=False,
        headers={"X-Own": "1"},
    )
    page = print_sheet(
        "/",
        sheet,
        page_headers=lambda sheet: {"Content-Security-Policy": "default-src 'self'"},
        key_headers=("Surrogate-Key", "Cache-Tag"),
    )
    assert dict(page.headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "public, max-age=0, must-revalidate",
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "Content-Security-Policy": "default-src 'self'",
        "X-Own": "1",
        "Surrogate-Key": "article:1 front",
        "Cache-Tag": "article:1,front",
    }
    assert page.last_modified == 1795478400


def test_an_outer_cache_may_keep_a_page_only_when_told() -> None:
    kept = dict(a_print(max_age=30).headers)["Cache-Control"]
    assert "s-maxage=30" in kept
    assert "max-age=0" in kept


def test_page_headers_may_be_a_plain_mapping() -> None:
    page = print_sheet("/", Sheet("x"), page_headers={"X-A": "1"})
    assert ("X-A", "1") in page.headers
    assert "Surrogate-Key" not in dict(page.headers)


@pytest.mark.parametrize("name", ["Set-Cookie", "set-cookie", "ETag", "Vary", "Content-Length"])
def test_check_39_no_sheet_sets_a_header_of_one_reader(name: str) -> None:
    with pytest.raises(ValueError, match="same for every reader"):
        print_sheet("/", Sheet("x", headers={name: "a=b"}))


@pytest.mark.parametrize(("name", "value"), [("X-A", "a\r\nSet-Cookie: b=c"), ("X A", "a"), ("X-A", "é"), ("", "a")])
def test_no_header_can_split_the_response(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="response header"):
        print_sheet("/", Sheet("x", headers={name: value}))
    with pytest.raises(ValueError, match="response header"):
        print_sheet("/", Moved("/x\r\nSet-Cookie: a=b"))


def test_a_malformed_key_is_refused_at_printing() -> None:
    with pytest.raises(ValueError, match="press key"):
        print_sheet("/", Sheet("x", keys=frozenset({"no key"})))


def test_a_moved_page_is_a_printed_redirect() -> None:
    page = print_sheet("/old/", Moved("/new/?a=1&b=2", keys=frozenset({"article:1"})))
    assert page.status == 301
    assert dict(page.headers)["Location"] == "/new/?a=1&b=2"
    assert b'href="/new/?a=1&amp;b=2"' in page.body
    assert page.keys == {"article:1"}
    assert print_sheet("/old/", Moved("/new/", permanent=False)).status == 302


def test_the_first_kind_that_fits_prints_the_page() -> None:
    printer = Printer()
    printer.register("front", r"/", lambda path: Sheet("front"))
    printer.register("one", r"/(?P<a>[a-z]+)/(?:(?P<b>\d+)/)?", lambda path, **g: Sheet(repr((path, g))))
    printer.register("two", r"/[a-z]+/", lambda path: None, paths=lambda: ["/x/", "/y/"])
    assert printer.kinds() == ["front", "one", "two"]
    found = printer.match("/x/")
    assert found is not None
    assert found.kind == "one"
    assert found.build() == Sheet("('/x/', {'a': 'x'})")
    assert printer.matches("/x/7/")
    assert not printer.matches("/x/7/\n")
    assert printer.match("/X/") is None
    assert list(printer.all_paths()) == ["/x/", "/y/"]


def test_a_kind_is_registered_once() -> None:
    printer = Printer()
    printer.register("front", r"/", lambda path: None)
    with pytest.raises(ValueError, match="front"):
        printer.register("front", r"/", lambda path: None)

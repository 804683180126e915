from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.press import negotiation as n


@pytest.mark.parametrize(
    ("accept", "choice"),
    [
        ("", n.IDENTITY),
        ("gzip", n.GZIP),
        ("GZIP", n.GZIP),
        ("x-gzip", n.GZIP),
        ("gzip, deflate, br, zstd", n.BROTLI_GZIP),
        ("br", n.BROTLI),
        ("br;q=0.5, gzip", n.GZIP_BROTLI),
        ("br;q=0.5, gzip;q=0.4", n.BROTLI_GZIP),
        ("gzip;q=0", n.IDENTITY),
        ("gzip;q=0.000, br;q=0", n.IDENTITY),
        ("*", n.BROTLI_GZIP),
        ("*;q=0", n.IDENTITY),
        ("*, gzip;q=0", n.BROTLI),
        ("*;q=0, gzip", n.GZIP),
        ("identity, gzip;q=0.5", n.IDENTITY),
        ("identity;q=0.5, gzip;q=0.9", n.GZIP),
        ("identity;q=0", n.IDENTITY),
        ("gzip ; Q=0.8 , br ; q=0.9", n.BROTLI_GZIP),
        ("gzip;q=2", n.IDENTITY),
        ("gzip;q=abc", n.IDENTITY),
        ("gzip;level=9", n.IDENTITY),
        ("gzipx, brx", n.IDENTITY),
        (", ,;;,", n.IDENTITY),
    ],
)
def test_the_coding_is_chosen_by_weight(accept: str, choice: int) -> None:
    assert n.coding(accept) == choice


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=60))
def test_no_header_breaks_the_choice(raw: bytes) -> None:
    accept = raw.decode("latin-1")  # as WSGI hands headers over
    assert n.coding(accept) in range(5)
    n.holds(accept, {"t"})
    n.not_newer(accept, 0)


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ('"t"', "t"),
        ('W/"t"', "t"),
        ('"x", W/"t-gz" , "t"', "t-gz"),
        ("*", "*"),
        (" * ", "*"),
        ('"x"', None),
        ("t", None),
        ('"t', None),
        ("", None),
        ('"*"', None),
    ],
)
def test_tags_are_compared_weakly(header: str, tag: str | None) -> None:
    assert n.holds(header, ("t", "t-gz", "t-br")) == tag


@pytest.mark.parametrize(
    ("header", "held"),
    [
        ("Tue, 24 Nov 2026 00:00:00 GMT", True),
        ("Tue, 24 Nov 2026 00:00:01 GMT", True),
        ("Mon, 23 Nov 2026 23:59:59 GMT", False),
        ("Tue, 24 Nov 2026 00:00:00 -0000", True),
        ("Mon, 23 Nov 2026 23:59:59 -0000", False),
        ("yesterday", False),
        ("", False),
        ("Tue, 99 Nov 2026 00:00:00 GMT", False),
        ("Tue, 24 Nov 99999999 00:00:00 GMT", False),
        ("Mon, 01 Jan 0001 00:00:00 +2359", False),
    ],
)
def test_dates_are_compared_to_the_second(header: str, held: bool) -> None:
    assert n.not_newer(header, 1795478400) is held
    assert n.not_newer(header, None) is False

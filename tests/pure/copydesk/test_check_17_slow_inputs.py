"""Inputs known to make parsers slow are refused before any parser sees them."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime

import pytest

from broadsheet.copydesk import prelimits
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from broadsheet.copydesk.sanitise import clean

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HEAD = b"<rss><channel><item>"

SLOW = {
    "nested div": b"<div>" * 50_000,
    "nested in a feed": HEAD + b"<a>" * 300,
    "attributes": HEAD + b"<a " + b"".join(b'a%d="1" ' % n for n in range(100_000)) + b">",
    "one attribute": HEAD + b'<a href="' + b"x" * 1_000_000 + b'">',
    "entities": HEAD + b"&e;" * 1_000_000,
    "size": b"<rss>" + b"x" * prelimits.MAX_BYTES,
    "nodes": HEAD + b"<b/>" * 200_001,
    "utf-16 nodes": ("<b/>" * 200_001).encode("utf-16-le"),
}


@pytest.mark.parametrize("name", SLOW)
def test_check_17_refused_by_limits_in_no_time(name: str) -> None:
    body = SLOW[name]
    began = time.process_time()
    with pytest.raises(NotReadable):
        prelimits.check(body)
    # Processor time: 100 ms on a quiet machine, a busy one is given more.
    assert time.process_time() - began < 0.4


@pytest.mark.parametrize("scrap", [b"<!--", b"<![CDATA[", b"<a", b"<a b='", b'<a b="', b"</a ", b"<!", b"=\"'"])
def test_check_17_the_scan_itself_takes_linear_time(scrap: bytes) -> None:
    began = time.process_time()
    for html in (True, False):
        with contextlib.suppress(NotReadable):
            prelimits.check(scrap * (200_000 // len(scrap)), html=html)
    assert time.process_time() - began < 0.45


def test_check_17_the_limits_stop_at_one_more_and_not_before() -> None:
    for inside, outside in (
        (b"<a>" * 256, b"<a>" * 257),
        (b"<b/>" * 200_000, b"<b/>" * 200_001),
        (b'<a h="' + b"x" * 65_000 + b'">', b'<a h="' + b"x" * 66_000 + b'">'),
        (b"<a " + b'b="" ' * 1000 + b">", b"<a " + b'b="" ' * 1001 + b">"),
    ):
        prelimits.check(inside)
        with pytest.raises(NotReadable):
            prelimits.check(outside)


def test_check_17_what_html_closes_by_itself_is_no_nesting() -> None:
    prelimits.check(b"<p><br><li>" * 5_000, html=True)
    prelimits.check(b"<!-- " + b"<a>" * 400 + b" --><![CDATA[" + b"<a>" * 400 + b"]]></x></x><!x")
    prelimits.check(b"<!-- never closed " + b"<a>" * 400)
    with pytest.raises(NotReadable):
        prelimits.check(b"<p><div>" * 1_025, html=True)


@pytest.mark.slow("each cleaned twice over, as clean does")
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000,
        "<b><i>" * 5_000 + "<p>" * 2_000,
        "<p>".join(f'<b class="{n}">' for n in range(2_000)) + "<p>x" * 2_000,
        "<table><tr><td>" * 500,
        "<a href=x>" * 5_000,
        "<" * 100_000,
        "<iframe " * 20_000,
        "<img " * 20_000 + "data-",
        "x <b" * 50_000,
    ],
    ids=lambda html: html[:12],
)
def test_check_17_the_cleaner_takes_no_bait(html: str) -> None:
    began = time.process_time()
    once = clean(html, base="https://e.org/")
    assert time.process_time() - began < 3
    assert clean(once, base="https://e.org/") == once


def test_check_17_the_author_that_feedparser_is_slow_on() -> None:
    author = "a@b.example (" + "x" * 20_000
    body = f"<rss><channel><item><title>T</title><author>{author}</author></item></channel></rss>"
    began = time.process_time()
    assert parse_feed(body.encode(), url="https://e.org/", content_type=None, now=NOW).entries[0].title == "T"
    assert time.process_time() - began < 0.45


@pytest.mark.parametrize("more", [0, 1])
def test_check_17_a_page_of_more_tags_than_any_article_has_is_refused_before_it_is_read(more: int) -> None:
    body = b"<p>x" + b"<br>" * (prelimits.MAX_PAGE_TAGS - 1 + more)
    if not more:
        prelimits.check_page(body)
        return
    with pytest.raises(NotReadable) as refused:
        prelimits.check_page(body)
    assert refused.value.reason == "too_large"

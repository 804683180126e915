"""The reader's part of floods and absurd dates: the newest 500 of very many, and no date that breaks anything."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import ParsedFeed, parse_feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def read(body: str) -> ParsedFeed:
    return parse_feed(body.encode(), url="https://e.org/feed", content_type=None, now=NOW)


def in_rss(moments: list[datetime]) -> str:
    items = "".join(
        f"<item><title>{n}</title><link>https://e.org/{n}</link>"
        f"<pubDate>{one:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n, one in enumerate(moments)
    )
    return f"<rss><channel><title>Many</title>{items}</channel></rss>"


def in_atom(moments: list[datetime]) -> str:
    entries = "".join(
        f"<a:entry><a:title>{n}</a:title><a:updated>{one.isoformat()}</a:updated></a:entry>"
        for n, one in enumerate(moments)
    )
    return f'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Many</a:title>{entries}</a:feed>'


def in_json(moments: list[datetime]) -> str:
    items = [{"id": str(n), "title": str(n), "date_modified": one.isoformat()} for n, one in enumerate(moments)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Many", "items": items})


@pytest.mark.long("ten megabytes of feed; the fast suite has thirty thousand entries")
def test_check_20_a_feed_of_a_hundred_thousand_gives_its_newest_500() -> None:
    # The newest stand last, where whoever takes the first 500 never sees them.
    items = "".join(
        f"<item><title>{n}</title><link>https://e.org/{n}</link><guid>{n}</guid><pubDate>"
        f"{1 + n // 10_000:02} Nov 2026 {n // 500 % 20:02}:{n // 10 % 50:02}:{n % 10:02} GMT</pubDate></item>"
        for n in range(100_000)
    )
    body = f"<rss><channel><title>Many</title>{items}</channel></rss>"
    began = time.process_time()
    feed = read(body)
    assert time.process_time() - began < 5, "the jail would have ended it"
    assert feed.title == "Many"
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(99_500, 100_000)]
    assert feed.problems == ["100000 entries; only the newest 500 were read."]


@pytest.mark.slow("one of them of thirty-four thousand entries")
@pytest.mark.parametrize("write", [in_rss, in_atom, in_json])
def test_check_20_every_kind_gives_its_newest_in_its_own_order(write: Callable[[list[datetime]], str]) -> None:
    count = 30_000 if write is in_atom else 3_000
    moments = [NOW - timedelta(minutes=(n * 7919) % count) for n in range(count)]
    newest = sorted(range(count), key=lambda n: moments[n], reverse=True)[:500]
    assert [entry.title for entry in read(write(moments)).entries] == [str(n) for n in sorted(newest)]


@pytest.mark.slow("two hundred thousand elements")
def test_check_20_sections_and_comments_do_not_hide_entries_from_the_count() -> None:
    filler = "".join(
        f"<item><title><![CDATA[</item> {n}]]></title><!-- <item> -->{'<x/>' * 40}"
        f"<pubDate>{1991 + n % 20}</pubDate></item>"
        for n in range(5_000)
    )
    feed = read(f"<rss><channel>{filler}<item><title>Last</title><pubDate>2026-11-24</pubDate></item></channel></rss>")
    assert feed.problems == ["5001 entries; only the newest 500 were read."]
    assert len(feed.entries) == 500
    assert feed.entries[-1].title == "Last"
    assert feed.entries[0].title == "</item> 18"


@pytest.mark.slow("two hundred thousand elements")
def test_check_20_a_flood_of_what_is_no_entry_is_refused() -> None:
    with pytest.raises(NotReadable):
        read(f"<rss><channel>{'<item/>' * 10}{'<b/>' * 200_000}</channel></rss>")
    with pytest.raises(NotReadable):
        read(f"<rss><channel>{'<item>' * 200_001}")


def test_check_20_dates_ahead_of_now_win_nothing() -> None:
    moments = [NOW] * 600 + [NOW + timedelta(days=3650)] * 300
    assert [int(entry.title) for entry in read(in_rss(moments)).entries] == [*range(500)]
    past = [datetime(1980, 1, 1, tzinfo=UTC)] * 300 + [NOW - timedelta(minutes=n) for n in range(600)]
    assert [int(entry.title) for entry in read(in_rss(past)).entries] == [*range(300, 800)]


ABSURD = (
    "0000-00-00T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "9999-12-31T24:00:00Z", "Fri, 31 Dec 9999 23:59:59 -1400", "Mon, 01 Jan 0001 00:00:00 +1400",
    "Sun, 00 Jan 0000 00:00:00 GMT", f"{10**308}", "1e308", "-1e308", "NaN", "inf", "9" * 400, "-" * 150,
    "2036-11-24T00:00:00Z", "99999-01-01", "-2026-11-24", "2026-11-24T99:99:99Z", "2026-11-24T10:00:00+99:99",
    "1 Jan 10000", "ago " * 40, "999999999999 hours ago", "vor 99999999999999999999 Stunden",
)  # fmt: skip


@pytest.mark.parametrize("name", ["pubDate", "updated", "dcterms:issued"])
def test_check_20_absurd_dates_break_nothing_and_keep_the_order(name: str) -> None:
    items = "".join(f"<item><title>{n}</title><{name}>{one}</{name}></item>" for n, one in enumerate(ABSURD))
    feed = read(f'<rss xmlns:dcterms="http://purl.org/dc/terms/"><channel>{items}</channel></rss>')
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(len(ABSURD))]
    assert ParsedFeed.from_json(feed.as_json()) == feed


def test_check_20_absurd_dates_in_the_other_kinds() -> None:
    entries = "".join(f"<entry><title>x</title><published>{one}</published></entry>" for one in ABSURD)
    assert len(read(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>").entries) == len(ABSURD)
    items = [{"id": str(n), "date_published": one} for n, one in enumerate((*ABSURD, 10**308, 1e308, None, [], {}))]
    assert len(read(json.dumps({"items": items})).entries) == len(ABSURD) + 5
    places = "".join(f"<url><loc>https://e.org/{n}</loc><lastmod>{one}</lastmod></url>" for n, one in enumerate(ABSURD))
    assert len(read(f"<urlset>{places}</urlset>").entries) == len(ABSURD)

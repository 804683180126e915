"""Every kind of feed becomes dispatches, each with a fate; and what a pull remembers for the next."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.wire import services
from broadsheet.wire.models import Dispatch, Feed, Pull
from tests.make import NOW
from tests.trade.wire.newswire import Newswire, asked, item, later, rss
from tests.wire_server import answer

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "feeds"


@pytest.mark.parametrize(
    ("name", "content_type", "kind"),
    [
        ("rss20.xml", "application/rss+xml", Feed.Kind.FEED),
        ("rss091.xml", "text/xml", Feed.Kind.FEED),
        ("rss10.xml", "application/rdf+xml", Feed.Kind.FEED),
        ("atom10.xml", "application/atom+xml", Feed.Kind.FEED),
        ("feed.json", "application/feed+json", Feed.Kind.FEED),
        ("newssitemap.xml", "application/xml", Feed.Kind.SITEMAP),
        ("sitemap.xml", "application/xml", Feed.Kind.SITEMAP),
        ("section.html", "text/html", Feed.Kind.PAGE),
    ],
)
def test_every_kind_of_feed_becomes_dispatches_with_a_fate(
    wire: Newswire, name: str, content_type: str, kind: Feed.Kind
) -> None:
    expected = json.loads((SAMPLES / f"{name}.expected.json").read_text())
    # A section page lists what stands on its own host.
    feed = wire.feed(answer((SAMPLES / name).read_bytes(), content_type), kind=kind, host="plain.example")
    pull = wire.pull(feed)
    keys = {entry["key"] for entry in expected["entries"]}
    assert (pull.reason, pull.entries) == ("", len(expected["entries"]))
    assert pull.new == Dispatch.objects.filter(feed=feed).count() == len(keys) > 0
    wire.settle()
    assert not Dispatch.objects.filter(fate=Dispatch.Fate.ARRIVED).exists()


def test_a_page_feed_is_asked_for_as_a_page(wire: Newswire) -> None:
    feed = wire.feed(answer((SAMPLES / "section.html").read_bytes(), "text/html"), path="/world/", kind=Feed.Kind.PAGE)
    wire.pull(feed)
    assert asked(wire.server, "/world/")[0]["accept"].startswith("text/html")


def test_what_a_pull_remembers(wire: Newswire) -> None:
    body = rss(item(1), item(2), title="The &amp;amp; Gazette")
    feed = wire.feed(answer(body, etag='"v1"', last_modified="Tue, 24 Nov 2026 08:00:00 GMT"))
    pull = wire.pull(feed)
    assert (pull.status, pull.size, pull.entries, pull.new, pull.changed) == (200, len(body), 2, 2, 0)
    assert (pull.at, pull.unchanged) == (NOW, False)
    assert (feed.etag, feed.last_modified) == ('"v1"', "Tue, 24 Nov 2026 08:00:00 GMT")
    assert feed.title == "The & Gazette"
    assert feed.pulled_once
    assert feed.last_pull_at == feed.last_good_at == feed.last_new_at == NOW
    assert feed.next_pull_at == NOW + timedelta(seconds=feed.interval)
    assert (feed.lease_until, feed.lease_token) == (None, "")


def test_dispatches_arrive_oldest_first_with_headline_and_address(wire: Newswire) -> None:
    wire.pull(wire.feed(rss(item(2, title="Newer &lt;b&gt;one"), item(1, title="Older"))))
    rows = list(Dispatch.objects.order_by("id").values_list("headline", "url", "fate", "due_at"))
    assert [row[0] for row in rows] == ["Older", "Newer <b>one"] or rows[1][0].startswith("Newer")
    assert rows[0][1:] == ("http://gazette.test/news/1", "arrived", NOW)


def test_a_feeds_ttl_is_respected(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1), ttl=55))
    wire.pull(feed)
    assert feed.interval == 55 * 60


def test_a_habit_is_learned_from_the_dates_of_the_entries(wire: Newswire) -> None:
    daily = wire.feed(rss(*(item(n, age=timedelta(days=n)) for n in range(6))))
    hourly = wire.feed(rss(*(item(n, age=timedelta(hours=n)) for n in range(10, 16))), host="hourly.test")
    wire.pull(daily)
    wire.pull(hourly)
    # Both are new to us and watched closely at first: half as long again, whatever they are used to.
    assert daily.interval == hourly.interval == 450
    for _ in range(12):
        wire.pull(daily)
    assert daily.interval == 6 * 3600


def test_only_what_is_due_is_claimed_and_only_once(wire: Newswire) -> None:
    due, second = wire.feed(rss(item(1))), wire.feed(rss(item(2)))
    wire.feed(rss(), next_pull_at=NOW + timedelta(seconds=1))
    wire.feed(rss(), state=Feed.State.PAUSED)
    wire.feed(rss(), state=Feed.State.GONE)
    quarantined = wire.feed(rss())
    type(quarantined.source).objects.filter(pk=quarantined.source_id).update(state="quarantined")
    paused = wire.feed(rss())
    type(paused.source).objects.filter(pk=paused.source_id).update(state="paused")
    assert {errand.feed_id for errand in services.claim_due(10)} == {due.pk, second.pk}
    assert services.claim_due(10) == []


def test_the_longest_overdue_comes_first(wire: Newswire) -> None:
    feeds = [wire.feed(rss(), next_pull_at=NOW - timedelta(minutes=n)) for n in (1, 9, 5)]
    assert [errand.feed_id for errand in services.claim_due(2)] == [feeds[1].pk, feeds[2].pk]


def test_pausing_resuming_and_pulling_soon(wire: Newswire) -> None:
    feed = wire.feed(rss(), failures=4, reason="gone", state=Feed.State.GONE, next_pull_at=NOW + timedelta(days=1))
    services.resume(feed)
    feed.refresh_from_db()
    assert (feed.state, feed.failures, feed.reason, feed.failing_since, feed.next_pull_at) == (
        "active",
        0,
        "",
        None,
        NOW,
    )
    services.pause(feed)
    assert services.claim_due(5) == []
    services.resume(feed)
    Feed.objects.filter(pk=feed.pk).update(next_pull_at=NOW + timedelta(hours=3))
    services.pull_soon(feed)
    assert len(services.claim_due(5)) == 1


def test_the_diary_is_kept_for_a_fortnight(wire: Newswire) -> None:
    from broadsheet.wire.services import keeping

    feed = wire.feed(rss(item(1, title="", text="", link="http://gazette.test/")))
    wire.take_in(feed)
    row = Dispatch.objects.get()
    assert row.fate == Dispatch.Fate.SPIKED
    with later(timedelta(days=13)):
        assert keeping.purge() == 0
    with later(timedelta(days=14, seconds=2)):
        assert keeping.purge() == 2
    row.refresh_from_db()
    assert (Pull.objects.count(), row.fate, row.payload) == (0, "spiked", None)

"""Looking at a whole site before it is added: every feed, within bounds and manners, and what it says of rights."""

from __future__ import annotations

import pytest

from broadsheet.sources.models import Owner, Source
from broadsheet.sources.starter import Row
from broadsheet.wire import surveying, testing
from broadsheet.wire.models import Feed
from broadsheet.wire.services.starting import add_starter
from tests.trade.wire.newswire import Newswire, item, rss
from tests.wire_server import answer, status

pytestmark = pytest.mark.django_db

SITE = "http://gazette.test"
FRONT = (
    '<html><head><title>The Gazette</title><link rel="alternate" type="application/rss+xml" title="News" href="/named">'
    '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments"><meta name="robots" '
    'content="noai"></head><body></body></html>'
)
NEWS = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/'
    '0.9"><url><loc>http://gazette.test/a/{0}</loc><news:news><news:publication><news:name>The Gazette</news:name>'
    "<news:language>en</news:language></news:publication><news:publication_date>2026-11-23T08:00:00Z"
    "</news:publication_date><news:title>Ferry {0} returns</news:title></news:news></url></urlset>"
)
PLAIN = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://gazette.test/old/1</loc></url></urlset>'


def index(*parts: tuple[str, str]) -> str:
    inner = "".join(f"<sitemap><loc>{SITE}{path}</loc><lastmod>{when}</lastmod></sitemap>" for path, when in parts)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>'


def asked(wire: Newswire) -> list[str]:
    return [one.path for one in wire.server.requests]


def serve_site(wire: Newswire, robots: str = "") -> None:
    wire.serve("/", answer(FRONT, "text/html", headers={"tdm-reservation": "1"}))
    wire.serve("/robots.txt", answer(robots, "text/plain"))
    wire.serve("/named", rss(item(1), item(2), title="News"))
    wire.serve("/comments", rss(item(3), title="Comments"))
    wire.serve("/rss.xml", rss(*(item(n) for n in range(4, 9)), title="All of it"))
    wire.serve("/news-sitemap.xml", answer(NEWS.format(1), "application/xml"))


def test_a_site_gives_its_named_feeds_then_those_in_common_places(wire: Newswire) -> None:
    serve_site(wire)
    seen = surveying.survey(f"{SITE}/")
    found = {feed.url.removeprefix(SITE): (feed.kind, feed.total, feed.where) for feed in seen.feeds}
    assert found["/named"] == ("rss", 2, "page")
    assert found["/comments"] == ("rss", 1, "page")
    assert found["/rss.xml"] == ("rss", 5, "a common place")
    assert found["/news-sitemap.xml"] == ("newssitemap", 1, "a common place")
    assert seen.best is not None
    assert seen.best.url == f"{SITE}/named"
    assert seen.requests == len(asked(wire)) <= surveying.MAX_REQUESTS
    assert not Feed.objects.exists()


def test_what_robots_forbid_is_not_asked_for(wire: Newswire) -> None:
    serve_site(
        wire, "User-agent: *\nDisallow: /rss\nDisallow: /comments\nSitemap: http://gazette.test/news-sitemap.xml"
    )
    seen = surveying.survey(f"{SITE}/")
    assert not {"/rss.xml", "/rss", "/comments"} & set(asked(wire))
    assert [feed.where for feed in seen.feeds if feed.kind == "newssitemap"] == ["robots.txt"]
    assert [feed.kind for feed in seen.feeds if feed.url.endswith("/comments")] == [""]


def test_rights_are_gathered_from_page_headers_robots_and_reservations(wire: Newswire) -> None:
    serve_site(wire, "License: /rsl.xml\nUser-agent: GPTBot\nDisallow: /\nUser-agent: *\nDisallow: /x")
    wire.serve("/.well-known/tdmrep.json", answer('[{"location":"/","tdm-reservation":1}]', "application/json"))
    seen = surveying.survey(f"{SITE}/")
    assert {(hint.kind, hint.where) for hint in seen.rights} == {
        ("tdm", "headers"), ("directive", "page"), ("robots", "robots.txt"), ("rsl", "robots.txt"),
        ("tdm", "tdmrep.json"),
    }  # fmt: skip


def test_requests_are_bounded_however_much_a_page_names(wire: Newswire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveying, "MAX_REQUESTS", 6)
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/f{n}">' for n in range(90))
    wire.serve("/", answer(f"<html><head>{links}</head></html>", "text/html"))
    seen = surveying.survey(f"{SITE}/")
    assert len(asked(wire)) <= 6
    assert len(seen.feeds) == 90


def test_a_feed_itself_is_what_is_added(wire: Newswire) -> None:
    wire.serve("/f", rss(item(1), title="The feed"))
    seen = surveying.survey(f"{SITE}/f")
    assert seen.feeds == []
    assert seen.best is not None
    assert (seen.best.url, seen.best.kind) == (f"{SITE}/f", "rss")


def test_an_index_of_sitemaps_leads_to_the_newest_news(wire: Newswire) -> None:
    parts = [("/old.xml", "2026-11-24"), ("/news-1.xml", "2026-11-01"), ("/news-2.xml", "2026-11-23")]
    wire.serve("/index", answer(index(*parts), "application/xml"))
    wire.serve("/old.xml", answer(PLAIN, "application/xml"))
    wire.serve("/news-1.xml", answer(NEWS.format(1), "application/xml"))
    wire.serve("/news-2.xml", answer(NEWS.format(2), "application/xml"))
    found = testing.look_at(f"{SITE}/index")
    assert (found.url, found.kind, found.total) == (f"{SITE}/news-2.xml", "newssitemap", 1)
    assert any("index of sitemaps at" in problem for problem in found.problems)
    assert asked(wire) == ["/index", "/news-2.xml"]


def test_an_index_without_news_gives_a_plain_part_and_one_in_circles_ends(wire: Newswire) -> None:
    wire.serve("/index", answer(index(("/old.xml", "2026-11-24"), ("/gone.xml", "2026-11-25")), "application/xml"))
    wire.serve("/old.xml", answer(PLAIN, "application/xml"))
    wire.serve("/gone.xml", status(404))
    assert testing.look_at(f"{SITE}/index").url == f"{SITE}/old.xml"
    wire.serve("/round", answer(index(*((f"/round?{n}", "2026-11-24") for n in range(50))), "application/xml"))
    before = len(asked(wire))
    found = testing.look_at(f"{SITE}/round")
    assert found.reason == "not_a_feed"
    assert len(asked(wire)) - before <= 1 + testing.MAX_PARTS + testing.MAX_PARTS**testing.MAX_INDEXES


def test_a_list_of_feeds_is_recognised_and_cannot_be_added_as_a_feed(wire: Newswire) -> None:
    outline = '<outline type="rss" title="One" xmlUrl="https://one.example/f"/><outline xmlUrl="file:///x"/>'
    wire.serve("/list", answer(f'<opml version="2.0"><body>{outline}</body></opml>', "text/x-opml"))
    found = testing.look_at(f"{SITE}/list")
    assert (found.kind, found.reason, found.usable) == ("opml", None, False)
    assert found.feeds == [("https://one.example/f", "One")]
    assert surveying.survey(f"{SITE}/list").best is None


def starter(name: str, section: str, feed: str) -> Row:
    return Row(section, name, "Harbour Press", "GB", "de", "https://gazette.example/", feed, "here")


def test_the_starter_list_is_taken_in_once_with_owners_and_excerpt_rights() -> None:
    rows = [
        starter("The Gazette", "world", "https://gazette.example/w"),
        starter("The Gazette", "tech", "https://gazette.example/t"),
        starter("The Post", "tech", "https://post.example/f"),
    ]
    assert add_starter(rows) == 3
    assert add_starter(rows) == 0
    gazette = Source.objects.get(name="The Gazette")
    assert (gazette.country, gazette.language, gazette.rights.text) == ("GB", "de", "excerpt")
    assert not gazette.rights.fetch_pages
    assert sorted(gazette.feeds.values_list("section", flat=True)) == ["tech", "world"]
    owner = Owner.objects.get(name="Harbour Press")
    assert (owner.country, owner.sources.count()) == ("GB", 2)


def test_a_source_that_is_here_keeps_what_its_editors_made_of_it() -> None:
    add_starter([starter("The Gazette", "world", "https://gazette.example/w")])
    Source.objects.update(country="FR", language="fr")
    Owner.objects.update(country="FR")
    assert add_starter([starter("The Gazette", "tech", "https://gazette.example/t")]) == 1
    assert add_starter([starter("The Post", "tech", "https://post.example/f")]) == 1
    assert Source.objects.get(name="The Gazette").country == "FR"
    assert Owner.objects.get(name="Harbour Press").country == "FR"

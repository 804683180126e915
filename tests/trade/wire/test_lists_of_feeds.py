"""The list of feeds: adding, OPML in and out, looking at an address first, and how we introduce ourselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.wire import doors, opml, queries, services, testing
from broadsheet.wire.models import Feed
from broadsheet.wire.services.feeds import NotUsable
from tests.make import NOW, make_source
from tests.trade.wire.newswire import Newswire, item, later, rss
from tests.wire_server import answer, status

pytestmark = pytest.mark.django_db


def opml_of(*outlines: str) -> bytes:
    return f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'.encode()


def outline(url: str, title: str = "Gazette", home: str = "") -> str:
    return f'<outline type="rss" title="{title}" xmlUrl="{url}" htmlUrl="{home}"/>'


def test_a_new_source_may_be_excerpted_and_no_more() -> None:
    source = services.add_source("  The <b>Gazette</b>  ")
    assert (source.rights.text, source.rights.pictures, source.rights.fetch_pages) == ("excerpt", "none", False)
    assert source.slug
    assert services.add_source("  The <b>Gazette</b>  ").slug == f"{source.slug}-2"
    assert services.add_source("").name == "Unnamed source"
    assert services.add_source("Third", owner="House").owner == Owner.objects.get(name="House")


@pytest.mark.parametrize(
    "url", ["ftp://a.example/f", "file:///etc/passwd", "javascript:alert(1)", "no address", "", "//x"]
)
def test_only_web_addresses_are_feeds(url: str) -> None:
    with pytest.raises(NotUsable, match="must begin with http"):
        services.add_feed(make_source(), url)


def test_an_address_is_a_feed_once_however_it_is_spelt() -> None:
    first = make_source("The Gazette")
    services.add_feed(first, "https://Gazette.example:443/feed?b=2&a=1")
    with pytest.raises(NotUsable, match="already a feed of The Gazette"):
        services.add_feed(make_source(), "https://gazette.example/feed?b=2&a=1#top")


def test_an_opml_preview_writes_nothing_and_says_line_by_line() -> None:
    services.add_feed(make_source(), "https://known.example/feed")
    body = opml_of(
        outline("https://new.example/feed", "New", "https://new.example/"),
        outline("https://known.example/feed"),
        outline("https://new.example/feed"),
        outline("file:///etc/passwd"),
        '<outline title="Folder"><outline title="Inner" xmlurl="https://inner.example/f"/></outline>',
        '<outline title="no address"/>',
        outline("https://odd.example/f", home="javascript:alert(1)"),
    )
    lines = opml.preview(body)
    assert [line.state for line in lines] == ["new", "known", "known", "unusable", "new", "new"]
    assert all(line.why.endswith(".") for line in lines if line.state != "new")
    assert (lines[4].folder, lines[4].title) == ("Folder", "Inner")
    assert lines[5].homepage == ""
    assert Feed.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not XML|no OPML"),
        (b"<rss/>", "no OPML"),
        (b"x" * (opml.MAX_BYTES + 1), "larger than 2 MiB"),
        (opml_of("<outline>" * 30 + "</outline>" * 30), "more than 20 levels"),
    ],
)
def test_check_21_what_is_no_list_is_said_in_a_sentence(body: bytes, why: str) -> None:
    with pytest.raises(opml.NotOPML, match=why):
        opml.preview(body)


def test_check_21_too_many_outlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opml, "MAX_OUTLINES", 3)
    with pytest.raises(opml.NotOPML, match="split it"):
        opml.preview(opml_of(*(outline(f"https://a.example/{n}") for n in range(4))))


def test_check_21_an_external_entity_is_not_read() -> None:
    body = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + opml_of(
        outline("https://a.example/f", "&x;")
    )
    assert [line.title for line in opml.preview(body)] in (["https://a.example/f"], [""])


def test_taking_in_adds_one_source_a_host() -> None:
    rights = RightsProfile.objects.create(name="Agreed")
    lines = opml.preview(
        opml_of(
            outline("https://www.one.example/world", "One world", "https://one.example/"),
            outline("https://feeds.one.example/sport", "One sport", "https://one.example/"),
            outline("https://two.example/f", "Two"),
            outline("ftp://three.example/f"),
        )
    )
    services.add_feed(make_source(), "https://two.example/f")
    assert opml.take_in(lines, rights=rights, default_section="world") == 2
    one = Source.objects.get(name="One world")
    assert (one.feeds.count(), one.rights, one.default_section) == (2, rights, "world")


def test_what_is_written_out_is_read_back_the_same() -> None:
    source = make_source('Ann & "Bob" <Press>', homepage="https://ab.example/?a=1&b=2", default_section="tech")
    services.add_feed(source, "https://ab.example/f?a=1&b=2")
    services.add_feed(make_source(), "https://plain.example/f", section="world")
    services.add_feed(make_source(), "https://lost.example/f")
    body = opml.export(Feed.objects.select_related("source"), title="Our <list>").encode()
    Feed.objects.all().delete()
    lines = {line.url: line for line in opml.preview(body)}
    assert {line.folder for line in lines.values()} == {"tech", "world", "unsorted"}
    assert len(lines) == 3
    assert lines["https://ab.example/f?a=1&b=2"].homepage == "https://ab.example/?a=1&b=2"


def test_looking_at_a_feed_writes_nothing(wire: Newswire) -> None:
    wire.serve("/f", rss(*(item(n) for n in range(9))))
    found = testing.look_at("http://gazette.test/f")
    assert (found.usable, found.kind, found.title, found.total, len(found.entries)) == (
        True,
        "rss",
        "The Gazette",
        9,
        5,
    )
    assert found.entries[0].summary_words > 60
    assert not Feed.objects.exists()


def test_looking_at_a_page_names_its_feeds(wire: Newswire) -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="News" href="/f">'
    page = f"<html><head>{link}</head><body></body></html>"
    wire.serve("/", answer(page, "text/html"))
    found = testing.look_at("http://gazette.test/")
    assert found.feeds == [("http://gazette.test/f", "News")] or found.reason is not None


def test_looking_at_what_is_nothing(wire: Newswire) -> None:
    wire.serve("/404", status(404))
    wire.serve("/text", answer("Hello", "text/plain"))
    assert testing.look_at("nonsense").reason == "address_not_allowed"
    assert testing.look_at("http://gazette.test/404").reason == "not_found"
    assert not testing.look_at("http://gazette.test/text").usable


def test_we_introduce_ourselves_with_a_contact(settings: pytest.FixtureRequest) -> None:
    def options(**values: object) -> SimpleNamespace:
        return SimpleNamespace(**{"agent_contact": "", "loopback": False, "site_url": "https://p.example", **values})

    for given, contact in (
        (options(), "https://p.example"),
        (options(agent_contact="desk@p.example"), "desk@p.example"),
        (options(loopback=True), "contact not set"),
    ):
        settings.BROADSHEET = given  # type: ignore[attr-defined]
        assert doors.agent().startswith("Broadsheet/")
        assert doors.agent().endswith(f"(news portal; {contact})")


def test_names_that_are_led_elsewhere_replace_earlier_ones(wire: Newswire) -> None:
    assert queries.sentence("") == ""
    assert queries.sentence("a code of tomorrow") == "a code of tomorrow"


def test_the_real_door_is_made_anew_when_names_change() -> None:
    from broadsheet.wire.doors import door, map_names

    try:
        map_names({"a.test": ("127.0.0.1", 9)})
        first = door()
        assert door() is first
        map_names({})
        assert door() is not first
    finally:
        door().close()
        door.cache_clear()


def test_overdue_feeds_tell_that_no_worker_runs(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)))
    assert queries.overdue_feeds() == 0
    from datetime import timedelta

    with later(timedelta(minutes=11)):
        assert queries.overdue_feeds() == 1
        services.pause(feed)
        assert queries.overdue_feeds() == 0
    wire.pull(feed)
    assert [pull.at for pull in queries.last_pulls(feed)] == [NOW]

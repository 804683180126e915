"""The sample sources as they are served: feeds, pages and pictures, bad habits, and the loopback server behind them."""

from __future__ import annotations

import calendar
import http.client
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree
from lxml import html as lxml_html

from broadsheet.copydesk.entries import Entry
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.metadata import Metadata
from broadsheet.copydesk.parse import ParsedFeed, parse_feed, parse_section
from broadsheet.lib import urls
from broadsheet.ops.sample import feeds, origin, pages, unruly
from broadsheet.ops.sample.edition import load
from broadsheet.ops.sample.feeds import Body
from broadsheet.ops.sample.shapes import Edition, Published, Source
from broadsheet.wire import rules

STARTED = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=UTC)
UPDATED, LATE = "tessel-sound-closed", "mail-boat-sallow-isles"
_SITEMAP = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
}


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load()


def after(minutes: float) -> datetime:
    return STARTED + timedelta(minutes=minutes)


def source(edition: Edition, key: str) -> Source:
    return next(one for one in edition.sources if one.key == key)


def with_habit(edition: Edition, quirk: str) -> Source:
    return next(one for one in edition.sources if quirk in one.quirks)


def well_behaved(edition: Edition, kind: str) -> list[Source]:
    """Sources with feeds of this kind as the standards want them."""
    found = [one for one in edition.sources if one.feed_kind == kind and not {"loose", "restless"} & one.quirks]
    assert found, kind
    return found


def served(edition: Edition, publication: Source, now: datetime) -> Body:
    """The feed of a source as its server gives it, bad habits in the text included."""
    path = unruly.new_address(publication)
    return origin.answer(edition, publication.host, path, now=now, started=STARTED).body


def with_only(edition: Edition, publication: Source, **changes: Any) -> Edition:
    """The edition with nothing but the article that gets an update, at this source and with other words."""
    known = next(one for one in edition.articles if one.slug == UPDATED)
    texts = tuple(replace(text, **changes) for text in known.texts)
    return replace(edition, articles=(replace(known, source=publication, texts=texts),))


def is_pictured(publication: Source) -> bool:
    """Whether the feed of a source names its pictures."""
    return publication.feed_kind in ("rss", "atom") and not {"loose", "restless"} & publication.quirks


# Feeds, read by others.


def moment(parts: time.struct_time) -> datetime:
    return datetime.fromtimestamp(calendar.timegm(parts), UTC)


@pytest.mark.parametrize(("kind", "version"), [("rss", "rss20"), ("rdf", "rss10"), ("atom", "atom10")])
def test_xml_feeds_say_what_the_edition_says(edition: Edition, kind: str, version: str) -> None:
    for publication in well_behaved(edition, kind):
        expected = edition.at(publication, after(30), STARTED)
        body = feeds.feed(edition, publication, now=after(30), started=STARTED)
        parsed = feedparser.parse(body.content, sanitize_html=False)
        assert (parsed.bozo, parsed.version) == (False, version)
        assert parsed.feed.title == publication.name
        assert parsed.feed.language == publication.language
        assert [entry.title for entry in parsed.entries] == [one.text.headline for one in expected]
        assert [entry.link for entry in parsed.entries] == [one.article.url for one in expected]
        dates = [entry.get("published_parsed") or entry.updated_parsed for entry in parsed.entries]
        assert [moment(date) for date in dates] == [one.published for one in expected]
        assert [[tag.term for tag in entry.tags] for entry in parsed.entries] == [
            list(feeds.categories(one)) for one in expected
        ]
        assert [entry.summary for entry in parsed.entries] == [one.text.standfirst for one in expected]
        for entry, one in zip(parsed.entries, expected, strict=True):
            assert entry.author == ", ".join(one.article.byline)
            assert ("content" in entry) == publication.whole
            assert not publication.whole or entry.content[0].value == one.text.html


def test_an_update_in_an_xml_feed_has_both_its_dates(edition: Edition) -> None:
    for kind in ("rss", "atom"):
        publication = well_behaved(edition, kind)[0]
        body = served(with_only(edition, publication), publication, after(30))
        (entry,) = feedparser.parse(body.content).entries
        assert moment(entry.published_parsed) < STARTED
        assert moment(entry.updated_parsed) == after(20).replace(microsecond=0)


def test_json_feeds_say_what_the_edition_says(edition: Edition) -> None:
    for publication in well_behaved(edition, "json"):
        expected = edition.at(publication, STARTED, STARTED)
        body = feeds.feed(edition, publication, now=STARTED, started=STARTED)
        document = json.loads(body.content)
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        assert (document["feed_url"], document["title"]) == (publication.feed_url, publication.name)
        for entry, one in zip(document["items"], expected, strict=True):
            assert (entry["title"], entry["url"]) == (one.text.headline, one.article.url)
            assert (entry["summary"], entry["content_html"]) == (one.text.standfirst, one.text.html)
            assert datetime.fromisoformat(entry["date_published"]) == one.published
            assert entry["tags"] == list(feeds.categories(one))
            assert [author["name"] for author in entry["authors"]] == list(one.article.byline)


def test_an_update_in_the_json_feed_has_both_its_dates(edition: Edition) -> None:
    (publication,) = well_behaved(edition, "json")
    body = served(with_only(edition, publication), publication, after(30))
    (entry,) = json.loads(body.content)["items"]
    assert datetime.fromisoformat(entry["date_modified"]) == after(20).replace(microsecond=0)
    assert datetime.fromisoformat(entry["date_published"]) < STARTED


def test_the_news_sitemap_says_what_the_edition_says(edition: Edition) -> None:
    (publication,) = well_behaved(edition, "sitemap")
    expected = edition.at(publication, after(60), STARTED)
    root = etree.fromstring(feeds.feed(edition, publication, now=after(60), started=STARTED).content)

    def said(path: str) -> list[str]:
        return [str(one.findtext(path, "", _SITEMAP)) for one in root.findall("s:url", _SITEMAP)]

    assert said("s:loc") == [one.article.url for one in expected]
    assert said("n:news/n:title") == [one.text.headline for one in expected]
    dates = [datetime.fromisoformat(one) for one in said("n:news/n:publication_date")]
    assert dates == [one.published for one in expected]
    assert [datetime.fromisoformat(one) for one in said("s:lastmod")] == [one.updated for one in expected]
    assert set(said("n:news/n:publication/n:name")) == {publication.name}
    pictures = [edition.picture(one.article) for one in expected]
    assert said("i:image/i:loc") == [publication.picture_url(one) if one else "" for one in pictures]
    assert any(pictures)


def test_the_section_comes_first_among_the_categories_where_the_source_writes_english(edition: Edition) -> None:
    for publication in edition.sources:
        for one in edition.at(publication, STARTED, STARTED):
            section = feeds.CATEGORY[one.article.section]
            topics = list(one.article.topics)
            expected = [section, *topics] if publication.language == "en" else topics
            assert list(feeds.categories(one)) == expected


def test_feeds_change_only_when_their_articles_do(edition: Edition) -> None:
    publication = source(edition, "harbour-ledger")
    known = [one for one in edition.articles if one.slug in (UPDATED, LATE)]
    small = replace(edition, articles=tuple(replace(one, source=publication) for one in known))
    bodies = [
        feeds.feed(small, publication, now=after(minutes), started=STARTED)
        for minutes in (0, 9.9, 10, 19.9, 20, 60_000)
    ]
    at_start, still, late, still_late, corrected, weeks_on = bodies
    assert at_start == still != late == still_late != corrected == weeks_on
    assert corrected.changed == after(20).replace(microsecond=0)


def test_no_feed_changes_of_itself(edition: Edition) -> None:
    for publication in edition.sources:
        first, again = (served(edition, publication, after(minutes)) for minutes in (65, 66))
        assert first == again, publication.key


# Feeds, read by our own copy desk.


def read(edition: Edition, publication: Source, now: datetime) -> ParsedFeed:
    """A feed as the wire reads it."""
    body = served(edition, publication, now)
    if publication.feed_kind == "page":
        return parse_section(body.content, url=publication.feed_url, content_type=body.content_type)
    return parse_feed(body.content, url=publication.feed_url, content_type=body.content_type, now=now)


def date_on_the_page(edition: Edition, one: Published, now: datetime) -> datetime | None:
    publication = one.article.source
    page = pages.article_page(edition, publication, urlsplit(one.article.url).path, now=now, started=STARTED)
    assert page is not None
    return Metadata(lxml_html.document_fromstring(page.content.decode()), one.article.url, now).published()


def test_our_readers_find_every_entry_of_all_feeds(edition: Edition) -> None:
    now = after(30)
    for publication in edition.sources:
        feed = read(edition, publication, now)
        expected = {one.article.url: one for one in edition.at(publication, now, STARTED)}
        found = {urls.canonical(entry.url or ""): entry for entry in feed.entries}
        assert set(expected) <= set(found), publication.key
        assert "restless" in publication.quirks or len(feed.entries) == len(expected), publication.key
        for address, one in expected.items():
            entry = found[address]
            headline, published = one.text.headline, one.published
            if "loose" in publication.quirks:
                headline, published = headline.replace(" and ", " & "), published.replace(second=0)
            assert entry.title == headline
            if publication.feed_kind == "page":
                assert date_on_the_page(edition, one, now) == published
            else:
                assert entry.published == published, (address, entry.published)
            assert one.updated == one.published or entry.updated == one.updated, address


def test_our_readers_know_when_an_entry_was_published_and_when_it_was_changed(edition: Edition) -> None:
    for publication in edition.sources:
        if publication.quirks or publication.feed_kind == "page":
            continue
        alone = with_only(edition, publication)
        (one,) = alone.at(publication, after(30), STARTED)
        (entry,) = read(alone, publication, after(30)).entries
        # RSS 1.0 has one date only, which is that of publication and of the last change.
        changed = one.published if publication.feed_kind == "rdf" else one.updated
        assert entry.published == one.published < one.updated, publication.key
        assert entry.updated == changed, publication.key


def test_signs_of_markup_in_the_words_of_a_source_stay_words(edition: Edition) -> None:
    headline = "The clerk & the <canvas> of “]]>”, which at 5 < 7 hung askew"
    text = "<p>The clerk wrote ]]> on the board &amp; left.</p>"
    for publication in edition.sources:
        if "loose" in publication.quirks:
            continue
        alone = with_only(edition, publication, headline=headline, standfirst=headline, html=text)
        (entry, *_) = read(alone, publication, after(30)).entries
        assert entry.title == headline, publication.key
        assert not publication.whole or text in (entry.content_html or entry.summary_html), publication.key


def test_our_readers_find_feeds_odd_only_where_they_are(edition: Edition) -> None:
    for publication in edition.sources:
        feed = read(edition, publication, STARTED)
        assert bool(feed.problems) == ("loose" in publication.quirks), (publication.key, feed.problems)
        assert publication.name in feed.title


def test_pictures_come_through_with_all_that_is_said_of_them(edition: Edition) -> None:
    seen: set[str] = set()
    for publication in edition.sources:
        entries = {entry.url: entry for entry in read(edition, publication, after(60)).entries}
        for one in edition.at(publication, after(60), STARTED):
            picture = edition.picture(one.article)
            pictures = entries[one.article.url].pictures if one.article.url in entries else []
            if picture is None or not (is_pictured(publication) or publication.feed_kind == "sitemap"):
                assert pictures == [], one.article.slug
                continue
            (named,) = pictures
            assert (named.url, named.caption) == (publication.picture_url(picture), picture.caption)
            if is_pictured(publication):
                assert (named.credit, named.alternative) == (picture.credit, picture.alternative)
                assert (named.width, named.height, named.type) == (*feeds.PICTURE_SIZE, feeds.PICTURE_TYPE)
            seen.add(publication.feed_kind)
    assert seen == {"rss", "atom", "sitemap"}


# Bad habits.


def test_a_loose_feed_is_not_xml_and_is_read_all_the_same(edition: Edition) -> None:
    publication = with_habit(edition, "loose")
    body = served(edition, publication, STARTED)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body.content)
    entries = {entry.url: entry for entry in read(edition, publication, STARTED).entries}
    for one in edition.at(publication, STARTED, STARTED):
        assert "<p>" in entries[one.article.url].summary_html
        assert one.text.html in entries[one.article.url].summary_html


def fate(entry: Entry, publication: Source) -> rules.Decision:
    """What the wire decides of an entry that the paper does not know."""
    url = urls.canonical(entry.url or "")
    arrival = rules.Arrival(
        source_id=1,
        headline=entry.title,
        url=url,
        is_home=urls.key(url) == urls.key(publication.home_url),
        text_hash="",
        words=len(entry.summary_html.split()),
        state_hash="",
        published_at=entry.published or STARTED,
        now=STARTED,
        source_active=True,
    )
    return rules.decide(arrival, rules.Known())


def test_a_restless_feed_has_what_the_wire_must_spike(edition: Edition) -> None:
    publication = with_habit(edition, "restless")
    addresses = {one.article.url for one in edition.at(publication, STARTED, STARTED)}
    fates = {
        urls.canonical(entry.url or ""): fate(entry, publication)
        for entry in read(edition, publication, STARTED).entries
    }
    assert {fates.pop(address) for address in addresses} == {rules.New()}
    assert {one.reason for one in fates.values() if isinstance(one, rules.Spike)} == {
        rules.SpikeReason.NO_HEADLINE,
        rules.SpikeReason.NOT_AN_ARTICLE,
        rules.SpikeReason.TOO_OLD,
    }
    assert all(isinstance(one, rules.Spike) for one in fates.values())


def test_a_restless_feed_renames_everything_once_an_hour(edition: Edition) -> None:
    publication = with_habit(edition, "restless")
    first, soon, later = (read(edition, publication, after(minutes)).entries for minutes in (61, 119, 121))
    assert [(one.key, one.url) for one in first] == [(one.key, one.url) for one in soon]
    known = {urls.canonical(one.url or "") for one in first}
    renamed = [one for one in later if "utm_" in (one.url or "") and urls.canonical(one.url or "") in known]
    assert renamed
    assert not {one.key for one in renamed} & {one.key for one in first}
    assert not {one.url for one in renamed} & {one.url for one in first}
    bodies = [served(edition, publication, after(minutes)) for minutes in (61, 119, 121)]
    assert bodies[0].changed == bodies[1].changed < bodies[2].changed


# Pages.


def page_of(edition: Edition, one: Published, now: datetime = STARTED) -> str:
    path = urlsplit(one.article.url).path
    body = pages.article_page(edition, one.article.source, path, now=now, started=STARTED)
    assert body is not None
    return body.content.decode()


@pytest.mark.parametrize("key", ["uplands-courier", "radio-ardrenne", "high-street", "al-mina"])
def test_an_article_page_wraps_its_text_in_clutter(edition: Edition, key: str) -> None:
    (first, *others) = edition.at(source(edition, key), STARTED, STARTED)
    html = page_of(edition, first)
    before, _, rest = html.partition('<div class="article-body">\n')
    text, _, behind = rest.partition("\n</div>\n</article>")
    assert text == first.text.html
    for clutter in ("cookie-notice", "Advertisement", "<nav", 'class="share"'):
        assert clutter in before
    for clutter in ("Advertisement", "newsletter", "comments", "site-footer"):
        assert clutter in behind
    assert all(one.article.url in behind for one in others)
    facts = json.loads(re.findall(r"ld\+json\">(.*?)</script>", html)[0])
    assert facts["headline"] == first.text.headline
    assert datetime.fromisoformat(facts["datePublished"]) == first.published


def test_an_article_page_says_when_it_was_published_and_when_it_was_changed(edition: Edition) -> None:
    publication = source(edition, "radio-ardrenne")
    alone = with_only(edition, publication)
    (one,) = alone.at(publication, after(30), STARTED)
    about = Metadata(lxml_html.document_fromstring(page_of(alone, one, after(30))), one.article.url, after(30))
    assert about.published() == one.published < one.updated == about.updated()


def test_an_article_page_shows_its_picture_with_alternative_text(edition: Edition) -> None:
    shown = [one for publication in edition.sources for one in edition.at(publication, STARTED, STARTED)]
    pictured = next(one for one in shown if edition.picture(one.article) and one.article.source.rights.pages)
    bare = next(one for one in shown if one.article.source == pictured.article.source and not one.article.picture)
    picture = edition.picture(pictured.article)
    assert picture is not None
    root = lxml_html.document_fromstring(page_of(edition, pictured))
    (image,) = root.iter("img")
    assert (image.get("src"), image.get("alt")) == (
        pictured.article.source.picture_url(picture),
        picture.alternative,
    )
    caption = " ".join(root.find(".//figcaption").text_content().split())
    assert caption == f"{picture.caption} {picture.credit}"
    about = Metadata(root, pictured.article.url, STARTED)
    assert about.picture() == pictured.article.source.picture_url(picture)
    assert about.picture_alternative() == picture.alternative
    assert "<figure" not in page_of(edition, bare)
    assert "og:image" not in page_of(edition, bare)


def test_the_list_of_notes_is_no_feed_and_has_no_notes_of_the_future(edition: Edition) -> None:
    (publication,) = well_behaved(edition, "page")
    body = served(edition, publication, STARTED)
    with pytest.raises(NotReadable):
        parse_feed(body.content, url=publication.feed_url, content_type=body.content_type, now=STARTED)
    early = replace(edition, articles=tuple(one for one in edition.articles if one.source == publication)[:1])
    gone = early.articles[0].texts[0].offset - timedelta(minutes=1)
    before = pages.section_page(
        feeds.Paper(early, publication, early.at(publication, STARTED + gone, STARTED), STARTED)
    )
    assert early.articles[0].url not in before


def test_a_page_is_not_there_before_its_article(edition: Edition) -> None:
    late = next(one for one in edition.articles if one.slug == LATE)
    path = urlsplit(late.url).path
    assert pages.article_page(edition, late.source, path, now=after(5), started=STARTED) is None
    assert pages.article_page(edition, late.source, path, now=after(11), started=STARTED)


# The server.


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = STARTED

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(edition: Edition, clock: Clock) -> Iterator[origin.Origin]:
    running = origin.start(STARTED, clock=clock, edition=edition)
    yield running
    running.stop()
    running.stop()


@pytest.fixture
def connection(server: origin.Origin, clock: Clock) -> Iterator[http.client.HTTPConnection]:
    clock.now = STARTED
    server._server.asked.clear()
    opened = http.client.HTTPConnection("127.0.0.1", server.port, timeout=2)
    yield opened
    opened.close()


def ask(
    connection: http.client.HTTPConnection,
    host: str,
    path: str,
    method: str = "GET",
    **headers: str,
) -> tuple[http.client.HTTPResponse, bytes]:
    fields = {"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=fields)
    response = connection.getresponse()
    return response, response.read()


def test_the_server_answers_for_every_source_by_its_host_name(
    edition: Edition, server: origin.Origin, connection: http.client.HTTPConnection
) -> None:
    assert server.names == {one.host: ("127.0.0.1", server.port) for one in edition.sources}
    for one in edition.sources:
        path = unruly.new_address(one)
        response, body = ask(connection, one.host, path)
        expected = served(edition, one, STARTED)
        assert (response.status, body) == (200, expected.content)
        assert response.headers["Content-Type"] == expected.content_type
        assert b"Disallow: /search" in ask(connection, one.host, "/robots.txt")[1]
        front = lxml_html.document_fromstring(ask(connection, f"{one.host.upper()}:80", "/")[1].decode())
        assert front.findtext(".//h1") == one.name
        for published in edition.at(one, STARTED, STARTED)[:3]:
            assert ask(connection, one.host, urlsplit(published.article.url).path)[0].status == 200


def test_a_picture_answers_at_every_source_and_nothing_else_does(
    edition: Edition, connection: http.client.HTTPConnection
) -> None:
    pictured = [one for one in edition.articles if one.picture]
    for one in pictured[:4]:
        picture = edition.prints[one.picture]
        path = urlsplit(one.source.picture_url(picture)).path
        response, body = ask(connection, one.source.host, path)
        assert (response.status, response.headers["Content-Type"]) == (200, "image/webp")
        assert (body[:4], body[8:12]) == (b"RIFF", b"WEBP")
        etag = response.headers["ETag"]
        assert ask(connection, one.source.host, path, If_None_Match=etag)[0].status == 304
    host, name = pictured[0].source.host, pictured[0].picture
    for path in ("../sources.toml", "x", "", "x.webp", name, f"../pictures/{name}.webp", f"%2e%2e/{name}.webp"):
        assert ask(connection, host, f"/pictures/{path}")[0].status == 404, path


def test_a_busy_server_asks_every_third_time_to_be_left_alone(
    edition: Edition, connection: http.client.HTTPConnection
) -> None:
    publication = with_habit(edition, "busy")
    answers = [ask(connection, publication.host, publication.feed_path)[0] for _ in range(6)]
    assert [one.status for one in answers] == [200, 200, 503, 200, 200, 503]
    assert [one.headers["Retry-After"] for one in answers if one.status == 503] == [str(unruly.RETRY_AFTER)] * 2
    assert all(one.headers["ETag"] is None for one in answers if one.status == 503)
    assert {ask(connection, publication.host, "/robots.txt")[0].status for _ in range(3)} == {200}


def test_a_moved_feed_says_where_it_went(edition: Edition, connection: http.client.HTTPConnection) -> None:
    publication = with_habit(edition, "moved")
    moved, _ = ask(connection, publication.host, publication.feed_path)
    assert moved.status == 301
    address = moved.headers["Location"]
    assert address == unruly.new_address(publication) != publication.feed_path
    response, body = ask(connection, publication.host, address)
    assert response.status == 200
    read_there = parse_feed(body, url=publication.feed_url, content_type=response.headers["Content-Type"], now=STARTED)
    assert len(read_there.entries) > len(edition.at(publication, STARTED, STARTED)) > 0


def test_a_feed_that_did_not_move_is_only_at_its_own_address(
    edition: Edition, connection: http.client.HTTPConnection
) -> None:
    publication = source(edition, "harbour-ledger")
    assert ask(connection, publication.host, publication.feed_path)[0].status == 200
    assert ask(connection, publication.host, f"/static{publication.feed_path}")[0].status == 404


def test_the_server_says_304_until_the_feed_changes(
    edition: Edition, clock: Clock, connection: http.client.HTTPConnection
) -> None:
    late = next(one for one in edition.articles if one.slug == LATE)
    host, path = late.source.host, late.source.feed_path
    clock.now = after(9.9)
    first, body = ask(connection, host, path)
    etag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert body
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"other", W/{etag}'},
        {"If_Modified_Since": date},
    ):
        again, nothing = ask(connection, host, path, **headers)
        assert (again.status, nothing, again.headers["ETag"]) == (304, b"", etag)
    # The tag decides where both are sent, and a broken date is no condition.
    both, _ = ask(connection, host, path, If_None_Match='"other"', If_Modified_Since=date)
    assert both.status == 200
    assert ask(connection, host, path, If_Modified_Since="yesterday")[0].status == 200
    clock.now = after(10)
    for headers in ({"If_None_Match": etag}, {"If_Modified_Since": date}):
        changed, body = ask(connection, host, path, **headers)
        assert changed.status == 200
        assert LATE.encode() in body


def test_every_feed_answers_304_to_who_has_it(edition: Edition, connection: http.client.HTTPConnection) -> None:
    for one in edition.sources:
        path = unruly.new_address(one)
        first, _ = ask(connection, one.host, path)
        again, nothing = ask(connection, one.host, path, If_None_Match=first.headers["ETag"])
        assert (again.status, nothing) == (304, b""), one.key


def test_the_server_knows_only_its_own_names_pages_and_verbs(
    edition: Edition, connection: http.client.HTTPConnection
) -> None:
    publication = source(edition, "harbour-ledger")
    host, path = publication.host, publication.feed_path
    assert ask(connection, "elsewhere.example", "/")[0].status == 421
    assert ask(connection, host, f"/travel/{LATE}")[0].status == 404
    head, nothing = ask(connection, host, path, "HEAD")
    assert (head.status, nothing, int(head.headers["Content-Length"]) > 0) == (200, b"", True)
    assert ask(connection, host, path, "POST")[0].status == 501

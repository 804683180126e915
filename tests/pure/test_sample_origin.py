"""The sample sources as they are served: feeds, pages, and the loopback server behind them."""

from __future__ import annotations

import calendar
import http.client
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from broadsheet.ops.sample import feeds, origin, pages
from broadsheet.ops.sample.edition import Edition, Source, load

STARTED = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=UTC)
UPDATED, LATE = "tessel-sound-closed", "mail-boat-sallow-isles"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load()


def after(minutes: float) -> datetime:
    return STARTED + timedelta(minutes=minutes)


def source(edition: Edition, kind: str) -> Source:
    return next(one for one in edition.sources if one.feed_kind == kind)


# Feeds.


def moment(parts: time.struct_time) -> datetime:
    return datetime.fromtimestamp(calendar.timegm(parts), UTC)


@pytest.mark.parametrize(("kind", "version"), [("rss", "rss20"), ("atom", "atom10")])
def test_xml_feeds_say_what_the_edition_says(edition: Edition, kind: str, version: str) -> None:
    publication = source(edition, kind)
    expected = edition.at(publication, after(30), STARTED)
    body = feeds.feed(edition, publication, now=after(30), started=STARTED)
    parsed = feedparser.parse(body.content)
    assert (parsed.bozo, parsed.version) == (False, version)
    assert parsed.feed.title == publication.name
    assert [entry.title for entry in parsed.entries] == [one.text.headline for one in expected]
    assert [entry.link for entry in parsed.entries] == [one.article.url for one in expected]
    assert [moment(entry.published_parsed) for entry in parsed.entries] == [one.published for one in expected]
    assert [[tag.term for tag in entry.tags] for entry in parsed.entries] == [
        list(feeds.categories(one)) for one in expected
    ]
    assert [entry.author for entry in parsed.entries] == [", ".join(one.article.byline) for one in expected]


def test_rss_carries_the_whole_text_and_the_time_of_an_update(edition: Edition) -> None:
    body = feeds.feed(edition, source(edition, "rss"), now=after(30), started=STARTED)
    entries = {entry.link.rpartition("/")[2]: entry for entry in feedparser.parse(body.content).entries}
    entry = entries[UPDATED]
    assert "Perpetua Lind" in entry.content[0].value
    assert "<table>" in entries["orrowmouth-exchange-wheat"].content[0].value
    assert moment(entry.updated_parsed) == after(20).replace(microsecond=0)


def test_atom_carries_summaries_only(edition: Edition) -> None:
    body = feeds.feed(edition, source(edition, "atom"), now=STARTED, started=STARTED)
    for entry in feedparser.parse(body.content).entries:
        assert "content" not in entry
        assert len(entry.summary.split()) < 40


def test_json_feed_says_what_the_edition_says(edition: Edition) -> None:
    publication = source(edition, "json")
    expected = edition.at(publication, STARTED, STARTED)
    body = feeds.feed(edition, publication, now=STARTED, started=STARTED)
    document = json.loads(body.content)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == publication.feed_url
    for entry, one in zip(document["items"], expected, strict=True):
        assert entry["title"] == one.text.headline
        assert entry["content_html"] == one.text.html
        assert datetime.fromisoformat(entry["date_published"]) == one.published
        assert entry["tags"] == list(feeds.categories(one))


def test_an_update_in_the_json_feed_has_both_its_dates(edition: Edition) -> None:
    publication = source(edition, "json")
    known = next(one for one in edition.articles if one.slug == UPDATED)
    moved = Edition(edition.sources, (replace(known, source=publication),))
    body = feeds.feed(moved, publication, now=after(30), started=STARTED)
    (entry,) = json.loads(body.content)["items"]
    assert datetime.fromisoformat(entry["date_modified"]) == after(20).replace(microsecond=0)
    assert datetime.fromisoformat(entry["date_published"]) < STARTED


def test_the_section_comes_first_among_the_categories(edition: Edition) -> None:
    names = [
        feeds.categories(one)[0]
        for publication in edition.sources
        for one in edition.at(publication, STARTED, STARTED)
        if one.article.section == "sports"
    ]
    assert names == ["Sports", "Sports"]


def test_feeds_change_only_when_their_articles_do(edition: Edition) -> None:
    publication = source(edition, "rss")
    bodies = [
        feeds.feed(edition, publication, now=after(minutes), started=STARTED)
        for minutes in (0, 9.9, 10, 19.9, 20, 60_000)
    ]
    at_start, still, late, still_late, corrected, weeks_on = bodies
    assert at_start == still != late == still_late != corrected == weeks_on
    assert corrected.changed == after(20).replace(microsecond=0)


# Pages.


def test_an_article_page_wraps_its_text_in_clutter(edition: Edition) -> None:
    publication = source(edition, "atom")
    (first, *others) = edition.at(publication, STARTED, STARTED)
    path = first.article.url.removeprefix(f"http://{publication.host}")
    page = pages.article_page(edition, publication, path, now=STARTED, started=STARTED)
    assert page is not None
    html = page.content.decode()
    before, _, rest = html.partition('<div class="article-body">\n')
    text, _, behind = rest.partition("\n</div>\n</article>")
    assert text == first.text.html
    assert "cookie-notice" in before
    assert "Advertisement" in before
    assert "<nav" in before
    assert "comments" in behind
    assert all(one.article.url in behind for one in others)
    facts = json.loads(re.findall(r"ld\+json\">(.*?)</script>", html)[0])
    assert facts["headline"] == first.text.headline
    assert datetime.fromisoformat(facts["datePublished"]) == first.published


def test_a_page_is_not_there_before_its_article(edition: Edition) -> None:
    publication, path = source(edition, "rss"), f"/travel/{LATE}"
    early = pages.article_page(edition, publication, path, now=after(5), started=STARTED)
    assert early is None
    assert pages.article_page(edition, publication, path, now=after(11), started=STARTED)


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
        response, body = ask(connection, one.host, one.feed_path)
        expected = feeds.feed(edition, one, now=STARTED, started=STARTED)
        assert (response.status, body) == (200, expected.content)
        assert response.headers["Content-Type"] == expected.content_type
        assert b"Disallow: /search" in ask(connection, one.host, "/robots.txt")[1]
        assert one.name in ask(connection, f"{one.host.upper()}:80", "/")[1].decode()
        for published in edition.at(one, STARTED, STARTED):
            path = published.article.url.removeprefix(f"http://{one.host}")
            assert ask(connection, one.host, path)[0].status == 200


def test_the_server_says_304_until_the_feed_changes(
    edition: Edition, clock: Clock, connection: http.client.HTTPConnection
) -> None:
    publication = source(edition, "rss")
    host, path = publication.host, publication.feed_path
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


def test_the_server_knows_only_its_own_names_pages_and_verbs(
    edition: Edition, connection: http.client.HTTPConnection
) -> None:
    host = edition.sources[0].host
    assert ask(connection, "elsewhere.example", "/")[0].status == 421
    assert ask(connection, host, f"/travel/{LATE}")[0].status == 404
    head, nothing = ask(connection, host, "/feed.xml", "HEAD")
    assert (head.status, nothing, int(head.headers["Content-Length"]) > 0) == (200, b"", True)
    assert ask(connection, host, "/feed.xml", "POST")[0].status == 501

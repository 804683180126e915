"""From an outside server to a printed page, through every room: the wire, the press, the front door. Nothing is faked
but the outside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.articles import services as articles
from broadsheet.articles.models import Article, Version
from broadsheet.ops import worker
from broadsheet.wire.models import Dispatch
from tests.flow import newsroom
from tests.flow.newsroom import Readers
from tests.flow.origins import FORMS, TEXT, Publication, Told
from tests.wire_server import WireServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def readers(tmp_path: Path, transactional_db: None, jail: None) -> Iterator[Readers]:
    with newsroom.opened(tmp_path) as found:
        yield found


def publication(server: WireServer, form: str = "rss", host: str = "ledger.example") -> Publication:
    made = Publication(server, host, form, [Told(1, "Vessin opens its northern quay")])
    made.serve()
    return made


ADDRESS = "/world-news/vessin-opens-its-northern-quay/"


@pytest.mark.slow("a parser starts, and pages are read with manners")
@pytest.mark.parametrize("form", FORMS)
def test_an_entry_of_every_kind_of_feed_becomes_one_printed_page(
    server: WireServer, readers: Readers, form: str
) -> None:
    paper = publication(server, form)
    with newsroom.led_to([paper]):
        assert readers.get("/").status == 200
        assert ADDRESS not in readers.get("/").text
        newsroom.work(newsroom.take_in(paper))
    page = readers.get(ADDRESS)
    assert page.status == 200
    for paragraph in TEXT:
        assert paragraph in re.sub(r"<[^>]+>", "", page.text)
    assert f"http://{paper.host}/a/1" in page.text  # the way back to the origin
    for where in ("/", "/world-news/", "/latest/", f"/sources/{paper.host.replace('.', '-')}/"):
        assert ADDRESS in readers.get(where).text, where
    [dispatch] = Dispatch.objects.all()
    assert dispatch.fate == "filed"
    assert newsroom.faults() == []


@pytest.mark.slow("five rounds of the worker")
def test_what_the_source_changes_withdraws_or_leaves_alone_shows_on_the_page_and_nothing_else_is_reprinted(
    server: WireServer, readers: Readers
) -> None:
    paper = publication(server)
    paper.entries.append(Told(2, "Carriers ask for nine days back", text=(TEXT[2], TEXT[0])))
    paper.serve()
    with newsroom.led_to([paper]):
        feed = newsroom.take_in(paper)
        newsroom.work(feed)
        first, other = readers.get(ADDRESS), readers.get("/world-news/carriers-ask-for-nine-days-back/")
        assert readers.get(ADDRESS, if_none_match=first.headers["etag"]).status == 304

        # Nothing new: a conditional request, a 304, and not one page changes.
        newsroom.work(feed)
        assert "if-none-match" in server.asked("/feed")[-1].headers
        assert readers.get(ADDRESS).headers["etag"] == first.headers["etag"]

        # The source tells it anew: one more version of the same article, the same address.
        paper.entries[0] = paper.entries[0].changed(text=("Both quays are open, the council said.", *TEXT[1:]))
        paper.serve()
        newsroom.work(feed)
        second = readers.get(ADDRESS)
        assert "Both quays are open" in second.text
        assert TEXT[0] not in second.text
        assert second.headers["etag"] != first.headers["etag"]
        other_now = readers.get("/world-news/carriers-ask-for-nine-days-back/")
        assert _without_reasons(other_now.text) == _without_reasons(other.text)
        assert Article.objects.count() == 2
        assert Version.objects.filter(article__address=ADDRESS.strip("/")).exists()
        assert newsroom.faults() == []

        # The desk withdraws it: 410 at once, and out of every list.
        article = Article.objects.get(address=ADDRESS.strip("/"))
        articles.withdraw(article, why="It was not true.")
        gone = readers.get(ADDRESS)
        assert gone.status == 410
        assert "It was not true." in gone.text
        newsroom.work()
        for where in ("/", "/world-news/", "/latest/", "/feed.rss", "/feed.json"):
            assert ADDRESS not in readers.get(where).text, where

        # And stays out, whatever the source says of it.
        paper.entries[0] = paper.entries[0].changed(title="Vessin opens its northern quay after all")
        paper.serve()
        newsroom.work(feed)
        assert readers.get(ADDRESS).status == 410
        assert Dispatch.objects.get(article=None).reason == "withdrawn_here"
        assert newsroom.faults() == []


@pytest.mark.slow("reads pages, makes feeds")
def test_what_we_send_out_can_be_taken_in_again(server: WireServer, readers: Readers) -> None:
    """Our own RSS, Atom and JSON Feed are read by our own reader and name the same article."""
    from broadsheet.copydesk.parse import parse_feed
    from broadsheet.core import clock

    paper = publication(server)
    with newsroom.led_to([paper]):
        newsroom.work(newsroom.take_in(paper))
    for form in ("rss", "atom", "json"):
        got = readers.get(f"/world-news/feed.{form}")
        kind = got.headers["content-type"]
        parsed = parse_feed(got.body, url="http://127.0.0.1:8000/feed", content_type=kind, now=clock.now())
        assert [entry.title for entry in parsed.entries] == ["Vessin opens its northern quay"], form
    assert json.loads(readers.get("/feed.json").body)["items"]
    assert readers.get("/sitemap.xml").status == readers.get("/news-sitemap.xml").status == 200


@pytest.mark.slow("starts a parser")
def test_a_page_that_changes_is_new_for_the_reader_before_the_worker_prints_it(
    server: WireServer, readers: Readers
) -> None:
    """A fact changed and committed: the very next request sees it, though nobody reprinted anything meanwhile."""
    paper = publication(server)
    with newsroom.led_to([paper]):
        newsroom.work(newsroom.take_in(paper))
    assert readers.get(ADDRESS).status == 200
    article = Article.objects.get()
    articles.set_section(article, _section("sports"))
    assert 'href="/sports/"' in re.sub(r"<nav.*?</nav>", "", readers.get(ADDRESS).text, flags=re.S)
    assert ADDRESS in readers.get("/sports/").text
    assert ADDRESS not in readers.get("/world-news/").text
    worker.drain(5)
    assert newsroom.faults() == []


def _without_reasons(page: str) -> str:
    """A page without what it has in common with its relatives, which hangs on their texts."""
    return re.sub(r'<p class="receipt">Also about [^<]*</p>', "", page)


def _section(key: str) -> object:
    from broadsheet.articles.models import Section

    return Section.objects.get(key=key)

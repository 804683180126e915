"""Article pages: asked for only where rights and settings say so, robots obeyed, and never waited for for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.articles.models import Article
from broadsheet.sources.models import Source
from broadsheet.wire import services
from broadsheet.wire.models import Dispatch, RobotsRules
from broadsheet.wire.services import paging
from tests.make import make_rights, make_source
from tests.trade.wire.newswire import Newswire, item, later, rss, words
from tests.wire_server import answer, hang_up, status, wait

pytestmark = pytest.mark.django_db

SHORT = "The board has met."
PAGE = (
    "<html><head><title>The harbour report number 1</title></head><body><main><article>"
    "<h1>The harbour report number 1</h1>"
    + "".join(f"<p>{words(n, 70)}</p>" for n in range(10, 15))
    + "</article></main></body></html>"
)


@pytest.fixture
def source() -> Source:
    return make_source(homepage="http://gazette.test/", rights=make_rights(fetch_pages=True))


def page(wire: Newswire, *behaviours: object, robots: object = None) -> None:
    wire.serve("/robots.txt", robots or status(404))  # type: ignore[arg-type]
    wire.serve("/news/1", *(behaviours or (answer(PAGE, "text/html"),)))  # type: ignore[arg-type]


def short(seed: int = 1) -> bytes:
    return rss(item(seed, text=SHORT))


def test_the_full_text_comes_from_the_page(wire: Newswire, source: Source) -> None:
    page(wire)
    wire.take_in(wire.feed(short(), source=source))
    article = Article.objects.get()
    assert article.judgement.words > 300
    assert article.judgement.reasons["text"] == "read from the page"
    assert (article.headline, article.standfirst) == ("The harbour report number 1", SHORT)
    assert len(wire.server.asked("/news/1")) == 1


@pytest.mark.parametrize(
    ("rights", "text"),
    [
        ({"fetch_pages": False}, SHORT),
        ({"fetch_pages": True, "text": "excerpt"}, SHORT),
        ({"fetch_pages": True, "text": "headline"}, SHORT),
        ({"fetch_pages": True}, words(1, paging.ENOUGH_WORDS)),
    ],
)
def test_no_page_is_fetched_without_the_right_or_the_need(wire: Newswire, rights: dict, text: str) -> None:
    page(wire)
    source = make_source(homepage="http://gazette.test/", rights=make_rights(**rights))
    wire.take_in(wire.feed(rss(item(1, text=text)), source=source))
    assert Article.objects.count() == 1
    assert wire.server.asked("/news/1") == wire.server.asked("/robots.txt") == []


@pytest.mark.parametrize(
    ("robots", "fetched"),
    [
        (status(404), True),
        (answer("User-agent: *\nDisallow: /private/", "text/plain"), True),
        (answer("User-agent: *\nDisallow: /news/", "text/plain"), False),
        (answer("User-agent: Broadsheet\nDisallow: /", "text/plain"), False),
        (answer("User-agent: other\nDisallow: /", "text/plain"), True),
        (answer("User-agent: *\nDisallow: /\nAllow: /news/", "text/plain"), True),
        (status(500), False),  # a server in trouble has forbidden everything until it can say otherwise
        (status(403), True),
        (status(418), True),
        (status(429), False),
        (hang_up(), False),  # nobody said that there are no rules
    ],
)
def test_check_10_robots_are_obeyed_for_pages(wire: Newswire, source: Source, robots: object, fetched: bool) -> None:
    page(wire, robots=robots)
    wire.take_in(wire.feed(short(), source=source))
    assert len(wire.server.asked("/news/1")) == fetched
    article = Article.objects.get()
    assert (article.judgement.words > 300) is fetched
    if not fetched:
        assert "robots.txt" in Dispatch.objects.get().detail


def test_robots_are_kept_for_a_day(wire: Newswire, source: Source) -> None:
    page(wire, robots=answer("User-agent: *\nDisallow:", "text/plain"))
    wire.serve("/news/2", answer(PAGE, "text/html"))
    wire.serve("/news/3", answer(PAGE, "text/html"))
    feed = wire.feed(short(1), short(2), short(3), source=source)
    wire.take_in(feed)
    wire.take_in(feed)
    assert len(wire.server.asked("/robots.txt")) == 1
    assert RobotsRules.objects.get().host == "gazette.test"
    with later(timedelta(hours=25)):
        wire.take_in(feed)
    assert len(wire.server.asked("/robots.txt")) == 2


@pytest.mark.parametrize(
    ("failure", "detail"),
    [
        (status(404), "page: not_found"),
        (status(403), "page: forbidden"),
        (answer("", "text/html"), "page: empty"),
        (answer(b"\x00\x01", "image/png"), ""),  # read, and nothing found in it
    ],
)
def test_a_page_that_fails_for_good_is_done_without(
    wire: Newswire, source: Source, failure: object, detail: str
) -> None:
    page(wire, failure)
    wire.take_in(wire.feed(short(), source=source))
    article = Article.objects.get()
    assert (article.judgement.words, wire.fates()) == (4, [("filed", "")])
    assert Dispatch.objects.get().detail.startswith(detail)


@pytest.mark.parametrize("failure", [status(500), hang_up(), wait("60", 503)])
def test_a_page_in_passing_trouble_is_tried_three_times(wire: Newswire, source: Source, failure: object) -> None:
    page(wire, failure)
    wire.take_in(wire.feed(short(), source=source))
    assert wire.fates() == [("arrived", "wants_page")]
    row = Dispatch.objects.get()
    tried = 1
    while row.fate == "arrived" and tried < 9:
        assert row.lease_until is not None
        with later(timedelta(0)):
            assert services.claim_pages(5) == [], "it is not asked again before its time"
        wire.forget_manners()
        from broadsheet.core import clock

        with clock.frozen(row.lease_until):
            wire.settle()
        row.refresh_from_db()
        tried += 1
    assert tried == paging.TRIES
    assert (row.fate, Article.objects.get().judgement.words) == ("filed", 4)


def test_a_page_that_recovers_is_read(wire: Newswire, source: Source) -> None:
    page(wire, status(500), answer(PAGE, "text/html"))
    wire.take_in(wire.feed(short(), source=source))
    with later(timedelta(minutes=10)):
        wire.settle()
    assert Article.objects.get().judgement.words > 300


def test_a_dead_workers_page_is_read_by_the_next(wire: Newswire, source: Source) -> None:
    page(wire)
    wire.pull(wire.feed(short(), source=source))
    services.file_arrived()
    assert len(services.claim_pages(5)) == 1
    assert services.claim_pages(5) == []
    with later(paging.LEASE):
        wire.settle()
    assert Article.objects.get().judgement.words > 300


def test_a_page_that_comes_too_late_changes_nothing(wire: Newswire, source: Source) -> None:
    from broadsheet.core import clock
    from broadsheet.wire import doors, errands

    page(wire)
    wire.pull(wire.feed(short(), source=source))
    services.file_arrived()
    (errand,) = services.claim_pages(5)
    outcome = errands.read_page(errand, wire.door(), doors.jail(), clock.now(), doors.AGENT_NAME)
    services.record_page(outcome)
    wire.settle()
    before = list(Dispatch.objects.values())
    services.record_page(outcome)
    assert list(Dispatch.objects.values()) == before


def test_the_pages_date_and_picture_fill_what_the_feed_leaves_out(wire: Newswire, source: Source) -> None:
    head = (
        '<meta property="article:published_time" content="2026-11-24T05:00:00Z">'
        '<meta property="og:image" content="http://gazette.test/ferry.jpg">'
        '<meta property="og:image:alt" content="A ferry at the quay">'
    )
    page(wire, answer(PAGE.replace("</head>", head + "</head>"), "text/html"))
    undated = item(1, text=SHORT).split("<pubDate>")[0] + "</item>"
    wire.take_in(wire.feed(rss(undated), source=source))
    article = Article.objects.get()
    assert article.published_at.isoformat() == "2026-11-24T05:00:00+00:00"
    assert article.origin_picture == {
        "url": "http://gazette.test/ferry.jpg",
        "credit": "",
        "caption": "",
        "alternative": "A ferry at the quay",
    }


def test_an_error_page_is_no_article_and_the_feeds_words_stay(wire: Newswire, source: Source) -> None:
    head = "<title>404 Page not found</title>"
    body = f"<html><head>{head}</head><body><h1>Page not found</h1><p>{SHORT}</p></body></html>"
    page(wire, answer(body, "text/html"))
    wire.take_in(wire.feed(short(), source=source))
    article = Article.objects.get()
    assert (article.headline, article.judgement.words) == ("The harbour report number 1", 4)
    assert Dispatch.objects.get().detail.startswith("page: not_found The page is an error page")


def test_what_stands_before_a_paywall_is_not_taken_for_the_article(wire: Newswire, source: Source) -> None:
    wall = '<div class="paywall"><p>Subscribe now to continue reading this story. Already a subscriber?</p></div>'
    body = PAGE.split("<p>")[0] + f"<p>{words(9, 40)}</p>{wall}</article></main></body></html>"
    page(wire, answer(body, "text/html"))
    wire.take_in(wire.feed(short(), source=source))
    article = Article.objects.get()
    assert article.judgement.words == 4
    assert article.judgement.reasons["text"] == "as in the feed: the page keeps the rest for subscribers"


def test_a_page_in_the_line_of_its_host_is_held_by_nobody_and_comes_when_its_turn_is(
    wire: Newswire, source: Source
) -> None:
    page(wire)
    wire.pull(wire.feed(short(), source=source))
    services.file_arrived()
    (errand,) = services.claim_pages(5)
    assert not errand.has_place

    services.wait_for_host([(errand, 20.0)])

    assert services.claim_pages(5) == []
    with later(timedelta(seconds=21)):
        (again,) = services.claim_pages(5)
    assert (again.dispatch_id, again.has_place) == (errand.dispatch_id, True)


def test_thirty_pages_of_one_host_leave_the_threads_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.ops.worker import PER_HOST, Worker
    from broadsheet.wire import doors
    from broadsheet.wire.errands import PageErrand

    class Door:
        def polite_wait(self, host: str) -> float:
            return 0.0

    worker = Worker()
    started: list[str] = []
    monkeypatch.setattr(doors, "door", Door)
    monkeypatch.setattr(doors, "jail", lambda: None)
    monkeypatch.setattr(worker, "_submit", lambda _, errand, *rest: started.append(errand.host) or _Out())
    loud = [PageErrand(number, f"http://loud.test/{number}", "") for number in range(30)]
    quiet = [PageErrand(99, "http://quiet.test/1", "")]
    monkeypatch.setattr("broadsheet.ops.worker.wire.claim_pages", lambda limit: [*loud, *quiet][:limit])
    waits: list[float] = []
    monkeypatch.setattr("broadsheet.ops.worker.wire.wait_for_host", lambda found: waits.extend(s for _, s in found))

    worker._read_pages()

    assert started.count("loud.test") <= PER_HOST
    assert started.count("quiet.test") == 1
    assert len(set(waits)) == len(waits) == 31 - len(started), "each has a time of its own"
    worker.close()


class _Out:
    def done(self) -> bool:
        return False

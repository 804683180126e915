"""Every dispatch has a fate: copies, withdrawn articles, paused sources, another look, poison, and kills in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from broadsheet.articles import services as articles
from broadsheet.articles.models import Article, Judgement
from broadsheet.articles.services import state_of
from broadsheet.core import clock
from broadsheet.ops import verify
from broadsheet.press import services as press
from broadsheet.sources.models import Source
from broadsheet.stories.models import Story
from broadsheet.wire import judging, queries, services
from broadsheet.wire.models import Dispatch
from broadsheet.wire.services import filing
from tests.make import NOW, make_rights, make_source
from tests.trade.wire.newswire import Newswire, item, later, rss, words

pytestmark = pytest.mark.django_db


def sound() -> None:
    """No invariant of the news is broken."""
    for invariant, faults in verify.verify(
        ["dispatches", "articles", "copies", "index", "stories", "leases", "outbox"]
    ):
        assert faults == [], invariant.name


def test_a_dispatch_becomes_an_article_with_all_that_belongs_to_it(wire: Newswire) -> None:
    source = make_source(homepage="http://gazette.test/", default_section="tech")
    feed = wire.feed(rss(item(1, categories=("Harbours", "Technology"))), source=source)
    wire.take_in(feed)
    article = Article.objects.get()
    row = Dispatch.objects.get()
    assert (row.fate, row.article, row.payload, row.due_at, row.decided_at is not None) == (
        "filed",
        article,
        None,
        None,
        True,
    )
    assert (article.headline, article.origin_url) == ("The harbour report number 1", "http://gazette.test/news/1")
    assert (article.address, article.shown_section.key, article.live) == (
        "tech-news/the-harbour-report-number-1", "tech", True,
    )  # fmt: skip
    assert article.published_at == NOW - timedelta(hours=1)
    assert article.judgement.words == 63
    assert "Harbours" in article.topics.values_list("name", flat=True)
    assert Story.objects.get().lead == article
    sound()


def test_a_feeds_own_section_counts_before_the_sources(wire: Newswire) -> None:
    source = make_source(homepage="http://gazette.test/", default_section="tech")
    wire.take_in(wire.feed(rss(item(1)), source=source, section="travel"))
    assert Article.objects.get().shown_section.key == "travel"


def test_a_source_held_for_the_desk_is_filed_and_not_in_the_paper(wire: Newswire) -> None:
    source = make_source(homepage="http://gazette.test/", publishing=Source.Publishing.REVIEW)
    wire.take_in(wire.feed(rss(item(1)), source=source))
    assert Article.objects.get().live is False
    assert Story.objects.get().live is False
    sound()


def test_a_copy_by_address_from_another_feed_files_nothing(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1))))
    other = make_source(homepage="http://mirror.test/")
    wire.take_in(wire.feed(rss(item(1, guid="m")), source=other, host="mirror.test"))
    first, second = Dispatch.objects.order_by("id")
    assert (second.fate, second.reason, second.article) == ("copied", "same_address", first.article)
    assert Article.objects.count() == 1
    assert queries.sentence(second.reason).endswith(".")
    sound()


def test_the_earlier_of_two_equal_texts_is_the_original_whichever_arrived_first(wire: Newswire) -> None:
    mirror = make_source(homepage="http://mirror.test/")
    wire.take_in(wire.feed(rss(item(1, host="mirror.test")), source=mirror, host="mirror.test"))
    later = Article.objects.get()
    old_path = later.path
    wire.take_in(wire.feed(rss(item(1, age=timedelta(hours=3), title="The board's own report"))))
    later.refresh_from_db()
    original = Article.objects.get(copy_of=None)
    assert later.copy_of == original
    assert original.live
    assert wire.fates()[1][0] == "filed"
    story = Story.objects.get()
    assert (story.articles_count, story.copies_count, story.voices_count, story.lead) == (1, 1, 1, original)
    moved = press.print_page(old_path)
    assert moved is not None
    assert dict(moved.headers)["Location"] == original.path
    sound()


@pytest.mark.parametrize("why", ["an editor touched it", "the paper would show less"])
def test_an_earlier_text_that_arrives_later_stays_a_copy_when(wire: Newswire, why: str) -> None:
    mirror = make_source(homepage="http://mirror.test/", rights=make_rights(text="full"))
    wire.take_in(wire.feed(rss(item(1, host="mirror.test")), source=mirror, host="mirror.test"))
    rights = make_rights(text="full")
    if why == "an editor touched it":
        Article.objects.update(kept_fields=["headline"])
    else:
        rights = make_rights(text="excerpt")
    own = make_source(homepage="http://gazette.test/", rights=rights)
    wire.take_in(wire.feed(rss(item(1, age=timedelta(hours=3))), source=own))
    assert wire.fates()[1] == ("copied", "same_text")
    sound()


def test_a_second_feed_of_the_source_with_a_shorter_text_takes_nothing_away(wire: Newswire) -> None:
    source = make_source(homepage="http://gazette.test/")
    wire.take_in(wire.feed(rss(item(1, text=words(1, 200))), source=source))
    full = state_of(Article.objects.get())
    wire.take_in(wire.feed(rss(item(1, guid="short", text=words(1, 40))), source=source, path="/short.xml"))
    assert wire.fates()[1] == ("copied", "same_address")
    assert state_of(Article.objects.get()) == full
    wire.take_in(wire.feed(rss(item(1, guid="long", text=words(1, 220))), source=source, path="/long.xml"))
    assert wire.fates()[2][0] == "merged"
    assert state_of(Article.objects.get()) != full
    sound()


def test_a_copy_by_text_has_no_address_and_no_voice(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1))))
    other = make_source(homepage="http://mirror.test/")
    copied = item(1, host="mirror.test", title="What the board said")
    wire.take_in(wire.feed(rss(copied), source=other, host="mirror.test"))
    original, copy = Article.objects.order_by("id")
    assert (copy.copy_of, copy.address, copy.path, copy.source) == (original, None, original.path, other)
    assert wire.fates()[1] == ("copied", "same_text")
    story = Story.objects.get()
    assert (story.articles_count, story.copies_count, story.voices_count, story.lead) == (1, 1, 1, original)
    sound()


def test_a_copy_of_a_copy_is_a_copy_of_the_original(wire: Newswire) -> None:
    for host in ("gazette.test", "second.test", "third.test"):
        source = make_source(homepage=f"http://{host}/")
        wire.take_in(wire.feed(rss(item(1, host=host)), source=source, host=host))
    original = Article.objects.order_by("id")[0]
    assert list(Article.objects.exclude(copy_of=None).values_list("copy_of", flat=True)) == [original.pk] * 2
    sound()


def test_short_equal_texts_are_no_copies(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1, text="Watch live."))))
    other = make_source(homepage="http://mirror.test/")
    wire.take_in(wire.feed(rss(item(2, host="mirror.test", text="Watch live.")), source=other, host="mirror.test"))
    assert wire.fates() == [("filed", ""), ("filed", "")]


def test_what_the_desk_withdrew_stays_out_whoever_brings_it(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)), rss(item(1, title="Once more")))
    wire.take_in(feed)
    articles.withdraw(Article.objects.get(), why="A court says so")
    wire.take_in(feed)
    assert wire.fates() == [("spiked", "withdrawn_here")]
    other = make_source(homepage="http://mirror.test/")
    by_address, by_text = item(1, guid="m"), item(1, guid="n", host="mirror.test")
    wire.take_in(wire.feed(rss(by_address, by_text), source=other, host="mirror.test"))
    assert wire.fates()[1:] == [("spiked", "withdrawn_here")] * 2
    assert not Article.objects.filter(live=True).exists()
    assert Article.objects.count() == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (item(1, title="", text=""), "no_headline"),
        (item(1, link=None, text=""), "no_address"),
        (item(1, link="http://gazette.test/"), "not_an_article"),
        (item(1, age=timedelta(days=31)), "too_old"),
    ],
)
def test_what_is_no_news_is_spiked_with_its_reason(wire: Newswire, entry: str, reason: str) -> None:
    wire.take_in(wire.feed(rss(entry)))
    row = Dispatch.objects.get()
    assert (row.fate, row.reason, row.article) == ("spiked", reason, None)
    assert row.payload is not None
    assert list(queries.spikes()) == [row]
    assert queries.fates() == {"spiked": 1}


def test_a_headline_is_made_of_the_text_where_there_is_none(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1, title=""))))
    assert Article.objects.get().headline.startswith("Report 1: the ")


def test_rights_that_ran_out_before_it_arrived(wire: Newswire) -> None:
    source = make_source(homepage="http://gazette.test/", rights=make_rights(expiry_days=1))
    wire.take_in(wire.feed(rss(item(1, age=timedelta(hours=25)), item(2)), source=source))
    assert sorted(wire.fates()) == [("filed", ""), ("spiked", "rights_expired")]


def test_a_source_paused_while_its_dispatch_waited_and_another_look(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)))
    wire.pull(feed)
    Source.objects.filter(pk=feed.source_id).update(state=Source.State.PAUSED)
    wire.settle()
    row = Dispatch.objects.get()
    assert (row.fate, row.reason) == ("spiked", "source_paused")
    services.look_again(row)
    wire.settle()
    assert wire.fates() == [("spiked", "source_paused")]
    Source.objects.filter(pk=feed.source_id).update(state=Source.State.ACTIVE)
    services.look_again(row)
    row.refresh_from_db()
    assert (row.fate, row.reason, row.decided_at) == ("arrived", "", None)
    wire.settle()
    assert wire.fates() == [("filed", "")]


def test_another_look_is_only_for_spikes_that_have_their_text(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1), item(2, title="", text=""))))
    Dispatch.objects.filter(fate="spiked").update(payload=None)
    before = wire.fates()
    for row in Dispatch.objects.all():
        services.look_again(row)
    assert wire.fates() == before


@pytest.mark.parametrize("error", [ValueError("bad text"), IntegrityError("bad row"), RecursionError("deep")])
def test_a_poisonous_dispatch_is_spiked_after_some_attempts_and_stops_no_other(
    wire: Newswire, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real = judging.set_text

    def poisoned(entry: Any, *args: Any, **kwargs: Any) -> judging.Text:
        if entry.title == "Poison":
            raise error
        return real(entry, *args, **kwargs)

    monkeypatch.setattr(judging, "set_text", poisoned)
    wire.take_in(wire.feed(rss(item(1), item(2, title="Poison"), item(3))))
    assert sorted(wire.fates()) == [("arrived", ""), ("filed", ""), ("filed", "")]
    row = Dispatch.objects.get(headline="Poison")
    for attempt in range(2, filing.ATTEMPTS + 1):
        assert row.due_at is not None
        assert row.due_at > clock.now()
        with clock.frozen(row.due_at):
            assert services.file_arrived() == 1
        row.refresh_from_db()
        assert row.attempts == attempt
    assert (row.fate, row.reason) == ("spiked", "unreadable")
    assert str(error) in row.detail
    assert row.lease_until is None
    monkeypatch.setattr(judging, "set_text", real)
    services.look_again(row)
    wire.settle()
    assert Article.objects.count() == 3
    sound()


class Killed(BaseException):
    """What a SIGKILL looks like from inside: nothing catches it."""


def test_a_kill_while_filing_leaves_the_whole_batch_for_the_next(
    wire: Newswire, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.pull(wire.feed(rss(*(item(n) for n in range(5)))))
    real = filing.file_articles

    def dying(filings: Any) -> Any:
        real(filings[:3])
        raise Killed

    monkeypatch.setattr(filing, "file_articles", dying)
    with pytest.raises(Killed):
        services.file_arrived()
    monkeypatch.setattr(filing, "file_articles", real)
    assert Article.objects.count() == Judgement.objects.count() == 0
    assert services.file_arrived() == 0, "the dead worker's lease still runs"
    with later(filing.LEASE):
        wire.settle()
    assert Article.objects.count() == 5
    sound()


def test_a_kill_while_recording_loses_nothing(wire: Newswire, monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.wire.models import Pull

    feed = wire.feed(rss(item(1), item(2)))

    def dying(*args: Any, **kwargs: Any) -> None:
        raise Killed

    monkeypatch.setattr(Pull.objects, "bulk_create", dying)
    with pytest.raises(Killed):
        services.pull_feed(feed.pk)
    monkeypatch.undo()
    feed.refresh_from_db()
    assert (Dispatch.objects.count(), feed.body_hash, feed.pulled_once) == (0, "", False)


def test_a_lease_that_was_lost_while_filing_leaves_no_trace(wire: Newswire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.pull(wire.feed(rss(item(1))))
    late = filing._claim(5)
    with later(filing.LEASE):
        (second,) = filing._claim(5)
        monkeypatch.setattr(filing, "_claim", lambda limit: late)
        services.file_arrived()
        assert Article.objects.count() == 0
        row = Dispatch.objects.get()
        assert (row.fate, row.attempts, row.lease_token) == ("arrived", 0, second.lease_token)
        monkeypatch.setattr(filing, "_claim", lambda limit: [second])
        services.file_arrived()
    assert Article.objects.count() == 1


def test_a_pull_whose_lease_was_lost_leaves_no_trace(wire: Newswire) -> None:
    from broadsheet.wire import doors, errands
    from broadsheet.wire.models import Feed, Pull

    feed = wire.feed(rss(item(1)))
    (late,) = services.claim_due(1)
    outcome = errands.pull(late, wire.door(), doors.jail(), clock.now())
    with later(timedelta(seconds=91)):
        (second,) = services.claim_due(1)
        assert second.token != late.token
        assert services.record([outcome]) == []
        feed.refresh_from_db()
        assert (Dispatch.objects.count(), Pull.objects.count(), feed.pulled_once) == (0, 0, False)
        assert feed.lease_token == second.token
        services.record([errands.pull(second, wire.door(), doors.jail(), clock.now())])
    assert (Dispatch.objects.count(), Pull.objects.count()) == (1, 1)
    Feed.objects.all().delete()
    assert services.record([outcome]) == []
    assert services.pull_feed(feed.pk) is None

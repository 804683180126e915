"""Check 19 and 20, the wire's part: one article a real link, whatever a feed does with its ids, dates and amounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.articles.models import Article, Version
from broadsheet.wire.models import Dispatch
from broadsheet.wire.services.pulling import NEWEST
from tests.make import NOW, make_source
from tests.trade.wire.newswire import Newswire, item, rss, words

pytestmark = pytest.mark.django_db


def test_check_19_pulling_twice_files_once(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1), item(2)), rss(item(2), item(1)))
    wire.take_in(feed)
    wire.take_in(feed)
    assert Article.objects.count() == Dispatch.objects.count() == 2


def test_check_19_a_guid_twice_in_one_feed_is_one_entry(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1, guid="same"), item(2, guid="same")))
    wire.take_in(feed)
    assert Dispatch.objects.count() == Article.objects.count() == 1
    # The feed's first entry, which is its newest, counts.
    assert Article.objects.get().headline == "The harbour report number 1"


def test_check_19_a_changed_guid_at_the_same_address_files_nothing(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)), *(rss(item(1, guid=f"random-{n}")) for n in range(3)))
    for _ in range(4):
        wire.take_in(feed)
    assert Article.objects.count() == 1
    assert wire.fates() == [("filed", "")] + [("copied", "same_address")] * 3


def test_check_19_a_changed_guid_with_new_words_is_an_update(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)), rss(item(1, guid="other", title="The harbour opens again")))
    wire.take_in(feed)
    wire.take_in(feed)
    assert Article.objects.get().headline == "The harbour opens again"
    assert wire.fates()[1] == ("merged", "")


def test_check_19_without_guid_the_address_is_the_identity(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1, guid=None)), rss(item(1, guid=None, title="New words")), rss(item(2, guid=None)))
    for _ in range(3):
        wire.take_in(feed)
    assert sorted(Article.objects.values_list("headline", flat=True)) == ["New words", "The harbour report number 2"]


def test_check_19_with_neither_the_words_are(wire: Newswire) -> None:
    feed = wire.feed(
        rss(item(1, guid=None, link=None)), rss(item(2, guid=None, link=None), item(1, guid=None, link=None))
    )
    wire.take_in(feed)
    wire.take_in(feed)
    assert Article.objects.count() == 2


def test_check_19_a_guid_of_a_megabyte_is_one_entry(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1, guid="x" * 1_000_000)), rss(item(1, guid="x" * 1_000_000), item(2)))
    wire.take_in(feed)
    wire.take_in(feed)
    assert Article.objects.count() == 2


def test_check_19_no_feed_overwrites_anothers_article_by_its_id(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1, guid="id-1"))))
    evil = make_source(homepage="http://evil.test/")
    wire.take_in(
        wire.feed(rss(item(66, guid="id-1", host="evil.test", title="Hijacked")), source=evil, host="evil.test")
    )
    assert Article.objects.filter(headline="The harbour report number 1").exists()
    assert Article.objects.get(headline="Hijacked").source == evil


def test_check_19_an_id_is_scoped_to_the_host_that_said_it(wire: Newswire) -> None:
    """A source whose second feed lies with another host: that host's ids are not the first one's."""
    source = make_source(homepage="http://gazette.test/")
    wire.take_in(wire.feed(rss(item(1, guid="id-1")), source=source))
    elsewhere = item(66, guid="id-1", host="feeds.hosted.test", title="From the other host")
    wire.take_in(wire.feed(rss(elsewhere), source=source, host="feeds.hosted.test"))
    headlines = set(Article.objects.values_list("headline", flat=True))
    assert headlines == {"The harbour report number 1", "From the other host"}


def test_check_19_a_subdomain_speaks_for_its_domain(wire: Newswire) -> None:
    source = make_source(homepage="http://gazette.test/")
    wire.take_in(wire.feed(rss(item(1)), source=source))
    wire.take_in(wire.feed(rss(item(1, title="Newer words")), source=source, host="feeds.gazette.test"))
    assert Article.objects.get().headline == "Newer words"


def test_check_19_nor_by_its_address(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1))))
    evil = make_source(homepage="http://evil.test/")
    wire.take_in(wire.feed(rss(item(1, guid="x", title="Hijacked", text=words(99))), source=evil, host="evil.test"))
    assert Article.objects.get().headline == "The harbour report number 1"
    assert wire.fates()[1] == ("copied", "same_address")


def test_two_feeds_of_one_source_with_one_entry_file_it_once(wire: Newswire) -> None:
    first = wire.feed(rss(item(1)))
    second = wire.feed(rss(item(1)), source=first.source)
    wire.take_in(first, second)
    assert Article.objects.count() == 1
    assert wire.fates() == [("filed", ""), ("merged", "nothing_changed")]


def test_tracking_parameters_make_no_other_address(wire: Newswire) -> None:
    link = "http://gazette.test/news/1"
    feed = wire.feed(rss(item(1)), rss(item(1, guid="b", link=f"{link}?utm_source=rss&utm_medium=feed#top")))
    wire.take_in(feed)
    wire.take_in(feed)
    assert Article.objects.count() == 1


def test_a_changed_entry_arrives_again_and_leaves_a_version(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)), rss(item(1, title="Ferry sails on Monday", text=words(7))))
    wire.take_in(feed)
    before = Article.objects.get()
    pull = wire.pull(feed)
    assert (pull.new, pull.changed) == (0, 1)
    assert wire.fates() == [("arrived", "")]
    wire.settle()
    article = Article.objects.get()
    assert wire.fates() == [("merged", "")]
    assert (article.headline, article.address) == ("Ferry sails on Monday", before.address)
    assert [version.fields["headline"] for version in Version.objects.all()] == [before.headline, article.headline]


def test_what_readers_do_not_see_is_no_change(wire: Newswire) -> None:
    feed = wire.feed(rss(item(1)), rss(item(1, categories=("Harbours",))), rss(item(1, age=timedelta(hours=2))))
    wire.take_in(feed)
    for _ in range(2):
        assert wire.pull(feed).changed == 0


def test_check_20_of_a_flood_the_newest_five_hundred_are_taken(wire: Newswire) -> None:
    feed = wire.feed(rss(*(item(n, text="") for n in range(600))))
    pull = wire.pull(feed)
    assert pull.new == Dispatch.objects.count() == NEWEST == 500
    assert Dispatch.objects.filter(url__endswith="/news/0").exists()
    assert not Dispatch.objects.filter(url__endswith="/news/599").exists()


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Tue, 24 Nov 2036 08:00:00 GMT", "soon"]
)
def test_check_20_absurd_dates_become_now(wire: Newswire, date: str) -> None:
    odd = item(1).split("<pubDate>")[0] + f"<pubDate>{date}</pubDate></item>"
    wire.take_in(wire.feed(rss(odd)))
    article = Article.objects.get()
    assert abs(article.published_at - NOW) < timedelta(minutes=5)


def test_a_date_a_little_ahead_is_not_later_than_now(wire: Newswire) -> None:
    wire.take_in(wire.feed(rss(item(1, age=timedelta(minutes=-3)))))
    assert Article.objects.get().published_at <= NOW + timedelta(minutes=5)

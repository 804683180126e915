"""Check 20: more than five times the usual volume is held until somebody decides, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.articles.models import Article
from broadsheet.ops import verify
from broadsheet.wire import habits, queries, services
from broadsheet.wire.habits import Habit
from broadsheet.wire.models import DiaryLine, Dispatch, Feed
from tests.make import NOW
from tests.trade.wire.newswire import Newswire, item, later, rss
from tests.wire_server import answer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def known_feed(wire: Newswire, flood: int, *more: bytes) -> Feed:
    """An hourly feed of thirty hours, pulled once; its next pull brings so many new entries."""
    old = [item(n, age=n * HOUR) for n in range(1, 31)]
    new = [item(1000 + n, age=timedelta(minutes=1)) for n in range(flood)]
    feed = wire.feed(rss(*old), rss(*new, *old), *more)
    wire.take_in(feed)
    assert feed.held_since is None
    return feed


def counts(feed: Feed) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for key in Dispatch.objects.filter(feed=feed).values_list("fate", "reason"):
        found[key] = found.get(key, 0) + 1
    return found


def test_a_first_pull_is_no_flood(wire: Newswire) -> None:
    feed = wire.feed(rss(*(item(n, age=n * timedelta(minutes=1)) for n in range(150))))
    wire.pull(feed)
    assert feed.held_since is None
    assert counts(feed) == {("arrived", ""): 150}


@pytest.mark.parametrize(("new", "held"), [(20, False), (21, True)])
def test_the_flood_is_held_and_the_usual_is_not(wire: Newswire, new: int, held: bool) -> None:
    feed = known_feed(wire, new)
    with later(HOUR):
        wire.take_in(feed)
        assert (feed.held_since is not None) is held
        assert counts(feed).get(("arrived", "held"), 0) == (new if held else 0)
        assert Article.objects.count() == 30 + (0 if held else new)
        assert [one.name for one, lines in verify.verify() if lines] == []


def test_while_it_is_held_what_comes_next_waits_too_and_updates_of_known_articles_do_not(wire: Newswire) -> None:
    changed = item(1, age=HOUR, text="The harbour board has changed its mind about the ferry since this morning.")
    latest = [item(5000), *(item(1000 + n, age=timedelta(minutes=1)) for n in range(30)), changed]
    feed = known_feed(wire, 30, rss(*latest))
    with later(HOUR):
        wire.take_in(feed)
    with later(2 * HOUR):
        wire.take_in(feed)
        assert counts(feed)[("arrived", "held")] == 31
        assert counts(feed)[("merged", "")] == 1
        assert DiaryLine.objects.filter(event="flood").count() == 1


def test_released_they_are_decided_like_all_others(wire: Newswire) -> None:
    feed = known_feed(wire, 30)
    with later(HOUR):
        wire.take_in(feed)
        assert services.release(feed) == 30
        wire.settle()
        feed.refresh_from_db()
        assert feed.held_since is None
        assert counts(feed) == {("filed", ""): 60}
        # They were news after all: the habit has learned them, and as many again are no flood of their own.
        assert Habit.from_json(feed.habit).a_day > 30
    assert [line.event for line in queries.diary(feed.source)] == ["released", "flood", "first"]


def test_refused_they_have_a_fate_and_can_be_looked_at_again(wire: Newswire) -> None:
    feed = known_feed(wire, 30)
    with later(HOUR):
        wire.take_in(feed)
        assert services.refuse(feed) == 30
        assert counts(feed) == {("filed", ""): 30, ("spiked", "came_in_a_flood"): 30}
        row = Dispatch.objects.filter(reason="came_in_a_flood").first()
        assert row is not None
        assert row.payload
        services.look_again(row)
        wire.settle()
        assert counts(feed)[("filed", "")] == 31
        # Refused once, an entry stays refused while it is the same.
        feed.refresh_from_db()
        wire.take_in(feed)
        assert counts(feed)[("spiked", "came_in_a_flood")] == 29


def test_an_answer_to_a_feed_that_is_not_held_says_nothing(wire: Newswire) -> None:
    feed = known_feed(wire, 1)
    assert (services.release(feed), services.refuse(feed)) == (0, 0)
    assert not DiaryLine.objects.filter(event__in=["released", "refused"]).exists()


def test_after_an_outage_a_day_of_news_is_no_flood(wire: Newswire) -> None:
    feed = known_feed(wire, 40)
    with later(timedelta(days=1)):
        wire.take_in(feed)
        assert feed.held_since is None


def test_a_hundred_thousand_items_bring_the_newest_five_hundred(wire: Newswire) -> None:
    body = rss(*(item(n, age=timedelta(minutes=n), text="", link=f"http://gazette.test/{n}") for n in range(3000)))
    feed = wire.feed(answer(body))
    pull = wire.pull(feed)
    assert pull.new == 500
    kept = set(Dispatch.objects.values_list("url", flat=True))
    assert kept == {f"http://gazette.test/{n}" for n in range(500)}


def test_the_floor_of_the_alarm_is_what_the_rules_say() -> None:
    assert habits.FLOOD == 5
    assert not habits.is_flood(habits.FLOOD_LEAST, 0, known=True)


def test_dates_beyond_belief_keep_the_order_and_the_habit_sound(wire: Newswire) -> None:
    odd = ["Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "1e308", "Tue, 24 Nov 2036 08:00:00 GMT"]
    entries = []
    for n, date in enumerate(odd):
        entry = item(n)
        start, end = entry.index("<pubDate>") + 9, entry.index("</pubDate>")
        entries.append(entry[:start] + date + entry[end:])
    feed = wire.feed(rss(*entries, item(50)))
    wire.take_in(feed)
    assert all(article.published_at <= NOW + timedelta(seconds=1) for article in Article.objects.all())
    habit = Habit.from_json(feed.habit)
    assert 0 < habit.a_day < 1000
    assert feed.silent_after is None or feed.silent_after > NOW

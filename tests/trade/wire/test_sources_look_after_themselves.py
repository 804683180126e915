"""Sources look after themselves: silence, shrunken texts and a reader that had to be ended are noticed once, written
into the source's diary, and taken back when they pass. Check 16: three kills put a source into quarantine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from broadsheet.copydesk.jail import JailKilled
from broadsheet.core import events
from broadsheet.lib.reasons import Reason
from broadsheet.sources.events import SourceChanged
from broadsheet.sources.models import Source
from broadsheet.wire import doors, queries, services
from broadsheet.wire.models import DiaryLine, Dispatch, Feed
from broadsheet.wire.services import diary, quarantine
from tests.make import NOW, make_rights, make_source
from tests.trade.wire.newswire import Newswire, item, later, rss, words
from tests.wire_server import answer, status

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(feed: Feed) -> list[str]:
    """The events of the diary, oldest first."""
    return [line.event for line in reversed(queries.diary(feed.source))]


def state_of(feed: Feed) -> str:
    """The state of its source."""
    return Source.objects.get(pk=feed.source_id).state


def hourly(wire: Newswire, *more: Any, **values: Any) -> Feed:
    """A feed that published every hour for two days, pulled once."""
    feed = wire.feed(rss(*(item(n, age=n * HOUR) for n in range(1, 49))), *more, **values)
    wire.take_in(feed)
    return feed


def test_a_silent_feed_is_flagged_once_and_heard_again_once(wire: Newswire) -> None:
    old = [item(n, age=n * HOUR) for n in range(1, 49)]
    feed = hourly(wire, rss(*old), rss(*old), rss(item(500, age=-20 * HOUR), *old))
    assert feed.silent_after is not None
    assert NOW + 6 * HOUR < feed.silent_after < NOW + 14 * HOUR
    with later(5 * HOUR):
        wire.pull(feed)
        assert services.mind_silence() == 0
    with later(15 * HOUR):
        wire.pull(feed)
        assert services.mind_silence() == 1
        assert services.mind_silence() == 0
        feed.refresh_from_db()
        assert list(queries.alarmed_feeds()) == [feed]
    with later(21 * HOUR):
        wire.pull(feed)
        assert feed.silent_since is None
        assert list(queries.alarmed_feeds()) == []
    assert told(feed) == ["first", "silent", "heard"]


def test_a_feed_that_fails_or_was_not_asked_is_not_called_silent(wire: Newswire) -> None:
    feed = hourly(wire, status(500))
    with later(15 * HOUR):
        # The worker was off: nobody asked it since.
        assert services.mind_silence() == 0
        wire.pull(feed)
        assert services.mind_silence() == 0


def test_three_failures_running_are_told_and_so_is_the_end_of_them(wire: Newswire) -> None:
    bad = status(500)
    feed = hourly(wire, bad, bad, rss(item(70)), bad, bad, bad, bad, rss(item(71)))
    for hour in range(8):
        with later(hour * HOUR):
            wire.pull(feed)
    assert told(feed) == ["first", "failing", "back"]
    assert queries.diary(feed.source)[0].words == "Pulls work again after 4 hours."


def test_a_feed_that_is_gone_paused_and_resumed_says_so(wire: Newswire) -> None:
    feed = hourly(wire, status(410))
    wire.pull(feed)
    services.resume(feed)
    feed.refresh_from_db()
    services.pause(feed)
    services.pause(feed)
    assert told(feed) == ["first", "gone", "resumed", "paused"]


def test_texts_that_shrink_raise_an_alarm_and_their_return_takes_it_back(wire: Newswire) -> None:
    def bodies(numbers: range, length: int) -> bytes:
        return rss(*(item(n, age=HOUR, text=words(n, length)) for n in numbers))

    feed = wire.feed(
        bodies(range(30), 300), bodies(range(30, 40), 40), bodies(range(40, 50), 40), bodies(range(50, 60), 300)
    )
    wire.take_in(feed)
    assert feed.shrunk_since is None
    with later(HOUR):
        wire.take_in(feed)
        feed.refresh_from_db()
        assert feed.shrunk_since is not None
    with later(2 * HOUR):
        wire.take_in(feed)
    with later(3 * HOUR):
        wire.take_in(feed)
        feed.refresh_from_db()
        assert feed.shrunk_since is None
    assert told(feed) == ["first", "shrank", "regained"]


def test_somebody_may_say_that_the_short_texts_are_right(wire: Newswire) -> None:
    feed = wire.feed(
        rss(*(item(n, text=words(n, 300)) for n in range(30))),
        rss(*(item(n, text=words(n, 40)) for n in range(30, 40))),
    )
    wire.take_in(feed)
    wire.take_in(feed)
    feed.refresh_from_db()
    assert feed.shrunk_since is not None
    with later(HOUR):
        services.accept_lengths(feed)
        services.accept_lengths(feed)
    feed.refresh_from_db()
    assert feed.shrunk_since is None
    assert told(feed) == ["first", "shrank", "regained"]


def killed(*_: Any, **__: Any) -> Any:
    raise JailKilled(Reason.TOOK_TOO_LONG, "It used more than 5 seconds.")


def test_check_16_three_kills_put_the_source_into_quarantine_and_it_is_pulled_no_more(wire: Newswire) -> None:
    feed = wire.feed(*(rss(item(n)) for n in range(5)))
    told_others: list[Any] = []
    with patch.object(doors.jail(), "run", killed), patch.object(events, "announce", told_others.append):
        for kill in range(3):
            assert state_of(feed) == Source.State.ACTIVE
            assert wire.pull(feed).reason == "took_too_long"
            assert feed.failures == kill + 1
    source = Source.objects.get(pk=feed.source_id)
    assert source.state == Source.State.QUARANTINED
    assert told_others == [SourceChanged(source.pk)]
    with later(2 * DAY):
        assert services.claim_due(5) == []
    assert sorted(told(feed)) == ["failing", "killed", "killed", "killed", "quarantined"]


def test_check_16_pages_count_like_feeds_and_what_it_brought_is_filed_all_the_same(wire: Newswire) -> None:
    rights = make_rights("full", fetch_pages=True)
    source = make_source(homepage="http://gazette.test/", rights=rights)
    feed = wire.feed(rss(*(item(n, text="A short word.") for n in range(3))), source=source)
    wire.serve("/robots.txt", status(404))
    for n in range(3):
        wire.serve(f"/news/{n}", answer(b"<html><body><p>page</p></body></html>", "text/html"))
    wire.pull(feed)
    services.file_arrived()
    with patch.object(doors.jail(), "run", killed):
        assert wire.read_pages() == 3
    assert Source.objects.get(pk=source.pk).state == Source.State.QUARANTINED
    wire.settle()
    assert set(Dispatch.objects.values_list("fate", "reason")) == {("spiked", "source_paused")}


def test_check_16_two_kills_or_kills_long_ago_are_no_quarantine(wire: Newswire) -> None:
    feed = wire.feed(*(rss(item(n)) for n in range(5)))
    with patch.object(doors.jail(), "run", killed):
        for days in (0, 1, 9):
            with later(days * DAY):
                wire.pull(feed)
    assert state_of(feed) == Source.State.ACTIVE


def test_a_lifted_quarantine_forgives_earlier_kills(wire: Newswire) -> None:
    feed = wire.feed(*(rss(item(n)) for n in range(9)))
    with patch.object(doors.jail(), "run", killed):
        for _ in range(3):
            wire.pull(feed)
        source = Source.objects.get(pk=feed.source_id)
        assert services.lift(source)
        assert not services.lift(source)
        wire.pull(feed)
        assert state_of(feed) == Source.State.ACTIVE
        wire.pull(feed)
        wire.pull(feed)
    assert state_of(feed) == Source.State.QUARANTINED
    assert quarantine.KILLS == 3


def test_the_diary_is_kept_for_a_year(wire: Newswire) -> None:
    feed = hourly(wire)
    with later(diary.KEPT - HOUR):
        assert diary.purge() == 0
    with later(diary.KEPT + HOUR):
        assert diary.purge() == 1
    assert not DiaryLine.objects.filter(feed=feed).exists()


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=100), "100 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=12, hours=3), "12 days"),
        (timedelta(days=-1), "less than a minute"),
    ],
)
def test_a_span_is_said_in_its_largest_unit(span: timedelta, said: str) -> None:
    assert diary.lasting(NOW, NOW + span) == said

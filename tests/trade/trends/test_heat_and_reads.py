"""Heat of stories by the minute, and reads in batches: counted once, dropped when unknown, forgotten in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from broadsheet.core import clock, events
from broadsheet.stories import services as stories
from broadsheet.stories.models import Story
from broadsheet.trends import queries, services
from broadsheet.trends.events import HeatMoved
from broadsheet.trends.models import Batch, Heat, ReadTally
from tests.make import NOW, make_article, make_owner, make_source, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
HOUR = timedelta(hours=1)
HOUR_OF_NOW = NOW.replace(minute=0)


def story_of(*ages: float, **values: object) -> Story:
    """A story of one article each of its own source, so many hours old."""
    story = make_story([make_article(age=age * HOUR, **values) for age in ages])  # type: ignore[arg-type]
    stories.recount(story)
    return story


def trending() -> list[int]:
    return [row.story_id for row in queries.trending()]


def test_what_many_report_lately_is_hot_in_order(announced: list[events.Event]) -> None:
    two, four, single = story_of(1, 2), story_of(1, 2, 3, 4), story_of(1)
    assert services.tally()
    assert trending() == [four.pk, two.pk]
    assert queries.scores()[four.pk][1] == "4 sources in 3 h"
    assert announced[-1] == HeatMoved(2)
    assert not Heat.objects.filter(story=single).exists()


def test_a_tally_without_a_move_tells_nobody(announced: list[events.Event]) -> None:
    story_of(1, 2)
    services.tally()
    announced.clear()
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert not services.tally()
    assert announced == []


def test_an_old_story_cools_and_leaves() -> None:
    old, young = story_of(40, 41, 42), story_of(2, 3)
    services.tally()
    assert trending() == [young.pk, old.pk]
    with clock.frozen(NOW + 8 * HOUR):
        assert services.tally()
        assert trending() == [young.pk]
    with clock.frozen(NOW + 49 * HOUR):
        assert services.tally()
        assert trending() == []
        assert Heat.objects.count() == 0


def test_copies_and_houses_are_no_further_voices() -> None:
    first = make_article()
    copy = make_article(copy_of=first, address=None)
    copied = make_story([first, copy])
    owner = make_owner()
    owned = make_story([make_article(source=make_source(owner=owner)) for _ in range(3)])
    for story in (copied, owned):
        stories.recount(story)
    assert not services.tally()
    assert trending() == []


def test_what_is_not_in_the_paper_is_not_hot() -> None:
    story = story_of(1, 2)
    services.tally()
    Story.objects.filter(pk=story.pk).update(live=False)
    assert trending() == []


def test_the_tally_costs_the_same_for_few_and_many(django_assert_num_queries: object) -> None:
    story_of(1, 2)
    services.tally()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    story_of(1, 2)
    with CaptureQueriesContext(connection) as few:
        services.tally()
    for _ in range(20):
        story_of(1, 2)
    with CaptureQueriesContext(connection) as many:
        services.tally()
    assert len(many) == len(few)


def test_a_batch_counts_once_under_its_token() -> None:
    article = make_article()
    assert services.record("t1", HOUR_OF_NOW, {article.pk: 3}) == 3
    assert services.record("t1", HOUR_OF_NOW, {article.pk: 3}) == 0
    assert services.record("t2", HOUR_OF_NOW, {article.pk: 2}) == 2
    assert ReadTally.objects.get().reads == 5
    assert queries.reads_of([article.pk]) == {article.pk: 5}


def test_reads_of_what_is_not_there_are_dropped() -> None:
    article, hidden = make_article(), make_article(live=False)
    assert services.record("t", HOUR_OF_NOW, {article.pk: 1, hidden.pk: 5, 10**17: 9}) == 1
    assert list(ReadTally.objects.values_list("article", "reads")) == [(article.pk, 1)]


def test_reads_are_kept_by_the_hour_and_read_for_a_day() -> None:
    one, two = make_article(), make_article()
    services.record("a", HOUR_OF_NOW, {one.pk: 1, two.pk: 4})
    services.record("b", HOUR_OF_NOW - 3 * HOUR, {one.pk: 2})
    services.record("c", HOUR_OF_NOW - 30 * HOUR, {one.pk: 100})
    assert queries.most_read() == [(two.pk, 4), (one.pk, 3)]
    assert queries.most_read(1, hours=48) == [(one.pk, 103)]


def test_a_kill_inside_a_batch_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def dying(*_: object, **__: object) -> None:
        raise Killed

    article = make_article()
    monkeypatch.setattr(ReadTally.objects, "bulk_create", dying)
    with pytest.raises(Killed):
        services.record("t", HOUR_OF_NOW, {article.pk: 1})
    monkeypatch.undo()
    assert not Batch.objects.exists()
    assert services.record("t", HOUR_OF_NOW, {article.pk: 1}) == 1


@pytest.mark.parametrize(("age", "tokens", "tallies"), [(0, 1, 1), (2, 0, 1), (61, 0, 0)])
def test_tokens_are_kept_a_day_and_tallies_two_months(age: int, tokens: int, tallies: int) -> None:
    services.record("t", HOUR_OF_NOW, {make_article().pk: 1})
    moment: datetime = NOW + timedelta(days=age)
    with clock.frozen(moment):
        services.purge()
    assert (Batch.objects.count(), ReadTally.objects.count()) == (tokens, tallies)

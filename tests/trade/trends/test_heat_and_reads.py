"""Heat of stories by the minute: order, windows, receipts; told when what is printed changed, and computed again."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.core import clock, events
from broadsheet.stories import services as stories
from broadsheet.stories.models import Story
from broadsheet.trends import evidence, ledger, queries, rules, services
from broadsheet.trends.counter import Counted
from broadsheet.trends.events import HeatMoved
from broadsheet.trends.heat import rank
from broadsheet.trends.heat.baseline import hour_of_week
from broadsheet.trends.models import Baseline, Heat, TallyLog
from broadsheet.trends.rules import COMMENT, DAY, END, HOUR, READ, SHARE, WEEK, WINDOWS, bucket_of
from broadsheet.trends.services import tallying
from tests.make import NOW, make_article, make_owner, make_source, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
AN_HOUR = timedelta(hours=1)


def story_of(*ages: float, **values: object) -> Story:
    """A story of one article each of its own source, so many hours old."""
    story = make_story([make_article(age=age * AN_HOUR, **values) for age in ages])  # type: ignore[arg-type]
    stories.recount(story)
    return story


def read(story: Story, n: int, *, kind: str = READ, at: datetime = NOW - timedelta(minutes=5)) -> None:
    """So many readers of the story's lead."""
    token = f"{story.pk}-{kind}-{at.isoformat()}-{n}"[:32]
    services.record(token, Counted(Counter({(bucket_of(at), kind, story.lead_id): n})))


def test_pages_and_ranking_mean_the_same_windows_and_evidence() -> None:
    assert {one.value: one.span for one in rank.Window} == WINDOWS
    assert (rules.MIN_VOICES, rules.MIN_READERS) == (rank.MIN_VOICES, rank.MIN_READERS)


def trending(window: str = DAY) -> list[int]:
    return [row.story_id for row in queries.trending(window=window)]


def test_what_many_report_lately_is_hot_in_order(announced: list[events.Event]) -> None:
    two, four, single = story_of(0.5, 0.6), story_of(0.5, 0.6, 0.7, 0.8), story_of(1)
    assert services.tally((DAY,))
    assert trending() == [four.pk, two.pk]
    assert "4" in queries.scores()[four.pk][1]
    assert announced[-1] == HeatMoved(2)
    assert not Heat.objects.filter(story=single).exists()
    assert list(Heat.objects.order_by("rank").values_list("rank", flat=True)) == [1, 2]


def test_a_tally_without_a_move_tells_nobody(announced: list[events.Event]) -> None:
    story_of(2, 3)
    services.tally()
    announced.clear()
    before = list(Heat.objects.order_by("pk").values()), list(TallyLog.objects.order_by("pk").values())
    assert not services.tally()
    assert (list(Heat.objects.order_by("pk").values()), list(TallyLog.objects.order_by("pk").values())) == before
    # Cooler by a second, and printed as before: fronts weigh by the new score, and no page is stale.
    with clock.frozen(NOW + timedelta(seconds=1)):
        assert not services.tally()
    assert {row.at for row in Heat.objects.all()} == {NOW + timedelta(seconds=1)}
    assert announced == []


def test_each_window_has_its_own_list() -> None:
    fresh, older, oldest = story_of(0.5, 0.6), story_of(20, 21), story_of(100, 101)
    services.tally()
    services.tally_week()
    assert trending(HOUR) == [fresh.pk]
    assert set(trending(DAY)) == {fresh.pk, older.pk}
    assert set(trending(WEEK)) == {fresh.pk, older.pk, oldest.pk}


def test_an_old_story_leaves() -> None:
    old, young = story_of(20, 21), story_of(2, 3)
    services.tally()
    assert set(trending()) == {young.pk, old.pk}
    with clock.frozen(NOW + 5 * AN_HOUR):
        assert services.tally()
        assert trending() == [young.pk]
        assert Heat.objects.filter(window=DAY).count() == 1
    with clock.frozen(NOW + 49 * AN_HOUR):
        assert services.tally()
        assert Heat.objects.count() == 0


def test_the_weeks_list_lets_go_at_its_minute() -> None:
    story_of(160, 161)
    services.tally_week()
    with clock.frozen(NOW + 8 * AN_HOUR):
        assert not services.tally()
        assert len(trending(WEEK)) == 1
    with clock.frozen(NOW + 9 * AN_HOUR):
        assert services.tally()
        assert trending(WEEK) == []


@pytest.mark.parametrize("kind", [READ, END, SHARE, COMMENT])
def test_ten_thousand_readers_bring_no_old_article_back(kind: str) -> None:
    old, young = story_of(24 * 400), story_of(0.5, 0.6)
    read(old, 10_000, kind=kind)
    services.tally()
    services.tally_week()
    for window in WINDOWS:
        assert trending(window) == [young.pk], window
        assert not Heat.objects.filter(story=old).exists()


def test_readers_bring_a_story_of_one_voice_among_the_trending() -> None:
    unread, well_read = story_of(1), story_of(1)
    read(well_read, 300)
    services.tally()
    assert trending() == [well_read.pk]
    assert unread.pk not in trending()


def test_readers_lift_a_story_above_its_equal() -> None:
    first, second = story_of(1, 2), story_of(1, 2)
    services.tally()
    assert trending() == [first.pk, second.pk]
    read(second, 500, at=NOW - timedelta(minutes=10))
    assert services.tally()
    assert trending() == [second.pk, first.pk]


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


def test_thirty_copies_lose_against_three_voices() -> None:
    original = make_article()
    copied = make_story([original, make_article(), *(make_article(copy_of=original, address=None) for _ in range(30))])
    stories.recount(copied)
    three = story_of(1, 1, 1)
    services.tally()
    assert trending() == [three.pk, copied.pk]


def test_what_is_not_in_the_paper_is_not_hot() -> None:
    story = story_of(1, 2)
    services.tally()
    Story.objects.filter(pk=story.pk).update(live=False)
    assert trending() == []


def test_the_tally_costs_the_same_for_few_and_many() -> None:
    read(story_of(0.5, 0.7), 3)
    services.tally()
    read(story_of(0.5, 0.7), 3)
    with CaptureQueriesContext(connection) as few:
        assert services.tally()
    for number in range(20):
        read(story_of(0.5, 0.7), number + 1)
    with CaptureQueriesContext(connection) as many:
        assert services.tally()
    assert len(many) == len(few)


def test_what_the_ranking_is_told_is_what_happened() -> None:
    story = story_of(1, 5)
    read(story, 3, at=NOW - timedelta(minutes=3))
    read(story, 4, at=NOW - timedelta(minutes=8))
    read(story, 2, kind=SHARE, at=NOW - 20 * AN_HOUR)
    (found,) = evidence.signals(NOW, NOW - 24 * AN_HOUR)
    assert (found.story_id, found.section) == (story.pk, "world")
    assert (found.first_at, found.last_voice_at) == (NOW - 5 * AN_HOUR, NOW - AN_HOUR)
    assert [at for _, at in found.voices] == [NOW - 5 * AN_HOUR, NOW - AN_HOUR]
    late = (NOW - timedelta(minutes=10), 4), (NOW - timedelta(minutes=5), 3)
    assert found.buckets == {READ: late, SHARE: (((NOW - 20 * AN_HOUR).replace(minute=0), 2),)}
    assert found.earlier == {}
    # Of what lies before the span the sum is enough.
    (found,) = evidence.signals(NOW, NOW - 2 * AN_HOUR)
    assert (found.buckets, found.earlier) == ({READ: late}, {SHARE: 2})


def test_every_rank_can_be_computed_again_to_the_last_digit() -> None:
    for number in range(12):
        story = story_of(*range(1, 3 + number % 4), section=("world", "tech", "sports")[number % 3])
        read(story, number * 7, at=NOW - timedelta(minutes=number))
        read(story, number, kind=SHARE, at=NOW - timedelta(minutes=3))
    services.learn()
    services.tally()
    services.tally_week()
    # As after a restart: nothing but the log is asked, and the readers of today are gone.
    for window in WINDOWS:
        stored = queries.log_of(window)
        if stored is None:
            assert not Heat.objects.filter(window=window).exists()
            continue
        again = {one.story_id: (place, one) for place, one in enumerate(ledger.unpacked(stored).ranked(), 1)}
        rows = list(Heat.objects.filter(window=window))
        assert len(rows) == len(again) > 0
        for row in rows:
            place, one = again[row.story_id]
            assert place == row.rank
            assert abs(one.score - row.score) < 1e-9
            assert one.receipt == row.receipt
            assert json.loads(json.dumps(dict(one.inputs))) == row.inputs


def test_what_is_usual_is_learned_from_history() -> None:
    late = NOW - timedelta(weeks=1)
    for week in (1, 2, 3):
        at = NOW - timedelta(weeks=week)
        story = story_of(24 * 7 * week + 1, 24 * 7 * week + 2)
        for number in range(5):
            read(story, 40, at=at + timedelta(minutes=5 * number))
        read(story, 1, at=at + 8 * AN_HOUR)
    assert services.learn() > 0
    values = dict(Baseline.objects.filter(kind=READ, section__key="world").values_list("hour_of_week", "value"))
    assert len(values) == 168
    busy, quiet = hour_of_week(late), hour_of_week(late + 8 * AN_HOUR)
    assert values[busy] > 2 * values[quiet] > 0
    # A neighbouring hour takes a part, and a day later is as the section's mean.
    assert values[busy] > values[(busy + 1) % 168] > values[quiet]
    found = evidence.baselines()["world"]
    assert found.usual(READ, late) == pytest.approx(values[busy])
    assert found.usual("voices", late - 2 * AN_HOUR) > found.usual("voices", late + 8 * AN_HOUR)


def test_learning_costs_the_same_for_few_and_many_stories() -> None:
    counts = []
    for more in (1, 15):
        for number in range(more):
            read(story_of(30, 31), 5, at=NOW - 29 * AN_HOUR - timedelta(minutes=5 * number))
        with CaptureQueriesContext(connection) as seen:
            services.learn()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_log_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        ledger.unpacked(b"nonsense")


def test_of_very_many_stories_the_latest_and_the_heaviest_are_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "RANKED", 4)
    heavy = [story_of(20, 21), story_of(22, 22, 22, 22)]
    read(heavy[0], 200)
    light = [story_of(15 + number, 16 + number) for number in range(3)]
    late = [story_of(1, 2), story_of(2, 3)]
    services.tally()
    assert set(trending()) == {one.pk for one in (*heavy, *late)}
    assert not {one.pk for one in light} & set(trending())

"""The log, snapshots, fences and replays of the story writers: nothing is lost, doubled or placed otherwise."""

from __future__ import annotations

import contextlib
import itertools
import random
from typing import Any

import pytest
from django.db import transaction

from broadsheet.core import queue
from broadsheet.stories import services
from broadsheet.stories.models import LogLine, Placement, RunningStory, Story, WriterSnapshot, WriterState
from broadsheet.stories.services import filling, replaying, writers
from tests.make import make_article, make_source
from tests.trade.stories.newswire import event, grouped, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]


def news(count: int, events: int = 8, seed: int = 1, **values: Any) -> list[Any]:
    dice, source = random.Random(seed), make_source()
    return [report(dice.randrange(events), dice, minutes=n, source=source, **values) for n in range(count)]


def dump(language: str = "en") -> dict[str, Any]:
    with transaction.atomic():
        return writers.begin(language, 0).writer.dump()


def test_reports_of_one_event_are_one_story_and_each_says_which_words_it_shares() -> None:
    articles = news(30, events=3)
    services.place_articles(articles, {})
    assert len(grouped()) == 3
    placement = Placement.objects.filter(why="likeness").first()
    assert placement is not None
    assert set(placement.detail["shared"]) <= {word for number in range(3) for word in event(number)}
    assert placement.receipt.startswith("Shares ")
    assert placement.nucleus is not None
    assert placement.language == "en"


def test_a_log_line_needs_no_article_and_a_replay_comes_to_the_same() -> None:
    for start in range(0, 60, 20):
        services.place_articles(news(20, seed=start), {})
    for article in list(Placement.objects.values_list("article_id", flat=True)):
        Story.objects.update(live=False)
        Placement._meta.get_field("article").related_model.objects.filter(pk=article).update(headline="Edited later")
    found = replaying.replay("en")
    assert (found.lines, found.differences) == (60, 0)
    LogLine.objects.filter(seq=7).update(outcome={"story": 99, "nucleus": 99, "score": 1.0})
    assert replaying.replay("en").differences == 1
    LogLine.objects.filter(seq=9).delete()
    assert replaying.replay("en").differences >= 2


def test_a_writer_made_from_the_log_goes_on_as_the_one_in_memory_would() -> None:
    services.place_articles(news(70), {})
    kept = dump()
    writers.forget()
    assert dump() == kept


def test_what_another_writer_added_is_caught_up_with_and_no_number_is_given_twice() -> None:
    services.place_articles(news(10, seed=1), {})
    ours = dict(writers._held)
    writers.forget()
    services.place_articles(news(10, seed=2), {})
    theirs = dump()
    writers.forget()
    writers._held.update(ours)
    assert dump() == theirs
    services.place_articles(news(10, seed=3), {})
    assert list(LogLine.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 31))
    assert replaying.replay("en").differences == 0


class Lost(Exception):
    """Ends a transaction."""


def lost_batch() -> dict[str, Any]:
    """Place a batch that is rolled back; the memory it leaves behind."""
    try:
        with transaction.atomic():
            services.place_articles(news(10, seed=2), {})
            held = dict(writers._held)
            raise Lost
    except Lost:
        return held


def test_a_rolled_back_batch_leaves_nothing_and_its_memory_is_thrown_away() -> None:
    services.place_articles(news(10, seed=1), {})
    kept = dump()

    lost_batch()
    assert LogLine.objects.count() == 10
    assert dump() == kept
    # Another goes as far as the lost one had gone: the place is the same, the mark is not.
    lost = lost_batch()
    writers.forget()
    services.place_articles(news(10, seed=5), {})
    true = dump()
    writers._held.update(lost)
    assert writers._held["en"].seq == WriterState.objects.get().seq
    assert dump() == true


def test_a_writer_that_is_always_overtaken_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    services.place_articles(news(3), {})
    real, others = writers._stand, itertools.count()

    def overtaken(language: str, held: Any) -> Any:
        found = real(language, held)
        WriterState.objects.update(mark=f"another {next(others)}")
        return found

    monkeypatch.setattr(writers, "_stand", overtaken)
    with pytest.raises(writers.Contended):
        services.place_articles(news(3, seed=9), {})


def test_snapshots_are_taken_and_the_log_between_two_can_be_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "SNAPSHOT_LINES", 20)
    monkeypatch.setattr(writers, "SNAPSHOT_STORIES", 0.0)
    for start in range(5):
        services.place_articles(news(25, seed=start), {})
    assert list(WriterSnapshot.objects.order_by("seq").values_list("seq", flat=True)) == [100, 125]
    found = replaying.replay("en")
    assert (found.begun, found.lines, found.differences) == (100, 25, 0)
    kept = dump()
    writers.forget()
    assert dump() == kept
    WriterSnapshot.objects.filter(seq=125).update(blob=WriterSnapshot.objects.get(seq=100).blob)
    assert replaying.replay("en").differences == 1


def test_a_new_writer_takes_in_what_stands_and_leaves_it_there() -> None:
    articles = news(20, events=4)
    services.place_articles(articles, {})
    before, addresses = grouped(), set(Story.objects.values_list("slug", flat=True))
    filling.begin_anew()
    assert not LogLine.objects.exists()
    late = news(1, events=1, seed=99)
    services.place_articles(late, {})
    assert set(Story.objects.values_list("slug", flat=True)) == addresses
    assert {frozenset(one - {late[0].pk}) for one in grouped()} == before
    assert replaying.replay("en").differences == 0


def test_a_snapshot_of_another_version_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    services.place_articles(news(20, events=4), {})
    with transaction.atomic():
        turn = writers.begin("en", 0)
        writers.take_snapshot("en", turn.writer, turn.seq, turn.mark)
    before = grouped()
    monkeypatch.setattr(writers, "VERSION", 9)
    monkeypatch.setattr(filling, "VERSION", 9)
    writers.forget()
    filling.ensure("en")
    assert grouped() == before
    services.place_articles(news(1, events=1, seed=7), {})
    assert len(grouped()) == len(before)


def test_each_language_has_its_own_writer_in_one_batch() -> None:
    dice = random.Random(3)
    batch = [report(1, dice, said=said, minutes=n) for n, said in enumerate(["en", "de-AT", "ar", "en", "de", "ar"])]
    services.place_articles(batch, {})
    assert grouped() == {frozenset(one.pk for one in batch[start::3]) for start in range(3)}
    assert set(WriterState.objects.values_list("language", "seq")) == {("en", 2), ("de", 2), ("ar", 2)}
    assert {replaying.replay(one).differences for one in replaying.languages()} == {0}


def test_copies_follow_their_original_within_a_batch_and_later_and_add_no_words() -> None:
    dice = random.Random(4)
    first = report(1, dice)
    copy = make_article(copy_of=first, address=None)
    joined = make_article("Quite other words", standfirst="", body="Nothing alike.")
    services.place_articles([first, copy, joined], {joined.pk: first.pk})
    late = make_article(copy_of=first, address=None)
    services.place_article(late)
    assert len(grouped()) == 1
    assert set(Placement.objects.values_list("nucleus", flat=True)) == {Placement.objects.get(article=first).nucleus}
    assert LogLine.objects.count() == 1


@pytest.mark.parametrize("stories", [10, 120])
def test_a_batch_costs_the_same_queries_whatever_runs(stories: int, django_assert_max_num_queries: Any) -> None:
    dice, source = random.Random(5), make_source()
    services.place_articles([report(n, dice, source=source) for n in range(stories)], {})
    batch = [report(n % 10, dice, source=source, minutes=90) for n in range(10)]
    with django_assert_max_num_queries(26), queue.batch():
        services.place_articles(batch, {})
    assert RunningStory.objects.count() == Story.objects.count() > stories * 0.9


def test_a_fill_that_was_rolled_back_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    services.place_articles(news(20, events=4), {})
    with transaction.atomic():
        turn = writers.begin("en", 0)
        writers.take_snapshot("en", turn.writer, turn.seq, turn.mark)
    monkeypatch.setattr(writers, "VERSION", 9)
    monkeypatch.setattr(filling, "VERSION", 9)
    writers.forget()
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        filling.ensure("en")
        raise ZeroDivisionError  # whatever else went wrong in the batch
    assert "en" in writers._held, "the writer of what did not happen is in memory"

    filling.ensure("en")

    assert WriterSnapshot.objects.filter(language="en", version=9).exists()

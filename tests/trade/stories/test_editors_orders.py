"""Editors' orders hold through repairs and rebuilding, and each can be taken back to the last byte."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import transaction

from broadsheet.articles.models import Article
from broadsheet.core import events
from broadsheet.stories import queries, services
from broadsheet.stories.events import StoryChanged, StoryMerged
from broadsheet.stories.models import LogLine, Placement, RunningStory, Story, StoryOrder, StoryRedirect
from broadsheet.stories.services import Refused, keeping, replaying, writers
from tests.make import make_article, make_source
from tests.trade.stories.newswire import grouped, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]


def everything() -> dict[str, Any]:
    """All rows of stories, and the writer as a whole."""
    rows = {
        model.__name__: list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (Story, Placement, StoryRedirect)
    }
    rows["running"] = list(RunningStory.objects.order_by("language", "number").values("language", "number", "story_id"))
    with transaction.atomic():
        rows["writer"] = writers.begin("en", 0, keep=False).writer.dump()  # type: ignore[assignment]
    return rows


def told(event: int, count: int, seed: int = 0, minutes: int = 0) -> list[Article]:
    dice, source = random.Random(f"{event} {seed}"), make_source()
    made = [report(event, dice, minutes=minutes + n, source=source) for n in range(count)]
    services.place_articles(made, {})
    return made


def story_of(article: Article) -> Story:
    return Story.objects.get(placements__article=article)


@pytest.fixture
def two() -> tuple[list[Article], list[Article]]:
    """Two stories of four articles, one with a copy."""
    one, other = told(1, 4), told(2, 4)
    services.place_article(make_article(copy_of=one[1], address=None))
    assert len(grouped()) == 2
    return one, other


def test_a_merge_holds_redirects_and_is_undone_to_the_last_byte(
    two: tuple[list[Article], list[Article]], announced: list[events.Event]
) -> None:
    one, other = two
    before, kept, gone = everything(), story_of(one[0]), story_of(other[0])
    order = services.merge(kept, gone, why="One accident")
    assert len(grouped()) == 1
    assert queries.went_into(gone.slug) == (gone.pk, kept)
    assert StoryMerged(gone.pk, kept.pk, gone.slug) in announced
    assert {StoryChanged(kept.pk), StoryChanged(gone.pk)} <= set(announced)
    kept.refresh_from_db()
    assert (kept.articles_count, kept.copies_count) == (8, 1)
    services.undo(order)
    assert everything() == before
    order.refresh_from_db()
    assert order.undone_at is not None
    with pytest.raises(Refused):
        services.undo(order)
    assert replaying.replay("en").differences == 0


def test_a_split_takes_articles_out_of_their_group_and_is_undone_to_the_last_byte(
    two: tuple[list[Article], list[Article]],
) -> None:
    one, _ = two
    before = everything()
    order = services.split(story_of(one[0]), [one[1].pk, one[2].pk])
    new = story_of(one[1])
    assert new == story_of(one[2]) != story_of(one[0]) == story_of(one[3])
    assert (new.articles_count, new.copies_count) == (2, 1)
    nuclei = dict(Placement.objects.values_list("article_id", "nucleus"))
    assert not {nuclei[one[1].pk], nuclei[one[2].pk]} & {nuclei[one[0].pk], nuclei[one[3].pk]}
    services.undo(order)
    assert everything() == before
    assert replaying.replay("en").differences == 0


@pytest.mark.parametrize("own", [True, False])
def test_a_move_goes_where_it_is_told_and_is_undone_to_the_last_byte(
    own: bool, two: tuple[list[Article], list[Article]]
) -> None:
    one, other = two
    before = everything()
    order = services.move(one[2], None if own else story_of(other[0]))
    assert (story_of(one[2]) == story_of(other[0])) is not own
    assert story_of(one[2]) != story_of(one[0])
    assert Placement.objects.get(article=one[2]).why == "desk"
    services.undo(order)
    assert everything() == before


def test_lock_and_lead_hold_and_are_undone_to_the_last_byte(two: tuple[list[Article], list[Article]]) -> None:
    one, _ = two
    before = everything()
    led = services.choose_lead(story_of(one[0]), one[3])
    assert story_of(one[0]).lead == one[3]
    locked = services.lock(story_of(one[0]))
    late = told(1, 1, seed=5, minutes=60)
    assert story_of(late[0]) != story_of(one[0])
    assert story_of(one[0]).lead == one[3]
    with pytest.raises(Refused):
        services.lock(story_of(one[0]))
    Article.objects.filter(pk=one[3].pk).update(live=False)
    services.recount_of(one[3].pk)
    assert story_of(one[0]).lead != one[3]
    Article.objects.filter(pk=one[3].pk).update(live=True)
    services.recount_of(one[3].pk)
    services.undo(locked)
    services.undo(led)
    assert story_of(one[0]).locked_at is None
    after = everything()
    late_story = story_of(late[0]).pk
    assert [row for row in after["Story"] if row["id"] != late_story] == before["Story"]


def test_an_order_is_not_undone_once_its_story_went_on(two: tuple[list[Article], list[Article]]) -> None:
    one, other = two
    first = services.merge(story_of(one[0]), story_of(other[0]))
    elsewhere = told(3, 2)
    second = services.split(story_of(elsewhere[0]), [elsewhere[1].pk])
    told(1, 1, seed=6, minutes=50)
    state = everything()
    with pytest.raises(Refused, match="changed since"), transaction.atomic():
        services.undo(first)
    assert everything() == state
    services.undo(second)
    assert story_of(elsewhere[0]) == story_of(elsewhere[1])


def test_an_older_order_is_undone_while_other_stories_went_on(two: tuple[list[Article], list[Article]]) -> None:
    one, other = two
    before = grouped()
    order = services.merge(story_of(one[0]), story_of(other[0]))
    later = told(4, 2)
    services.undo(order)
    assert grouped() == before | {frozenset(article.pk for article in later)}
    assert replaying.replay("en").differences == 0


def test_orders_outlive_repairs(two: tuple[list[Article], list[Article]]) -> None:
    one, other = two
    services.merge(story_of(one[0]), story_of(other[0]))
    services.move(one[3], None)
    for seed in range(8):
        told(10 + seed, 8, seed=seed, minutes=20 + seed)
    late = told(2, 1, seed=9, minutes=90)
    assert story_of(late[0]) == story_of(one[0]) == story_of(other[3])
    assert story_of(one[3]) != story_of(one[0])


def test_a_rebuild_keeps_orders_and_addresses(two: tuple[list[Article], list[Article]]) -> None:
    one, other = two
    services.merge(story_of(one[0]), story_of(other[0]))
    services.split(story_of(one[0]), [one[3].pk])
    services.lock(story_of(one[3]))
    undone = services.merge(story_of(told(6, 2)[0]), story_of(told(7, 2)[0]))
    services.undo(undone)
    before = grouped()
    slugs = set(Story.objects.values_list("slug", flat=True))
    articles, stories = replaying.rebuild("en")
    assert (articles, stories) == (12, 4)
    assert grouped() == before
    assert set(Story.objects.values_list("slug", flat=True)) == slugs
    assert replaying.replay("en").differences == 0
    assert story_of(told(1, 1, seed=3, minutes=70)[0]) == story_of(one[0])
    assert not Placement.objects.filter(article=one[3]).exclude(story__locked_at__isnull=False).exists()


def test_what_makes_no_sense_is_refused_and_writes_nothing(two: tuple[list[Article], list[Article]]) -> None:
    one, other = two
    kept, lines = story_of(one[0]), LogLine.objects.count()
    for wrong in (
        lambda: services.merge(kept, kept),
        lambda: services.split(kept, [article.pk for article in one]),
        lambda: services.split(kept, []),
        lambda: services.split(kept, [other[0].pk]),
        lambda: services.move(one[0], kept),
        lambda: services.lock(kept, False),
        lambda: services.choose_lead(kept, other[0]),
    ):
        with pytest.raises(Refused):
            wrong()
    assert LogLine.objects.count() == lines
    assert not StoryOrder.objects.exists()


def test_the_last_article_of_a_story_moves_with_its_address(two: tuple[list[Article], list[Article]]) -> None:
    _, other = two
    (alone,) = told(5, 1)
    slug = story_of(alone).slug
    order = services.move(alone, story_of(other[0]))
    assert queries.went_into(slug) == (order.other, story_of(other[0]))


def test_a_chain_of_mergers_leads_to_the_last_in_one_step(two: tuple[list[Article], list[Article]]) -> None:
    one, other = two
    third = told(5, 2)
    slugs = [story_of(some[0]).slug for some in (one, other)]
    services.merge(story_of(other[0]), story_of(one[0]))
    services.merge(story_of(third[0]), story_of(other[0]))
    assert [queries.went_into(slug)[1] for slug in slugs] == [story_of(third[0])] * 2  # type: ignore[index]
    assert keeping.rows_of([story_of(third[0]).pk])["led"][0][1] == story_of(third[0]).pk

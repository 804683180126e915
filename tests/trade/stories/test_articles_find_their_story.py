"""Placing articles and keeping counts, leads and announcements of stories true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.articles import services as articles
from broadsheet.articles.models import Article, OutsideLink
from broadsheet.articles.services.filing import keep_links
from broadsheet.core import events
from broadsheet.stories import queries, services
from broadsheet.stories.events import StoryChanged
from broadsheet.stories.models import Placement, Story
from tests.make import NOW, make_article, make_owner, make_rights, make_section, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
REPORT, RULING = "https://port.example/report", "https://court.example/ruling"
HOUR = timedelta(hours=1)
# The builders' articles are alike in their words; this one is like none of them.
CHESS = {"headline": "Ilmarin draws game nine", "standfirst": "", "body": "Grandmaster Ilmarin keeps the title."}


def placed(*links: str, **values: object) -> tuple[Article, Story]:
    article = make_article(**values)  # type: ignore[arg-type]
    keep_links(article, links)
    return article, services.place_article(article)


def again(story: Story) -> Story:
    return Story.objects.get(pk=story.pk)


def test_a_first_report_has_a_story_of_its_own_with_a_reason() -> None:
    article, story = placed()
    placement = Placement.objects.get()
    assert (placement.why, placement.detail, placement.score, placement.placed_at) == ("first", {}, 1.0, NOW)
    assert (story.lead, story.section, story.first_at) == (article, article.shown_section, article.published_at)
    assert f"/stories/{article.address.rpartition('/')[2]}/" == story.path
    assert again(story).live


def test_placing_again_changes_nothing(announced: list[events.Event]) -> None:
    article, story = placed(REPORT)
    other, _ = placed(REPORT)
    before = list(Placement.objects.values()), list(Story.objects.values())
    announced.clear()
    assert services.place_article(article) == story
    assert services.place_article(other) == story
    assert (list(Placement.objects.values()), list(Story.objects.values())) == before
    assert announced == []


def test_a_shared_link_joins_two_and_its_receipt_says_which() -> None:
    first, story = placed(REPORT)
    second, same = placed(f"{REPORT}?utm_source=feed")
    assert same == story
    placement = Placement.objects.get(article=second)
    assert (placement.why, placement.detail["article"], placement.detail["shared"]) == ("link", first.pk, 1)
    assert REPORT in placement.detail["url"]
    assert (again(story).articles_count, again(story).voices_count) == (2, 2)


def test_without_a_shared_link_or_after_three_days_it_is_another_story() -> None:
    _, story = placed(REPORT)
    assert placed(RULING, **CHESS)[1] != story
    assert placed(REPORT, age=timedelta(hours=74))[1] != story


def test_a_copy_follows_its_original_without_any_link() -> None:
    first, story = placed()
    copy, same = placed(copy_of=first, address=None)
    assert same == story
    assert Placement.objects.get(article=copy).why == "copy"
    counted = again(story)
    assert (counted.articles_count, counted.copies_count, counted.voices_count, counted.lead) == (1, 1, 1, first)


def test_sources_of_one_owner_are_one_voice_and_a_new_owner_is_counted(announced: list[events.Event]) -> None:
    sources = [make_source(), make_source()]
    stories = {placed(REPORT, source=source)[1] for source in sources}
    (story,) = stories
    assert again(story).voices_count == 2
    owner = make_owner()
    for source in sources:
        source.owner = owner
        source.save()
    announced.clear()
    assert services.recount_source(sources[0].pk) == 1
    assert again(story).voices_count == 1
    assert announced == [StoryChanged(story.pk)]
    assert services.recount_source(make_source().pk) == 0


def test_slugs_of_stories_are_free() -> None:
    one = make_article("Ferry", address="world-news/ferry")
    two = make_article(address="politics/ferry", **CHESS)  # type: ignore[arg-type]
    assert [services.place_article(article).slug for article in (one, two)] == ["ferry", "ferry-2"]


def test_an_article_that_is_not_in_the_paper_changes_nothing_that_readers_see(announced: list[events.Event]) -> None:
    _, story = placed(REPORT)
    announced.clear()
    hidden, same = placed(REPORT, live=False)
    assert same == story
    assert announced == []
    assert again(story).articles_count == 1
    articles.publish(hidden)
    assert again(story).articles_count == 2
    assert StoryChanged(story.pk) in announced


def test_the_lead_passes_on_when_it_leaves_and_the_address_stays() -> None:
    first, story = placed(REPORT, body="Long text. " * 50)
    second, _ = placed(REPORT, section="tech")
    assert again(story).lead == first
    articles.withdraw(first, why="Wrong")
    counted = again(story)
    assert (counted.lead, counted.section.key, counted.slug, counted.articles_count) == (second, "tech", story.slug, 1)
    articles.withdraw(second, why="Wrong too")
    assert not again(story).live
    articles.restore(first)
    assert (again(story).live, again(story).lead) == (True, first)


def test_what_may_be_read_in_full_leads_over_an_excerpt() -> None:
    excerpt = make_source(rights=make_rights("excerpt"))
    _, story = placed(REPORT, source=excerpt, body="Long text. " * 90)
    full, _ = placed(REPORT)
    assert again(story).lead == full


def test_counting_what_is_true_already_is_told_to_nobody(announced: list[events.Event]) -> None:
    article, story = placed(REPORT)
    announced.clear()
    services.recount(again(story))
    services.recount_of(article.pk)
    services.recount_of(article.pk + 1000)
    assert announced == []


def test_a_story_without_articles_is_left_alone() -> None:
    article, story = placed()
    Placement.objects.all().delete()
    services.recount(story)
    assert again(story).lead == article


def test_a_page_many_link_to_is_weighed_in_few_queries(django_assert_max_num_queries: object) -> None:
    for _ in range(12):
        article = make_article()
        keep_links(article, [REPORT])
        placed_story = Story.objects.create(
            slug=f"s{article.pk}", lead=article, section=article.shown_section, first_at=NOW, last_at=NOW
        )
        Placement.objects.create(article=article, story=placed_story, why="first", placed_at=NOW)
    # The first article of a language also makes its writer, of what stands in stories already.
    services.place_article(make_article("Larks sing over Quillamore", standfirst="", body="Nobody knows why."))
    late = make_article(**CHESS)  # type: ignore[arg-type]
    keep_links(late, [REPORT])
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        story = services.place_article(late)
    assert Placement.objects.get(article=late).why == "first"
    assert story.placements.count() == 1
    assert OutsideLink.objects.count() == 13


def test_members_of_a_page_are_those_in_the_paper_oldest_first() -> None:
    first, story = placed(REPORT, age=5 * HOUR)
    second, _ = placed(REPORT, age=2 * HOUR)
    copy, _ = placed(copy_of=first, address=None, age=HOUR)
    hidden, _ = placed(REPORT, live=False)
    assert [row.article for row in queries.members(story.pk)] == [first, second, copy]
    assert queries.by_slug(story.slug) == story
    assert queries.placement_of(Article.objects.get(pk=hidden.pk)).story == story  # type: ignore[union-attr]
    assert make_section("world") is not None

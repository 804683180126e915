"""What a repair of the machine puts right is put right in the rows, and no address is lost."""

from __future__ import annotations

import random
from typing import Any

import pytest

from broadsheet.core import events
from broadsheet.editions.models import Slot
from broadsheet.ops import wiring
from broadsheet.press import services as press
from broadsheet.stories import queries, services
from broadsheet.stories.events import StoryChanged, StoryMerged
from broadsheet.stories.machine.setting import Setting
from broadsheet.stories.models import Placement, RunningStory, Story, StoryRedirect
from broadsheet.stories.services import placing, replaying, settling, writers
from broadsheet.trends.models import Heat
from tests.make import make_article, make_edition, make_heat, make_source
from tests.trade.stories.newswire import grouped, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]


@pytest.fixture
def shy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers that join nothing at once, so that every story is made by a repair."""
    real = Setting.__init__
    monkeypatch.setattr(
        Setting, "__init__", lambda self, **facts: real(self, **{"join_base": 30.0, "repair_every": 40, **facts})
    )


def news(count: int, events_: int, seed: int = 1) -> list[Any]:
    dice, source = random.Random(seed), make_source()
    return [report(dice.randrange(events_), dice, minutes=n, source=source) for n in range(count)]


@pytest.mark.usefixtures("shy")
def test_redirects_of_a_repair_put_stories_together_and_lead_on(announced: list[events.Event]) -> None:
    first = news(39, 4)
    services.place_articles(first, {})
    assert len(grouped()) == 39
    copy = make_article(copy_of=first[0], address=None)
    services.place_article(copy)
    addresses = dict(Story.objects.values_list("slug", "pk"))
    make_edition({"lead": [first[0]], "second": first[1:6]})
    for story in Story.objects.all():
        make_heat(story)
    announced.clear()
    services.place_articles(news(1, 4, seed=9), {})
    assert len(grouped()) == 4
    for slug, pk in addresses.items():
        found = queries.by_slug(slug)
        if found is None:
            was, into = queries.went_into(slug)  # type: ignore[misc]
            assert was == pk
            assert StoryMerged(pk, into.pk, slug) in announced
            assert {StoryChanged(pk), StoryChanged(into.pk)} <= set(announced)
    assert StoryRedirect.objects.count() == 39 - Story.objects.filter(pk__in=addresses.values()).count()
    assert Placement.objects.get(article=copy).story == Placement.objects.get(article=first[0]).story
    assert RunningStory.objects.count() == 4
    assert Slot.objects.count() <= 4
    assert Heat.objects.count() <= 4
    for story in Story.objects.all():
        assert story.articles_count == story.placements.filter(article__copy_of=None).count()
        assert story.placements.filter(article=story.lead).exists()
    assert replaying.replay("en").differences == 0


@pytest.mark.usefixtures("shy")
def test_a_story_made_and_merged_within_one_batch_never_had_an_address() -> None:
    services.place_articles(news(80, 4), {})
    assert (len(grouped()), StoryRedirect.objects.count()) == (4, 0)


def test_a_part_that_a_repair_takes_out_gets_an_address_of_its_own() -> None:
    dice, source = random.Random(2), make_source()
    articles = [report(number, dice, source=source, minutes=place) for place, number in enumerate((1, 1, 1, 2, 2, 2))]
    services.place_articles(articles, {})
    one, two = (Placement.objects.get(article=articles[place]) for place in (0, 3))
    old = one.story
    # As if they had been put together before more was known: one story, and nothing binds its parts.
    held = writers._held["en"].writer

    kept, gone = held.nuclei[one.nucleus or 0].story, held.nuclei[two.nucleus or 0].story
    nuclei = held.stories[kept].nuclei + held.stories[gone].nuclei
    for nucleus in nuclei:
        held.nuclei[nucleus].story = kept
    del held.stories[gone]
    held.restate(kept, nuclei)
    RunningStory.objects.filter(story=two.story).delete()
    Placement.objects.filter(story=two.story).update(story=old)
    Story.objects.filter(pk=two.story_id).delete()
    slugs = {old.slug}
    held.since_repair = held.setting.repair_every - 1
    services.place_articles([report(9, dice, source=source, minutes=30)], {})
    assert len(grouped()) == 3
    assert slugs <= set(Story.objects.values_list("slug", flat=True))
    assert all(story.placements.filter(article=story.lead).exists() for story in Story.objects.all())


@pytest.mark.usefixtures("shy")
def test_the_page_of_a_story_that_is_gone_leads_to_the_other_for_ever() -> None:
    wiring.connect()
    services.place_articles(news(39, 2), {})
    slug = Story.objects.order_by("pk")[5].slug
    assert press.print_page(f"/stories/{slug}/").status == 200  # type: ignore[union-attr]
    services.place_articles(news(1, 2, seed=5), {})
    redirect = StoryRedirect.objects.exclude(slug="").first()
    assert redirect is not None
    printed = press.print_page(f"/stories/{redirect.slug}/")
    assert printed is not None
    assert printed.status == 301
    assert redirect.story.path in str(printed.headers)


def test_two_rows_with_two_numbers_each_do_not_go_into_each_other_and_vanish() -> None:
    dice = random.Random(4)
    articles = [report(number, dice, minutes=number) for number in range(4)]
    services.place_articles(articles, {})
    one, two, three, four = (Placement.objects.get(article=article) for article in articles)
    for joining, row in ((two, one.story_id), (four, three.story_id)):
        RunningStory.objects.filter(story_id=joining.story_id).update(story=row)
        Placement.objects.filter(pk=joining.pk).update(story=row)
    numbers = {n.nucleus: n for n in (one, two, three, four)}
    of = {
        nucleus: number
        for nucleus in numbers
        for number in RunningStory.objects.filter(number=nucleus).values_list("number", flat=True)
    }
    changes = settling.Changes("en")
    # The first number of each row goes into the second number of the other.
    for old, new in ((one.nucleus, four.nucleus), (three.nucleus, two.nucleus)):
        changes.gone[of[old]] = of[new]
        changes.moved[old] = (of[old], of[new])
    settling.settle(changes, {}, {})

    rows = dict(Placement.objects.values_list("article_id", "story_id"))
    assert len(rows) == 4, "no article lost its place"
    assert rows[one.article_id] == rows[four.article_id] == three.story_id
    assert rows[three.article_id] == rows[two.article_id] == one.story_id
    assert Story.objects.filter(pk__in=rows.values()).count() == 2


def test_a_link_to_a_story_that_went_into_another_a_moment_ago_leads_on() -> None:
    dice = random.Random(5)
    first, other, late = report(1, dice), report(2, dice), report(3, dice, said="de")
    services.place_articles([first, other], {})
    gone = Placement.objects.get(article=other).story_id
    into = Placement.objects.get(article=first).story_id
    settling.put_together({gone: into})
    turn = writers.begin("de", 1)
    placed = turn.place(late, late.headline, "")
    plan = placing.Planned(late, "link", language="de", nucleus=placed.nucleus, number=placed.story, row=gone)
    placing._settled(turn, settling.Changes("de"), [plan])
    turn.end()

    assert plan.row == into

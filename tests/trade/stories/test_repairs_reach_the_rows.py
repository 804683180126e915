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
from broadsheet.stories.services import replaying, writers
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

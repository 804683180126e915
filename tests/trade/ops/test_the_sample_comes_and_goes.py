"""The sample edition: taken in like any news, and removed without a trace. And removing sources in general."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from broadsheet.articles.models import Article, Topic
from broadsheet.core import clock, facts, queue
from broadsheet.core.models import Effect
from broadsheet.editions.models import Slot
from broadsheet.lib.http import Door
from broadsheet.ops import readiness, verify
from broadsheet.ops.sample import edition, living, removal
from broadsheet.press import services as press
from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.stories.models import Story
from broadsheet.wire import doors, errands
from broadsheet.wire import services as wire
from broadsheet.wire.models import Dispatch, Feed
from tests.make import NOW, make_article, make_owner, make_rights, make_source, make_story, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The sample is wanted; its origin is reached through the real door without pauses."""
    settings.BROADSHEET = dataclasses.replace(settings.BROADSHEET, sample=True)
    Effect.objects.all().delete()
    made: list[Door] = []

    def door() -> Door:
        if not made:
            made.append(Door("test", names=dict(doors._names), spacing=0, per_host=8))
        return made[0]

    monkeypatch.setattr(doors, "map_names", lambda names: (doors._names.clear(), doors._names.update(names)))
    monkeypatch.setattr(doors, "door", door)
    yield
    living.close_origin()
    for one in made:
        one.close()
    monkeypatch.undo()
    doors.close()


def counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }


def run_everything() -> None:
    """One round of the wire for all feeds, in this thread."""
    for errand in wire.claim_due(100):
        wire.record([errands.pull(errand, doors.door(), doors.jail(), clock.now())])
    with clock.shifted(timedelta(seconds=2)):
        for _ in range(30):
            pages = wire.claim_pages(50)
            for page in pages:
                wire.record_page(errands.read_page(page, doors.door(), doors.jail(), clock.now(), doors.AGENT_NAME))
            if not wire.file_arrived(100) + queue.run_due(200) + len(pages):
                break
    # The front is filled a moment after the last fact.
    with clock.shifted(timedelta(seconds=5)):
        while queue.run_due(200):
            pass
    assert list(Effect.objects.exclude(error="").values_list("name", "error")) == []


@pytest.mark.slow("takes in a whole edition through a real origin, door and jail")
def test_the_sample_is_taken_in_like_news_and_leaves_nothing_behind(sample: None) -> None:
    before = counts()
    assert readiness.add_sample() == len(edition.load().sources) > 0
    assert living.install() == 0
    living.mind()
    run_everything()
    assert Article.objects.filter(live=True).count() >= 5
    assert Slot.objects.exists()
    assert not Dispatch.objects.filter(fate="arrived").exists()
    assert [line for _, lines in verify.verify() for line in lines] == []
    for article in Article.objects.exclude(address=None):
        assert press.print_page(article.path) is not None
    removed = living.remove()
    assert removed["articles"] > 0
    living.mind()
    assert not living.is_on()
    assert doors._names == {}
    for seconds in (4, 6, 8):
        with clock.shifted(timedelta(seconds=seconds)):
            while queue.run_due():
                pass
    after = counts()
    # What remains: two facts (it was here, it was removed), the front without a slot, the press's own clock and log.
    remaining = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert remaining.pop("core.Fact") == 2
    assert remaining.pop("editions.Edition", 1) == 1
    remaining = {name: more for name, more in remaining.items() if not name.startswith("press.")}
    assert remaining == {}
    assert readiness.add_sample() == 0


def test_no_sample_unless_it_is_wanted() -> None:
    assert living.install() == 0
    assert not facts.get(living.STARTED)
    assert not Source.objects.filter(is_sample=True).exists()


def test_no_sample_into_a_portal_that_has_sources(sample: None) -> None:
    make_source()
    assert readiness.add_sample() == 0


def test_removing_the_sample_touches_nothing_of_the_desk(sample: None) -> None:
    living.install()
    owner = make_owner("A house without sources yet")
    profile = RightsProfile.objects.create(name="Agreed with the Gazette")
    topic, described = make_topic("Without articles"), make_topic("Described", description="What it is")
    shared = make_article(source=Source.objects.filter(is_sample=True)[0], topics=[described, make_topic("Only here")])
    mine = make_article()
    make_story([shared])
    make_story([mine])
    living.remove()
    assert set(Article.objects.all()) == {mine}
    assert Owner.objects.filter(pk=owner.pk).exists()
    assert RightsProfile.objects.filter(pk=profile.pk).exists()
    assert set(Topic.objects.all()) == {topic, described}
    assert not RightsProfile.objects.filter(name__startswith="Sample: ").exists()
    assert Source.objects.filter(is_house=True).exists()


def remove(*sources: Source) -> dict[str, int]:
    with clock.frozen(NOW):
        return removal.remove_sources(Source.objects.filter(pk__in=[source.pk for source in sources]))


def test_a_shared_story_lives_on_under_another_lead() -> None:
    going, staying = make_article(), make_article()
    story = make_story([going, staying])
    gone = remove(going.source)
    story.refresh_from_db()
    assert (story.lead, story.articles_count, story.live) == (staying, 1, True)
    assert gone == {"sources": 1, "articles": 1, "stories": 0, "topics": 0}


def test_the_oldest_copy_that_stays_takes_its_originals_place() -> None:
    going = make_article("What the board said")
    copies = [make_article("What the board said", copy_of=going, address=None) for _ in range(2)]
    story = make_story([going, *copies])
    remove(going.source)
    heir, other = (Article.objects.get(pk=copy.pk) for copy in copies)
    assert heir.copy_of is None
    assert heir.address
    assert other.copy_of == heir
    story.refresh_from_db()
    assert (story.lead, story.articles_count, story.copies_count, story.voices_count) == (heir, 1, 1, 1)
    for name, lines in ((invariant.name, lines) for invariant, lines in verify.verify(["copies", "stories"])):
        assert lines == [], name


def test_what_another_feed_brought_under_the_same_address_is_taken_in_again() -> None:
    going, other = make_article(), make_source()
    feed = Feed.objects.create(
        source=other, url="https://o.example/f", url_key="f", next_pull_at=NOW, body_hash="same", etag="e"
    )
    Dispatch.objects.create(feed=feed, entry_key="1", content_hash="h", arrived_at=NOW, fate="copied", article=going)
    make_story([going])
    remove(going.source)
    feed.refresh_from_db()
    assert (feed.body_hash, feed.etag, Dispatch.objects.count()) == ("", "", 0)


def test_the_page_of_what_is_gone_is_gone() -> None:
    article = make_article(source=make_source(rights=make_rights()))
    story = make_story([article])
    with clock.frozen(NOW):
        assert press.print_page(article.path) is not None
        remove(article.source)
        assert press.print_page(article.path) is None
    assert not Story.objects.filter(pk=story.pk).exists()

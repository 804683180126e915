"""The sample edition: taken in like any news, and removed without a trace. And removing sources in general."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from broadsheet.articles.models import Article, Topic
from broadsheet.copydesk.renditions import Made
from broadsheet.core import clock, facts, queue
from broadsheet.core.models import Effect
from broadsheet.editions.models import Slot
from broadsheet.lib.http import Door
from broadsheet.ops import readiness, verify
from broadsheet.ops.sample import edition, living, removal
from broadsheet.pictures.models import Picture
from broadsheet.press import services as press
from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.stories.models import Story
from broadsheet.wire import doors, errands
from broadsheet.wire import queries as wire_queries
from broadsheet.wire import services as wire
from broadsheet.wire.models import Dispatch, Feed
from broadsheet.wire.services import picturing
from tests.make import NOW, make_article, make_owner, make_rights, make_source, make_story, make_topic

pytestmark = pytest.mark.django_db

SAMPLE = edition.load()


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """A folder of this test's own for pictures."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def sample(settings: Any, monkeypatch: pytest.MonkeyPatch, media: Path) -> Iterator[None]:
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


@pytest.fixture
def quick_printing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first picture is rendered; all others, of the same size, get its renditions: sixty would take a minute."""
    real = picturing.draw_renditions
    drawn: list[list[Made]] = []

    def draw(body: bytes) -> list[Made]:
        if not drawn:
            drawn.append(real(body))
        return drawn[0]

    monkeypatch.setattr(picturing, "draw_renditions", draw)


def counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }


def pull_everything() -> None:
    """One pull of every feed that is due, in this thread."""
    for errand in wire.claim_due(100):
        wire.record([errands.pull(errand, doors.door(), doors.jail(), clock.now())])


def settle_everything() -> None:
    """Pages read, dispatches filed, effects carried out, until nothing is left."""
    with clock.shifted(timedelta(seconds=2)):
        for _ in range(60):
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


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def check_what_was_taken_in() -> None:
    """Every dispatch has a fate, and each kind of fate is there with the reasons that the edition gives."""
    assert Article.objects.filter(live=True).count() >= 100
    assert not Article.objects.exclude(source__is_sample=True).exists()
    assert set(Article.objects.values_list("language", flat=True)) == {"en", "es", "ar", "uk"}
    assert Slot.objects.exists()
    fates = Counter(Dispatch.objects.values_list("fate", flat=True))
    assert fates["arrived"] == 0
    assert fates["filed"] >= 100
    assert fates["copied"] >= 3
    spikes = Counter(Dispatch.objects.filter(fate="spiked").values_list("reason", flat=True))
    assert set(spikes) == {"no_headline", "not_an_article", "too_old"}
    told = Story.objects.filter(live=True, voices_count__gte=3).count()
    assert told >= 8, told


def check_pictures(media: Path) -> None:
    """Where rights allow it, articles have a picture of ours, with all that its source says of it."""
    allowed = Article.objects.exclude(origin_picture={}).filter(source__rights__pictures="kept", copy_of=None)
    assert allowed.count() >= 20
    assert [article.headline for article in allowed.filter(picture=None)] == []
    assert not Article.objects.exclude(source__rights__pictures="kept").exclude(picture=None).exists()
    by_url = {source.picture_url(one): one for source in SAMPLE.sources for one in SAMPLE.prints.values()}
    for picture in Picture.objects.all():
        said = by_url[picture.origin_url]
        assert (picture.caption, picture.alternative) == (said.caption, said.alternative)
        assert picture.credit
        assert picture.renditions.exists()
    assert len(files_in(media)) > Picture.objects.count()


def check_bad_habits() -> None:
    """After a few more pulls one feed is in trouble, another is known to have moved, and nothing came twice."""
    before = Article.objects.count()
    busy, moved = (Feed.objects.get(url__contains=host) for host in ("gallowbugle", "dailysplinter"))
    for _ in range(2):
        for feed in (busy, moved):
            assert wire.pull_feed(feed.pk) is not None
    settle_everything()
    assert list(wire_queries.troubled_feeds()) == [busy]
    busy.refresh_from_db()
    assert (busy.failures, busy.reason) == (1, "asks_to_wait")
    assert busy.next_pull_at > clock.now() + timedelta(minutes=4)
    old_address = moved.url
    moved.refresh_from_db()
    assert moved.url != old_address
    assert moved.url.startswith("http://dailysplinter.example/static/")
    assert Article.objects.count() == before


@pytest.mark.slow("takes in a whole edition through a real origin, door and jail")
def test_the_sample_is_taken_in_like_news_and_leaves_nothing_behind(
    sample: None, quick_printing: None, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    before = counts()
    lines: list[str] = []
    assert not living.tell(lines.append)
    assert readiness.add_sample() == len(SAMPLE.sources) > 0
    assert living.install() == 0
    assert living.tell(lines.append)
    living.mind()
    pull_everything()
    assert living.tell(lines.append)
    assert lines == []
    settle_everything()
    check_what_was_taken_in()
    check_pictures(media)
    assert not living.tell(lines.append)
    assert not living.tell(lines.append)
    articles, stories = Article.objects.count(), Story.objects.filter(live=True).count()
    (line,) = lines
    assert line.startswith(f"The front page is full: {articles} articles in {stories} stories, ")
    check_bad_habits()
    assert [line for _, faults in verify.verify() for line in faults] == []
    for article in Article.objects.exclude(address=None).order_by("pk")[::4]:
        assert press.print_page(article.path) is not None
    with django_capture_on_commit_callbacks(execute=True):  # then files are to go
        removed = living.remove()
    assert removed["articles"] == articles
    assert removed["sources"] == len(SAMPLE.sources)
    living.mind()
    assert not living.is_on()
    assert not living.tell(lines.append)
    assert len(lines) == 1
    assert doors._names == {}
    for seconds in (4, 6, 8):
        with clock.shifted(timedelta(seconds=seconds)):
            while queue.run_due():
                pass
    after = counts()
    # What remains: three facts (it was here, it was told, it was removed), the fronts without a slot, the press's log.
    remaining = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert remaining.pop("core.Fact") == 3
    assert remaining.pop("editions.Edition") == 10
    remaining = {name: more for name, more in remaining.items() if not name.startswith("press.")}
    assert remaining == {}
    assert files_in(media) == []
    assert readiness.add_sample() == 0


def test_the_line_waits_for_feeds_that_were_not_asked_yet(sample: None) -> None:
    living.install()
    lines: list[str] = []
    make_article(source=Source.objects.filter(is_sample=True)[0])
    assert living.tell(lines.append)
    Feed.objects.update(last_pull_at=clock.now())
    feed = Feed.objects.all()[0]
    row = Dispatch.objects.create(feed=feed, entry_key="1", content_hash="h", arrived_at=clock.now())
    assert living.tell(lines.append)
    assert lines == []
    Dispatch.objects.filter(pk=row.pk).update(fate="spiked")
    assert not living.tell(lines.append)
    assert not living.tell(lines.append)
    assert len(lines) == 1


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

"""Check 83: every listener, effect and timer of the wiring runs one to five times, in any order, and the database is
the same. They are found in the wiring itself: a new one that is not covered here fails."""

from __future__ import annotations

import io
import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from PIL import Image

from broadsheet.articles import services as articles
from broadsheet.articles.events import ArticleFiled
from broadsheet.articles.models import Article, ArticleVector, Section, SectionModel, Topic
from broadsheet.articles.services import section_learning
from broadsheet.articles.services.filing import keep_links
from broadsheet.copydesk.sections import seed
from broadsheet.core import clock, events, facts, queue
from broadsheet.core.models import Effect
from broadsheet.lib.http import Fetched
from broadsheet.ops import wiring
from broadsheet.ops.schedule import TIMERS
from broadsheet.pages.models import StandingPage
from broadsheet.pictures import services as pictures
from broadsheet.pictures.events import PictureChanged
from broadsheet.pictures.models import Picture
from broadsheet.sources.models import Source
from broadsheet.stories import relating
from broadsheet.stories.models import Story
from broadsheet.trends import rules as trend_rules
from broadsheet.trends import services as trends
from broadsheet.wire import doors
from broadsheet.wire.services import filing
from tests.make import NOW, make_article, make_owner, make_rights, make_source, make_topic, stand_ins

pytestmark = pytest.mark.django_db
Step = Callable[[], None]

# What says when and how often something ran, not what came of it.
PASSING = {"id", "assembled_at", "placed_at", "number", "at", "created_at", "updated_at", "edition", "kept_at", "mark"}
#: Effects that other tests register.
FOREIGN = {name for name in queue._runners if name.startswith(("note", "check"))}
ROOMS = ("articles", "stories", "trends", "editions", "pictures", "sources", "wire")


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    Effect.objects.all().delete()
    monkeypatch.setattr(timezone, "now", lambda: clock.now())
    # Learning from all titles takes half a minute; what is asked here is whether it may be repeated.
    monkeypatch.setattr(seed, "pairs", lambda: TITLES)
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")

    class Painter:
        def fetch(self, url: str, kind: str = "feed", **_: Any) -> Fetched:
            return Fetched(url=url, status=200, body=out.getvalue())

        def run(self, job: str, *, body: bytes) -> Any:
            if job == "renditions":
                return stand_ins(8)(body)
            return {"format": "PNG", "width": 8, "height": 8, "bytes": body}

    monkeypatch.setattr(doors, "door", Painter)
    monkeypatch.setattr(doors, "jail", Painter)
    with clock.frozen(NOW):
        yield


TITLES = seed.pairs()[:120]


def newsroom() -> list[int]:
    """Six filed articles of several sources, with links, a copy, pictures and a held one."""
    owner, rights = make_owner(), make_rights(pictures="kept")
    sources = [make_source(rights=rights, owner=owner if number < 2 else None) for number in range(4)]
    made = []
    for number in range(6):
        article = make_article(
            source=sources[number % 4], live=False, picture=None,
            origin_picture={"url": "https://p.example/1.png"} if number in (1, 3) else {},
        )  # fmt: skip
        keep_links(article, ["https://port.example/report"] if number < 3 else [])
        made.append(article)
    make_topic("Harbours")
    Article.objects.filter(pk=made[5].pk).update(copy_of=made[0].pk, address=None)
    return [article.pk for article in made]


def dump() -> dict[str, list[Any]]:
    """Every row of the news, without what only says when it was written; rows made on the way go by their names."""
    names = {
        "story_id": dict(Story.objects.values_list("pk", "slug")),
        "picture_id": dict(Picture.objects.values_list("pk", "file_hash")),
        "image_id": dict(Picture.objects.values_list("pk", "file_hash")),
    }
    found: dict[str, list[Any]] = {}
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models(include_auto_created=True):
            if model is SectionModel:
                continue  # learned twice there are two, alike, and one is in use
            columns = [field.attname for field in model._meta.concrete_fields if field.attname not in PASSING]
            if model.__name__ == "Slot":
                columns = ["place", "rank", "story_id", "article_id", "reason"]
            if model.__name__ == "TallyLog":
                # What it holds is packed, numbers of rows among it; the heats beside it are what came of it.
                columns = ["window"]
            rows = [
                [
                    names[column].get(value) if column in names else _plain(value)
                    for column, value in zip(columns, row, strict=True)
                ]
                for row in model._default_manager.values_list(*columns)
            ]
            found[model.__name__] = sorted(map(repr, rows))
    return found


def _plain(value: Any) -> Any:
    """A body as its stored blocks."""
    return list(value.raw_data) if hasattr(value, "raw_data") else value


def samples(event: type[events.Event]) -> list[events.Event]:
    """One event of this kind for everything there is that it may be about. A field not thought of here fails."""
    first, *others = fields(event)
    assert all(one.default is not MISSING for one in others), f"{event.__name__} needs more than its first field"
    found: dict[str, Callable[[], Iterable[Any]]] = {
        "article_id": lambda: Article.objects.order_by("pk").values_list("pk", flat=True),
        "picture_id": lambda: Picture.objects.order_by("pk").values_list("pk", flat=True),
        "source_id": lambda: Source.objects.order_by("pk").values_list("pk", flat=True),
        "story_id": lambda: Story.objects.order_by("pk").values_list("pk", flat=True),
        "topic_id": lambda: Topic.objects.order_by("pk").values_list("pk", flat=True),
        "topic_ids": lambda: [tuple(Topic.objects.order_by("pk").values_list("pk", flat=True))],
        "page_id": lambda: StandingPage.objects.order_by("pk").values_list("pk", flat=True),
        "section_key": lambda: Section.objects.order_by("pk").values_list("key", flat=True),
        "edition": lambda: ["front"],
        "stories": lambda: [2],
        "old_id": lambda: Story.objects.order_by("pk").values_list("pk", flat=True),
        "site_id": lambda: [1],
        "path": lambda: ["/an-old-address/"],
    }
    return [event(**{first.name: value}) for value in list(found[first.name]())]


def payloads() -> dict[str, Callable[[], list[dict[str, Any]]]]:
    """For every effect that is registered: what it is carried out with."""
    stored = [event for event in events._known.values() if events._later.get(event)]
    return {
        "event:": lambda: [
            {"event": event.name(), "payload": json.loads(json.dumps(asdict(one)))}
            for event in stored
            for one in samples(event)
        ],
        "task": lambda: [{"path": f"{__name__}.a_task", "args": [], "kwargs": {}}],
        wiring.ASSEMBLE: lambda: [{}],
        wiring.ASSEMBLE_SECTIONS: lambda: [{}],
        articles.RECLEAN: lambda: [{}],
        filing.LOOK_AGAIN: lambda: [{"articles": list(Article.objects.order_by("pk").values_list("pk", flat=True))}],
        wiring.KEEP_PICTURE: lambda: [asdict(one) for one in samples(ArticleFiled)],
        relating.RELATE: lambda: [{}],
        section_learning.LEARN: lambda: [{}],
        pictures.RENDER: lambda: [asdict(one) for one in samples(PictureChanged)],
    }


@task()
def a_task() -> None:
    """What Wagtail's own jobs do: something that may be done again."""
    facts.put("check-83", "done")


def steps() -> dict[str, Step]:
    """Every listener of the wiring, every effect and every timer by name; each over all there is in its world."""
    made: dict[str, Step] = {}
    for event in events._known.values():
        for handler in [*events._at_once.get(event, []), *events._later.get(event, [])]:
            made[f"{event.__name__} → {handler.__name__}"] = lambda handler=handler, event=event: _each(  # type: ignore[misc]
                handler, samples(event)
            )
    for name, given in payloads().items():
        made[name] = lambda name=name, given=given: _each(queue._runners[name].run, given())  # type: ignore[misc]
    for timer in TIMERS:
        made[f"timer {timer.name}"] = timer.run  # type: ignore[assignment]
    return made


def _each(run: Callable[[Any], Any], given: list[Any]) -> None:
    """As `events.handle` does."""
    for one in [given] if getattr(run, "takes_all", False) else given:
        run(one)


def settle() -> None:
    """What the effects asked for themselves, relatives as of now (some were looked for too early), what is learned each
    day, and the fronts."""
    Effect.objects.all().delete()
    ArticleVector.objects.update(waiting=True)
    wiring.relate({})
    trends.learn()
    trends.tally(trend_rules.WINDOWS)
    wiring.assemble({})


class Undo(Exception):
    """Ends a world."""


def after(plan: list[Step]) -> dict[str, list[Any]]:
    """The database after these steps, in a world that is given up afterwards."""
    result: dict[str, list[Any]] = {}
    # Files are not rolled back: those of an earlier world would give the next one other names.
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    try:
        with transaction.atomic():
            for step in plan:
                with transaction.atomic():
                    step()
            settle()
            result = dump()
            raise Undo
    except Undo:
        return result


@pytest.mark.slow("four worlds, each with everything up to five times")
def test_check_83_everything_one_to_five_times_in_any_order_is_the_same_database() -> None:
    newsroom()
    once = after(list(steps().values()))
    assert len(once["Placement"]) == 6
    assert len(once["Picture"]) == 1
    assert once["Slot"]
    for number in range(3):
        chance = random.Random(number)
        plan = [step for step in steps().values() for _ in range(chance.randint(1, 5))]
        chance.shuffle(plan)
        assert after(plan) == once, f"seed {number}"


@pytest.mark.long("forty worlds, each with everything up to five times")
def test_check_83_forty_orders_are_the_same_database() -> None:
    newsroom()
    once = after(list(steps().values()))
    for number in range(100, 140):
        chance = random.Random(number)
        plan = [step for step in steps().values() for _ in range(chance.randint(1, 5))]
        chance.shuffle(plan)
        assert after(plan) == once, f"seed {number}"


@pytest.mark.slow("six worlds")
def test_check_83_the_order_of_arrival_decides_no_count() -> None:
    """Which story of two strangers is the older may depend on the order; what stands in one story may not."""
    ids = newsroom()
    placing: list[Step] = [lambda pk=pk: wiring.place_and_publish([ArticleFiled(pk)]) for pk in ids]  # type: ignore[misc]

    def shape(plan: list[Step]) -> set[tuple[frozenset[str], str]]:
        world = after(plan)
        groups: dict[str, set[str]] = {}
        for row in world["Placement"]:
            article, story = row.strip("[]").split(", ")[:2]
            groups.setdefault(story, set()).add(article)
        return {(frozenset(group), str(len(world["Article"]))) for group in groups.values()}

    expected = shape(placing)
    for number in range(5):
        plan = placing[:-1]
        random.Random(number).shuffle(plan)
        # A copy is placed after its original: its event was written later and the outbox keeps the order.
        assert shape([*plan, placing[-1]]) == expected


def test_check_83_every_listener_effect_and_timer_of_the_wiring_is_covered_here() -> None:
    newsroom()
    assert set(payloads()) == set(queue._runners) - FOREIGN, "an effect has no payload in this test"
    names = set(steps())
    for event, (at_once, later) in events.subscriptions().items():
        for handler in [*at_once, *later]:
            assert f"{event.rpartition('.')[2]} → {handler.rpartition('.')[2]}" in names
    assert {f"timer {timer.name}" for timer in TIMERS} <= names
    # Each is about something: a listener that no sample reaches would prove nothing.
    wiring.place_and_publish([ArticleFiled(Article.objects.order_by("pk")[0].pk)])
    queue._runners[wiring.KEEP_PICTURE].run({"article_id": Article.objects.order_by("pk")[1].pk})
    for event in events._known.values():
        assert samples(event), f"nothing in this newsroom is what {event.__name__} is about"


def test_an_event_of_an_article_that_was_removed_meanwhile_is_no_failure() -> None:
    article = make_article(live=False)
    events.announce(ArticleFiled(article.pk))
    article.delete()
    assert queue.run_due() == 1
    assert not Effect.objects.filter(attempts__gt=0).exists()

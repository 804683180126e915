"""Check 83: later effects run one to five times, in any order, and the database is the same."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from PIL import Image

from broadsheet.articles.events import ArticleFiled
from broadsheet.articles.models import Article
from broadsheet.articles.services.filing import keep_links
from broadsheet.core import clock, events, queue
from broadsheet.core.models import Effect
from broadsheet.lib.http import Fetched
from broadsheet.ops import wiring
from broadsheet.pictures import services as pictures
from broadsheet.pictures.models import Picture
from broadsheet.sources.events import SourceChanged
from broadsheet.stories.models import Story
from broadsheet.wire import doors
from tests.make import NOW, make_article, make_owner, make_rights, make_source, stand_ins

pytestmark = pytest.mark.django_db
Step = Callable[[], None]

# What says when and how often something ran, not what came of it.
PASSING = {"id", "assembled_at", "placed_at", "number", "at", "created_at", "updated_at", "edition"}
ROOMS = ("articles", "stories", "trends", "editions", "pictures", "sources", "wire")


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    Effect.objects.all().delete()
    monkeypatch.setattr(timezone, "now", lambda: clock.now())
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
            columns = [field.attname for field in model._meta.concrete_fields if field.attname not in PASSING]
            if model.__name__ == "Slot":
                columns = ["place", "rank", "story_id", "article_id", "reason"]
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


def steps(ids: list[int]) -> list[Step]:
    """All later effects there are: filed events of each article, pictures, a changed source, the front."""
    made: list[Step] = [lambda pk=pk: wiring.place_and_publish(ArticleFiled(pk)) for pk in ids]  # type: ignore[misc]
    made += [lambda pk=pk: queue._runners[wiring.KEEP_PICTURE].run({"article_id": pk}) for pk in ids]  # type: ignore[misc]
    made += [lambda pk=pk: wiring.render({"picture_id": pk}) for pk in Picture.objects.values_list("pk", flat=True)]  # type: ignore[misc]
    made += [
        lambda pk=pk: wiring.recount_source(SourceChanged(pk))  # type: ignore[misc]
        for pk in Article.objects.values_list("source_id", flat=True).distinct()
    ]
    made.append(lambda: wiring.assemble({}))
    return made


def settle() -> None:
    """What the effects asked for themselves, and the front."""
    Effect.objects.all().delete()
    wiring.assemble({})


class Undo(Exception):
    """Ends a world."""


def after(ids: list[int], plan: list[Step]) -> dict[str, list[Any]]:
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


@pytest.mark.slow("six worlds, each with all effects up to five times")
def test_check_83_repeating_changes_nothing() -> None:
    ids = newsroom()
    once = after(ids, steps(ids))
    assert len(once["Placement"]) == 6
    assert len(once["Picture"]) == 1
    assert once["Slot"]
    for seed in range(5):
        chance = random.Random(seed)
        plan = [step for step in steps(ids) for _ in range(chance.randint(1, 5))]
        assert after(ids, plan) == once


@pytest.mark.slow("six worlds, each with all effects up to five times")
def test_check_83_late_repeats_in_any_order_change_nothing() -> None:
    ids = newsroom()
    once = after(ids, steps(ids))
    for seed in range(5):
        chance = random.Random(seed)
        repeats = [step for step in steps(ids) for _ in range(chance.randint(0, 4))]
        chance.shuffle(repeats)
        assert after(ids, [*steps(ids), *repeats]) == once


@pytest.mark.slow("six worlds, each with all effects up to five times")
def test_check_83_the_order_of_arrival_decides_no_count() -> None:
    """Which story of two strangers is the older may depend on the order; what stands in one story may not."""
    ids = newsroom()

    def shape(plan: list[Step]) -> set[tuple[frozenset[str], str]]:
        world = after(ids, plan)
        groups: dict[str, set[str]] = {}
        for row in world["Placement"]:
            article, story = row.strip("[]").split(", ")[:2]
            groups.setdefault(story, set()).add(article)
        live = world["Article"]
        return {(frozenset(group), str(len(live))) for group in groups.values()}

    expected = shape(steps(ids))
    for seed in range(5):
        plan = [step for step in steps(ids)[: len(ids) - 1] for _ in range(1)]
        random.Random(seed).shuffle(plan)
        # A copy is placed after its original: its event was written later and the outbox keeps the order.
        assert shape([*plan, *steps(ids)[len(ids) - 1 :]]) == expected


def test_check_83_every_later_listener_is_covered_here() -> None:
    later = {name for _, found in events.subscriptions().values() for name in found}
    assert later == {"ops.wiring.place_and_publish", "ops.wiring.recount_source"}
    names = {name for name in queue._runners if not name.startswith(("note", "check"))}
    assert names == {"event:", "task", wiring.ASSEMBLE, wiring.KEEP_PICTURE, pictures.RENDER}


def test_an_event_of_an_article_that_was_removed_meanwhile_is_no_failure() -> None:
    article = make_article(live=False)
    events.announce(ArticleFiled(article.pk))
    article.delete()
    assert queue.run_due() == 1
    assert not Effect.objects.filter(attempts__gt=0).exists()

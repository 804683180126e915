"""What stories are at a moment, rows and writer's numbers, so that an order can be taken back exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from broadsheet.stories.models import Placement, RunningStory, Story, StoryRedirect

Kept = dict[str, Any]

_PLACED = ("article_id", "story_id", "why", "detail", "score", "version", "language", "nucleus", "placed_at")
_LED = ("slug", "story_id", "was")
_RUNNING = ("language", "number", "story_id")
_STORY = tuple(field.attname for field in Story._meta.concrete_fields)
_MOMENTS = {"first_at", "last_at", "locked_at", "placed_at"}


def rows_of(stories: Iterable[int]) -> Kept:
    """All rows that make up these stories, as plain data."""
    ids = sorted(set(stories))
    return {
        "ids": ids,
        "stories": _told(Story.objects.filter(pk__in=ids).order_by("pk").values_list(*_STORY)),
        "placed": _told(Placement.objects.filter(story_id__in=ids).order_by("article_id").values_list(*_PLACED)),
        "led": _told(_redirects(ids).order_by("slug").values_list(*_LED)),
        "running": _told(
            RunningStory.objects.filter(story_id__in=ids).order_by("language", "number").values_list(*_RUNNING)
        ),
    }


def _redirects(ids: list[int]) -> Any:
    return StoryRedirect.objects.filter(Q(story_id__in=ids) | Q(was__in=ids))


def _told(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [[one.isoformat() if isinstance(one, datetime) else one for one in row] for row in rows]


def restore(before: Kept, now: Iterable[int]) -> None:
    """Make the rows of these stories what they were; `now` are the stories that hold their articles at present."""
    ids = sorted({*before["ids"], *now})
    known = set(Story.objects.filter(pk__in=ids).values_list("pk", flat=True))
    stories = [Story(**_facts(_STORY, row)) for row in before["stories"]]
    Story.objects.bulk_create([one for one in stories if one.pk not in known])
    Story.objects.bulk_update([one for one in stories if one.pk in known], [name for name in _STORY if name != "id"])
    placed = [Placement(**_facts(_PLACED, row)) for row in before["placed"]]
    Placement.objects.bulk_update(placed, [name for name in _PLACED if name != "article_id"], batch_size=100)
    RunningStory.objects.filter(story_id__in=ids).delete()
    _redirects(ids).delete()
    Story.objects.filter(pk__in=known - {one.pk for one in stories}).delete()
    for model, names, rows in ((StoryRedirect, _LED, before["led"]), (RunningStory, _RUNNING, before["running"])):
        _make(model, names, rows)


def _make(model: type[Model], names: tuple[str, ...], rows: list[list[Any]]) -> None:
    model._default_manager.bulk_create([model(**_facts(names, row)) for row in rows])


def _facts(names: tuple[str, ...], row: list[Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value else value
        for name, value in zip(names, row, strict=True)
    }


def mark_of(rows: Kept, machine: Mapping[str, Mapping[str, Any]]) -> str:
    """Changes with all that an undoing would overwrite; counts and what a repair is yet to look at are not of it."""
    place = _STORY.index
    said = [
        [[row[place(name)] for name in ("id", "slug", "locked_at", "chosen_lead_id")] for row in rows["stories"]],
        [row[:2] + row[6:8] for row in rows["placed"]],
        rows["led"],
        rows["running"],
        {
            language: {key: value for key, value in state.items() if key not in ("touched", "next_id")}
            for language, state in machine.items()
        },
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

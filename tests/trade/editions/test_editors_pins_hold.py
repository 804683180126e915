"""Pins: an editor's place is kept until it runs out, only by those who may, and machines fill the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.accounts.models import User
from broadsheet.articles.models import Article, Section
from broadsheet.core import clock, events
from broadsheet.core.models import Effect
from broadsheet.editions import rules, services
from broadsheet.editions.events import EditionChanged, PinChanged
from broadsheet.editions.models import Edition, Pin, Slot
from broadsheet.ops import wiring
from broadsheet.stories.models import Story
from tests.make import NINE, NOW, make_article, make_sections, make_source, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
KEYS = [key for key, _, _ in NINE]


@pytest.fixture
def editor(db: None) -> Any:
    user = User.objects.create_user("editor@paper.example", "editor@paper.example")
    user.groups.add(Group.objects.get(name="Editors"))
    return user


def tell(count: int, section: str = "world", **values: Any) -> list[Story]:
    source = make_source()
    articles = [
        make_article(source=source, section=section, age=timedelta(minutes=n), **values) for n in range(1, count + 1)
    ]
    return [make_story([one]) for one in articles]


def placed(edition: str = "front") -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, story in Slot.objects.filter(edition__name=edition).order_by("rank").values_list("place", "story_id"):
        found.setdefault(place, []).append(story)
    return found


def test_a_pinned_story_leads_however_old_and_says_why(editor: Any, announced: list[events.Event]) -> None:
    tell(8)
    old = make_story([make_article(age=timedelta(days=40))])
    made = services.pin("front", old, by=editor)
    assert announced == [PinChanged("front", old.pk, "")]
    assert (made.by, made.at, made.place) == (editor, NOW, "lead")
    assert services.assemble()
    assert placed()["lead"] == [old.pk]
    assert Slot.objects.get(place="lead").reason == rules.PINNED
    assert not services.assemble()


def test_a_pin_runs_out(editor: Any) -> None:
    newest, *_, last = tell(8)
    services.pin("front", last, by=editor, until=NOW + timedelta(hours=1))
    services.assemble()
    assert placed()["lead"] == [last.pk]
    with clock.frozen(NOW + timedelta(minutes=59)):
        assert not services.assemble()
    with clock.frozen(NOW + timedelta(hours=1)):
        assert services.assemble()
        assert placed()["lead"] == [newest.pk]
        assert services.purge() == 1
    assert not Pin.objects.exists()


def test_pins_of_one_place_stand_in_their_order(editor: Any) -> None:
    *_, one, two, three = tell(12)
    services.pin("front", one, by=editor, place="second", rank=2)
    services.pin("front", two, by=editor, place="second", rank=1)
    services.pin("front", three, by=editor, place="lead", rank=9)
    services.assemble()
    assert placed()["lead"] == [three.pk]
    assert placed()["second"][:2] == [two.pk, one.pk]
    # Pinned again, it moves: a story has one place.
    services.pin("front", one, by=editor, place="second", rank=0)
    services.assemble()
    assert placed()["second"][:2] == [one.pk, two.pk]
    assert Pin.objects.count() == 3


def test_taken_off_it_stands_where_its_worth_puts_it(editor: Any) -> None:
    newest, *_, last = tell(8)
    made = services.pin("front", last, by=editor)
    services.assemble()
    services.unpin(made, by=editor)
    assert services.assemble()
    assert placed()["lead"] == [newest.pk]


def test_another_article_may_stand_for_its_story(editor: Any) -> None:
    tell(5)
    first, second = make_article(), make_article(age=timedelta(hours=2))
    story = make_story([first, second])
    services.pin("front", story, by=editor, article=second)
    services.assemble()
    assert Slot.objects.get(place="lead").article == second
    Article.objects.filter(pk=second.pk).update(live=False)
    services.assemble()
    assert Slot.objects.get(place="lead").article == first
    with pytest.raises(ValidationError, match="not in the story"):
        services.pin("front", story, by=editor, article=make_article())


def test_only_those_who_may_pin_and_only_what_makes_sense(editor: Any) -> None:
    (story,) = tell(1)
    writer = User.objects.create_user("writer@paper.example", "writer@paper.example")
    writer.groups.add(Group.objects.get(name="Contributors"))
    with pytest.raises(PermissionDenied):
        services.pin("front", story, by=writer)
    made = services.pin("front", story, by=editor)
    with pytest.raises(PermissionDenied):
        services.unpin(made, by=writer)
    with pytest.raises(ValidationError, match="over already"):
        services.pin("front", story, by=editor, until=NOW)
    with pytest.raises(ValidationError, match="no such place"):
        services.pin("front", story, by=editor, place="roof")


def test_the_front_is_filled_anew_at_once_and_when_the_pin_runs_out(editor: Any) -> None:
    (story,) = tell(1)
    wiring.connect()
    until = NOW + timedelta(hours=3)
    services.pin("front", story, by=editor, until=until)
    due = set(Effect.objects.filter(name=wiring.ASSEMBLE).values_list("due_at", flat=True))
    assert due == {NOW + wiring.SETTLE, until}


def test_every_section_has_its_front_and_only_changed_ones_are_written(announced: list[events.Event]) -> None:
    make_sections()
    world, tech = tell(9, "world"), tell(3, "tech")
    assert services.assemble_sections() == 2
    assert announced == [EditionChanged("section:tech"), EditionChanged("section:world")]
    assert placed("section:world") == {"lead": [world[0].pk], "second": [one.pk for one in world[1:5]]}
    assert placed("section:tech") == {"lead": [tech[0].pk], "second": [one.pk for one in tech[1:]]}
    announced.clear()
    assert services.assemble_sections() == 0
    tell(1, "sports")
    assert services.assemble_sections() == 1
    assert announced == [EditionChanged("section:sports")]
    assert Edition.objects.get(name="section:world").number == 1


def test_a_sections_pin_holds_in_its_section_alone(editor: Any) -> None:
    make_sections()
    *_, last = tell(9, "world")
    services.pin("section:world", last, by=editor)
    services.assemble()
    services.assemble_sections()
    assert placed("section:world")["lead"] == [last.pk]
    assert placed()["lead"] != [last.pk]


def test_a_section_that_was_hidden_keeps_no_article_that_is_gone() -> None:
    make_sections()
    (only,) = tell(1, "travel")
    services.assemble_sections()
    Section.objects.filter(key="travel").update(shown=False)
    Story.objects.filter(pk=only.pk).update(live=False)
    assert services.assemble_sections() == 1
    assert placed("section:travel") == {}


def test_fronts_of_sections_cost_the_same_for_few_and_many_stories(announced: list[events.Event]) -> None:
    make_sections()
    counts = []
    for more in (1, 20):
        for key in KEYS:
            tell(more, key)
        with CaptureQueriesContext(connection) as seen:
            assert services.assemble_sections() == 9
        # What marking pages costs is the press's, once for each front that changed.
        counts.append(sum("press_" not in one["sql"] and "SAVEPOINT" not in one["sql"] for one in seen))
    assert counts[1] <= counts[0] <= 14

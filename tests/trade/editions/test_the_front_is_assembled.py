"""Assembling the front from what is live: same cost for few and many, no change without a change, no story twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.articles import services as articles
from broadsheet.articles.models import Section
from broadsheet.core import clock, events
from broadsheet.editions import queries, services
from broadsheet.editions.events import EditionChanged
from broadsheet.editions.models import Edition, Slot
from broadsheet.stories import services as stories
from broadsheet.stories.models import Story
from broadsheet.trends import queries as trends_queries
from broadsheet.trends import services as trends
from tests.make import NINE, NOW, make_article, make_source, make_story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
KEYS = [key for key, _, _ in NINE]


def tell(count: int, **values: object) -> list[Story]:
    """So many stories of one article each, over all sections."""
    source = make_source()
    made = []
    for number in range(count):
        article = make_article(source=source, section=KEYS[number % 9], age=timedelta(minutes=number), **values)  # type: ignore[arg-type]
        made.append(make_story([article]))
    return made


def slots() -> list[tuple[str, int, int]]:
    return list(Slot.objects.order_by("place", "rank").values_list("place", "rank", "story_id"))


def test_the_front_is_filled_and_told(announced: list[events.Event]) -> None:
    made = tell(12)
    assert services.assemble()
    assert announced == [EditionChanged("front")]
    edition = Edition.objects.get()
    assert (edition.number, edition.assembled_at) == (1, NOW)
    newest = max(story.last_at for story in made).isoformat(timespec="minutes")
    assert edition.receipt == {
        "stories": 12, "sources": 1, "dispatches": 0, "copies": 0, "newest": newest, "quiet": False,
    }  # fmt: skip
    assert {story for _, _, story in slots()} <= {story.pk for story in made}
    assert queries.edition() == edition


def test_assembling_again_without_a_change_is_nothing(announced: list[events.Event]) -> None:
    tell(12)
    services.assemble()
    before = list(Slot.objects.values())
    announced.clear()
    assert not services.assemble()
    assert not services.assemble()
    assert (list(Slot.objects.values()), Edition.objects.get().number) == (before, 1)
    assert announced == []


def test_an_empty_paper_has_an_empty_front() -> None:
    assert services.assemble() in (True, False)
    assert slots() == []
    assert not services.assemble()


def test_assembling_costs_the_same_for_five_and_sixty_stories() -> None:
    tell(5)
    services.assemble()
    tell(1)
    with CaptureQueriesContext(connection) as few:
        assert services.assemble()
    tell(60)
    with CaptureQueriesContext(connection) as many:
        assert services.assemble()
    # A paper with few stories asks once more, for older ones.
    assert len(many) <= len(few) <= 22
    tell(60)
    with CaptureQueriesContext(connection) as more:
        assert services.assemble()
    assert len(more) == len(many)


def test_reading_the_front_costs_the_same_for_few_and_many_slots() -> None:
    sections = list(Section.objects.all())
    counts = []
    for more in (5, 60):
        tell(more)
        services.assemble()
        with CaptureQueriesContext(connection) as seen:
            for slot in queries.slots(Edition.objects.get().pk, sections):
                assert slot.article.source.rights.text
                assert slot.article.shown_section.name
                assert slot.article.judgement.words
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_what_leaves_the_paper_leaves_the_front() -> None:
    (story, *_) = tell(5)
    services.assemble()
    assert story.pk in {row[2] for row in slots()}
    articles.withdraw(story.lead, why="Wrong")
    assert services.assemble()
    assert story.pk not in {row[2] for row in slots()}


def test_heat_brings_a_story_among_the_trending_with_its_receipt() -> None:
    for _ in range(6):
        tell(1)
    hot = [make_story([make_article(age=timedelta(hours=12 + n)) for n in range(3)]) for _ in range(5)]
    for story in hot:
        stories.recount(story)
    trends.tally()
    services.assemble()
    row = Slot.objects.filter(place="trending").first()
    assert row is not None
    assert row.story in hot
    assert row.reason == trends_queries.receipts(9)[row.story_id]


def test_a_hidden_section_has_no_strip() -> None:
    Section.objects.filter(key="crypto").update(shown=False)
    tell(60)
    services.assemble()
    places = set(Slot.objects.values_list("place", flat=True))
    assert "strip:crypto" not in places
    assert "strip:tech" in places


def test_a_quiet_paper_still_has_a_front() -> None:
    tell(9)
    with clock.frozen(NOW + timedelta(days=60)):
        services.assemble()
        assert len(slots()) > 0
        receipt = Edition.objects.get().receipt
        assert (receipt["stories"], receipt["sources"]) == (0, 0)
        assert receipt["quiet"]
        assert receipt["newest"] < NOW.isoformat()


def test_time_alone_may_change_the_front_but_never_shows_a_story_twice() -> None:
    tell(60)
    for hours in range(0, 100, 9):
        with clock.frozen(NOW + timedelta(hours=hours)):
            services.assemble()
            found = [row[2] for row in slots()]
            assert len(found) == len(set(found))

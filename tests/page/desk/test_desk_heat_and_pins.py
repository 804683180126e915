"""Trending, reader events and pins at the desk: what is seen, who may, and that a pin goes through the service."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.articles.models import Article
from broadsheet.core import clock
from broadsheet.editions import services as editions
from broadsheet.editions.models import Pin, Slot
from broadsheet.stories.models import Story
from broadsheet.trends import rules, services
from broadsheet.trends.counter import Counted
from broadsheet.trends.models import Heat
from tests import make


@pytest.fixture
def hot(newsroom: object) -> Story:
    """A trending story with all that an editor sees of it."""
    article = make.make_article("Harbour opens <again>", address="world-news/harbour-opens-again")
    story = make.make_story([article, make.make_article()], slug="harbour-opens")
    row = make.make_heat(story, 3.25, "9 sources in 2 h")
    Heat.objects.filter(pk=row.pk).update(inputs={"voices": 9, "rates": {"read_1h": 41.5}})
    return story


def test_trending_is_listed_by_window_and_opened_with_its_inputs(as_editor: Client, hot: Story) -> None:
    make.make_heat(make.make_story([make.make_article("Of the hour")]), 1.0, "2 sources in 1 h", window="hour")
    page = as_editor.get("/desk/heat/").content.decode()
    assert "1. Harbour opens &lt;again&gt;" in page
    assert "9 sources in 2 h" in page
    assert "Of the hour" not in page
    page = as_editor.get("/desk/heat/?window=hour").content.decode()
    assert "Of the hour" in page
    assert "Harbour opens" not in page
    row = Heat.objects.get(story=hot)
    page = as_editor.get(f"/desk/heat/inspect/{row.pk}/").content.decode()
    for words in ("rates: read 1h", "41.5", "9 sources in 2 h", "/desk/pins/new/?story=harbour-opens"):
        assert words in page


def test_an_empty_list_says_so(as_editor: Client, newsroom: object) -> None:
    for path in ("/desk/heat/", "/desk/pins/"):
        assert "There are no" in as_editor.get(path).content.decode(), path


def test_the_list_costs_the_same_for_few_and_many(as_editor: Client, newsroom: object) -> None:
    counts = []
    for more in (2, 20):
        for number in range(more):
            make.make_heat(make.make_story([make.make_article()]), number + more, "2 sources in 1 h")
        with CaptureQueriesContext(connection) as seen:
            as_editor.get("/desk/heat/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_reader_events_are_told_by_kind_and_what_did_not_count(as_editor: Client, hot: Story) -> None:
    now = clock.now()
    events = Counter({(rules.bucket_of(now - timedelta(hours=2)), "share", hot.lead_id): 4321})
    refused = Counter({(rules.hour_of(now - timedelta(hours=2)), "network"): 8765})
    services.record("t", Counted(events, refused))
    page = " ".join(as_editor.get("/desk/heat/readers/").content.decode().split())
    cell = '<td class="desk-number">'
    assert f'<th scope="row">Shared</th>{cell}0</td>{cell}4321</td>{cell}4321</td>' in page
    assert f'<th scope="row">Too many of one network</th>{cell}0</td>{cell}8765</td>{cell}8765</td>' in page


def test_an_editor_pins_moves_and_takes_off(as_editor: Client, hot: Story) -> None:
    assert 'value="/stories/harbour-opens/"' in as_editor.get("/desk/pins/new/?story=harbour-opens").content.decode()
    form = {"front": "front", "address": "https://paper.example/stories/harbour-opens/", "place": "lead", "rank": "0"}
    answer = as_editor.post("/desk/pins/new/", form)
    assert answer.status_code == 302
    made = Pin.objects.get()
    assert (made.story, made.article, made.edition.name, made.place) == (hot, None, "front", "lead")
    assert made.by is not None
    assert made.by.email == "editor@desk.example"
    editions.assemble()
    assert Slot.objects.get(place="lead").story == hot
    page = as_editor.get("/desk/pins/").content.decode()
    assert "Harbour opens &lt;again&gt;" in page
    # Another article of the story, another front, with an end.
    other = hot.placements.exclude(article=hot.lead_id).get().article
    until = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%d %H:%M")
    form = {"front": "section:world", "address": other.path, "place": "second", "rank": "3", "until": until}
    assert as_editor.post(f"/desk/pins/edit/{made.pk}/", form).status_code == 302
    moved = Pin.objects.get()
    assert (moved.article, moved.edition.name, moved.place, moved.rank) == (other, "section:world", "second", 3)
    assert moved.until is not None
    asked = as_editor.get(f"/desk/pins/delete/{moved.pk}/").content.decode()
    assert "Take this pin off?" in asked
    assert Pin.objects.exists()
    assert as_editor.post(f"/desk/pins/delete/{moved.pk}/").status_code == 302
    assert not Pin.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "/stories/nothing/"}, "No story of the paper stands at this address."),
        ({"address": "/world-news/nothing/"}, "No story of the paper stands at this address."),
        ({"until": "2020-01-01 10:00"}, "This moment is over already."),
        ({"front": "section:nowhere"}, "Select a valid choice"),
        ({"place": "roof"}, "Select a valid choice"),
    ],
)
def test_a_pin_that_makes_no_sense_is_refused_in_words(
    as_editor: Client, hot: Story, wrong: dict[str, str], words: str
) -> None:
    form = {"front": "front", "address": "/stories/harbour-opens/", "place": "lead", "rank": "0", **wrong}
    assert words in as_editor.post("/desk/pins/new/", form).content.decode()
    assert not Pin.objects.exists()


def test_contributors_neither_see_nor_pin(as_contributor: Client, hot: Story) -> None:
    for path in ("/desk/heat/", "/desk/heat/readers/", "/desk/pins/", "/desk/pins/new/"):
        answer = as_contributor.get(path)
        assert answer.status_code == 403 or answer.headers.get("Location") == "/desk/", path
    form = {"front": "front", "address": "/stories/harbour-opens/", "place": "lead", "rank": "0"}
    as_contributor.post("/desk/pins/new/", form)
    assert not Pin.objects.exists()
    assert Article.objects.exists()

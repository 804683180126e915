"""Sections and topics changed at the desk change the paper, and old addresses lead on."""

from __future__ import annotations

import pytest

from broadsheet.accounts.models import User
from broadsheet.articles.models import Section
from broadsheet.pages import queries as pages
from broadsheet.press import services as press
from broadsheet.press.models import Page
from tests import make
from tests.page.desk.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_a_section_that_moves_leaves_a_redirect(admin: User) -> None:
    section = Section.objects.get(key="travel")
    press.print_page("/travel/")
    data = {"name": "Journeys", "slug": "journeys", "key": "travel", "description": "", "order": 9, "shown": "on"}
    response = signed_in(admin).post(f"/desk/sections/edit/{section.pk}/", data)
    assert response.status_code == 302
    assert pages.led_elsewhere("/travel/") == ("/journeys/", True)
    assert Page.objects.get(path="/travel/").stale
    moved = press.print_page("/travel/")
    assert moved is not None
    assert moved.status == 301
    assert dict(moved.headers)["Location"] == "/journeys/"


def test_renaming_twice_makes_no_chain(db: None) -> None:
    from broadsheet.pages import services

    services.lead_elsewhere("/one/", "/two/")
    services.lead_elsewhere("/two/", "/three/")
    assert pages.led_elsewhere("/one/") == ("/three/", True)
    services.lead_elsewhere("/three/", "/one/")
    assert pages.led_elsewhere("/one/") is None
    assert pages.led_elsewhere("/two/") == ("/one/", True)


def test_a_renamed_topic_makes_its_pages_stale(admin: User) -> None:
    topic = make.make_topic("Tidal Power")
    article = make.make_article("A wheel in the strait", topics=[topic])
    make.make_story([article])
    press.print_page("/topics/tidal-power/")
    form = {"name": "Tidal energy", "kind": "theme", "description": ""}
    response = signed_in(admin).post(f"/desk/topics/edit/{topic.pk}/", form)
    assert response.status_code == 302
    assert Page.objects.get(path="/topics/tidal-power/").stale

"""Sources, feeds and dispatches at the desk: adding, testing, pausing, deciding anew, and telling the paper."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from broadsheet.articles.events import SectionsChanged
from broadsheet.articles.models import Section, Topic
from broadsheet.core import clock, events
from broadsheet.lib.reasons import Reason
from broadsheet.pages.events import BrandChanged, RedirectsChanged, StandingPageChanged
from broadsheet.pages.models import Brand
from broadsheet.sources.events import SourceChanged
from broadsheet.sources.models import Source
from broadsheet.wire import testing
from broadsheet.wire.models import Dispatch, Feed
from tests import make


@pytest.fixture
def told() -> Any:
    """What was announced."""
    heard: list[Any] = []
    with patch.object(events, "announce", heard.append):
        yield heard


@pytest.fixture
def feed(newsroom: Source) -> Feed:
    """A feed that works."""
    return Feed.objects.create(
        source=make.make_source(), url="https://one.example/f", url_key="1", next_pull_at=clock.now()
    )


def source_form(**changes: Any) -> dict[str, Any]:
    rights = make.make_rights("excerpt")
    return {
        "name": "The New Gazette",
        "homepage": "",
        "owner": "",
        "feed_url": "",
        "rights": rights.pk,
        "publishing": "review",
        "state": "active",
        "default_section": "tech",
        "language": "en",
        "country": "",
        "about": "",
        **changes,
    }


def test_a_source_comes_with_its_first_feed(as_editor: Client, newsroom: Source) -> None:
    data = source_form(feed_url="https://new.example/feed")
    assert as_editor.post("/desk/sources/new/", data).status_code == 302
    source = Source.objects.get(name="The New Gazette")
    assert source.slug == "the-new-gazette"
    assert source.default_section == "tech"
    assert source.feeds.get().url == "https://new.example/feed"
    assert as_editor.post("/desk/sources/new/", data).status_code == 200, "the same feed a second time"
    assert Feed.objects.count() == 1


def test_a_changed_source_owner_or_profile_is_announced(as_editor: Client, feed: Feed, told: list[Any]) -> None:
    owner = make.make_owner("House")
    Source.objects.filter(pk=feed.source_id).update(owner=owner)
    as_editor.post(f"/desk/sources/edit/{feed.source_id}/", source_form(name="Renamed", owner=owner.pk))
    assert told == [SourceChanged(feed.source_id)]
    told.clear()
    as_editor.post(f"/desk/owners/edit/{owner.pk}/", {"name": "House of", "country": "", "homepage": ""})
    assert told == [SourceChanged(feed.source_id)]
    told.clear()
    rights = Source.objects.get(pk=feed.source_id).rights
    data = {"name": "Short", "text": "headline", "excerpt_words": 20, "pictures": "none", "canonical": "origin"}
    answer = as_editor.post(f"/desk/rights/edit/{rights.pk}/", {**data, "embargo_minutes": 0, "licence_name": ""})
    assert answer.status_code == 302
    assert told == [SourceChanged(feed.source_id)]


def test_the_buttons_of_a_feed(as_editor: Client, feed: Feed) -> None:
    as_editor.post(f"/desk/feeds/pause/{feed.pk}/")
    feed.refresh_from_db()
    assert feed.state == Feed.State.PAUSED
    assert "Resume" in as_editor.get(f"/desk/feeds/inspect/{feed.pk}/").content.decode()
    as_editor.post(f"/desk/feeds/resume/{feed.pk}/")
    Feed.objects.filter(pk=feed.pk).update(next_pull_at=make.NOW.replace(year=2030))
    as_editor.post(f"/desk/feeds/pull/{feed.pk}/")
    feed.refresh_from_db()
    assert feed.state == Feed.State.ACTIVE
    assert feed.next_pull_at <= clock.now()


def test_a_test_shows_what_came_and_writes_nothing(as_editor: Client, feed: Feed) -> None:
    entry = testing.SeenEntry("<b>Bold</b> news", "https://one.example/1", make.NOW, 300, 40)
    found = testing.Found(
        "https://one.example/f", kind="rss", title="One & all", total=12, entries=[entry], problems=["No dates."]
    )
    with patch.object(testing, "look_at", return_value=found):
        page = as_editor.post("/desk/feeds/test/", {"url": "https://one.example/f"}).content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt; news" in page
    assert "No dates." in page
    assert "/desk/sources/new/?name=One%20%26%20all&amp;feed_url=https%3A%2F%2Fone.example%2Ff" in page
    failed = testing.Found("https://one.example/f", reason=Reason.TIMED_OUT, detail="after 30 s")
    with patch.object(testing, "look_at", return_value=failed):
        page = as_editor.post(f"/desk/feeds/test/{feed.pk}/").content.decode()
    assert "The server did not answer in time." in page
    assert Dispatch.objects.count() == 0


def test_a_spiked_dispatch_can_be_looked_at_again(as_editor: Client, feed: Feed) -> None:
    row = Dispatch.objects.create(
        feed=feed, entry_key="1", content_hash="c", fate="spiked", reason="too_old", payload={}, arrived_at=clock.now()
    )
    assert "Look at it again" in as_editor.get(f"/desk/dispatches/inspect/{row.pk}/").content.decode()
    as_editor.post(f"/desk/dispatches/again/{row.pk}/")
    row.refresh_from_db()
    assert row.fate == Dispatch.Fate.ARRIVED


def test_a_renamed_section_is_announced_and_reserved_addresses_are_refused(
    as_editor: Client, sections: dict[str, Section], told: list[Any]
) -> None:
    section = sections["tech"]
    data = {"name": "Machines", "slug": "machines", "key": "tech", "description": "", "order": "7", "shown": "on"}
    assert as_editor.post(f"/desk/sections/edit/{section.pk}/", data).status_code == 302
    assert told == [SectionsChanged("tech"), RedirectsChanged("/machines/")]
    answer = as_editor.post(f"/desk/sections/edit/{section.pk}/", {**data, "slug": "desk"})
    assert "belongs to the paper itself" in answer.content.decode()


def test_a_topic_exists_once_however_it_is_spelt(as_editor: Client, newsroom: Source) -> None:
    for name in ("North Sea", "north  sea"):
        as_editor.post("/desk/topics/new/", {"name": name, "kind": "place", "description": ""})
    assert Topic.objects.filter(slug="north-sea").count() == 1
    assert Topic.objects.count() == 1


def test_brand_and_standing_pages_are_announced(as_admin: Client, newsroom: Source, told: list[Any]) -> None:
    page = make.make_standing("imprint", "Imprint")
    brand = Brand.objects.first()
    assert brand is not None
    brand.tagline = "News of the strait"
    brand.save()
    assert BrandChanged(brand.site_id) in told
    revision = page.save_revision()
    told.clear()
    revision.publish()
    assert told == [StandingPageChanged(page.pk)]
    told.clear()
    page.refresh_from_db()
    page.unpublish()
    assert told == [StandingPageChanged(page.pk)]


def test_a_held_feed_is_taken_in_or_refused_with_a_button(as_editor: Client, feed: Feed) -> None:
    Feed.objects.filter(pk=feed.pk).update(held_since=clock.now(), last_good_at=clock.now(), pulled_once=True)
    for number in range(2):
        Dispatch.objects.create(
            feed=feed, entry_key=str(number), content_hash="", payload={}, reason="held", arrived_at=clock.now()
        )
    page = as_editor.get(f"/desk/feeds/inspect/{feed.pk}/").content.decode()
    assert "Take in 2 held entries" in page
    assert "Far more new entries than usual" in as_editor.get("/desk/").content.decode()
    assert as_editor.post(f"/desk/feeds/release/{feed.pk}/").status_code == 302
    assert Dispatch.objects.filter(feed=feed, reason="").exclude(due_at=None).count() == 2
    page = as_editor.get(f"/desk/feeds/inspect/{feed.pk}/").content.decode()
    assert "The desk took in 2 held entries." in page
    Feed.objects.filter(pk=feed.pk).update(held_since=clock.now())
    Dispatch.objects.filter(feed=feed).update(reason="held", due_at=None)
    assert as_editor.post(f"/desk/feeds/refuse/{feed.pk}/").status_code == 302
    assert Dispatch.objects.filter(feed=feed, fate="spiked", reason="came_in_a_flood").count() == 2


def test_shrunken_texts_are_said_and_accepted_with_a_button(as_editor: Client, feed: Feed) -> None:
    lengths = {"usual": 400.0, "seen": 40, "latest": [40] * 8, "shrunk": True}
    Feed.objects.filter(pk=feed.pk).update(
        shrunk_since=clock.now(), last_good_at=clock.now(), pulled_once=True, lengths=lengths
    )
    assert "have 40 words where 400 were usual" in as_editor.get("/desk/").content.decode()
    assert as_editor.post(f"/desk/feeds/lengths/{feed.pk}/").status_code == 302
    feed.refresh_from_db()
    assert (feed.shrunk_since, feed.lengths["usual"]) == (None, 40.0)


def test_a_quarantine_that_an_editor_lifts_stands_in_the_diary(as_editor: Client, feed: Feed) -> None:
    Source.objects.filter(pk=feed.source_id).update(state="quarantined")
    assert as_editor.post(f"/desk/sources/edit/{feed.source_id}/", source_form()).status_code == 302
    page = as_editor.get(f"/desk/sources/edit/{feed.source_id}/").content.decode()
    assert page.count("The quarantine was lifted.") == 1
    as_editor.post(f"/desk/sources/edit/{feed.source_id}/", source_form())
    page = as_editor.get(f"/desk/sources/edit/{feed.source_id}/").content.decode()
    assert page.count("The quarantine was lifted.") == 1


def test_the_buttons_are_for_whoever_may_change_feeds(as_contributor: Client, feed: Feed) -> None:
    Feed.objects.filter(pk=feed.pk).update(held_since=clock.now())
    for verb in ("release", "refuse", "lengths"):
        as_contributor.post(f"/desk/feeds/{verb}/{feed.pk}/")
    feed.refresh_from_db()
    assert feed.held_since is not None

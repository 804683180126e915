"""Check 06: an address with a password in it is neither kept nor logged nor shown; the desk is told why."""

from __future__ import annotations

import pytest
import structlog
from django.apps import apps
from django.core import serializers

from broadsheet.wire import doors, opml, services
from broadsheet.wire.models import Feed
from broadsheet.wire.services.feeds import NotUsable, checked_address
from tests.make import make_source
from tests.trade.wire.newswire import Newswire, item, rss
from tests.wire_server import redirect, status

pytestmark = pytest.mark.django_db
SECRET = "hunter2"


def everything() -> str:
    """All rows of the house as text."""
    rooms = ("wire", "sources", "articles", "core")
    models = [model for room in rooms for model in apps.get_app_config(room).get_models()]
    return "".join(serializers.serialize("json", model._default_manager.all()) for model in models)


@pytest.mark.parametrize(
    "address",
    [
        f"http://ann:{SECRET}@gazette.test/feed", f"https://{SECRET}@gazette.test/feed",
        f"http://:{SECRET}@gazette.test/feed", f"ftp://ann:{SECRET}@gazette.test/feed",
        f"http://ann:{SECRET}@gaz ette.test/feed",
    ],
)  # fmt: skip
def test_check_06_an_address_with_a_password_is_refused_in_a_plain_sentence(address: str) -> None:
    with structlog.testing.capture_logs() as logs, pytest.raises(NotUsable) as refused:
        services.add_feed(make_source(), address)
    assert str(refused.value).endswith(".")
    assert SECRET not in str(refused.value) + str(logs) + everything()
    assert not Feed.objects.exists()


def test_check_06_the_sentence_says_what_to_give_instead() -> None:
    with pytest.raises(NotUsable, match=r"user name or password.*http://gazette\.test/feed\.$"):
        checked_address(f"http://ann:{SECRET}@gazette.test/feed")


def test_check_06_a_list_with_passwords_in_it_is_previewed_and_taken_in_without() -> None:
    outlines = "".join(
        f'<outline type="rss" text="{name}" xmlUrl="{url}" htmlUrl="http://ann:{SECRET}@{name}.test/"/>'
        for name, url in (("one", f"http://ann:{SECRET}@one.test/feed"), ("two", "http://two.test/feed"))
    )
    lines = opml.preview(f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode())
    assert [line.state for line in lines] == ["unusable", "new"]
    assert SECRET not in str(lines)
    assert opml.take_in(lines) == 1
    assert SECRET not in everything()


def test_check_06_no_password_comes_in_by_a_redirect_an_entry_or_a_failure(wire: Newswire) -> None:
    moved = f"http://ann:{SECRET}@new.test/feed"
    feed = wire.feed(redirect(moved, 301), path="/old")
    wire.serve("/feed", rss(item(1, link=f"http://ann:{SECRET}@gazette.test/news/1")), host="new.test")
    with structlog.testing.capture_logs() as logs:
        for _ in range(4):
            wire.pull(feed)
        assert feed.url == "http://new.test/feed"
        wire.serve("/feed", redirect(f"http://ann:{SECRET}@127.0.0.1/"), host="new.test")
        assert wire.pull(feed).reason == "address_not_allowed"
        wire.serve("/feed", redirect(f"http://ann:{SECRET}@new.test/gone"), host="new.test")
        wire.serve("/gone", status(404), host="new.test")
        assert wire.pull(feed).reason == "not_found"
    assert SECRET not in str(logs) + everything()
    assert not any("authorization" in request.headers for request in wire.server.requests)


def test_check_10_the_user_agent_names_a_contact(settings: object) -> None:
    from dataclasses import replace

    options = settings.BROADSHEET  # type: ignore[attr-defined]
    settings.BROADSHEET = replace(options, agent_contact="desk@paper.example")  # type: ignore[attr-defined]
    assert doors.agent().startswith("Broadsheet/")
    assert "desk@paper.example" in doors.agent()
    settings.BROADSHEET = replace(options, agent_contact="", host="0.0.0.0", site_url="https://paper.example")  # type: ignore[attr-defined]
    assert "https://paper.example" in doors.agent()

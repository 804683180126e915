"""`broadsheet sources diary|release|refuse|lift`: an operator reads what happened to a source, and answers."""

from __future__ import annotations

import pytest

from broadsheet.core import clock
from broadsheet.ops import cli
from broadsheet.ops.context import Context
from broadsheet.sources.models import Source
from broadsheet.wire import services
from broadsheet.wire.models import Dispatch, Feed
from broadsheet.wire.services import diary
from tests.make import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    """A held feed of a source, with two dispatches."""
    monkeypatch.setattr(Context, "database", lambda self: None)
    feed = services.add_feed(make_source("The Tidewater Post"), "http://tide.example/feed")
    Feed.objects.filter(pk=feed.pk).update(held_since=clock.now(), pulled_once=True)
    for number in range(2):
        Dispatch.objects.create(
            feed=feed, entry_key=str(number), content_hash="", payload={}, reason="held", arrived_at=clock.now()
        )
    return feed


def test_the_diary_is_printed_with_how_the_feeds_stand(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    diary.note(feed.source, diary.Event.FLOOD, "40 new entries at once where 3 are usual.", feed=feed)
    assert cli.main(["sources", "diary", feed.source.slug]) == 0
    said = capsys.readouterr().out
    assert "The Tidewater Post (active)" in said
    assert "held since" in said
    assert "Far more than usual" in said
    assert "40 new entries at once where 3 are usual." in said


@pytest.mark.parametrize(("verb", "fate"), [("release", "arrived"), ("refuse", "spiked")])
def test_a_flood_is_answered(feed: Feed, verb: str, fate: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sources", verb, feed.source.slug]) == 0
    assert capsys.readouterr().out.startswith("2 entries")
    assert set(Dispatch.objects.values_list("fate", flat=True)) == {fate}
    assert cli.main(["sources", verb, feed.source.slug]) == 1
    assert "is held" in capsys.readouterr().err


def test_a_quarantine_is_lifted(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sources", "lift", feed.source.slug]) == 1
    Source.objects.filter(pk=feed.source_id).update(state="quarantined")
    assert cli.main(["sources", "lift", feed.source.slug]) == 0
    assert "is read again" in capsys.readouterr().out
    assert Source.objects.get(pk=feed.source_id).state == "active"


def test_an_unknown_source_is_said_plainly(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sources", "diary", "nobody"]) == 1
    assert "There is no source 'nobody'" in capsys.readouterr().err

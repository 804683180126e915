"""`broadsheet sources test|add|starter` as commands: what they print, what they add, and with which rights."""

from __future__ import annotations

import json

import pytest

from broadsheet.copydesk.rightshints import Hint
from broadsheet.ops import cli
from broadsheet.sources import starter
from broadsheet.sources.models import Source
from broadsheet.wire import doors, surveying
from broadsheet.wire.models import Feed
from broadsheet.wire.surveying import SiteFeed, Survey
from broadsheet.wire.testing import Found, SeenEntry
from tests.make import NOW

pytestmark = pytest.mark.django_db

FEED = "https://gazette.example/rss.xml"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Survey:
    """A site as a survey finds it, in place of one that would have to be asked."""
    entry = SeenEntry("Ferry returns", "https://gazette.example/1", NOW, 300, 40)
    found = Found("https://gazette.example/", kind="page", title="Front", language="de", total=1, entries=[entry])
    feeds = [
        SiteFeed("https://gazette.example/comments", "Comments", "page", "rss", 9, NOW),
        SiteFeed(FEED, "The Gazette", "a common place", "rss", 20, NOW),
    ]
    seen = Survey(found, feeds, [Hint("tdm", "It reserves text and data mining.", "", "headers")], 9)
    monkeypatch.setattr(surveying, "survey", lambda url: seen)
    monkeypatch.setattr(doors, "close", lambda: None)
    return seen


def test_a_person_sees_what_was_found(site: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sources", "test", "https://gazette.example/"]) == 0
    said = capsys.readouterr().out
    for words in ("Ferry returns", f"{FEED}  The Gazette  (rss, 20 entries", "reserves text and data mining", "to add"):
        assert words in said
    assert not Feed.objects.exists()


def test_a_program_gets_one_object(site: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sources", "test", "https://gazette.example/", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["best"], told["requests"]) == (FEED, 9)
    assert told["feeds"][1]["newest"] == NOW.isoformat().replace("+00:00", "Z")
    assert told["rights"] == [
        {"kind": "tdm", "says": "It reserves text and data mining.", "url": "", "where": "headers"}
    ]


def test_what_was_found_is_added_with_excerpt_rights_and_its_section(
    site: Survey, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sources", "test", "https://gazette.example/", "--add", "--section", "world", "--json"]) == 0
    json.loads(capsys.readouterr().out)
    feed = Feed.objects.get()
    assert (feed.url, feed.kind, feed.section) == (FEED, Feed.Kind.FEED, "world")
    assert (feed.source.name, feed.source.language, feed.source.rights.text) == ("The Gazette", "de", "excerpt")
    assert cli.main(["sources", "test", "https://gazette.example/", "--add"]) == 1
    assert "already a feed" in capsys.readouterr().err
    assert Source.objects.filter(name="The Gazette").count() == 1


def test_an_unknown_section_adds_nothing(site: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sources", "test", "https://gazette.example/", "--add", "--section", "wrold"]) == 1
    assert "There is no section 'wrold'" in capsys.readouterr().err
    assert not Feed.objects.exists()


def test_the_starter_list_is_shown_and_added_by_section_and_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sources", "starter", "--section", "tech", "--language", "DE"]) == 0
    rows = [row for row in starter.load() if (row.section, row.language) == ("tech", "de")]
    said = capsys.readouterr().out
    assert said.splitlines()[-1].startswith(f"{len(rows)} sources.")
    assert all(row.feed in said and row.owner in said for row in rows)
    assert not Feed.objects.exists()
    assert cli.main(["sources", "starter", "--section", "tech", "--language", "de", "--add"]) == 0
    assert set(Feed.objects.values_list("url", flat=True)) == {row.feed for row in rows}
    assert cli.main(["sources", "starter", "--language", "xx"]) == 1

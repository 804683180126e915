"""Every screen of the desk answers, and says what it should in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from broadsheet.articles import search
from broadsheet.core import clock
from broadsheet.wire.models import Dispatch, Feed, Pull
from tests import make


@pytest.fixture
def trouble(newsroom: object) -> dict[str, int]:
    """A source with a failing feed, pulls, a filed and a spiked dispatch."""
    source = make.make_source("The Quill")
    article = make.make_article("Pilots vote on the night tide", source=source)
    story = make.make_story([article])
    search.index(article.pk, article.headline, "", "")
    feed = Feed.objects.create(
        source=source,
        url="https://quill.example/feed",
        url_key="q",
        next_pull_at=clock.now(),
        last_good_at=clock.now() - timedelta(days=2),
        reason="certificate",
        failing_since=clock.now() - timedelta(days=1),
    )
    Pull.objects.create(feed=feed, at=clock.now(), reason="certificate", detail="expired yesterday")
    Pull.objects.create(feed=feed, at=clock.now() - timedelta(hours=1), entries=12, new=3, status=200)
    common = {"feed": feed, "content_hash": "h", "arrived_at": clock.now()}
    spiked = Dispatch.objects.create(
        entry_key="1",
        headline="Nothing in it",
        fate="spiked",
        reason="no_address",
        payload={"title": "<b>x</b>"},
        **common,
    )
    Dispatch.objects.create(entry_key="2", headline=article.headline, fate="filed", article=article, **common)
    return {"story": story.pk, "source": source.pk, "article": article.pk, "feed": feed.pk, "spiked": spiked.pk}


def test_home_says_what_needs_somebody(as_admin: Client, trouble: dict[str, int]) -> None:
    page = as_admin.get("/desk/").content.decode()
    assert "The server could not prove who it is" in page
    assert "It has neither an address of its own nor a text." in page
    assert "Add your first real source" not in page
    for gone in ("Documents", "Reports"):
        assert f'"label": "{gone}"' not in page
    for word in ("Articles", "Dispatches", "Sources", "Feeds", "Sections", "Topics", "Pages", "Pictures"):
        assert word in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("articles/", "Pilots vote on the night tide"),
        ("articles/?q=pilots", "Pilots vote on the night tide"),
        ("articles/?state=live&section=&edited=no", "Pilots vote on the night tide"),
        ("articles/results/", "Pilots vote on the night tide"),
        ("articles/add/", "Standfirst"),
        ("articles/edit/{article}/", "The Quill"),
        ("articles/unpublish/{article}/", "answers “gone”"),
        ("articles/history/{article}/", "History"),
        ("stories/", "Pilots vote on the night tide"),
        ("stories/?q=pilots&state=live", "Pilots vote on the night tide"),
        ("stories/?state=locked", "No stories match your query"),
        ("stories/inspect/{story}/", "The first report of this story."),
        ("dispatches/", "It has neither an address of its own nor a text."),
        ("dispatches/?fate=spiked&reason=no_address", "Nothing in it"),
        ("dispatches/inspect/{spiked}/", "&lt;b&gt;x&lt;/b&gt;"),
        ("sources/", "1 of 1 in trouble"),
        ("sources/new/?name=New&feed_url=https://n.example/f", "https://n.example/f"),
        ("sources/edit/{source}/", "failing"),
        ("sources/opml/", "OPML file"),
        ("feeds/", "The server could not prove who it is"),
        ("feeds/?health=trouble", "quill.example"),
        ("feeds/new/", "Address"),
        ("feeds/edit/{feed}/", "quill.example"),
        ("feeds/inspect/{feed}/", "expired yesterday"),
        ("feeds/test/", "Address"),
        ("sections/", "World News"),
        ("topics/", "Topics"),
        ("topics/new/", "Hidden"),
        ("owners/", "Owners"),
        ("rights/", "full text"),
        ("rights/new/", "takes effect at once"),
        ("pages/", "Pages"),
        ("images/", "ictures"),
        ("settings/pages/brand/", "Tagline"),
        ("users/", "Users"),
        ("redirects/", "Redirects"),
    ],
)
def test_screen_opens(as_admin: Client, trouble: dict[str, int], path: str, words: str) -> None:
    answer = as_admin.get("/desk/" + path.format(**trouble), follow=True)
    assert answer.status_code == 200, path
    assert words in answer.content.decode(), path
    assert "noindex" in answer.headers["X-Robots-Tag"]

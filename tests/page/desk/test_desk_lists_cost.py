"""The desk's lists cost the same with five rows and with fifty, and count no further than they must."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.articles import search
from broadsheet.articles.models import Article
from broadsheet.core import clock
from broadsheet.desk import listing
from broadsheet.sources.models import Source
from broadsheet.wire.models import Dispatch, Feed
from tests import make


def fill(count: int) -> None:
    owner = make.make_owner()
    for number in range(count):
        source = make.make_source(owner=owner)
        article = make.make_article(source=source, topics=[make.make_topic(f"T{make.number()}")])
        search.index(article.pk, article.headline, "", "common words")
        feed = Feed.objects.create(
            source=source,
            url=f"https://f{make.number()}.example/",
            url_key=str(make.number()),
            next_pull_at=clock.now(),
        )
        Dispatch.objects.create(
            feed=feed, entry_key=str(number), content_hash="x", fate="filed", article=article, arrived_at=clock.now()
        )


def cost(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as ran:
        assert client.get(path).status_code == 200
    return len(ran)


@pytest.mark.slow("fifty rows of every noun")
@pytest.mark.django_db
def test_query_counts_do_not_grow_with_the_rows(as_editor: Client) -> None:
    paths = [
        "/desk/articles/",
        "/desk/articles/?q=common",
        "/desk/articles/?state=live",
        "/desk/dispatches/",
        "/desk/stories/",
        "/desk/stories/?state=live&voices=2",
        "/desk/sources/",
        "/desk/feeds/",
        "/desk/topics/",
        "/desk/sections/",
        "/desk/owners/",
        "/desk/rights/",
        "/desk/",
    ]
    fill(5)
    few = {path: cost(as_editor, path) for path in paths}
    fill(45)
    many = {path: cost(as_editor, path) for path in paths}
    assert many == few
    assert few["/desk/articles/"] <= 22, few


def test_counting_stops_and_says_so(as_editor: Client, newsroom: Source) -> None:
    for _ in range(4):
        make.make_article()
    with patch.object(listing, "COUNTED", 3):
        page = as_editor.get("/desk/articles/?state=live")
        counts = _counts(as_editor)
        assert page.context["paginator"].count == 3
        assert page.context["paginator"].items_count_label == "more than 3 articles"
    assert counts
    assert all("LIMIT" in query for query in counts)


def _counts(client: Client) -> list[str]:
    with CaptureQueriesContext(connection) as ran:
        client.get("/desk/articles/?state=live")
    return [
        one["sql"]
        for one in ran.captured_queries
        if "COUNT(" in one["sql"].upper() and '"articles_article"' in one["sql"]
    ]


def test_the_state_of_an_article_is_one_word(newsroom: Source) -> None:
    from broadsheet.desk import states

    now = clock.now()
    original = make.make_article()
    words = {
        "live": original,
        "copy": make.make_article(copy_of=original, address=None),
        "withdrawn": make.make_article(live=False, withdrawn_at=now),
        "held": make.make_article(live=False),
        "draft": make.make_article(live=False, source=newsroom),
        "scheduled": make.make_article(live=False, go_live_at=now + timedelta(days=1)),
        "expired": make.make_article(live=False, expired=True),
    }
    for word, article in words.items():
        assert states.of_article(article, now).word == word


@pytest.mark.parametrize("state", ["live", "held", "draft", "withdrawn", "copy"])
def test_each_filter_finds_its_own(as_editor: Client, newsroom: Source, state: str) -> None:
    original = make.make_article("The live one")
    make.make_article("The copy one", copy_of=original, address=None)
    make.make_article("The withdrawn one", live=False, withdrawn_at=clock.now())
    make.make_article("The held one", live=False)
    make.make_article("The draft one", live=False, source=newsroom)
    rows = as_editor.get(f"/desk/articles/?state={state}").context["object_list"]
    assert [row.headline for row in rows] == [f"The {state} one"]
    assert all(isinstance(row, Article) for row in rows)

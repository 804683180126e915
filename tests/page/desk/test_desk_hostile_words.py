"""Hostile words in headlines, addresses, filters and searches stay words."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from broadsheet.core import clock
from broadsheet.sources.models import Source
from broadsheet.wire.models import Dispatch, Feed
from tests import make

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</title><svg/onload=alert(1)>",
    "{{ 7*7 }}{% debug %}",
    "</script><script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>',
]


@pytest.fixture
def hostile(newsroom: Source) -> dict[str, int]:
    """Every stranger's field at the desk, filled with the corpus."""
    numbers = {}
    for text in CORPUS:
        source = make.make_source(name=text[:200])
        article = make.make_article(
            text,
            source=source,
            standfirst=text,
            byline=text,
            address=f"world/{make.number()}",
            origin_url="javascript:alert(1)//https://x.example/",
            body=[{"type": "code", "value": {"text": text}}],
            topics=[make.make_topic(text)],
        )
        make.make_story([article])
        feed = Feed.objects.create(
            source=source,
            url="https://x.example/" + quote(text),
            url_key=str(make.number()),
            title=text,
            detail=text,
            reason="refused",
            next_pull_at=clock.now(),
        )
        dispatch = Dispatch.objects.create(
            feed=feed,
            entry_key="e",
            headline=text,
            url="javascript:alert(1)",
            content_hash="c",
            fate="spiked",
            detail=text,
            reason=text[:30],
            payload={"title": text, "url": text},
            arrived_at=clock.now(),
        )
        numbers = {"article": article.pk, "feed": feed.pk, "dispatch": dispatch.pk, "source": source.pk}
    return numbers


@pytest.mark.slow("a dozen screens full of attacks")
@pytest.mark.parametrize(
    "path",
    [
        "",
        "articles/",
        "articles/edit/{article}/",
        "articles/unpublish/{article}/",
        "articles/history/{article}/",
        "articles/usage/{article}/",
        "dispatches/",
        "dispatches/inspect/{dispatch}/",
        "sources/",
        "sources/edit/{source}/",
        "feeds/",
        "feeds/inspect/{feed}/",
        "feeds/edit/{feed}/",
        "topics/",
        "bulk/articles/article/withdraw/?id={article}",
    ],
)
def test_check_56_no_headline_becomes_markup(as_admin: Client, hostile: dict[str, int], path: str) -> None:
    page = as_admin.get("/desk/" + path.format(**hostile)).content.decode()
    for attack in ("<script>alert(1)", "<img src=x", "<svg/onload", 'href="javascript:', "href='javascript:"):
        assert attack not in page, attack
    assert "49{% debug" not in page
    assert "<bdi>49" not in page


@pytest.mark.parametrize(
    "query",
    [
        "q=%22unbalanced",
        "q=NEAR(a+b)",
        "q=a+AND",
        "q=*",
        "q=%00",
        "q=" + "x" * 5000,
        "q='%3B+DROP+TABLE+articles_article",
        "ordering=source__owner__name",
        "ordering=-password",
        "ordering=;--",
        "state=live'--",
        "section=1+OR+1=1",
        "source=(select+1)",
        "published_from=9999-99-99",
        "language=%27",
        "p=-1",
        "p=99999999999999",
        "p=x",
        "edited=maybe",
        "shown_section__name=x",
        "source__rights__name__startswith=a",
        "author__password__startswith=a",
    ],
)
def test_check_60_no_filter_sort_or_search_reaches_the_database_as_code(
    as_admin: Client, newsroom: Source, query: str
) -> None:
    make.make_article("Untouched")
    for noun in ("articles", "dispatches", "sources", "feeds", "topics"):
        assert as_admin.get(f"/desk/{noun}/?{query}").status_code == 200, noun


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "ftp://x.example/f", "http://", "//x"]
)
def test_a_feed_with_an_impossible_address_is_refused_in_words(
    as_editor: Client, newsroom: Source, address: str
) -> None:
    source = make.make_source()
    answer = as_editor.post("/desk/feeds/new/", {"source": source.pk, "url": address, "kind": "feed"})
    assert answer.status_code == 200
    assert not Feed.objects.exists()
    answer = as_editor.post("/desk/feeds/test/", {"url": address})
    assert "does not" in answer.content.decode() or "place we do not fetch from" in answer.content.decode()

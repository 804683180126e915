"""After any change, every page that is not marked stale is still what a fresh print would be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from broadsheet.articles.models import Article, ArticleTopic
from broadsheet.core import clock
from broadsheet.paper import keys
from broadsheet.press import setup
from broadsheet.press.services import mark_stale, print_page
from broadsheet.stories.models import Placement
from tests import make
from tests.page.conftest import Paper

Change = Callable[[Paper], int]


def _paths(paper: Paper) -> list[str]:
    fixed = ["/", "/latest/", "/trending/", "/sources/", "/stories/vessin-strait/", "/topics/shipping/", "/about/"]
    lists = [f"/{one.slug}/" for one in make.make_sections().values()] + [paper.lead.source.path]
    return [*fixed, *lists, *paper.known]


def _wrong(paper: Paper) -> list[str]:
    """Paths whose stored print counts as fresh and yet differs from what a builder would make now."""
    press = setup.current()
    wrong = []
    for path in _paths(paper):
        stored = press.store.get(path)
        if stored is None or stored.stale:
            continue
        match = press.printer.match(path)
        assert match is not None
        sheet = match.build()
        if sheet is None or getattr(sheet, "body", "") != stored.printed.body.decode():
            wrong.append(path)
    return wrong


def _file_in_the_middle(paper: Paper) -> int:
    near = paper.articles[0]
    return make.make_article(
        source=paper.lead.source,
        section="world",
        topics=list(paper.lead.topics.all()),
        published_at=near.published_at - timedelta(seconds=1),
    ).pk


def _file_newest(paper: Paper) -> int:
    return make.make_article(
        source=paper.lead.source, section="world", topics=list(paper.lead.topics.all()), age=timedelta(0)
    ).pk


def _file_oldest(paper: Paper) -> int:
    return make.make_article(
        source=paper.lead.source, section="travel", topics=list(paper.lead.topics.all()), age=timedelta(days=3)
    ).pk


def _reword(paper: Paper) -> int:
    Article.objects.filter(pk=paper.lead.pk).update(headline="Another headline altogether", updated_at=make.NOW)
    return paper.lead.pk


def _withdraw(paper: Paper) -> int:
    ident = paper.articles[0].pk
    Article.objects.filter(pk=ident).update(live=False, withdrawn_at=make.NOW)
    return ident


def _drop_topics(paper: Paper) -> int:
    ArticleTopic.objects.filter(article=paper.lead).delete()
    return paper.lead.pk


@pytest.mark.parametrize("change", [_file_in_the_middle, _file_newest, _file_oldest, _reword, _withdraw, _drop_topics])
@pytest.mark.slow("prints the whole small paper twice")
@pytest.mark.django_db(transaction=True)
def test_a_changed_article_leaves_no_page_wrong(change: Change, request: pytest.FixtureRequest) -> None:
    from tests.page.conftest import build_paper

    with clock.frozen(make.NOW):
        paper = build_paper(2)
        for path in _paths(paper):
            print_page(path)
        assert _wrong(paper) == []
        with transaction.atomic():
            before = keys.keys_of_article(paper.lead.pk) if change in (_drop_topics, _reword) else frozenset()
            ident = change(paper)
            mark_stale(*(before | keys.keys_of_article(ident)))
        assert _wrong(paper) == []
        fresh = [path for path in _paths(paper) if (one := setup.current().store.get(path)) and not one.stale]
        assert "/about/" in fresh
        assert len(fresh) > 5


@pytest.mark.slow("prints the whole small paper twice")
@pytest.mark.django_db(transaction=True)
def test_a_story_that_grows_leaves_no_page_wrong() -> None:
    from tests.page.conftest import build_paper

    with clock.frozen(make.NOW):
        paper = build_paper(2)
        for path in _paths(paper):
            print_page(path)
        joining = paper.articles[0]
        with transaction.atomic():
            old = Placement.objects.get(article=joining)
            stale = keys.keys_of_story(old.story_id) | keys.keys_of_story(paper.story.pk)
            Placement.objects.filter(article=joining).update(story=paper.story, why="desk")
            type(paper.story).objects.filter(pk=paper.story.pk).update(voices_count=4, articles_count=5)
            mark_stale(*(stale | keys.keys_of_article(joining.pk) | {keys.FRONT}))
        assert _wrong(paper) == []


@pytest.mark.django_db
def test_every_page_depends_on_its_frame(paper: Paper) -> None:
    for path in ("/", "/world-news/", "/about/", "/latest/", "/sources/"):
        found = print_page(path)
        assert found is not None
        assert found.keys >= keys.FRAME


@pytest.mark.django_db
def test_keys_of_an_article_that_is_gone_are_still_keys() -> None:
    assert keys.keys_of_article(987654321) == {"article:987654321", "latest"}

"""The article's page prints the relatives that were found for it, with reasons, and nothing twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.articles import related
from broadsheet.articles.models import RelatedList
from broadsheet.articles.related import Find
from broadsheet.core import clock
from broadsheet.paper import keys
from broadsheet.press.printing import printer
from broadsheet.press.services import mark_stale
from broadsheet.stories.models import Placement
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import articles_in, printed, text_of, tree

pytestmark = pytest.mark.django_db
LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"


def put(paper: Paper, ids: list[int]) -> None:
    finds = [Find(one, 0.5, 0.4, None, 0.0, one == paper.second_voice.pk, ("Vessin", "ferry")) for one in ids]
    row = {"found": related.stored(finds), "shown": ids, "at": make.NOW}
    RelatedList.objects.update_or_create(article=paper.lead, defaults=row)
    mark_stale(keys.related(paper.lead.pk))


def test_relatives_take_the_place_of_earlier_articles_and_say_why(paper: Paper) -> None:
    assert tree(LEAD).xpath("//section[@aria-labelledby='earlier']")
    chosen = [one.pk for one in paper.articles[-3:]]
    put(paper, chosen)
    root = tree(LEAD)
    (box,) = root.xpath("//section[@aria-labelledby='related']")
    assert articles_in(box, paper.known) == chosen
    assert "Also about Vessin, ferry" in text_of(box)
    assert not root.xpath("//section[@aria-labelledby='earlier']")


def test_nothing_that_stands_on_the_page_stands_there_again(paper: Paper) -> None:
    one, two = paper.articles[-2:]
    Placement.objects.filter(article=two).update(story=Placement.objects.get(article=one).story)
    put(paper, [paper.second_voice.pk, one.pk, two.pk, paper.copy.pk, paper.lead.pk])
    (box,) = tree(LEAD).xpath("//section[@aria-labelledby='related']")
    assert articles_in(box, paper.known) == [one.pk]


def test_where_all_of_them_left_the_paper_the_earlier_ones_come_back(paper: Paper) -> None:
    gone = paper.articles[-1]
    put(paper, [gone.pk])
    type(gone).objects.filter(pk=gone.pk).update(live=False, withdrawn_at=make.NOW)
    root = tree(LEAD)
    assert not root.xpath("//section[@aria-labelledby='related']")
    assert root.xpath("//section[@aria-labelledby='earlier']")


def test_the_page_costs_as_many_queries_with_relatives_as_without(paper: Paper) -> None:
    def cost() -> int:
        match = printer.match(LEAD)
        assert match is not None
        with clock.frozen(make.NOW), CaptureQueriesContext(connection) as asked:
            match.build()
        assert sum('join "articles_relatedlist' in one["sql"].casefold() for one in asked.captured_queries) == 1
        assert sum("articles_relatedlist" in one["sql"] for one in asked.captured_queries) == 1
        return len(asked)

    cost()
    without = cost()
    put(paper, [one.pk for one in paper.articles[-6:]])
    assert cost() == without


def test_the_page_depends_on_its_relatives(paper: Paper) -> None:
    found = printed(LEAD)
    assert found is not None
    assert f"related:{paper.lead.pk}" in found.keys

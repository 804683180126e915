"""The desk sees what stands beside an article and why, and has the last word."""

from __future__ import annotations

import pytest
from django.test import Client

from broadsheet.articles import related
from broadsheet.articles.models import Article, RelatedChoice, RelatedList
from broadsheet.articles.related import Find
from broadsheet.sources.models import Source
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(newsroom: Source) -> tuple[Article, Article]:
    one, other = make.make_article("Pilots strike"), make.make_article("Pilots <b>ashore</b>")
    finds = [Find(other.pk, 0.61, 0.42, 0.7, 0.03, False, ("Oro", "strike"))]
    RelatedList.objects.create(article=one, found=related.stored(finds), shown=[other.pk], at=make.NOW)
    return one, other


def choose(client: Client, article: Article, **said: object) -> None:
    answer = client.post(f"/desk/articles/related/{article.pk}/choose/", said)
    assert answer.status_code == 302


def shown(article: Article) -> list[int]:
    return list(RelatedList.objects.get(article=article).shown)


def test_every_number_is_told(as_editor: Client, pair: tuple[Article, Article]) -> None:
    page = as_editor.get(f"/desk/articles/related/{pair[0].pk}/").content.decode()
    assert "Also about Oro, strike" in page
    assert all(number in page for number in ("0.61", "0.42", "0.70", "+0.03"))
    assert "<b>ashore" not in page
    assert (
        f"/desk/articles/related/{pair[0].pk}/" in as_editor.get(f"/desk/articles/edit/{pair[0].pk}/").content.decode()
    )
    empty = as_editor.get(f"/desk/articles/related/{pair[1].pk}/").content.decode()
    assert "Nothing yet." in empty


def test_leaving_out_pinning_and_taking_back(as_editor: Client, pair: tuple[Article, Article]) -> None:
    one, other = pair
    pinned = make.make_article("Tide tables")
    choose(as_editor, one, verb="leave_out", other=other.pk)
    assert shown(one) == []
    choose(as_editor, one, verb="pin", which=f"https://paper.example{pinned.path}")
    assert shown(one) == [pinned.pk]
    page = as_editor.get(f"/desk/articles/related/{one.pk}/").content.decode()
    assert "Left out" in page
    assert "Take back" in page
    choose(as_editor, one, verb="take_back", other=other.pk)
    choose(as_editor, one, verb="take_back", other=pinned.pk)
    assert shown(one) == [other.pk]
    assert not RelatedChoice.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"verb": "pin", "which": "/no/such/"},
        {"verb": "pin", "other": "9" * 30},
        {"verb": "pin", "other": "x"},
        {"verb": "z"},
    ],
)
def test_nonsense_changes_nothing(as_editor: Client, pair: tuple[Article, Article], said: dict[str, str]) -> None:
    choose(as_editor, pair[0], **said)
    choose(as_editor, pair[0], verb="pin", other=pair[0].pk)
    assert not RelatedChoice.objects.exists()


def test_a_contributor_has_no_word(as_contributor: Client, pair: tuple[Article, Article]) -> None:
    assert as_contributor.get(f"/desk/articles/related/{pair[0].pk}/").status_code in (302, 404)
    as_contributor.post(f"/desk/articles/related/{pair[0].pk}/choose/", {"verb": "leave_out", "other": pair[1].pk})
    assert not RelatedChoice.objects.exists()


def test_the_list_costs_the_same_with_one_and_with_ten(as_editor: Client, pair: tuple[Article, Article]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_editor.get(f"/desk/articles/related/{pair[0].pk}/")
        return len(asked)

    cost()
    one = cost()
    more = [make.make_article() for _ in range(9)]
    finds = [Find(row.pk, 0.5, 0.4, None, 0.0, False, ()) for row in more]
    RelatedList.objects.filter(article=pair[0]).update(found=related.stored(finds), shown=[row.pk for row in more])
    assert cost() == one

"""Check 60, first form: no parameter of any list, filter, search or address reaches the database as code or as a name.

The names that Django resolves for queries are watched: a name that a request brought must not be among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db.models.sql.query import Query
from django.test import Client

from broadsheet.articles.models import Article
from broadsheet.desk import groups
from tests import make
from tests.flow import newsroom
from tests.page.conftest import Paper
from tests.page.desk.conftest import person, signed_in

VALUES = [
    "'",
    '"',
    "\\",
    "\0",
    "';--",
    "1 OR 1=1",
    "') UNION SELECT password FROM accounts_user--",
    "%' AND (SELECT 1)=1 --",
    "NEAR(a b, 2)",
    'a" AND "b',
    "headline:x",
    "a AND NOT",
    "(((((",
    "^x*",
    "{a b}:c",
    "-",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "𝕏" * 200,
    "a" * 4000,
    "null",
    "[]",
    "{}",
    "9999-99-99",
    "-1",
    "1e309",
    "9" * 40,
]
NAMES = [
    "source__rights__name__startswith",
    "author__password__startswith",
    "headline__regex",
    "_connector",
    "_negated",
    "pk__in",
    "id__gt",
    "source__owner__name__iregex",
    "__class__",
    "order_by",
    "q__contains",
    "a=b&c",
]
#: What none of our own queries ever names, and every attack above would.
FORBIDDEN = {"password", "_connector", "_negated", "__class__", "regex", "iregex"}


@contextmanager
def watched() -> Iterator[set[str]]:
    """The names that queries resolve meanwhile."""
    seen: set[str] = set()
    plain = Query.names_to_path

    def resolve(self: Query, names: list[str], *args: Any, **kwargs: Any) -> Any:
        seen.update(names)
        return plain(self, names, *args, **kwargs)

    Query.names_to_path = resolve  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        Query.names_to_path = plain  # type: ignore[method-assign]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value)[:30])
def test_check_60_public_search_takes_every_text_as_words(client: Client, paper: Paper, value: str) -> None:
    before = Article.objects.count()
    with watched() as names:
        for name in ("q", "section", "page", "sort", "language", "source"):
            answer = client.get("/search/?" + urlencode({"q": "harbour", name: value}, errors="replace"))
            assert answer.status_code == 200, name
            assert value not in answer.content.decode() or value.isalnum() or "<" not in value
    assert names  # the watch is awake
    assert not names & FORBIDDEN
    assert Article.objects.count() == before


def test_check_60_no_name_of_a_public_parameter_reaches_a_query(paper: Paper, tmp_path: Path) -> None:
    with newsroom.opened(tmp_path) as readers, watched() as names:
        for name in NAMES:
            for path in ("/search/", "/", "/world-news/", "/sources/northern-ledger/", "/health/live"):
                assert readers.get(f"{path}?{urlencode({'q': 'harbour', name: 'a'})}").status == 200
    assert names  # the watch is awake
    assert not names & FORBIDDEN


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value)[:30])
def test_check_60_no_part_of_an_address_is_more_than_a_name(client: Client, paper: Paper, value: str) -> None:
    with watched() as names:
        part = quote(value[:300], safe="", errors="replace")
        for path in (f"/{part}/", f"/world-news/{part}/", f"/topics/{part}/", f"/sources/{part}/", f"/stories/{part}/"):
            assert client.get(path).status_code in (301, 400, 404), path
    assert names  # the watch is awake
    assert not names & FORBIDDEN


@pytest.fixture
def desk(paper: Paper) -> Client:
    groups.ensure()
    return signed_in(person("admin@desk.example", is_staff=True, is_superuser=True))


def lists(desk: Client) -> dict[str, list[str]]:
    """Every list of ours at the desk, with the names of its filters."""
    found = {}
    for noun in ("articles", "dispatches", "sources", "feeds", "topics", "sections"):
        answer = desk.get(f"/desk/{noun}/")
        if answer.status_code != 200:
            continue
        filters = (answer.context or {}).get("filters")
        found[noun] = list(filters.form.fields) if hasattr(filters, "form") else []
    return found


@pytest.mark.slow("every filter of every list, with every hostile text")
def test_check_60_no_filter_or_order_at_the_desk_fails_or_lets_a_name_through(desk: Client) -> None:
    found = lists(desk)
    assert len(found) >= 5
    assert found["articles"]
    make.make_article("Untouched")
    before = Article.objects.count()
    with watched() as names:
        # Every hostile text in all filters of two lists, every hostile name in two lists: each list has its share.
        for place, value in enumerate(VALUES):
            for noun in ("articles", list(found)[place % len(found)]):
                sent = dict.fromkeys([*found[noun], "q", "ordering", "p"], value)
                answer = desk.get(f"/desk/{noun}/?{urlencode(sent, errors='replace')}")
                assert answer.status_code in (200, 404), (noun, value)
        for noun in found:
            assert desk.get(f"/desk/{noun}/?{urlencode(dict.fromkeys(NAMES, 'a'))}").status_code == 200, noun
        for place, name in enumerate(NAMES):
            noun = list(found)[place % len(found)]
            assert desk.get(f"/desk/{noun}/?{urlencode({'ordering': name})}").status_code == 200, (noun, name)
    assert names  # the watch is awake
    assert not names & FORBIDDEN
    assert Article.objects.count() == before


@pytest.mark.parametrize("value", ["'", "1 OR 1=1", "-1", "\0", "²", "9" * 40], ids=ascii)
def test_check_60_a_bulk_action_takes_hostile_numbers(desk: Client, value: str) -> None:
    path = f"/desk/bulk/articles/article/withdraw/?{urlencode({'id': value})}"
    assert desk.get(path).status_code in (200, 302, 400, 404)


@pytest.mark.slow("many screens")
def test_check_60_choosers_and_reports_take_hostile_numbers(desk: Client) -> None:
    with watched() as names:
        for value in ("'", "1 OR 1=1", "9" * 40, "\0", "x"):
            for path in (
                f"/desk/images/?{urlencode({'q': value, 'ordering': value, 'collection_id': value, 'tag': value})}",
                f"/desk/pages/search/?{urlencode({'q': value, 'ordering': value})}",
                f"/desk/reports/site-history/?{urlencode({'user': value, 'timestamp_from': value, 'q': value})}",
            ):
                assert desk.get(path).status_code in (200, 302, 400, 404), path
    assert names  # the watch is awake
    assert not names & FORBIDDEN

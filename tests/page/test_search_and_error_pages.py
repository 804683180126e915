"""What the paper answers live: search, and the pages for errors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from broadsheet.articles import search as index
from broadsheet.core import clock
from broadsheet.paper import views
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import faults, text_of


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(make.NOW):
        yield


def _tree(body: bytes):  # type: ignore[no-untyped-def]
    from lxml import html

    return html.document_fromstring(body.decode())


@pytest.fixture
def found(paper: Paper) -> Paper:
    """The paper, with its index."""
    index.rebuild()
    return paper


def test_search_finds_marks_and_links(found: Paper, client: Client) -> None:
    answer = client.get("/search/", {"q": "freighters dawn"})
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    root = _tree(answer.content)
    assert root.xpath("//main//h2/a/@href") == [f"/{found.lead.address}/"]
    assert root.xpath("//main//mark")
    assert faults(answer.content.decode()) == []


def test_search_without_a_query_without_results_and_in_a_section(found: Paper, client: Client) -> None:
    assert "What are you looking for?" in client.get("/search/").content.decode()
    nothing = client.get("/search/", {"q": "zzyzx", "section": "travel"}).content.decode()
    assert "Nothing found for “zzyzx” in Travel" in nothing
    assert faults(nothing) == []
    assert "Search all sections" in nothing
    in_travel = _tree(client.get("/search/", {"q": "report", "section": "travel"}).content)
    assert {text_of(one) for one in in_travel.xpath("//main//p[@class='kicker']")} == {"Travel"}


@pytest.mark.parametrize(
    "query", ['"', "a AND", "NEAR(", "*", "-", "\0x", "x" * 5000, "<script>alert(1)</script>", "OR OR", "'; DROP TABLE"]
)
def test_check_60_no_query_breaks_the_page(db: None, client: Client, query: str) -> None:
    answer = client.get("/search/", {"q": query, "section": "<b>", "page": "999999999999999999999"})
    assert answer.status_code == 200
    assert faults(answer.content.decode()) == []


def test_search_turns_pages(db: None, client: Client) -> None:
    source = make.make_source("Ledger")
    for number in range(45):
        make.make_article(f"Lighthouse number {number}", source=source)
    index.rebuild()
    first = _tree(client.get("/search/", {"q": "lighthouse"}).content)
    assert first.xpath("//nav[@class='pages']/a/@href") == ["/search/?q=lighthouse&page=2"]
    last = _tree(client.get("/search/", {"q": "lighthouse", "page": 3}).content)
    assert last.xpath("//nav[@class='pages']/a/@href") == ["/search/?q=lighthouse&page=2"]
    assert len(last.xpath("//main//h2/a")) == 5


def test_404_offers_a_search_and_what_is_new(paper: Paper) -> None:
    answer = views.not_found(RequestFactory().get("/no/such/"))
    assert answer.status_code == 404
    body = answer.content.decode()
    assert faults(body) == []
    root = _tree(answer.content)
    assert root.xpath("//form[@action='/search/']")
    assert len(root.xpath("//section[@aria-labelledby='l4']//h3/a")) == 4


def test_errors_need_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(views, "frame", away)
    assert views.not_found(RequestFactory().get("/x/")).status_code == 404
    for answer, status in (
        (views.failed(), 500),
        (views.unavailable(), 503),
        (views.bad_request(RequestFactory().get("/")), 400),
        (views.forbidden(RequestFactory().get("/")), 403),
    ):
        assert answer.status_code == status
        assert faults(answer.content.decode()) == []
    assert views.unavailable()["Retry-After"] == "60"

"""Our own search: what it finds, what it never shows, that no query breaks it, and that it stays cheap."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.articles import search, search_index, search_terms
from broadsheet.articles.models import Article
from broadsheet.copydesk import blocks
from broadsheet.core import clock
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.frozen(make.NOW):
        yield


def filed(headline: str, *, text: str = "Nothing of note.", standfirst: str = "", **facts: Any) -> Article:
    """An article in the paper and in the index."""
    facts.setdefault("address", f"world-news/report-{make.number()}")
    article = make.make_article(headline, body=text, standfirst=standfirst, **facts)
    search.index(article.pk, headline, standfirst, text)
    return article


def found(q: str, **options: Any) -> list[str]:
    return [hit.shown.headline for hit in search.search(q, **options).hits]


def test_finds_words_of_headline_standfirst_and_body() -> None:
    filed("Sluice repaired")
    filed("Second", standfirst="A sluice was repaired.")
    filed("Third", text="The sluice holds.")
    filed("Fourth")
    assert found("sluice") == ["Sluice repaired", "Second", "Third"]
    assert found("SLUICE repaired") == ["Sluice repaired", "Second"]


def test_newest_of_equals_comes_first_and_a_headline_counts_more_than_a_mention() -> None:
    filed("Lock keeper honoured", age=timedelta(days=9))
    filed("Lock keeper retires", age=timedelta(hours=1))
    filed("Rain expected", text="Said the lock keeper.", age=timedelta(minutes=5))
    assert found("lock keeper") == ["Lock keeper retires", "Lock keeper honoured", "Rain expected"]


def test_phrases_minus_words_and_beginnings() -> None:
    filed("Salt road opens")
    filed("Road of salt")
    filed("Saltings flooded")
    assert found('"salt road"') == ["Salt road opens"]
    assert found("road -opens ") == ["Road of salt"]
    assert found("salt") == ["Saltings flooded", "Road of salt", "Salt road opens"]
    assert found("salt ") == ["Road of salt", "Salt road opens"]
    assert found("sal") == []


def test_scripts_without_spaces_and_with_accents() -> None:
    filed("北京大学宣布新计划")
    filed("Élection à Évreux")
    filed("ตลาดหลักทรัพย์")
    filed("हिन्दी समाचार")
    assert found("大学") == ["北京大学宣布新计划"]
    assert found("学") == found("划") == ["北京大学宣布新计划"]
    assert found("学大") == []
    assert found("election evreux") == ["Élection à Évreux"]
    assert found("หลัก") == ["ตลาดหลักทรัพย์"]
    assert found("समाचार") == ["हिन्दी समाचार"]


HOSTILE = [
    '"', '""', "'", "*", "^", ":", "(", ")", "-", "--", "+", "NEAR", "AND", "OR", "NOT", "a AND", "AND a", "NOT a",
    "NEAR(a b, 2)", "NEAR(", "headline:", "headline : harbour", "{headline standfirst}:a", "- headline:a", "^harbour",
    "har*bour", "harbour*", '"harbour', 'harbour"', '"harbour" *', "harbour\0", "\0", "a\0b", "harbour\ud800",
    "x" * 10_000, "harbour " * 2_000, '"' * 999, "-" * 999, "🙂", "🙂 harbour", "harbour' OR 1=1 --",
    "harbour; DROP TABLE articles_index",
    "%", "%s", "\\", "'harbour':*", "harbour & !x", "harbour <-> x", "a:*", "<mark>", "\u202eharbour", "１２", "%(q)s",
]  # fmt: skip


@pytest.mark.parametrize("q", HOSTILE, ids=range(len(HOSTILE)))
def test_check_60_no_query_is_ever_read_as_syntax(q: str) -> None:
    filed("Harbour closed")
    results = search.search(q)
    assert results.total in (0, 1)
    assert search.ids_for(q, 10) == [hit.article.pk for hit in results.hits]
    assert all("<script" not in hit.headline_html for hit in results.hits)


def test_check_60_operators_are_words_like_any_other() -> None:
    filed("Near and not or")
    filed("Harbour")
    assert found("NEAR AND NOT OR ") == ["Near and not or"]
    assert found("harbour OR near ") == []
    assert not search.search("🙂").understood
    assert search.search("harbour").understood


def test_copies_withdrawn_and_unpublished_articles_stay_out() -> None:
    first = filed("Quay one")
    filed("Quay two", copy_of=first, address=None)
    filed("Quay three", live=False)
    filed("Quay four", withdrawn_at=make.NOW)
    assert found("quay") == ["Quay one"]
    assert sorted(found("quay", live_only=False)) == ["Quay four", "Quay one", "Quay three"]
    assert len(search.ids_for("quay", 10)) == 4


def test_embargoed_and_expired_articles_stay_out() -> None:
    later = make.make_source(rights=make.make_rights(embargo_minutes=120))
    over = make.make_source(rights=make.make_rights(expiry_days=2))
    filed("Quay embargoed", source=later, age=timedelta(hours=1))
    filed("Quay released", source=later, age=timedelta(hours=3))
    filed("Quay expired", source=over, age=timedelta(days=3))
    filed("Quay fresh", source=over, age=timedelta(days=1))
    results = search.search("quay")
    assert {hit.shown.headline for hit in results.hits} == {"Quay released", "Quay fresh"}
    assert results.total == 2


@pytest.mark.parametrize(
    ("text", "words", "seen"), [("headline", 60, ""), ("excerpt", 5, "One two"), ("full", 60, "<mark>quayside</mark>")]
)
def test_a_snippet_shows_only_what_the_rights_allow(text: str, words: int, seen: str) -> None:
    source = make.make_source(rights=make.make_rights(text=text, excerpt_words=words))
    filed("Report", text="One two three four five. Far below stands the quayside.", source=source)
    [hit] = search.search("quayside").hits
    assert seen in hit.snippet_html
    assert ("quayside" in hit.snippet_html) is (text == "full")
    assert bool(hit.snippet_html) is (text != "headline")


def test_markup_of_a_hit_is_escaped() -> None:
    filed("<script>alert(1)</script> & quay", standfirst="<img src=x onerror=alert(1)> quay")
    [hit] = search.search("quay ").hits
    assert hit.headline_html == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>quay</mark>"
    assert "<img" not in hit.snippet_html


def test_filter_by_section() -> None:
    filed("Quay in the world", section="world")
    filed("Quay in sports", section="sports")
    assert found("quay", section="sports") == ["Quay in sports"]
    assert found("quay", section=make.make_section("world")) == ["Quay in the world"]
    assert found("quay", section="nowhere' OR 1=1") == []


def test_check_73_pages_beyond_the_last_are_empty_and_cheap() -> None:
    for number in range(5):
        filed(f"Quay {number}")
    first, last = search.search("quay", per_page=2), search.search("quay", per_page=2, page=3)
    assert (first.total, first.pages, first.total_is_exact) == (5, 3, True)
    assert (len(first.hits), len(last.hits)) == (2, 1)
    assert (first.has_previous, first.has_next, last.has_previous, last.has_next) == (False, True, True, False)
    assert search.search("quay", page=10**9).hits == []
    assert search.search("quay", page=-7).page == 1


def test_index_again_replaces_and_forget_removes() -> None:
    article = filed("Old words")
    search.index(article.pk, "New words", "", "")
    assert search.ids_for("old", 5) == []
    assert search.ids_for("new", 5) == [article.pk]
    search.forget(article.pk)
    search.forget(article.pk)
    assert search.ids_for("new", 5) == []


def test_missing_and_strays_are_named_and_a_rebuild_mends_them() -> None:
    kept, lost = filed("Kept quay"), make.make_article("Lost quay", body="With words.")
    gone = filed("Gone quay").pk
    Article.objects.filter(pk=gone).delete()
    assert search.missing() == [lost.pk]
    # PostgreSQL takes the row away with the article; SQLite's index knows no such rule.
    assert search.strays() == ([gone] if connection.vendor == "sqlite" else [])
    calls: list[tuple[int, int]] = []
    assert search.rebuild(lambda done, total: calls.append((done, total))) == 2
    assert calls == [(2, 2)]
    assert search.missing() == search.strays() == []
    assert set(search.ids_for("quay", 5)) == {kept.pk, lost.pk}
    assert search.ids_for("with words", 5) == [lost.pk]


def test_a_rebuild_finds_the_same_words_that_filing_indexed() -> None:
    body = [
        *make.paragraphs("One <b>bold</b> claim &amp; more"),
        {"type": "list", "value": {"ordered": False, "items": ["anchor"], "lang": "", "dir": ""}},
    ]
    article = make.make_article("Blocks", body=body)
    search.index(article.pk, "Blocks", "", blocks.text(body))
    before = [search.ids_for(word, 5) for word in ("bold claim", "anchor", "amp ")]
    search.rebuild()
    assert [search.ids_for(word, 5) for word in ("bold claim", "anchor", "amp ")] == before == [[article.pk]] * 2 + [[]]


def test_a_very_long_text_and_a_word_repeated_ten_thousand_times() -> None:
    article = filed("Long", text="quay " * 30_000)
    assert search.ids_for("quay", 5) == [article.pk]
    assert len(search.search("quay").hits[0].snippet_html) < 6_000


def test_queries_and_work_do_not_grow_with_the_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            search.search("quay ")
        return len(seen)

    source = make.make_source()
    for number in range(3):
        filed(f"Quay {number}", source=source)
    few = queries()
    for number in range(40):
        filed(f"Quay again {number}", source=source)
    assert queries() == few
    monkeypatch.setattr(search, "SCAN", 20)
    monkeypatch.setattr(search, "CANDIDATES", 10)
    results = search.search("quay ")
    assert (results.total, results.total_is_exact) == (10, False)
    assert len(search.ids_for("quay", 7)) == 7
    assert search.ids_for("quay", 7) == sorted(search.ids_for("quay", 7), reverse=True), "newest first"


@pytest.mark.parametrize("q", ["quay", "quay wall", '"quay wall"', "quay -gate", "quays"])
def test_the_index_alone_answers_newest_first_without_sorting(q: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("how SQLite plans it")
    asked = search_index._fts(search_terms.parse(q))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {search_index._SQLITE.newest}", [asked, 10])
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "VIRTUAL TABLE INDEX" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("forgetful", ["", ", content = '', contentless_delete = 1"])
def test_both_kinds_of_sqlite_index_take_the_same_statements(forgetful: str) -> None:
    """A SQLite before 3.43 keeps a second copy of the text; nothing else differs."""
    from django.db.backends.sqlite3.base import Database

    made = importlib.import_module("broadsheet.articles.migrations.0003_search").SQLITE
    dialect = search_index._SQLITE
    with closing(Database.connect(":memory:")) as base:
        base.execute("CREATE TABLE articles_article (id integer PRIMARY KEY)")
        base.execute("INSERT INTO articles_article VALUES (1), (2), (3)")
        base.execute(made.format(forgetful=forgetful))

        def run(statement: str, *values: Any) -> list[int]:
            return [row[0] for row in base.execute(statement.replace("%s", "?"), values)]

        def asked(q: str) -> list[int]:
            return run(dialect.newest, search_index._fts(search_terms.parse(q)), 10)

        for ident, headline in ((1, ["old", "quay"]), (2, ["quay"]), (1, ["new", "quay"]), (9, ["gone"])):
            run(dialect.put, *dialect.row(ident, headline, [], ["हिन्दी"]))
        assert asked("quay") == [2, 1]
        assert asked("old") == []
        assert asked("हिन्दी -new") == [9, 2]
        run(dialect.forget, 2)
        assert asked("quay") == [1]
        assert run(dialect.missing, 10) == [2, 3]
        assert run(dialect.strays, 10) == [9]

"""What relatives are found by comes with filing; the worker finds and stores them; old articles learn of new ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.articles import services
from broadsheet.articles.models import Article, ArticleVector, RelatedChoice, RelatedList
from broadsheet.articles.services import Filing, Judged, vectors
from broadsheet.copydesk import keepsakes
from broadsheet.copydesk.sections import vectors as tables
from broadsheet.core import clock, facts
from broadsheet.ops import wiring
from broadsheet.stories import relating
from tests import make

pytestmark = pytest.mark.django_db

PILOTS = "Harbour pilots of Oro strike over night tides"
ASHORE = "Oro pilots stay ashore, the harbour strike goes on"
LENDERS = "Lenders raise mortgage rates once more"
MORTGAGE = "Mortgage rates climb as lenders hesitate"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    vectors.forget_counts()
    with clock.frozen(make.NOW):
        yield
    vectors.forget_counts()


@pytest.fixture(params=["table", "words"])
def means(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With a table of vectors, and without one."""
    if request.param == "words":
        monkeypatch.setattr(tables, "installed", lambda: None)
    return str(request.param)


def told(headline: str, **values: Any) -> Article:
    article = make.make_article(headline, **{"standfirst": "", **values})
    vectors.keep([vectors.Told(article, "")])
    return article


def work() -> None:
    wiring.relate({})


def beside(article: Article) -> list[int]:
    return list(RelatedList.objects.get(article=article).shown)


def test_alike_articles_stand_beside_each_other_and_say_why(means: str) -> None:
    topic = make.make_topic("Oro")
    one, other = told(PILOTS, topics=[topic]), told(ASHORE, topics=[topic])
    far = told(LENDERS)
    work()
    assert (beside(one), beside(other)) == ([other.pk], [one.pk])
    assert far.pk not in beside(one)
    (find,) = RelatedList.objects.get(article=one).found
    assert find["about"][0] == "Oro"
    assert (find["vectors"] is not None) == (means == "table")
    assert find["favour"] == pytest.approx(relating.SAME_SECTION + relating.SHARED_TOPIC)
    assert not ArticleVector.objects.filter(waiting=True).exists()


def test_the_own_story_comes_first_and_copies_never() -> None:
    lead, other = told(PILOTS), told("Board meets at noon", age=timedelta(minutes=5))
    near = told(ASHORE)
    copy = make.make_article("Copy", copy_of=lead, address=None)
    make.make_story([lead, other, copy])
    work()
    assert beside(lead) == [other.pk, near.pk]
    assert [one["same_story"] for one in RelatedList.objects.get(article=lead).found] == [True, False]


def test_an_old_article_learns_of_a_new_one_and_only_its_page_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    old, far = told(PILOTS), told(LENDERS)
    work()
    assert beside(old) == []
    marked: list[str] = []
    monkeypatch.setattr(wiring.gathering, "mark", lambda *keys: marked.extend(keys))
    new = told(ASHORE)
    work()
    assert (beside(old), beside(new), beside(far)) == ([new.pk], [old.pk], [])
    assert sorted(marked) == sorted([f"related:{old.pk}", f"related:{new.pk}"])
    ArticleVector.objects.update(waiting=True)
    work()
    assert len(marked) == 2, "found again what was found before"


def test_what_is_not_in_the_paper_is_nobodys_relative_and_waits() -> None:
    one, held = told(PILOTS), told(ASHORE, live=False)
    gone = told("Harbour pilots of Oro end their strike", withdrawn_at=make.NOW)
    foreign = told("Harbour pilots strike in Oro, night tides", language="fr")
    work()
    assert not {held.pk, gone.pk, foreign.pk} & set(beside(one))
    assert ArticleVector.objects.get(pk=held.pk).waiting
    Article.objects.filter(pk=held.pk).update(live=True)
    work()
    assert held.pk in beside(one)


def test_a_text_that_changes_while_it_is_looked_at_waits_on() -> None:
    one = told(PILOTS)
    turn = relating.look()
    with clock.frozen(make.NOW + timedelta(seconds=1)):
        vectors.keep([vectors.Told(one, "Another text.")])
        relating.keep(turn)
    assert ArticleVector.objects.get(pk=one.pk).waiting


def test_the_desks_choice_outlives_the_machines_and_can_be_taken_back() -> None:
    one, near, far = told(PILOTS), told(ASHORE), told(LENDERS)
    work()
    relating.choose(one, near.pk, RelatedChoice.Verdict.LEFT_OUT)
    relating.choose(one, far.pk, RelatedChoice.Verdict.PINNED)
    assert beside(one) == [far.pk]
    ArticleVector.objects.filter(pk=one.pk).update(waiting=True)
    work()
    assert beside(one) == [far.pk]
    for other in (near, far):
        relating.choose(one, other.pk, None)
    assert beside(one) == [near.pk]
    with pytest.raises(ValueError, match="beside itself"):
        relating.choose(one, one.pk, RelatedChoice.Verdict.PINNED)


def test_a_turn_asks_as_often_for_many_as_for_few() -> None:
    def fill(count: int) -> None:
        for number in range(count):
            told(f"{PILOTS}, day {number}", topics=[make.make_topic(f"T{make.number()}")])

    def queries() -> int:
        relating.start_anew()
        ArticleVector.objects.update(waiting=True)
        with CaptureQueriesContext(connection) as asked:
            relating.look()
        return len(asked)

    fill(4)
    work()
    few = queries()
    fill(12)
    work()
    assert queries() == few


def _filing(headline: str, **values: Any) -> Filing:
    seed = make.number()
    return Filing(
        source=make.make_source(), entry_key=f"e{seed}", headline=headline, standfirst="", byline="",
        body=make.paragraphs("The board has met."), origin_url="", url_key="", text_hash=f"h{seed}",
        published_at=make.NOW, updated_at=None, judged=Judged("world", 1.0, "en", 4, 1), **values,
    )  # fmt: skip


def test_filing_keeps_it_in_one_query_and_takes_a_vector_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    make.make_section()
    made: list[int] = []
    real = keepsakes.embed

    def embed(texts: Sequence[tuple[str, str]]) -> Any:
        made.append(len(texts))
        return real(texts)

    monkeypatch.setattr(keepsakes, "embed", embed)
    given = np.ones(256, np.float32) / 16
    one, other = services.file_articles([_filing(PILOTS), _filing(LENDERS, vector=given)])
    assert made == [1]
    kept = {row.pk: row for row in ArticleVector.objects.all()}
    assert set(kept) == {one.pk, other.pk}
    assert kept[one.pk].last_day == (make.NOW + vectors.KEPT).date()
    (again,) = keepsakes.keep([(LENDERS, "")], vectors.background(), given[None])
    assert bytes(kept[other.pk].code) == again.code
    before = bytes(kept[one.pk].code)
    services.update_from_source(one, replace(_filing(MORTGAGE), source=one.source, entry_key=one.entry_key))
    assert bytes(ArticleVector.objects.get(pk=one.pk).code) != before


def test_vectors_are_purged_after_thirty_days_but_our_own_stay() -> None:
    old, new = told(PILOTS, age=timedelta(days=31)), told(ASHORE)
    own = told(LENDERS, age=timedelta(days=300), source=make.make_source(is_house=True))
    assert vectors.purge() == 1
    assert set(ArticleVector.objects.values_list("pk", flat=True)) == {new.pk, own.pk}
    assert Article.objects.filter(pk=old.pk).exists()


def test_what_was_filed_before_gets_its_vector_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "PORTION", 2)
    recent = [make.make_article() for _ in range(3)]
    make.make_article("Copy", copy_of=recent[0], address=None)
    while facts.get(vectors.MADE_DOWN_TO) != 0:
        vectors.make_missing()
    assert set(ArticleVector.objects.values_list("pk", flat=True)) == {one.pk for one in recent}
    make.make_article()
    with CaptureQueriesContext(connection) as asked:
        assert vectors.make_missing() == 0
    assert len(asked) == 1
    assert relating.wish_waiting()


def test_the_shelf_grows_lets_go_and_holds_no_more_than_it_may() -> None:
    shelf = relating.Shelf(most=3)
    told(PILOTS, age=timedelta(days=29))
    second = told(ASHORE)
    shelf.grow(make.NOW.date())
    assert len(shelf) == 2
    shelf.grow(make.NOW.date())
    assert len(shelf) == 2
    shelf.grow((make.NOW + timedelta(days=5)).date())
    row = ArticleVector.objects.get(pk=second.pk)
    assert len(shelf) == 1 or not vectors.purge()
    assert shelf.nearest(keepsakes.asking(bytes(row.vector), row.words), 1) == [second.pk]
    for number in range(4):
        told(f"{LENDERS} {number}")
    shelf.grow(make.NOW.date())
    assert len(shelf) == 3

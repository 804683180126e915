"""What comes over the wire is put into its section a batch at once: by labels, words, source; guesses ask the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from broadsheet.articles import queries
from broadsheet.articles.models import Article
from broadsheet.articles.services import sectioning
from broadsheet.copydesk.sections import vectors
from broadsheet.copydesk.sections.judge import Judge
from broadsheet.wire.models import Dispatch
from tests.make import make_source
from tests.trade.wire.newswire import Newswire, item, rss

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["words only", "table"], autouse=True)
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the table of word pieces where it is installed, and without."""
    monkeypatch.setattr(sectioning, "_held", None)
    if request.param == "words only":
        monkeypatch.setattr(vectors, "installed", lambda: None)
    elif vectors.installed() is None:
        pytest.skip("no table of word pieces is installed")
    sectioning.in_use().judge.judge_all([])


def in_paper(wire: Newswire, *items: str, **feed: Any) -> list[Article]:
    wire.take_in(wire.feed(rss(*items), **feed))
    return list(Article.objects.select_related("judgement__section", "shown_section").order_by("pk"))


def test_the_words_place_an_article_that_has_no_label(wire: Newswire) -> None:
    title = "Bitcoin wallets drained at an exchange for altcoins"
    (article,) = in_paper(wire, item(1, title=title, text="Hackers took bitcoin and ethereum from the exchange."))
    assert article.shown_section.key == "crypto"
    judged = article.judgement
    assert (judged.abstained, judged.version) == (False, 0)
    assert judged.second
    assert judged.reasons["section"].startswith("For it speak: ")
    assert 1 <= len(sectioning.told(judged.reasons)) <= 5


def test_a_label_contrary_to_a_stray_word_wins(wire: Newswire) -> None:
    (article,) = in_paper(wire, item(1, title="The game that the minister plays", categories=("Politik",), text=""))
    assert article.shown_section.key == "politics"
    assert sectioning.told(article.judgement.reasons)[0].startswith("the source's label “Politik” (+")


def test_a_guess_stands_in_the_sources_usual_section_and_asks_the_desk(wire: Newswire) -> None:
    source = make_source(homepage="http://gazette.test/", default_section="travel")
    titled = {"title": "Zz qq", "text": "", "link": "http://gazette.test/x1"}
    (article,) = in_paper(wire, item(1, **titled, categories=("Misc", "Sport", "Politik", "Bitcoin")), source=source)
    assert article.judgement.abstained
    assert article.judgement.reasons["best"] == article.judgement.second != "travel"
    assert article.shown_section.key == "travel"
    assert [row.article_id for row in queries.in_review()] == [article.pk]


def test_a_guess_without_a_usual_section_is_the_best_one(wire: Newswire) -> None:
    (article,) = in_paper(wire, item(1, title="Zz qq", text="", link="http://gazette.test/x1"))
    assert article.judgement.abstained
    assert article.judgement.reasons["best"] == article.shown_section.key
    assert article.judgement.second not in ("", article.shown_section.key)
    assert queries.reviews_waiting() == 1


def test_a_feeds_own_section_is_hard(wire: Newswire) -> None:
    (article,) = in_paper(wire, item(1, title="Bitcoin exchange", categories=("Bitcoin",)), section="travel")
    assert (article.shown_section.key, article.judgement.confidence, article.judgement.abstained) == (
        "travel", 1.0, False,
    )  # fmt: skip


def test_one_text_that_cannot_be_judged_holds_up_no_other(wire: Newswire, monkeypatch: pytest.MonkeyPatch) -> None:
    judge_all = Judge.judge_all

    def choking(self: Judge, articles: Sequence[Any], among: Sequence[str] | None = None) -> list[Any]:
        if any("poison" in one.title for one in articles):
            raise ValueError("poison")
        return judge_all(self, articles, among)

    monkeypatch.setattr(Judge, "judge_all", choking)
    found = in_paper(wire, item(1), item(2, title="A poison"), item(3))
    assert sorted(article.headline[-1] for article in found) == ["1", "3"]
    assert Dispatch.objects.get(headline="A poison").attempts == 1

"""An editor's choice of section is kept, taken back, learned from at night, and a worse model is not used."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from broadsheet.articles import queries
from broadsheet.articles import services as articles
from broadsheet.articles.models import Article, Judgement, Section, SectionModel, SectionPair
from broadsheet.articles.services import section_learning, sectioning
from broadsheet.copydesk.sections import seed, storing, vectors
from broadsheet.copydesk.sections.evidence import Evidence
from broadsheet.core import clock
from broadsheet.core.models import Effect
from broadsheet.ops import wiring
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The titles that ship take seconds to learn; words alone, whatever is installed."""
    monkeypatch.setattr(seed, "pairs", lambda: [])
    monkeypatch.setattr(vectors, "installed", lambda: None)
    monkeypatch.setattr(sectioning, "_held", None)
    make.make_sections()


def guessed(headline: str, *, section: str = "world", **facts: object) -> Article:
    """An article whose section the machine only guesses."""
    article = make.make_article(headline, section=section, **facts)
    reasons = {"section": "x", "best": section, "labels": ["Kontor"], "pushes": [["word", "ferry", -0.4]]}
    Judgement.objects.filter(article=article).update(
        abstained=True, confidence=0.3, second="travel", reasons=reasons, language="en"
    )
    return article


def section(key: str) -> Section:
    return Section.objects.get(key=key)


def say(count: int, key: str, word: str, *, kept_back: bool = False) -> None:
    """So many choices, all of them learned from, or all kept back."""
    groups = (f"story {number}" for number in range(100_000, 200_000))
    chosen = (group for group in groups if section_learning.is_kept_back(group) is kept_back)
    for _ in range(count):
        article = guessed(f"{word} {make.number()} at the pier")
        sectioning.choose_section(article, section(key), user=None, group=next(chosen))


def verdict(title: str) -> sectioning.Sectioned:
    return sectioning.judge_sections([sectioning.ToJudge(Evidence(title, language="en"))])[0]


def test_a_choice_moves_the_article_leaves_the_queue_and_is_kept_with_its_evidence() -> None:
    article = guessed("Ferry waits")
    assert [row.article_id for row in queries.in_review()] == [article.pk]
    sectioning.choose_section(article, section("business"), user=None, group="story 7")
    assert Article.objects.get(pk=article.pk).shown_section.key == "business"
    assert not queries.in_review().exists()
    pair = SectionPair.objects.get()
    assert (pair.section, pair.judged, pair.group) == ("business", "world", "story 7")
    assert pair.evidence["title"] == "Ferry waits"
    assert pair.evidence["labels"] == ["Kontor"]
    sectioning.choose_section(article, section("tech"), user=None)
    assert [one.section for one in SectionPair.objects.all()] == ["tech"]


def test_a_choice_taken_back_stands_in_the_queue_again_only_if_it_was_a_guess() -> None:
    unsure, sure = guessed("Ferry waits"), make.make_article("Ferry sails")
    for article in (unsure, sure):
        sectioning.choose_section(article, section("tech"), user=None)
        sectioning.take_choice_back(article, user=None)
        assert Article.objects.get(pk=article.pk).shown_section.key == "world"
    assert not SectionPair.objects.exists()
    assert [row.article_id for row in queries.in_review()] == [unsure.pk]


def test_copies_withdrawn_articles_and_those_that_the_desk_placed_do_not_wait() -> None:
    first = guessed("One")
    guessed("Two", copy_of=first, address=None)
    guessed("Three", withdrawn_at=clock.now())
    Article.objects.filter(pk=guessed("Four").pk).update(section=section("tech"))
    assert [row.article.headline for row in queries.in_review()] == ["One"]
    assert queries.reviews_waiting() == 1


def test_the_queue_is_read_from_an_index_of_its_own() -> None:
    for _ in range(3):
        guessed("One")
    rows = Judgement.objects.filter(abstained=True).order_by("-article_id")
    if connection.vendor == "sqlite":
        assert "judgement_to_review" in rows.explain()


def test_what_editors_say_changes_the_next_verdict_and_going_back_undoes_it() -> None:
    before = verdict("Kelpie returns")
    assert before.section != "gaming"
    say(12, "gaming", "Kelpie")
    made = section_learning.learn()
    assert made is not None
    assert (made.pairs, made.in_use, made.figures["taken"]) == (12, True, True)
    after = verdict("Kelpie returns")
    assert (after.section, after.version) == ("gaming", made.pk)
    assert section_learning.use(0)
    assert verdict("Kelpie returns").section == before.section
    assert section_learning.use(made.pk)
    assert verdict("Kelpie returns").section == "gaming"
    assert not section_learning.use(made.pk + 99)


def test_what_is_kept_back_is_never_learned_and_a_worse_model_is_not_used() -> None:
    say(12, "gaming", "Kelpie")
    good = section_learning.learn()
    assert good is not None
    # Those kept back agree with the model in use; what is learned next says the contrary.
    say(12, "gaming", "Kelpie", kept_back=True)
    SectionPair.objects.filter(group__in=taught()).update(section="travel")
    bad = section_learning.learn()
    assert bad is not None
    assert bad.figures["kept_back"] == 12
    assert bad.figures["right_now"] < bad.figures["right_before"]
    assert (bad.figures["taken"], bad.in_use) == (False, False)
    assert "the one before stayed" in section_learning.in_words(bad.figures)
    assert SectionModel.objects.get(in_use=True) == good
    assert verdict("Kelpie returns").section == "gaming"


def taught() -> list[str]:
    """The groups that are learned from."""
    groups = SectionPair.objects.values_list("group", flat=True)
    return [group for group in groups if not section_learning.is_kept_back(group)]


def test_a_section_described_anew_is_learned_and_used() -> None:
    crypto = section("crypto")
    crypto.about = "Coins and chains. zorblex, zorblexes, zorblex wallets"
    crypto.save()
    assert section_learning.has_news()
    made = section_learning.learn()
    assert made is not None
    assert made.in_use
    assert verdict("Zorblex climbs").section == "crypto"
    assert not section_learning.has_news()


def test_a_paper_without_two_sections_learns_nothing_and_judges_all_the_same() -> None:
    Section.objects.exclude(key="world").delete()
    assert section_learning.learn() is None
    assert verdict("Kelpie returns").section == "world"


def test_a_model_that_cannot_be_read_gives_way_to_the_one_that_ships() -> None:
    row = SectionModel.objects.create(made_at=clock.now(), pairs=1, blob=b"older", figures={}, in_use=True)
    assert verdict("Bitcoin wallets drained").section == "crypto"
    assert verdict("Bitcoin wallets drained").version == row.pk


def test_only_the_latest_models_are_kept_and_the_one_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(section_learning, "KEPT_MODELS", 2)
    blob = storing.packed(seed.model())
    old = SectionModel.objects.create(made_at=clock.now(), pairs=0, blob=blob, in_use=True)
    others = [SectionModel.objects.create(made_at=clock.now(), pairs=0, blob=b"") for _ in range(3)]
    section_learning._forget_old()
    assert {row.pk for row in SectionModel.objects.all()} == {old.pk, others[1].pk, others[2].pk}


def test_it_learns_at_night_when_there_is_something_new_and_only_then() -> None:
    wiring.connect()
    here = make.NOW.astimezone(ZoneInfo(settings.TIME_ZONE))
    night, day = (here.replace(hour=hour) for hour in (3, 12))
    with clock.frozen(night):
        assert not section_learning.wish_nightly()
        say(1, "gaming", "Kelpie")
    with clock.frozen(day):
        assert not section_learning.wish_nightly()
    with clock.frozen(night):
        assert section_learning.wish_nightly()
        assert Effect.objects.filter(name=section_learning.LEARN).count() == 1
        wiring.learn_sections({})
    with clock.frozen(night + timedelta(days=1)):
        assert not section_learning.wish_nightly()


def test_judging_costs_two_queries_however_many(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    verdict("Warm")
    for count in (1, 60):
        asked = [sectioning.ToJudge(Evidence(f"Report {number}", language="en")) for number in range(count)]
        with django_assert_num_queries(2):
            assert len(sectioning.judge_sections(asked)) == count


def test_the_editors_of_the_house_teach_nothing_by_placing_their_own_texts() -> None:
    article = make.make_article("Ours", source=make.make_source(is_house=True))
    sectioning.choose_section(article, section("tech"), user=None)
    assert not SectionPair.objects.exists()
    assert articles.state_of(article)


def test_asked_twice_it_learns_once_and_without_news_not_at_all() -> None:
    Section.objects.filter(key="travel").delete()
    assert section_learning.learn_news() is None
    say(1, "gaming", "Kelpie")
    assert section_learning.learn_news() is not None
    assert section_learning.learn_news() is None
    assert SectionModel.objects.count() == 1

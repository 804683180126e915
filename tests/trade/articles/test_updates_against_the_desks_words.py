"""What a source changes and what the desk wrote: the desk is never overruled, and nothing anybody said is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broadsheet.articles import search, services
from broadsheet.articles.events import ArticleChanged
from broadsheet.articles.models import Article, Judgement, Version
from broadsheet.articles.services import Filing, Judged
from broadsheet.articles.showing import raw_body
from broadsheet.core import clock, events
from tests.make import NOW, make_article, make_section, paragraphs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]


def update(article: Article, **values: Any) -> None:
    """The source sends the article again with these words changed."""
    article = Article.objects.select_related("source").get(pk=article.pk)
    facts: dict[str, Any] = {
        **services.state_of(article),
        "source": article.source,
        "entry_key": article.entry_key,
        "origin_url": article.origin_url,
        "url_key": "k",
        "text_hash": "new hash",
        "published_at": article.published_at,
        "updated_at": None,
        "judged": Judged(values.pop("section", "world"), 0.9, "en", values.pop("words", 50), 1, {"section": "source"}),
        **values,
    }
    services.update_from_source(article, Filing(**facts))


def edit(article: Article, **fields: Any) -> Article:
    """An editor opens it, changes these fields and publishes."""
    article = Article.objects.get(pk=article.pk)
    for name, value in fields.items():
        setattr(article, name, services.stream(value) if name == "body" else value)
    article.save_revision().publish()
    return again(article)


def draft(article: Article, **fields: Any) -> Any:
    """An editor saves a draft and does not publish it."""
    article = Article.objects.get(pk=article.pk)
    for name, value in fields.items():
        setattr(article, name, services.stream(value) if name == "body" else value)
    return article.save_revision()


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_an_update_is_shown_remembered_indexed_and_told(announced: list[events.Event]) -> None:
    article = make_article("Old headline", body="Old words here.")
    update(article, headline="New headline", body=paragraphs("Fresh sentence."), words=2)
    article = again(article)
    assert (article.headline, article.updated_at, article.text_hash) == ("New headline", NOW, "new hash")
    first, second = Version.objects.order_by("number")
    assert (first.number, first.by, first.fields["headline"], first.changed, first.shown) == (
        1,
        "source",
        "Old headline",
        [],
        True,
    )
    assert (second.number, second.by, second.fields["headline"], sorted(second.changed)) == (
        2, "source", "New headline", ["body", "headline"],
    )  # fmt: skip
    assert search.ids_for("fresh") == [article.pk]
    assert search.ids_for("old") == []
    assert article.judgement.words == 2
    assert announced == [ArticleChanged(article.pk)]


def test_an_update_without_change_is_nothing(announced: list[events.Event]) -> None:
    article = make_article()
    update(article)
    assert not Version.objects.exists()
    assert announced == []


def test_an_update_of_what_is_not_in_the_paper_tells_nobody(announced: list[events.Event]) -> None:
    article = make_article(live=False)
    update(article, headline="New")
    assert again(article).headline == "New"
    assert announced == []


def test_the_desks_words_stay_and_the_rest_follows() -> None:
    article = edit(make_article("Old", standfirst="S"), headline="The desk's headline")
    assert article.kept_fields == ["headline"]
    update(article, headline="The source's headline", standfirst="New standfirst")
    article = again(article)
    assert (article.headline, article.standfirst) == ("The desk's headline", "New standfirst")
    last = Version.objects.order_by("-number")[0]
    assert (last.fields["headline"], last.shown) == ("The source's headline", True)
    assert sorted(last.changed) == ["headline", "standfirst"]


def test_what_the_desk_overruled_is_remembered_once_only() -> None:
    article = edit(make_article("Old"), headline="The desk's headline")
    count = Version.objects.count()
    for _ in range(3):
        update(article, headline="The source's headline")
    assert again(article).headline == "The desk's headline"
    assert Version.objects.count() == count + 1
    last = Version.objects.order_by("-number")[0]
    assert (last.shown, last.fields["headline"]) == (False, "The source's headline")
    update(article, headline="Another one")
    assert Version.objects.count() == count + 2


def test_every_state_that_readers_saw_is_in_the_ledger_in_order() -> None:
    article = make_article("One")
    for moment, headline in enumerate(["Two", "Three"]):
        with clock.frozen(NOW + timedelta(minutes=moment)):
            update(article, headline=headline)
    edit(article, headline="Four")
    rows = list(Version.objects.order_by("number").values_list("number", "by", "fields__headline"))
    assert rows == [(1, "source", "One"), (2, "source", "Two"), (3, "source", "Three"), (4, "desk", "Four")]


def test_fields_that_are_released_follow_the_source_again() -> None:
    article = edit(make_article("Old"), headline="The desk's")
    services.release_fields(article)
    update(article, headline="The source's")
    assert again(article).headline == "The source's"


def test_an_update_may_move_the_section_unless_the_desk_chose(announced: list[events.Event]) -> None:
    free, chosen = make_article(section="world"), make_article(section="world")
    services.set_section(chosen, make_section("travel"))
    announced.clear()
    for article in (free, chosen):
        update(article, headline="Moved", section="tech")
    assert again(free).shown_section.key == "tech"
    assert again(chosen).shown_section.key == "travel"
    assert Judgement.objects.get(article=chosen).section.key == "tech"
    assert announced == [ArticleChanged(free.pk, left_sections=("world",)), ArticleChanged(chosen.pk)]


def test_a_draft_follows_in_the_fields_its_writer_did_not_touch() -> None:
    article = make_article("Old", standfirst="S", body="Old words.")
    revision = draft(article, standfirst="My standfirst")
    update(article, headline="Newer headline", body=paragraphs("Newer words."))
    assert again(article).headline == "Newer headline"
    revision.refresh_from_db()
    revision.publish()
    article = again(article)
    assert (article.headline, article.standfirst) == ("Newer headline", "My standfirst")
    assert raw_body(article)[0]["value"] == "Newer words."
    assert article.kept_fields == ["standfirst"]


def test_a_draft_of_a_field_wins_over_the_update_of_that_field() -> None:
    article = make_article("Old", standfirst="S")
    revision = draft(article, headline="My headline")
    update(article, headline="The source's headline", standfirst="New standfirst")
    revision.refresh_from_db()
    revision.publish()
    article = again(article)
    assert (article.headline, article.standfirst) == ("My headline", "New standfirst")


def test_a_draft_saved_before_a_judgement_and_published_after_does_not_take_it_back() -> None:
    article = make_article(section="world", text_hash="old hash")
    revision = draft(article, byline="Our own correspondent")
    update(article, headline="Later", section="tech", words=777)
    with clock.frozen(NOW + timedelta(hours=1)):
        revision.refresh_from_db()
        revision.publish()
    article = again(article)
    assert article.byline == "Our own correspondent"
    assert article.judgement.section.key == article.shown_section.key == "tech"
    assert article.text_hash == "new hash"
    assert article.judgement.reasons == {"section": "source"}


def test_a_draft_cannot_move_what_belongs_to_the_article_as_a_whole() -> None:
    article = make_article()
    other = make_article()
    revision = draft(article, headline="New")
    moved = {
        "address": "politics/elsewhere",
        "source": other.source_id,
        "entry_key": "x",
        "withdrawn_why": "y",
        "copy_of": other.pk,
    }
    revision.content = {**revision.content, **moved}
    revision.save()
    before = {
        name: getattr(article, name) for name in ("address", "source_id", "entry_key", "withdrawn_why", "copy_of_id")
    }
    revision.publish()
    after = again(article)
    assert after.headline == "New"
    assert {name: getattr(after, name) for name in before} == before


def test_opening_and_publishing_unchanged_changes_nothing() -> None:
    heading = {"type": "heading", "value": {"level": 2, "text": "Two", "lang": "", "dir": ""}}
    article = make_article(body=[*paragraphs("One <b>bold</b> word."), heading])
    edited = edit(article)
    assert raw_body(edited) == raw_body(article)
    assert edited.kept_fields == []
    assert not Version.objects.exists()

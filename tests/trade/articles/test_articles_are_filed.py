"""Filing an article: an address for ever, a judgement, topics, links, the index; and what the desk's own texts get."""

from __future__ import annotations

from typing import Any

import pytest

from broadsheet.articles import search, services
from broadsheet.articles.events import ArticleChanged, ArticleFiled
from broadsheet.articles.models import Article, ArticleTopic, Judgement, OutsideLink, Section, Topic
from broadsheet.articles.services import Filing, Judged
from broadsheet.core import events
from tests.make import NOW, make_article, make_section, make_source, number, paragraphs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]


def filing(**values: Any) -> Filing:
    seed = number()
    facts: dict[str, Any] = {
        "source": values.pop("source", None) or make_source(),
        "entry_key": f"entry {seed}",
        "headline": "The ferry sails again",
        "standfirst": "After nine weeks.",
        "byline": "Ann Field",
        "body": paragraphs("The board has met."),
        "origin_url": f"https://gazette.example/{seed}",
        "url_key": f"key {seed}",
        "text_hash": f"hash {seed}",
        "published_at": NOW,
        "updated_at": None,
        "judged": Judged(values.pop("section", "politics"), 0.8, "en", 4, 1, {"section": "said so"}),
        **values,
    }
    return Filing(**facts)


def test_filing_gives_an_article_everything_and_does_not_publish_it(announced: list[events.Event]) -> None:
    article = services.file_article(
        filing(
            topics=("Harbours", "harbours", "Ferries", "!!"),
            links=("https://port.example/report", "https://port.example/report#top"),
        )
    )
    article.refresh_from_db()
    assert (article.address, article.live, article.filed_at) == ("politics/the-ferry-sails-again", False, NOW)
    assert article.judgement.section.key == article.shown_section.key == "politics"
    assert [link.topic.name for link in article.topic_links.order_by("rank")] == ["Harbours", "Ferries"]
    assert OutsideLink.objects.count() == 1
    assert search.ids_for("ferry") == [article.pk]
    assert announced == [ArticleFiled(article.pk)]


def test_addresses_are_free_and_stay() -> None:
    one, two, three = (services.file_article(filing()) for _ in range(3))
    assert [row.address for row in (one, two, three)] == [
        "politics/the-ferry-sails-again", "politics/the-ferry-sails-again-2", "politics/the-ferry-sails-again-3",
    ]  # fmt: skip
    services.set_section(two, make_section("travel"))
    two.refresh_from_db()
    assert (two.address, two.shown_section.key) == ("politics/the-ferry-sails-again-2", "travel")


def test_other_scripts_are_written_in_ours() -> None:
    assert services.file_article(filing(headline="Паром снова ходит")).address.isascii()
    assert services.file_article(filing(headline="渡轮恢复航行")).address.startswith("politics/")
    assert services.file_article(filing(headline="???")).address.partition("/")[2]


def test_an_unknown_section_is_the_first_one() -> None:
    assert (
        services.file_article(filing(section="no-such-section")).shown_section == Section.objects.order_by("order")[0]
    )


def test_topics_with_the_same_slug_are_kept_apart() -> None:
    services.file_article(filing(topics=("Паром", "Parom")))
    slugs = list(Topic.objects.values_list("slug", flat=True))
    assert len(slugs) == len(set(slugs)) == 2


def test_too_long_fields_are_cut_not_refused() -> None:
    article = services.file_article(filing(headline="H" * 500, standfirst="S" * 5000, byline="B" * 500))
    article.refresh_from_db()
    assert (len(article.headline), len(article.standfirst), len(article.byline)) == (300, 2000, 300)
    article.clean_fields(exclude=["origin_url"])


def test_what_fails_inside_is_filed_in_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    def failing(*_: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(search, "index_many", failing)
    with pytest.raises(ValueError), transaction.atomic():
        services.file_article(filing(topics=("Harbours",)))
    assert not Article.objects.exists()
    assert not Topic.objects.exists()
    assert not Judgement.objects.exists()


def test_a_text_of_the_desk_gets_the_same_facts(announced: list[events.Event]) -> None:
    draft = Article(
        headline="Our own report", body=services.stream(paragraphs("One two three four.")), section=make_section("tech")
    )
    article = services.new_by_desk(draft, user=None)
    article.save()
    services.after_desk_save(article, user=None)
    services.after_desk_save(article, user=None)
    assert article.source.is_house
    assert (article.address, article.live, article.judgement.words) == ("tech-news/our-own-report", False, 4)
    assert article.judgement.reasons == {"section": "written at the desk"}
    assert search.ids_for("report") == [article.pk]
    assert announced == [ArticleFiled(article.pk)]


def test_the_desks_section_stands_and_without_it_the_judgements(announced: list[events.Event]) -> None:
    article = make_article(section="world")
    services.set_section(article, make_section("sports"))
    assert article.shown_section.key == "sports"
    assert announced[-1] == ArticleChanged(article.pk, left_sections=("world",))
    services.set_section(article, None)
    assert article.shown_section.key == "world"


def test_the_desks_topics_replace_what_is_there_and_name_what_left(announced: list[events.Event]) -> None:
    article = make_article()
    services.set_topics(article, ["Harbours", "Ferries"])
    gone = Topic.objects.get(name="Ferries")
    services.set_topics(article, ["Bridges", "harbours"])
    rows = ArticleTopic.objects.filter(article=article).order_by("rank")
    assert [(row.topic.name, row.by_desk) for row in rows] == [("Bridges", True), ("Harbours", True)]
    assert announced[-1] == ArticleChanged(article.pk, left_topics=(gone.pk,))


def test_topics_of_an_article_that_is_not_in_the_paper_tell_nobody(announced: list[events.Event]) -> None:
    services.set_topics(make_article(live=False), ["Harbours"])
    assert announced == []

"""Writing, editing, publishing, withdrawing and restoring articles through the desk's own pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from broadsheet.accounts.models import User
from broadsheet.articles import services
from broadsheet.articles.models import Article, Judgement, Section, Version
from broadsheet.articles.services import timed
from broadsheet.core import clock
from broadsheet.sources.models import Source
from tests import make
from tests.page.desk.editor import form_of

WIRE_BODY: list[dict[str, Any]] = make.paragraphs(
    'The <a href="https://port.example/x" rel="noopener nofollow ugc">notice</a> came at noon.', "A second paragraph."
)


@pytest.fixture
def article(newsroom: Source) -> Article:
    """An article of a source, in the paper."""
    return make.make_article("Pilots vote on the night tide", body=WIRE_BODY)


def edit(client: Client, article: Article, action: str = "", **changes: str) -> Any:
    data = form_of(Article.objects.get(pk=article.pk), **changes)
    if action:
        data[f"action-{action}"] = action
    answer = client.post(f"/desk/articles/edit/{article.pk}/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


def from_source(article: Article, **values: Any) -> services.Filing:
    """What the source says the next time."""
    judged = services.Judged(
        section_key=values.pop("section_key", "tech"),
        confidence=0.8,
        language="en",
        words=9,
        read_minutes=1,
        reasons={},
    )
    said = {
        "headline": "Pilots vote yes",
        "standfirst": "The source's newer standfirst.",
        "byline": "",
        "body": WIRE_BODY,
        **values,
    }
    return services.Filing(
        source=article.source,
        entry_key=article.entry_key,
        origin_url=article.origin_url,
        url_key="",
        text_hash="n",
        published_at=article.published_at,
        updated_at=clock.now(),
        judged=judged,
        **said,
    )


def test_a_new_article_is_our_own_and_gets_its_address_from_its_headline(
    as_editor: Client, sections: dict[str, Section]
) -> None:
    data = form_of(
        None, headline="A letter from the harbour", section=str(sections["travel"].pk), topics_text="Harbours, Letters"
    )
    answer = as_editor.post("/desk/articles/add/", {**data, "action-publish": "yes"})
    assert answer.status_code == 302
    article = Article.objects.get(headline="A letter from the harbour")
    assert article.live
    assert article.source.is_house
    assert article.address == "travel/a-letter-from-the-harbour"
    assert article.shown_section == sections["travel"]
    assert sorted(article.topics.values_list("name", flat=True)) == ["Harbours", "Letters"]
    assert Judgement.objects.filter(article=article).exists()


def test_a_saved_draft_of_a_live_article_is_not_in_the_paper(as_editor: Client, article: Article) -> None:
    edit(as_editor, article, headline="Not yet")
    article.refresh_from_db()
    assert article.headline == "Pilots vote on the night tide"
    assert article.has_unpublished_changes
    assert article.kept_fields == []


def test_publishing_keeps_what_the_desk_changed_and_only_that(
    as_editor: Client, article: Article, editor: User
) -> None:
    edit(as_editor, article, "publish", headline="Pilots to vote")
    article.refresh_from_db()
    assert article.headline == "Pilots to vote"
    assert article.kept_fields == ["headline"]
    assert list(article.body.raw_data) == WIRE_BODY
    version = Version.objects.filter(article=article).order_by("-number").first()
    assert version is not None
    assert version.by == Version.By.DESK
    assert version.editor == editor


def test_a_persons_edit_survives_every_later_update_from_the_source(as_editor: Client, article: Article) -> None:
    edit(as_editor, article, "publish", headline="The desk's headline")
    services.update_from_source(Article.objects.get(pk=article.pk), from_source(article))
    article.refresh_from_db()
    assert article.headline == "The desk's headline"
    assert article.standfirst == "The source's newer standfirst."
    page = as_editor.get(f"/desk/articles/edit/{article.pk}/").content.decode()
    assert "The desk edited headline" in page
    as_editor.post(f"/desk/articles/release/{article.pk}/")
    services.update_from_source(Article.objects.get(pk=article.pk), from_source(article))
    article.refresh_from_db()
    assert article.headline == "Pilots vote yes"


def test_an_edit_of_a_held_article_is_kept_too(as_editor: Client, newsroom: Source) -> None:
    held = make.make_article("Held for the desk", body=WIRE_BODY, live=False)
    edit(as_editor, held, "publish", headline="Let in by the desk")
    held.refresh_from_db()
    assert held.live
    assert held.kept_fields == ["headline"]
    services.update_from_source(held, from_source(held))
    held.refresh_from_db()
    assert held.headline == "Let in by the desk"


def test_a_draft_never_takes_back_a_later_judgement(
    as_editor: Client, article: Article, sections: dict[str, Section]
) -> None:
    edit(as_editor, article, standfirst="Half written.")
    services.update_from_source(Article.objects.get(pk=article.pk), from_source(article, section_key="business"))
    edit(as_editor, article, "publish")
    article.refresh_from_db()
    assert article.shown_section == sections["business"]
    assert article.judgement.section == sections["business"]
    assert article.headline == "Pilots vote yes"
    assert article.standfirst == "Half written."


def test_the_desks_section_is_shown_and_emptied_gives_the_machines_back(
    as_editor: Client, article: Article, sections: dict[str, Section]
) -> None:
    edit(as_editor, article, "publish", section=str(sections["sports"].pk))
    article.refresh_from_db()
    assert article.shown_section == sections["sports"]
    edit(as_editor, article, "publish", section="")
    article.refresh_from_db()
    assert article.shown_section == sections["world"]


def test_withdrawing_asks_why_and_restoring_brings_it_back(as_editor: Client, article: Article) -> None:
    address = f"/desk/articles/unpublish/{article.pk}/"
    assert as_editor.post(address, {"why": ""}).status_code == 200
    article.refresh_from_db()
    assert article.live
    as_editor.post(address, {"why": "The notice was a forgery."})
    article.refresh_from_db()
    assert not article.live
    assert article.withdrawn_why == "The notice was a forgery."
    as_editor.post(f"/desk/articles/restore/{article.pk}/")
    article.refresh_from_db()
    assert article.live
    assert article.withdrawn_at is None


def test_scheduled_articles_wait_for_their_time(
    as_editor: Client, newsroom: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.localtime(clock.now() + timedelta(days=2))
    data = form_of(None, headline="Tomorrow and a day", go_live_at=later.strftime("%Y-%m-%d %H:%M"))
    assert as_editor.post("/desk/articles/add/", {**data, "action-publish": "yes"}).status_code == 302
    article = Article.objects.get(headline="Tomorrow and a day")
    assert not article.live
    then = clock.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: then)
    with clock.frozen(then):
        assert timed.publish_due() == 1
    article.refresh_from_db()
    assert article.live


def test_bulk_verbs_go_through_the_same_services(
    as_editor: Client, newsroom: Source, sections: dict[str, Section]
) -> None:
    held = [make.make_article(live=False) for _ in range(3)]
    ids = "&".join(f"id={one.pk}" for one in held)
    base = "/desk/bulk/articles/article"
    assert as_editor.get(f"{base}/publish/?{ids}&next=/desk/articles/").status_code == 200
    as_editor.post(f"{base}/publish/?{ids}&next=/desk/articles/")
    assert Article.objects.filter(pk__in=[one.pk for one in held], live=True).count() == 3
    as_editor.post(f"{base}/section/?{ids}&next=/desk/articles/", {"section": sections["tech"].pk})
    assert Article.objects.filter(pk__in=[one.pk for one in held], shown_section=sections["tech"]).count() == 3
    as_editor.post(f"{base}/withdraw/?{ids}&next=/desk/articles/", {"why": "All three were wrong."})
    assert Article.objects.filter(pk__in=[one.pk for one in held], withdrawn_why="All three were wrong.").count() == 3


def test_deleting_is_for_drafts_that_never_were_printed(as_editor: Client, article: Article, newsroom: Source) -> None:
    draft = make.make_article(source=newsroom, live=False)
    both = f"id={article.pk}&id={draft.pk}"
    as_editor.post(f"/desk/bulk/articles/article/delete/?{both}&next=/desk/articles/")
    as_editor.post(f"/desk/articles/delete/{article.pk}/")
    assert Article.objects.filter(pk=article.pk).exists()
    assert not Article.objects.filter(pk=draft.pk).exists()


def test_an_edit_over_a_newer_version_is_refused_once(as_editor: Client, article: Article) -> None:
    edit(as_editor, article, standfirst="First.")
    stale = form_of(Article.objects.get(pk=article.pk), standfirst="Mine.") | {"loaded_revision_id": "999999"}
    answer = as_editor.post(f"/desk/articles/edit/{article.pk}/", stale)
    assert answer.status_code == 200
    assert "Somebody saved a newer version" in answer.content.decode()


def test_versions_can_be_compared(as_editor: Client, article: Article) -> None:
    edit(as_editor, article, "publish", headline="One")
    edit(as_editor, article, "publish", headline="Two")
    first, second = article.revisions.order_by("pk").values_list("pk", flat=True)
    answer = as_editor.get(f"/desk/articles/history/{article.pk}/revisions/compare/{first}...{second}/")
    assert answer.status_code == 200
    assert answer.content.decode().count("Body") == 0, "the body did not change"


def test_a_draft_can_be_looked_at_as_it_would_be_printed(as_editor: Client, article: Article, newsroom: Source) -> None:
    address = f"/desk/articles/preview/{article.pk}/"
    answer = as_editor.post(address, form_of(article, headline="Only a draft so far"))
    assert answer.json()["is_valid"]
    page = as_editor.get(address)
    assert page.status_code == 200
    assert "Only a draft so far" in page.content.decode()
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    new = as_editor.post("/desk/articles/preview/", form_of(None, headline="Not even saved"))
    assert new.json()["is_valid"]
    assert "Not even saved" in as_editor.get("/desk/articles/preview/").content.decode()
    assert Article.objects.count() == 1

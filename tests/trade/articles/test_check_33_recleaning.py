"""Check 33: rows carry the cleaner's version; what an older one left is not shown, and is cleaned in the background."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from wagtail.models import Revision

from broadsheet.articles import search, services
from broadsheet.articles.events import ArticleChanged
from broadsheet.articles.models import Article, Judgement, Version
from broadsheet.articles.services import recleaning
from broadsheet.articles.showing import raw_body, shown
from broadsheet.copydesk import sanitise
from broadsheet.core import clock, events, facts, queue
from broadsheet.core.models import Effect
from broadsheet.ops import printedclean, schedule, wiring
from broadsheet.press import services as press
from broadsheet.press import setup
from broadsheet.press.models import Page
from broadsheet.syndication.entries import entry_of
from tests.make import NOW, make_article, make_sections, make_source, make_story, paragraphs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]

LEFT = 'Harbour <img src=x onerror=alert(1)><a href="javascript:alert(1)">opens</a> <script>alert(1)</script>today.'
PICTURE = {"url": "", "alt": "", "caption": LEFT, "credit": "", "width": None, "height": None}
OLD = [
    {"type": "paragraph", "value": LEFT},
    {"type": "heading", "value": {"level": 2, "text": LEFT, "lang": "", "dir": ""}},
    {"type": "list", "value": {"ordered": False, "items": [LEFT], "lang": "", "dir": ""}},
    {"type": "quote", "value": {"text": LEFT, "cite": LEFT, "lang": "", "dir": ""}},
    {"type": "picture", "value": {**PICTURE, "url": "https://e.org/p.png"}},
    {"type": "embed", "value": {"provider": "", "url": "javascript:alert(1)", "title": "Film"}},
]
HOSTILE = ("onerror", "javascript:", "<script")


def unclean(value: Any) -> list[str]:
    """What hostile is in any of it."""
    return [one for one in HOSTILE if one in json.dumps(value)]


def stamped() -> set[int]:
    return set(Article.objects.values_list("cleaner", flat=True))


def test_what_is_filed_carries_the_version_of_the_cleaner() -> None:
    source = make_source()
    make_sections()
    judged = services.Judged("world", 0.9, "en", 3, 1)
    facts_of = services.Filing(
        source, "key", "Headline", "", "", paragraphs("Text."), "", "", "h", NOW, None, judged,
    )  # fmt: skip
    assert services.file_article(facts_of).cleaner == sanitise.CLEANER


def test_what_a_distrusted_cleaner_left_is_never_shown() -> None:
    trusted = make_article("Trusted", body=OLD)
    assert unclean(raw_body(trusted)) == list(HOSTILE)  # so this test would see it
    article = make_article("Old", body=OLD, cleaner=sanitise.MINIMUM - 1)
    for raw in (raw_body(article), services.state_of(article)["body"], shown(article, now=NOW).body):
        assert unclean(raw) == []
        assert "Harbour" in json.dumps(raw)
    seen = entry_of(shown(article, now=NOW), site="https://paper.example", categories=())
    assert unclean([seen.html, seen.summary]) == []


def test_raising_the_minimum_takes_effect_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    article = make_article(body=OLD)
    make_story([article])
    wiring.connect()
    assert b"javascript:alert" in press.print_page(article.path).body  # type: ignore[union-attr]
    monkeypatch.setattr(sanitise, "CLEANER", sanitise.CLEANER + 1)
    monkeypatch.setattr(sanitise, "MINIMUM", sanitise.CLEANER)
    assert printedclean.settle() >= 1
    assert not Page.objects.exists()
    again = press.print_page(article.path)
    assert again is not None
    assert b"javascript:alert" not in again.body
    assert b"Harbour" in again.body
    assert printedclean.settle() == 0
    assert facts.get(printedclean.PRINTED_CLEAN) == sanitise.MINIMUM


@pytest.mark.django_db(transaction=True)
def test_pages_printed_with_a_distrusted_cleaner_are_gone_from_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    article = make_article(body=OLD)
    make_story([article])
    press.print_page(article.path)
    assert setup.current().store.get(article.path) is not None
    assert printedclean.settle() == 0
    monkeypatch.setattr(sanitise, "MINIMUM", sanitise.MINIMUM + 1)
    printedclean.settle()
    assert setup.current().store.get(article.path) is None


def test_cleaning_anew_reaches_text_drafts_versions_index_and_counts(announced: list[events.Event]) -> None:
    article = make_article("Old", body=OLD, cleaner=0)
    search.index(article.pk, "Old", "", "nothing yet")
    draft = article.save_revision()
    fields = {**services.state_of(article), "body": OLD}
    version = Version.objects.create(article=article, number=1, by="source", fields=fields, at=NOW)
    assert unclean(draft.content["body"]) == list(HOSTILE)
    assert services.reclean(10) == 1
    article.refresh_from_db()
    version.refresh_from_db()
    draft = Revision.objects.get(pk=draft.pk)
    for kept in (list(article.body.raw_data), version.fields, draft.content):
        assert unclean(kept) == []
        assert "Harbour" in json.dumps(kept)
    assert article.cleaner == sanitise.CLEANER
    assert {one["type"] for one in article.body.raw_data} >= {"paragraph", "heading", "list", "quote", "picture"}
    assert search.ids_for("harbour today") == [article.pk]
    assert Judgement.objects.get(article=article).words > 10
    assert ArticleChanged(article.pk) in announced
    # A draft that waited through it all brings nothing back.
    draft.publish()
    article.refresh_from_db()
    assert unclean(list(article.body.raw_data)) == []


def test_clean_rows_are_stamped_and_stay_as_they_are(announced: list[events.Event]) -> None:
    body = paragraphs('One <b>two</b> <a href="https://e.org/?a=1&amp;b=2" rel="noopener nofollow ugc">three</a>.')
    articles = [make_article(body=body, cleaner=0) for _ in range(3)]
    before = [list(one.body.raw_data) for one in articles]
    announced.clear()
    assert services.reclean(2) == 2
    assert services.reclean(2) == 1
    assert services.reclean(2) == 0
    assert [list(one.body.raw_data) for one in Article.objects.order_by("pk")] == before
    assert stamped() == {sanitise.CLEANER}
    assert announced == []


def test_the_worker_goes_on_turn_by_turn_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recleaning, "BATCH", 2)
    monkeypatch.setattr(recleaning, "TURN", 0.0)
    for _ in range(5):
        make_article(cleaner=0)
    wiring.connect()
    Effect.objects.all().delete()
    timer = next(one for one in schedule.TIMERS if one.name == "articles.reclean")
    timer.run()
    timer.run()
    assert Effect.objects.filter(name=services.RECLEAN).count() == 1
    left = []
    for turn in range(4):
        with clock.frozen(NOW + timedelta(seconds=turn)):
            queue.run_due()
        left.append(services.outdated().count())
    assert left == [3, 1, 0, 0]
    assert not Effect.objects.filter(name=services.RECLEAN).exists()
    assert timer.run() is False


def test_a_turn_that_is_cut_off_leaves_rows_as_they_were() -> None:
    article = make_article(body=OLD, cleaner=0)

    class Killed(Exception):
        pass

    def cut_off() -> None:
        with transaction.atomic():
            services.reclean(10)
            raise Killed

    with pytest.raises(Killed):
        cut_off()
    article.refresh_from_db()
    assert article.cleaner == 0
    assert unclean(list(article.body.raw_data)) == list(HOSTILE)


def test_one_text_that_cannot_be_read_holds_up_no_other() -> None:
    broken = make_article(cleaner=0)
    Article.objects.filter(pk=broken.pk).update(body=services.stream([{"type": "heading", "value": {}}]))
    other = make_article(body=OLD, cleaner=0)
    assert services.reclean(10) == 2
    other.refresh_from_db()
    assert unclean(list(other.body.raw_data)) == []


def test_finding_what_is_left_needs_no_look_at_every_row() -> None:
    from django.db import connection

    make_article()
    plan = services.outdated().order_by("cleaner", "id")[:50].explain()
    if connection.vendor == "sqlite":
        assert "article_by_cleaner" in plan
    else:
        assert plan

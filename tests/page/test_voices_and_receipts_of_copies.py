"""What readers and editors see of copies and kin: the sentence that says how much is shared, and one voice for all."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.articles.models import Article, Sketch
from broadsheet.core import clock
from broadsheet.paper.coverage import coverage
from broadsheet.press import services as press
from broadsheet.stories import queries, services
from broadsheet.stories.models import Story
from tests.make import NOW, make_article, make_source, make_story

pytestmark = pytest.mark.django_db
WHY = "91 % of its passages are in “Night ferry <stays>” (Reuters, 12 minutes earlier)."


def page(path: str) -> str:
    printed = press.print_page(path)
    assert printed is not None
    return printed.body.decode()


def family() -> tuple[Article, Article, Article, Article]:
    """An original, a copy with its receipt, kin that says more, and a report of its own."""
    original = make_article("Night ferry stays", source=make_source("Alpha"))
    copy = make_article(source=make_source("Beta"), copy_of=original, address=None)
    copy.judgement.reasons = {"copy": {"share": 0.91, "receipt": WHY, "of": original.pk}}
    copy.judgement.save()
    kin = make_article("Why the night ferry stays", source=make_source("Gamma"))
    Sketch.objects.create(article=kin, hashes=b"", total=0, length=0, family=original, day=None)
    own = make_article("A rival ferry", source=make_source("Delta"))
    services.recount(make_story([original, copy, kin, own], slug="ferry"))
    return original, copy, kin, own


def test_a_story_prints_the_receipt_of_each_copy_and_folds_kin_under_one_voice() -> None:
    family()
    with clock.frozen(NOW):
        body = page("/stories/ferry/")
    assert "Beta</bdi>: 91 % of its passages are in “Night ferry &lt;stays&gt;” (Reuters, 12 minutes earlier)." in body
    assert "and 1 more with much of the same text" in body
    assert body.count('<article class="voice">') == 2
    assert Story.objects.get().voices_count == 2


def test_the_articles_own_page_prints_the_receipt_too() -> None:
    original, *_ = family()
    with clock.frozen(NOW):
        body = page(original.path)
    assert "Night ferry &lt;stays&gt;" in body
    assert "much of the same text" in body


def test_pages_and_counts_agree_whose_voice_it_is_and_need_no_more_queries() -> None:
    family()
    story = Story.objects.get()
    with CaptureQueriesContext(connection) as asked:
        cover = coverage(queries.members(story.pk), now=NOW)
    assert len(asked) == 1
    assert len(cover.voices) == story.voices_count
    assert [one.headline for one in cover.voices[0].kin] == ["Why the night ferry stays"]
    assert cover.voices[0].receipts == [("Beta", WHY)]

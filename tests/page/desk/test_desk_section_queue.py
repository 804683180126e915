"""The section queue: one click, many at once, taking back, going back to an older model; for whoever may."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.accounts.models import User
from broadsheet.articles.models import Article, Judgement, Section, SectionModel, SectionPair
from broadsheet.articles.services import section_learning
from broadsheet.core import clock
from broadsheet.core.models import Effect
from tests import make
from tests.page.desk.conftest import signed_in
from tests.page.desk.editor import form_of

pytestmark = pytest.mark.django_db
QUEUE = "/desk/section-queue/"


def guessed(headline: str = "Ferry waits", **facts: object) -> Article:
    article = make.make_article(headline, **facts)
    pushes = [["label", "Hafen", 0.81], ["word", "<ferry>", -0.4]]
    Judgement.objects.filter(article=article).update(
        abstained=True, confidence=0.31, second="travel", reasons={"section": "x", "best": "world", "pushes": pushes}
    )
    return article


def standing(article: Article) -> tuple[str, bool]:
    row = Article.objects.select_related("shown_section", "judgement").get(pk=article.pk)
    return row.shown_section.key, row.judgement.abstained


def test_it_is_empty_and_says_so(as_editor: Client, newsroom: object) -> None:
    make.make_article("Sure")
    page = as_editor.get(QUEUE).content.decode()
    assert "Nothing waits" in page
    assert "Sure" not in page
    assert "Nothing of this kind" in as_editor.get(f"{QUEUE}?section=1").content.decode()


def test_it_shows_the_newest_first_with_reasons_and_the_second(as_editor: Client, newsroom: object) -> None:
    guessed("First ferry")
    guessed("Second ferry")
    page = as_editor.get(QUEUE).content.decode()
    assert page.index("Second ferry") < page.index("First ferry")
    assert "the source&#x27;s label “Hafen” (+0.81)" in page
    assert "the word “&lt;ferry&gt;” (−0.40)" in page
    assert "best guess 0.31 sure" in page
    assert ':travel"' in page


def test_one_click_sets_the_section_and_teaches_and_is_taken_back(
    as_editor: Client, editor: User, newsroom: object
) -> None:
    article = guessed()
    story = make.make_story([article])
    answer = as_editor.post(f"{QUEUE}choose/?section=&p=1", {"one": f"{article.pk}:travel"})
    assert answer.headers["Location"] == f"{QUEUE}?section=&p=1"
    assert standing(article) == ("travel", False)
    pair = SectionPair.objects.get()
    assert (pair.section, pair.by, pair.group) == ("travel", editor, f"story {story.pk}")
    page = as_editor.get(QUEUE).content.decode()
    assert "Your last choices" in page
    assert as_editor.post(f"{QUEUE}undo/{article.pk}/").status_code == 302
    assert standing(article) == ("world", True)
    assert not SectionPair.objects.exists()


def test_another_section_and_many_at_once(as_editor: Client, newsroom: object) -> None:
    one, *many = [guessed(f"Ferry {number}") for number in range(4)]
    as_editor.post(f"{QUEUE}choose/", {"one": str(one.pk), f"to-{one.pk}": "sports"})
    assert standing(one) == ("sports", False)
    as_editor.post(f"{QUEUE}choose/", {"article": [row.pk for row in many], "section": "gaming"})
    assert {standing(row) for row in many} == {("gaming", False)}


@pytest.mark.parametrize("said", [{}, {"one": "x:travel"}, {"one": "1:nowhere"}, {"article": "²", "section": "tech"}])
def test_nonsense_changes_nothing(said: dict[str, str], as_editor: Client, newsroom: object) -> None:
    article = guessed()
    assert as_editor.post(f"{QUEUE}choose/", said).status_code == 302
    assert standing(article) == ("world", True)


def test_it_is_narrowed_and_costs_the_same_with_many(as_editor: Client, newsroom: object) -> None:
    source = make.make_source("Harbour Post")
    guessed("Of the Post", source=source)
    for _ in range(3):
        guessed()
    page = as_editor.get(f"{QUEUE}?source={source.pk}").content.decode()
    assert "Of the Post" in page
    assert "Ferry waits" not in page
    as_editor.get(QUEUE)
    costs = []
    for more in (0, 30):
        for _ in range(more):
            guessed()
        with CaptureQueriesContext(connection) as ran:
            page = as_editor.get(QUEUE).content.decode()
        costs.append(len(ran))
    assert costs[0] == costs[1]
    assert page.count('type="checkbox"') == 25
    assert "page 1 of 2" in page


def test_contributors_stay_out_and_the_menu_does_not_name_it(as_contributor: Client, newsroom: object) -> None:
    article = guessed()
    assert as_contributor.get(QUEUE).headers["Location"] == "/desk/"
    as_contributor.post(f"{QUEUE}choose/", {"one": f"{article.pk}:travel"})
    as_contributor.post(f"{QUEUE}models/use/0/")
    assert standing(article) == ("world", True)
    assert QUEUE not in as_contributor.get("/desk/").content.decode()


def test_the_desks_home_says_how_many_wait(as_editor: Client, newsroom: object) -> None:
    guessed()
    assert "1 article whose section is a guess" in as_editor.get("/desk/").content.decode()


def test_a_choice_in_the_articles_editor_teaches_too(as_editor: Client, newsroom: object) -> None:
    article = guessed()
    travel = Section.objects.get(key="travel")
    data = form_of(Article.objects.get(pk=article.pk), section=str(travel.pk)) | {"action-publish": "action-publish"}
    assert as_editor.post(f"/desk/articles/edit/{article.pk}/", data).status_code == 302
    assert standing(article) == ("travel", False)
    assert SectionPair.objects.get().section == "travel"
    data = form_of(Article.objects.get(pk=article.pk), section="") | {"action-publish": "action-publish"}
    assert as_editor.post(f"/desk/articles/edit/{article.pk}/", data).status_code == 302
    assert standing(article) == ("world", True)
    assert not SectionPair.objects.exists()


def test_the_articles_page_shows_the_second_section_and_all_reasons(as_editor: Client, newsroom: object) -> None:
    page = as_editor.get(f"/desk/articles/edit/{guessed().pk}/").content.decode()
    assert "<dt>Second</dt><dd>Travel. The machine is not sure and asks the desk</dd>" in page
    assert "the word “&lt;ferry&gt;” (−0.40)" in page
    assert "pushes" not in page


def test_models_are_listed_and_going_back_is_one_click(as_editor: Client, newsroom: object) -> None:
    told = {"kept_back": 12, "right_now": 11, "right_before": 9, "taken": True}
    old, new = (
        SectionModel.objects.create(made_at=clock.now(), pairs=count, blob=b"", figures=told, in_use=count == 40)
        for count in (30, 40)
    )
    page = as_editor.get(f"{QUEUE}models/").content.decode()
    assert "Of 12 choices kept back it finds 11, the one before it 9." in page
    as_editor.post(f"{QUEUE}models/use/{old.pk}/")
    assert SectionModel.objects.get(in_use=True) == old
    as_editor.post(f"{QUEUE}models/use/0/")
    assert not SectionModel.objects.filter(in_use=True).exists()
    assert SectionModel.objects.filter(pk=new.pk).exists()
    as_editor.post(f"{QUEUE}models/use/{new.pk + 9}/")
    as_editor.post(f"{QUEUE}models/learn/")
    assert Effect.objects.filter(name=section_learning.LEARN).exists()


def test_a_section_is_described_and_the_worker_learns_it(admin: User) -> None:
    Effect.objects.all().delete()
    section = Section.objects.get(key="crypto")
    client = signed_in(admin)
    page = client.get(f"/desk/sections/edit/{section.pk}/")
    shipped = page.context["form"].initial["about"]
    assert "Bitcoin" in shipped
    same = {"name": section.name, "slug": section.slug, "key": "crypto", "description": "", "order": 6, "shown": "on"}
    client.post(f"/desk/sections/edit/{section.pk}/", {**same, "about": shipped.replace("\n", "\r\n")})
    assert Section.objects.get(key="crypto").about == ""
    assert not Effect.objects.filter(name=section_learning.LEARN).exists()
    client.post(f"/desk/sections/edit/{section.pk}/", {**same, "about": f"{shipped}, zorblex"})
    assert Section.objects.get(key="crypto").about.endswith(", zorblex")
    assert Effect.objects.filter(name=section_learning.LEARN).count() == 1

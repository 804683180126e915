"""Stories at the desk: an editor merges, splits, moves, locks, chooses a lead, and takes each back."""

from __future__ import annotations

import pytest
from django.test import Client

from broadsheet.articles.models import Article
from broadsheet.stories import services
from broadsheet.stories.models import Story, StoryOrder
from tests import make

FERRY = ("Night ferry strikes pier", "Pilots leave night ferry at pier", "Harbour counts damage of night ferry at pier")


@pytest.fixture
def stories(newsroom: object) -> tuple[list[Article], Article]:
    """One story of three articles and a copy, and a stranger."""
    ferry = [make.make_article(title, standfirst="", body=title) for title in FERRY]
    other = make.make_article("Ilmarin draws game nine", standfirst="", body="Grandmaster Ilmarin keeps the title.")
    copy = make.make_article("Ferry, told again", copy_of=ferry[0], address=None)
    services.place_articles([*ferry, other, copy], {one.pk: ferry[0].pk for one in ferry[1:]})
    assert Story.objects.count() == 2
    return ferry, other


def story_of(article: Article) -> Story:
    return Story.objects.get(placements__article=article)


def give(client: Client, order: str, pk: int, **facts: object) -> str:
    """Press a button; the page it leads to."""
    answer = client.post(f"/desk/stories/{order}/{pk}/", facts, follow=True)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_page_says_why_and_folds_copies(as_editor: Client, stories: tuple[list[Article], Article]) -> None:
    page = as_editor.get(f"/desk/stories/inspect/{story_of(stories[0][0]).pk}/").content.decode()
    assert all(title in page for title in FERRY)
    assert "1 copy" in page
    assert "The first report of this story." in page
    assert "None yet: the machine made this story." in page


def test_merge_and_undo(as_editor: Client, stories: tuple[list[Article], Article]) -> None:
    (first, *_), other = stories
    kept, gone = story_of(first), story_of(other)
    assert "Which story?" in give(as_editor, "merge", kept.pk, other="nothing like it")
    page = give(as_editor, "merge", kept.pk, other=f"https://paper.example{gone.path}", why="<b>One</b> night")
    assert story_of(other) == kept
    assert "&lt;b&gt;One&lt;/b&gt; night" in page
    assert f"also led here: {gone.path}" in page
    page = give(as_editor, "undo", StoryOrder.objects.get().pk, back=kept.pk)
    assert "Undone." in page
    assert story_of(other) == gone
    assert "undone already" in give(as_editor, "undo", StoryOrder.objects.get().pk, back=kept.pk)


def test_split_and_move(as_editor: Client, stories: tuple[list[Article], Article]) -> None:
    ferry, other = stories
    pk = story_of(ferry[0]).pk
    assert "has to stay" in give(as_editor, "articles", pk, verb="split", article=[one.pk for one in ferry])
    assert "This is the new story." in give(as_editor, "articles", pk, verb="split", article=[ferry[1].pk])
    assert story_of(ferry[1]) != story_of(ferry[0])
    give(as_editor, "articles", pk, verb="move", article=[ferry[2].pk], other=story_of(other).slug)
    assert story_of(ferry[2]) == story_of(other)
    assert {order.by.email for order in StoryOrder.objects.all() if order.by} == {"editor@desk.example"}


def test_lock_and_lead(as_editor: Client, stories: tuple[list[Article], Article]) -> None:
    ferry, _ = stories
    pk = story_of(ferry[0]).pk
    assert "Only editors change it." in give(as_editor, "lock", pk, locked="yes")
    assert "chosen by the desk" in give(as_editor, "lead", pk, article=ferry[2].pk)
    assert story_of(ferry[0]).lead == ferry[2]
    assert FERRY[2] in as_editor.get("/desk/stories/?state=locked").content.decode()


def test_contributors_give_no_orders(as_contributor: Client, stories: tuple[list[Article], Article]) -> None:
    pk = story_of(stories[0][0]).pk
    answer = as_contributor.post(f"/desk/stories/lock/{pk}/", {"locked": "yes"})
    assert answer.status_code in (302, 403)
    assert story_of(stories[0][0]).locked_at is None

"""Where an article belongs and what a story amounts to, as tables; and what holds for any story."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.stories.rules import TOO_COMMON, WINDOW, Evidence, Linked, Member, Place, count, place
from tests.make import NOW

HOUR = timedelta(hours=1)
A, B = "https://port.example/report", "https://court.example/ruling"


def linked(story: int, url: str = A, *, hours: float = 1, article: int = 0) -> Linked:
    return Linked(story, article or story * 10, url, NOW - hours * HOUR)


def placed(*links: Linked, **values: int | None) -> Place:
    return place(Evidence(NOW, linked=tuple(links), **values))  # type: ignore[arg-type]


def test_nothing_known_is_a_new_story() -> None:
    assert placed() == Place(None, "first", {}, 1.0)


def test_a_copy_follows_its_original_whatever_it_links_to() -> None:
    found = placed(linked(1), linked(1, B), copy_of_id=70, copy_story_id=7)
    assert found == Place(7, "copy", {"article": 70}, 1.0)


def test_a_copy_whose_original_has_no_story_yet_is_weighed_by_its_links() -> None:
    assert placed(linked(1), copy_of_id=70, copy_story_id=None).story_id == 1


@pytest.mark.parametrize(
    ("links", "story", "shared"),
    [
        ([linked(1)], 1, 1),
        ([linked(1), linked(2), linked(2, B)], 2, 2),  # more shared pages win
        ([linked(1, hours=5), linked(2, hours=1)], 2, 1),  # a tie goes to the younger
        ([linked(2, hours=1), linked(1, hours=1)], 1, 1),  # still a tie: the older story
        ([linked(1, article=10), linked(1, article=11), linked(2), linked(2, B)], 2, 2),  # pages count, not articles
    ],
)
def test_shared_links_choose_the_story(links: list[Linked], story: int, shared: int) -> None:
    found = placed(*links)
    assert (found.story_id, found.why, found.detail["shared"]) == (story, "link", shared)
    assert found == placed(*reversed(links))


def test_the_receipt_names_the_page_and_the_nearest_article() -> None:
    found = placed(linked(1, A, hours=9, article=4), linked(1, B, hours=2, article=5))
    assert found.detail == {"url": B, "article": 5, "shared": 2}
    assert found.score == pytest.approx(1.0)
    assert placed(linked(1)).score == pytest.approx(0.8)


@pytest.mark.parametrize(("hours", "story"), [(72, 1), (72.01, None), (-72, 1), (-72.01, None)])
def test_only_inside_the_window(hours: float, story: int | None) -> None:
    assert timedelta(hours=72) == WINDOW
    assert placed(linked(1, hours=hours)).story_id == story


def test_a_page_that_many_stories_point_to_says_nothing() -> None:
    few = [linked(number) for number in range(1, TOO_COMMON + 1)]
    assert placed(*few).why == "link"
    assert placed(*few, linked(TOO_COMMON + 1)).why == "first"
    assert placed(*few, linked(TOO_COMMON + 1), linked(3, B)).story_id == 3


def member(number: int, **values: object) -> Member:
    facts: dict[str, object] = {
        "at": NOW - number * HOUR, "voice": f"source:{number}", "is_copy": False, "live": True, "words": 100,
        "section_id": 1, "full": True, **values,
    }  # fmt: skip
    return Member(article_id=number, **facts)  # type: ignore[arg-type]


def test_sources_of_one_owner_are_one_voice() -> None:
    found = count([member(1, voice="owner:9"), member(2, voice="owner:9"), member(3)])
    assert (found.articles, found.copies, found.voices) == (3, 0, 2)


def test_a_copy_adds_no_voice_and_no_article() -> None:
    found = count([member(1), member(2, is_copy=True), member(3, is_copy=True)])
    assert (found.articles, found.copies, found.voices, found.lead_id) == (1, 2, 1, 1)


@pytest.mark.parametrize(
    ("members", "lead"),
    [
        ([member(1, words=50), member(2, words=900)], 2),
        ([member(1, words=50), member(2, words=900, full=False)], 1),  # what may be read in full leads
        ([member(2), member(1)], 1),  # the newer of two equals
        ([member(1, at=NOW), member(2, at=NOW)], 1),
        ([member(1, live=False, words=900), member(2)], 2),
        ([member(1, words=900, is_copy=True), member(2)], 2),
        ([member(1, words=900), member(2, words=300)], 2),  # of those that say enough, who reported first
        ([member(1, words=900), member(2, words=300, foreign=True)], 1),  # but in the paper's own language
        ([member(1, words=50, full=False), member(2, words=300, foreign=True)], 1),
        ([member(1, words=300), member(2, words=300, full=False)], 1),
        ([member(1, live=False)], None),
        ([member(1, is_copy=True)], None),
    ],
)
def test_the_lead(members: list[Member], lead: int | None) -> None:
    assert count(members).lead_id == lead


def test_what_is_not_in_the_paper_does_not_count_while_anything_is() -> None:
    found = count([member(1), member(9, live=False)])
    assert (found.articles, found.voices, found.first_at) == (1, 1, NOW - HOUR)


def test_a_later_copy_does_not_make_a_story_newer() -> None:
    found = count([member(5), member(1, is_copy=True)])
    assert (found.first_at, found.last_at) == (NOW - 5 * HOUR, NOW - 5 * HOUR)


members = st.lists(
    st.builds(
        member,
        st.integers(1, 50),
        voice=st.sampled_from(["owner:1", "source:1", "source:2"]),
        is_copy=st.booleans(),
        live=st.booleans(),
        words=st.integers(0, 500),
        full=st.booleans(),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.article_id,
)


@settings(max_examples=15, deadline=None)
@given(members, st.randoms())
def test_counting_does_not_depend_on_the_order(some: list[Member], order: object) -> None:
    shuffled = list(some)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    found = count(some)
    assert count(shuffled) == found
    assert found.voices >= 1
    assert found.articles + found.copies <= len(some)
    assert found.voices <= max(1, found.articles)
    assert found.first_at <= found.last_at
    if found.lead_id is not None:
        lead = next(one for one in some if one.article_id == found.lead_id)
        assert lead.live
        assert not lead.is_copy

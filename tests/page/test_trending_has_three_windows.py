"""Trending of the hour, the day and the week; a section's top from its front, and no story twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.articles import services as articles
from broadsheet.core import clock
from broadsheet.editions import services as editions
from broadsheet.editions.models import Edition, Slot
from broadsheet.press.printing import printer
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import text_of, tree


@pytest.mark.parametrize(
    ("path", "window", "name", "canonical"),
    [
        ("/trending/", "day", "Day", "/trending/"),
        ("/trending/hour/", "hour", "Hour", "/trending/hour/"),
        ("/trending/week/", "week", "Week", "/trending/week/"),
    ],
)
def test_each_window_has_its_own_address(db: None, path: str, window: str, name: str, canonical: str) -> None:
    for one in ("hour", "day", "week"):
        make.make_heat(make.make_story([make.make_article(f"Of the {one}")]), receipt=f"why of the {one}", window=one)
    root = tree(path)
    assert [text_of(one) for one in root.xpath("//ol[@class='trending']//h2")] == [f"Of the {window}"]
    assert f"why of the {window}" in text_of(root.xpath("//ol[@class='trending']")[0])
    tabs = root.xpath("//nav[@aria-label='Window']//a")
    assert [one.get("href") for one in tabs] == ["/trending/hour/", "/trending/", "/trending/week/"]
    assert [text_of(one) for one in tabs if one.get("aria-current") == "page"] == [name]
    assert root.xpath("//link[@rel='canonical']/@href")[0].endswith(canonical)
    assert root.xpath("//header//a[@href='/how-it-works/']")


def test_an_empty_window_says_what_it_takes(db: None) -> None:
    words = text_of(tree("/trending/hour/").xpath("//div[@class='empty']")[0])
    assert "2 independent sources" in words
    assert "10 readers" in words
    assert "the last hour" in words


def test_no_other_window_has_a_page(db: None) -> None:
    for path in ("/trending/day/", "/trending/month/", "/trending/hour/feed/"):
        match = printer.match(path)
        assert match is None or match.build() is None, path


def test_a_sections_top_is_its_front_without_repeating_a_story(paper: Paper) -> None:
    make.make_sections()
    with clock.frozen(make.NOW):
        assert editions.assemble_sections()
    best = [slot.article for slot in Slot.objects.filter(edition__name="section:world").order_by("place", "rank")]
    root = tree("/world-news/")
    links = root.xpath("//main//h2/a/@href | //main//h3/a/@href")
    assert links[0] == f"/{best[0].address}/"
    assert len(links) == len(set(links))


def test_a_pinned_old_story_leads_its_section(paper: Paper) -> None:
    old = make.make_article("An old story that an editor wants", age=timedelta(days=90))
    story = make.make_story([old])
    edition = Edition.objects.create(name="section:world", assembled_at=make.NOW)
    Slot.objects.create(edition=edition, place="lead", story=story, article=old)
    assert text_of(tree("/world-news/").xpath("(//main//h2/a)[1]")[0]) == old.headline
    # What left the paper since then does not stand there.
    with clock.frozen(make.NOW):
        articles.withdraw(old, why="Wrong")
    assert old.headline not in text_of(tree("/world-news/").xpath("//main")[0])

"""No page shows one story twice, and copies never stand beside their original."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from broadsheet.stories.models import Placement
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import articles_in, page, text_of, tree

LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"


def _repeats(path: str, paper: Paper) -> list[int]:
    """Stories that the main part of a page links to more than once; a box of voices is one appearance."""
    main = tree(path).find(".//main")
    for box in main.xpath(".//*[contains(@class, 'voice') or contains(@class, 'folded')]"):
        box.getparent().remove(box)
    story_of = dict(Placement.objects.values_list("article_id", "story_id"))
    stories = Counter(story_of.get(ident, -ident) for ident in articles_in(main, paper.known))
    return [story for story, count in stories.items() if count > 1]


def test_no_page_kind_repeats_a_story(paper: Paper) -> None:
    for path in ("/", "/world-news/", "/latest/", "/trending/", "/topics/shipping/", LEAD, "/sources/northern-ledger/"):
        assert _repeats(path, paper) == [], path


def test_articles_of_one_story_fold_in_a_list_and_say_how_many_more(paper: Paper) -> None:
    root = tree("/latest/")
    assert (
        len(
            [
                href
                for href in root.xpath("//main//h2/a/@href")
                if href
                in {LEAD, "/world-news/what-the-two-sides-signed/", "/world-news/first-convoy-clears-the-narrows/"}
            ]
        )
        == 1
    )
    assert "2 more reports in this story" in text_of(root.find(".//main"))


def test_a_copy_is_a_name_under_its_original_and_never_a_link(paper: Paper) -> None:
    markup = page("/stories/vessin-strait/")
    root = tree("/stories/vessin-strait/")
    assert "Coastwatch" in text_of(root.find(".//main"))
    assert "and 1 copy" in text_of(root.find(".//main"))
    assert paper.copy.headline not in markup.replace(paper.lead.headline, "")
    assert len(root.xpath("//article[@class='voice']")) == 3


def test_outlets_of_one_owner_are_one_voice(db: None) -> None:
    owner = make.make_owner("Elvane Lines")
    one, other = make.make_source("Elvane Post", owner=owner), make.make_source("Elvane Sunday", owner=owner)
    first = make.make_article("Ferry stops", source=one, age=timedelta(hours=3))
    make.make_story(
        [first, make.make_article("Ferry stops again", source=other), make.make_article("Ferry, by a stranger")],
        slug="ferry",
    )
    root = tree("/stories/ferry/")
    assert len(root.xpath("//article[@class='voice']")) == 2
    assert "and 1 more from the same owner" in text_of(root.find(".//main"))
    assert text_of(root.xpath("//article[@class='voice']")[0]).startswith("Elvane Post")


def test_the_front_keeps_an_article_out_of_its_strip_when_it_stands_above(paper: Paper) -> None:
    root = tree("/")
    hrefs = [href for href in root.xpath("//main//*[self::h2 or self::h3]/a/@href") if href in paper.known]
    assert len(hrefs) == len(set(hrefs))
    assert len(hrefs) > 15
    assert "42 stories" in text_of(root.find(".//header"))

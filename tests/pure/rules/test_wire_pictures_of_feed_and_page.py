"""Of an article's pictures the widest that the feed names counts; its page says what the feed leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from broadsheet.copydesk.entries import Entry, Picture
from broadsheet.wire import judging

FEED = "https://e.org/feed.jpg"
PAGE = "https://e.org/page.jpg"


def picture(*named: Picture, **page: Any) -> dict[str, Any]:
    """The picture of a short entry with these pictures, and with this page where one was read."""
    entry = Entry(key="1", url="https://e.org/1", title="The ferry sails", pictures=list(named))
    return judging.set_text(
        entry,
        page or None,
        base="https://e.org/1",
        default_section="world",
        default_language="en",
        source_host="e.org",
        source_name="Gazette",
    ).picture


def said(url: str, credit: str = "", caption: str = "", alternative: str = "") -> dict[str, str]:
    return {"url": url, "credit": credit, "caption": caption, "alternative": alternative}


def test_the_feeds_picture_comes_with_all_that_the_feed_says() -> None:
    named = Picture(FEED, credit="J. Lind", caption="The boat leaves", alternative="A white ferry")
    assert picture(named) == said(FEED, "J. Lind", "The boat leaves", "A white ferry")


def test_the_widest_picture_counts_and_the_first_of_equals() -> None:
    small, wide, as_wide = Picture(FEED, width=160), Picture(PAGE, width=1600), Picture("https://e.org/c", width=1600)
    assert picture(Picture("https://e.org/unsized"), small, wide, as_wide) == said(PAGE)


def test_the_page_has_the_picture_where_the_feed_has_none() -> None:
    assert picture(picture=PAGE, picture_alternative="A white ferry") == said(PAGE, alternative="A white ferry")


def test_the_page_says_what_is_to_be_seen_where_the_feed_does_not() -> None:
    named = Picture(FEED, credit="J. Lind", caption="The boat leaves")
    expected = said(FEED, "J. Lind", "The boat leaves", "A white ferry")
    assert picture(named, picture=FEED, picture_alternative="A white ferry") == expected
    assert picture(named, picture=None, picture_alternative="A white ferry") == expected


def test_what_the_feed_says_is_to_be_seen_comes_first() -> None:
    named = Picture(FEED, alternative="A white ferry")
    assert picture(named, picture=FEED, picture_alternative="Another ferry")["alternative"] == "A white ferry"


def test_what_a_page_says_of_another_picture_is_not_said_of_this_one() -> None:
    assert picture(Picture(FEED), picture=PAGE, picture_alternative="A lighthouse") == said(FEED)


@pytest.mark.parametrize("page", [{}, {"title": "The ferry sails"}, {"picture": None}, {"picture": ""}])
def test_without_an_address_there_is_no_picture(page: dict[str, Any]) -> None:
    assert picture(**page) == {}

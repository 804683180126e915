"""Feeds as they were really served, and the parser cases of other projects (../shared/data), by their own protocols."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadsheet.ops.evaluating import feedchecks, feeds
from broadsheet.ops.evaluating.feedreading import Heard, HeardItem, ours

CASES = {"feedparser": feedchecks.feedparser_cases, "gofeed": feedchecks.gofeed_cases}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")


@pytest.mark.slow("reads five megabytes of captured feeds")
@pytest.mark.parametrize("corpus", feeds.CAPTURED)
def test_counts_and_titles_of_captured_feeds(shared_data: Path, corpus: str) -> None:
    tally = feeds.captured(shared_data / "feeds" / corpus, ours)
    assert tally.entries_of == tally.files > 0
    assert (tally.entries_right, tally.titles_right) == (tally.entries_of, tally.titles_of), tally.missed


@pytest.mark.slow("a corpus of parser cases")
def test_check_14_no_case_is_an_exception_and_none_loses_its_entries(shared_data: Path) -> None:
    tally = feeds.survivors(shared_data / "feeds" / "feedvalidator", ours)
    assert tally.exceptions == 0
    assert tally.entries_right == tally.entries_of > 250, tally.missed


@pytest.mark.slow("a corpus of parser cases")
@pytest.mark.parametrize("of", CASES)
def test_check_14_every_value_that_news_has_a_place_for_is_right(shared_data: Path, of: str) -> None:
    tally = feeds.cases(CASES[of](shared_data), ours)
    assert tally.exceptions == 0
    assert tally.checks_right == tally.checks_of > 200, tally.missed


@pytest.mark.long("two corpora of parser cases by way of feedparser")
@pytest.mark.parametrize("of", CASES)
def test_check_14_no_fewer_values_are_right_than_feedparser_has(shared_data: Path, of: str) -> None:
    from bench.feedears import feedparser_reader

    theirs = feeds.cases(CASES[of](shared_data), feedparser_reader)
    own = feeds.cases(CASES[of](shared_data), ours)
    assert own.checks_of == theirs.checks_of
    assert own.checks_right >= theirs.checks_right > 200


def test_sitemaps_and_their_feeds_are_counted_right(shared_data: Path) -> None:
    score = feeds.score(shared_data / "no-such-folder")
    assert score == {}
    paths = [*(shared_data / "sitemaps").iterdir(), *(shared_data / "feeds" / "trafilatura").iterdir()]
    tally = feeds.counts(sorted(paths), ours)
    assert tally.entries_right == tally.entries_of == 7, tally.missed


@pytest.mark.long("times two readers on all captured feeds")
def test_ordinary_feeds_are_read_ten_times_as_fast_as_by_feedparser(shared_data: Path) -> None:
    from bench.feedears import feedparser_reader

    ratios = feeds.speeds(shared_data, {"ours": ours, "feedparser": feedparser_reader})["slower_than_ours"][
        "feedparser"
    ]
    assert ratios["median"] >= 10
    assert ratios["total"] >= 10


def test_the_measure_itself_tells_right_from_wrong() -> None:
    """A reader that is deaf, or that drops what stands behind an entity, scores less."""
    heard = Heard(items=[HeardItem(title="Caf", authors=["Ann Lee (ann@a.example)"])])
    check = feedchecks.Check("title", feedchecks.same_text, lambda one: one.items[0].title, ("Caf&eacute; open",))
    assert not check.holds(heard)
    assert not check.holds(Heard())
    heard.items[0].title = "Café <b>open</b>"
    assert check.holds(heard)
    assert feedchecks.same_name("Ann Lee (ann@a.example)", "Ann Lee")
    assert not feedchecks.same_name("Ann", "Ann Lee")
    assert feedchecks.same_markup(('<a href="/x">y</a>', "https://e.org/"), '<a href="https://e.org/x">y</a>')
    assert not feedchecks.same_markup(('<a href="/x">y</a>', "https://f.org/"), '<a href="https://e.org/x">y</a>')


def test_feeds_that_pages_name_are_found(shared_data: Path) -> None:
    from broadsheet.copydesk.parse import discover

    folder = shared_data / "pages" / "discovery" / "feedfinder"
    for page in sorted(folder.glob("*.html")):
        text = page.read_bytes().decode("utf-8", "replace")
        named = re.findall(r"<link[^>]*type=[\"']application/(?:rss|atom)\+xml[^>]*>", text, re.IGNORECASE)
        assert bool(discover(text, url="http://fakehost/page.html")) or not named, page.name

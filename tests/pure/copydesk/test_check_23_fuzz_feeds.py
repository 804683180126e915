"""Any bytes at all, read as a feed: the short form of a run that takes minutes by hand."""

from __future__ import annotations

import json

import pytest

from tests.fuzz import driver, feeds


@pytest.mark.slow("two seconds of mutation")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")
def test_check_23_no_bytes_break_the_reader_of_feeds() -> None:
    outcome = driver.drive("feeds", feeds.target, feeds.SEEDS, seconds=2, scraps=feeds.SCRAPS)
    assert outcome.runs > len(feeds.SEEDS)
    assert not outcome.crashes, outcome.crashes[0].told


def test_check_23_what_no_database_takes_does_not_come_out() -> None:
    feeds.target(json.dumps({"items": [{"id": "a\x00", "content_html": "<p>b\x00\ud800</p>"}]}).encode())

"""Feeds as they were really served, and the parser cases of other projects (../shared/data)."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CAPTURED = ("fastfeedparser-captured", "fastfeedparser-integration", "feedreader-news", "rss-parser", "node-feedparser")
# gzip bytes under an .xml name: the truth file counts none, we look inside.
INFLATED = {"compressed.xml", "invalid-characters-gzipped.xml"}


def rows(folder: Path) -> Iterator[dict]:
    with (folder / "truth.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def flat(title: str) -> str:
    text = re.sub(r"<[^>]*>", "", html.unescape(html.unescape(title)))
    return unicodedata.normalize("NFC", " ".join(text.replace("\u200b", " ").split()))


def letters(title: str) -> str:
    """What two readings of a text that was encoded twice have in common."""
    return "".join(character for character in flat(title) if character.isascii() and character.isalnum())


@pytest.mark.slow("reads five megabytes of captured feeds")
@pytest.mark.parametrize("corpus", CAPTURED)
def test_counts_and_titles_of_captured_feeds(shared_data: Path, corpus: str) -> None:
    for row in rows(shared_data / "feeds" / corpus):
        if row["file"] in INFLATED:
            continue
        body = (shared_data / "feeds" / corpus / row["file"]).read_bytes()
        feed = parse_feed(body, url="https://example.org/feed", content_type=None, now=NOW)
        assert len(feed.entries) == min(row["entries"], 500), row["file"]
        if row["titles"] is None or row["entries"] > 500:
            continue
        for entry, title in zip(feed.entries, row["titles"], strict=True):
            if row["double_encoded"]:
                assert letters(entry.title) == letters(title), row["file"]
            else:
                assert flat(entry.title) == flat(title)[:1000], row["file"]


@pytest.mark.slow("three corpora of parser cases")
@pytest.mark.parametrize("corpus", ["feedparser", "gofeed", "feedvalidator"])
def test_check_14_no_case_of_other_parsers_is_an_exception(shared_data: Path, corpus: str) -> None:
    read = refused = 0
    for path in sorted((shared_data / "feeds" / corpus).rglob("*.xml")):
        try:
            parse_feed(path.read_bytes(), url="http://example.org/feed", content_type=None, now=NOW)
            read += 1
        except NotReadable:
            refused += 1
    assert read > 20 * refused


def test_check_14_values_that_other_parsers_agree_on(shared_data: Path) -> None:
    """The mechanical checks of feedparser's own cases, where our model has the value."""
    folder = shared_data / "feeds" / "feedparser"
    places = {"title": "title", "id": "key", "language": "language"}
    right = wrong = 0
    for line in (folder / "expect.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        for check in row["checks"] or ():
            path = check["path"]
            if check["op"] != "==" or path[:2] != ["entries", 0] or len(path) != 3 or path[2] not in places:
                continue
            try:
                feed = parse_feed(
                    (folder / row["file"]).read_bytes(), url="http://example.org/", content_type=None, now=NOW
                )
            except NotReadable:
                continue
            got = getattr(feed.entries[0], places[path[2]]) if feed.entries else None
            same = flat(str(got)) == flat(str(check["value"]))
            right, wrong = right + same, wrong + (not same)
    assert right >= 15
    assert right / (right + wrong) > 0.9


def test_feeds_that_pages_name_are_found(shared_data: Path) -> None:
    from broadsheet.copydesk.parse import discover

    folder = shared_data / "pages" / "discovery" / "feedfinder"
    for page in sorted(folder.glob("*.html")):
        text = page.read_bytes().decode("utf-8", "replace")
        named = re.findall(r"<link[^>]*type=[\"']application/(?:rss|atom)\+xml[^>]*>", text, re.IGNORECASE)
        assert bool(discover(text, url="http://fakehost/page.html")) or not named, page.name

"""Captured pages of others are read at least as well as they were: floors just under what was reached.

The fast suite reads a fixed sample of the pages, the long one all of them.
"""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.extract import extract_page
from broadsheet.copydesk.kinds import page
from broadsheet.ops.evaluating import metadata, pages
from broadsheet.ops.evaluating.pagesets import Case, Reading, Truth

NOW = datetime(2026, 11, 24, tzinfo=UTC)
EVERY = 10
SAMPLE = {
    "segments": 0.962,
    "words": 0.988,
    "title": 0.962,
    "author": 0.607,
    "date": 0.909,
    "picture": 0.996,
    "language": 0.996,
}


def shares(scores: dict[str, dict[str, dict[str, float]]]) -> dict[str, float]:
    return {name: one["share"] for name, one in scores["pooled"].items()}


@pytest.mark.slow("thirty captured pages")
def test_the_text_of_a_sample_of_captured_pages(shared_data: Path) -> None:
    scores = pages.score(shared_data, every=EVERY)
    assert scores["trafilatura-eval"]["f1"] >= SAMPLE["segments"], scores
    assert scores["readability"]["f1"] >= SAMPLE["words"], scores
    assert scores["empty"] == []
    assert scores["speed"]["failures"] == 0


@pytest.mark.slow("thirty captured pages")
def test_what_a_sample_of_captured_pages_says_of_itself(shared_data: Path) -> None:
    found = shares(metadata.score(shared_data, every=EVERY))
    assert {name: share for name, share in found.items() if share < SAMPLE[name]} == {}


@pytest.mark.long("three hundred captured pages, twice")
@pytest.mark.slow("three hundred captured pages, twice")
def test_all_captured_pages(shared_data: Path) -> None:
    scores = pages.score(shared_data)
    assert scores["trafilatura-eval"]["f1"] >= 0.945, scores
    assert scores["readability"]["f1"] >= 0.985, scores
    assert scores["newspaper4k"]["f1"] >= 0.955, scores
    assert scores["empty"] == []
    found = shares(metadata.score(shared_data))
    floors = {"title": 0.845, "author": 0.805, "date": 0.915, "picture": 0.97, "language": 0.99}
    assert {name: share for name, share in found.items() if share < floors[name]} == {}


def test_every_feed_that_a_captured_page_names_is_found(shared_data: Path) -> None:
    folder = shared_data / "pages" / "discovery"
    for path in sorted(folder.glob("feedfinder/*.html")):
        found = page.discover(
            path.read_text("utf-8", "replace"), url=f"https://tests.example/autodiscovery/{path.name}"
        )
        assert [one.url.rpartition("/")[2] for one in found] == [f"{path.stem}.xml"], path.name
        assert found[0].url.startswith("http")
    for path in sorted(folder.glob("feedreader/*.gz")):
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        named = re.findall(r"<link[^>]*application/(?:rss|atom)\+xml[^>]*href=[\"']([^\"']+)", html)
        assert [one.url for one in page.discover(html, url="https://front.example/")] == named, path.name


def test_an_interface_for_programs_is_no_feed() -> None:
    head = (
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">'
        '<link rel="alternate" type="text/xml" href="/api/oembed?url=x">'
        '<link rel="alternate" type="application/rss+xml" href="feed/">'
    )
    found = page.discover(f"<html><head><base href='/news/'>{head}</head></html>", url="https://harbour.example/x/y")
    assert [one.url for one in found] == ["https://harbour.example/news/feed/"]


def test_segments_are_counted_as_the_protocol_says() -> None:
    case = Case("s", "n", "u", b"", Truth(present=("a  bridge", "not there"), absent=("newsletter", "cookies")))
    assert pages.segments("A\na bridge and a newsletter", case) == (1, 1, 1)
    assert pages.f1("one two two", "one two three") == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("truth", "found", "right"),
    [
        (Truth(title="The Bridge, open"), Reading(title="the bridge – open"), {"title": True}),
        (Truth(author="By Mira Okafor and Jo Lind"), Reading(authors=["Jo Lind", "Mira Okafor"]), {"author": True}),
        (Truth(author="Mira Okafor"), Reading(authors=["Mira"]), {"author": False}),
        (Truth(published=NOW), Reading(published=datetime(2026, 11, 25, 23, tzinfo=UTC)), {"date": True}),
        (Truth(published=NOW), Reading(published=datetime(2026, 11, 26, tzinfo=UTC)), {"date": False}),
        (Truth(published=NOW), Reading(), {"date": False}),
        (Truth(picture="https://a.example/p%20q.jpg?w=1"), Reading(picture="http://A.example/p q.jpg"), {"picture": True}),
        (Truth(language="en-GB"), Reading(language="en_US"), {"language": True}),
        (Truth(), Reading(title="x"), {}),
    ],
)  # fmt: skip
def test_metadata_is_judged_as_the_protocol_says(truth: Truth, found: Reading, right: dict[str, bool]) -> None:
    assert metadata.judged(Case("s", "n", "u", b"", truth), found) == right


@pytest.mark.slow("reads captured pages")
def test_a_reader_that_fails_has_read_nothing(shared_data: Path) -> None:
    def fail(_body: bytes, _url: str) -> Reading:
        raise RuntimeError("no")

    scores = pages.score(shared_data, fail, every=40)
    assert scores["speed"]["failures"] == scores["speed"]["pages"] == len(scores["empty"])
    assert scores["trafilatura-eval"]["f1"] == 0


@pytest.mark.slow("imports the second extractor")
@pytest.mark.parametrize(
    "body",
    [
        b"\x00\xff\xfe<", b"<p>" + b"<div>" * 900 + b"x", b"<script type='application/ld+json'>" + b"[" * 5000 + b"</script><p>x",
        b"<table>" * 200 + b"x", b"<br>" * 20_000 + b"x", b"<a href='http://[::'>x</a><img srcset=', ,'>", b"<!--" * 500, b"<p class='" + b"author " * 3000 + b"'>By A B</p>",
        b"<meta name=date content='99999999999999999999'><time datetime='0000-00-00'>x</time>", b"<h1>" + b"\xed\xa0\x80" * 50, b"<?xml version='1.0'?><?php x ?><html><body><p>x",
        b'<script type="application/ld+json">{"@type":"NewsArticle","headline":["x"],"author":[[{"name":{"@id":"#a"}}]],"image":{"url":[1]},"datePublished":{"a":1}}</script><p>x',
        b"<noscript><img src=x></noscript><svg><title>x</title></svg><frameset><frame src=x></frameset>",
    ],
)  # fmt: skip
def test_hostile_pages_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    try:
        found = extract_page(body, url="https://harbour.example/x", content_type=None, now=NOW)
    except NotReadable:
        return
    assert isinstance(found.text, str)

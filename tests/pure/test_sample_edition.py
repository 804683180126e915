"""The first sample edition: what its files hold, and when each text appears."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import pytest

from broadsheet.ops.sample import feeds
from broadsheet.ops.sample.edition import (
    Article,
    Edition,
    EditionError,
    Source,
    duration,
    load,
)

STARTED = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=UTC)
SECTIONS = set(feeds.CATEGORY)
NOTICE = "https://notices.tessel-ports.example/2026/117"
UPDATED, LATE = "tessel-sound-closed", "mail-boat-sallow-isles"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load()


def after(minutes: float) -> datetime:
    return STARTED + timedelta(minutes=minutes)


def source(edition: Edition, kind: str) -> Source:
    return next(one for one in edition.sources if one.feed_kind == kind)


def article(edition: Edition, slug: str) -> Article:
    return next(one for one in edition.articles if one.slug == slug)


def prose(html: str) -> list[str]:
    return re.findall(r"[\w\u2019]+", re.sub(r"<[^>]+>", " ", html).lower())


# The edition.


def test_each_source_has_four_articles_at_the_start_and_every_section_is_covered(
    edition: Edition,
) -> None:
    shown = [edition.at(one, STARTED, STARTED) for one in edition.sources]
    assert [len(articles) for articles in shown] == [4, 4, 4]
    assert {one.article.section for articles in shown for one in articles} == SECTIONS
    assert len({one.owner for one in edition.sources}) == 3
    assert all(one.host.endswith(".example") for one in edition.sources)
    assert {one.feed_kind for one in edition.sources} == {"rss", "atom", "json"}


def test_the_sources_have_the_three_different_rights(edition: Edition) -> None:
    rss, atom, feed = (source(edition, kind).rights for kind in ("rss", "atom", "json"))
    assert (rss.text, rss.pages, rss.canonical) == ("full", False, "origin")
    assert (rss.licence, rss.licence_url[-17:]) == ("CC BY 4.0", "/licenses/by/4.0/")
    assert (atom.text, atom.pages) == ("full", True)
    assert (feed.text, feed.excerpt_words) == ("excerpt", 60)


def test_every_text_has_the_length_of_a_news_article(edition: Edition) -> None:
    for one in edition.articles:
        for text in one.texts:
            assert 250 <= len(prose(text.html)) <= 600, one.slug
            assert text.headline
            assert text.standfirst
            assert one.byline
            assert one.topics


def test_articles_vary_in_form(edition: Edition) -> None:
    marked_up = [one.texts[0].html for one in edition.articles]
    for element in ("<table>", "<ul>", "<ol>", "<blockquote>", "<h2>"):
        assert any(element in html for html in marked_up), element


def test_texts_that_are_not_declared_copies_share_no_run_of_eight_words(edition: Edition) -> None:
    def runs(one: Article) -> set[tuple[str, ...]]:
        found: set[tuple[str, ...]] = set()
        for text in one.texts:
            words = prose(f"{text.headline} | {text.standfirst} | {text.html}")
            found |= set(zip(*(words[start:] for start in range(8)), strict=False))
        return found

    written = [(one.slug, runs(one)) for one in edition.articles if not one.copy_of]
    for (slug, own), (other, theirs) in combinations(written, 2):
        assert not own & theirs, (slug, other)


def test_one_text_is_a_word_for_word_copy_under_another_headline(edition: Edition) -> None:
    (copy,) = (one for one in edition.articles if one.copy_of)
    original = article(edition, copy.copy_of)
    assert copy.source.owner != original.source.owner
    assert copy.texts[0].html == original.texts[0].html
    assert copy.texts[0].headline != original.texts[0].headline


def test_articles_of_all_three_sources_link_to_one_outside_page(edition: Edition) -> None:
    linking = [one for one in edition.articles if f'href="{NOTICE}"' in one.texts[0].html]
    assert len(linking) == len({one.source.key for one in linking}) == 3
    links = Counter(link for one in edition.articles for link in re.findall(r'href="([^"]+)"', one.texts[0].html))
    assert set(links) == {NOTICE}


class Tags(HTMLParser):
    """Notes elements that are left open or closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_markup_of_every_text_is_balanced(edition: Edition) -> None:
    for one in edition.articles:
        for text in one.texts:
            tags = Tags()
            tags.feed(text.html)
            assert (tags.open, tags.wrong) == ([], []), one.slug
            assert not re.search(r"&(?!amp;|lt;|gt;)", text.html), one.slug


# Time.


def test_an_article_appears_ten_minutes_after_the_start(edition: Edition) -> None:
    late = article(edition, LATE)
    assert late.at(after(9.9), STARTED) is None
    shown = late.at(after(10), STARTED)
    assert shown is not None
    assert shown.published == shown.updated == after(10).replace(microsecond=0)


def test_a_known_article_gets_a_corrected_text_after_twenty_minutes(edition: Edition) -> None:
    known = article(edition, UPDATED)
    before, then = known.at(after(19.9), STARTED), known.at(after(20), STARTED)
    assert before is not None
    assert then is not None
    assert "Thirty-one vessels" in before.text.html
    assert "Twenty-three vessels" in then.text.html
    assert "Correction" in then.text.html
    assert before.published == then.published < STARTED
    assert before.updated == before.published
    assert then.updated == after(20).replace(microsecond=0)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [("45 min", 45), ("3 h", 180), ("3 h 20 min", 200), ("1 d 2 h 5 min", 1565), ("2 d", 2880)],
)
def test_a_length_of_time_is_read_from_words(words: str, minutes: int) -> None:
    assert duration(words) == timedelta(minutes=minutes)


@pytest.mark.parametrize("words", ["", "3", "20 minutes", "-3 h", "min", "3h"])
def test_other_words_are_not_a_length_of_time(words: str) -> None:
    with pytest.raises(ValueError, match="not a length of time"):
        duration(words)


# Mistakes in the files.

SOURCES = """
[[source]]
key = "a"
name = "A"
owner = "A"
host = "a.example"
about = ""
language = "en"
section = "world"
feed = {kind = "rss", path = "/feed.xml"}
rights = {text = "full", pages = false, picture = "none", canonical = "origin", \
licence = "", licence_url = "", words = ""}
"""
HEAD = 'source = "a"\nsection = "world"\nheadline = "H"\nstandfirst = "S"\nbyline = []\ntopics = []\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<p>No head.</p>", "x.html: the head must stand between"),
        ("+++\nsource = \n+++\n<p>T</p>", "x.html: Invalid value"),
        (f"+++\n{HEAD}colour = 1\n+++\n<p>T</p>", "x.html: unknown in the head: colour"),
        (f"+++\n{HEAD}+++\n<p>T</p>", "x.html: 'age' is missing"),
        (f'+++\n{HEAD}age = "soon"\n+++\n<p>T</p>', "x.html: 'soon' is not a length"),
        (f'+++\n{HEAD}age = "1 h"\n+++\n', "x: there is no text"),
        (f'+++\n{HEAD}age = "1 h"\ncopy_of = "y"\n+++\n', "x: no article to copy: y"),
    ],
)
def test_a_mistake_in_an_article_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "x.html").write_text(text)
    with pytest.raises(EditionError, match=re.escape(complaint)):
        load(tmp_path)


def test_a_mistake_in_the_sources_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES.replace('owner = "A"\n', ""))
    with pytest.raises(EditionError, match=r"sources\.toml: 'owner'"):
        load(tmp_path)

"""A page gives its article and what it says about itself."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trafilatura
from lxml import html as lxml_html

from broadsheet.copydesk import extract
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.extract import Page, extract_page
from broadsheet.copydesk.metadata import Metadata
from broadsheet.lib.html import text_of
from broadsheet.lib.reasons import Reason

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "pages"
URL = "https://harbour.example/world/bridge-reopens"


def page(html: str, url: str = URL) -> Page:
    return extract_page(html.encode(), url=url, content_type="text/html; charset=utf-8", now=NOW)


def about(html: str) -> Metadata:
    return Metadata(lxml_html.document_fromstring(html), URL, NOW)


STORY = "".join(
    f"<p>Sentence number {n} of a story about the harbour bridge, its cables and its many painters.</p>"
    for n in range(30)
)


@pytest.mark.slow("imports the page extractor")
def test_a_sample_gives_the_object_beside_it() -> None:
    found = extract_page((SAMPLES / "article.html").read_bytes(), url=URL, content_type=None, now=NOW)
    expected = json.loads((SAMPLES / "article.expected.json").read_text("utf-8"))
    assert found.as_json() == expected
    assert Page.from_json(json.loads(json.dumps(expected))) == found


@pytest.mark.parametrize(
    ("head", "alternative"),
    [
        ('<meta property="og:image:alt" content="A ferry at a stone quay">', "A ferry at a stone quay"),
        ('<meta name="twitter:image:alt" content="A ferry">', "A ferry"),
        ('<meta name="twitter:image:alt" content="Second"><meta property="og:image:alt" content="First">', "First"),
        ('<meta property="og:image:alt" content="Salt &amp;amp;  &lt;b&gt;spray&lt;/b&gt;">', "Salt & spray"),
        (f'<meta property="og:image:alt" content="{"x" * 400}">', "x" * 300),
        ('<meta property="og:image" content="/p.jpg">', ""),
    ],
)
def test_a_page_says_what_is_to_be_seen_on_its_picture(head: str, alternative: str) -> None:
    assert about(f"<html><head>{head}</head></html>").picture_alternative() == alternative


@pytest.mark.slow("imports the page extractor")
def test_what_is_to_be_seen_goes_with_the_page() -> None:
    head = '<meta property="og:image" content="/p.jpg"><meta property="og:image:alt" content="A ferry">'
    found = page(
        f"<html><head><title>Bridge reopens</title>{head}</head><body><article>{STORY}</article></body></html>"
    )
    assert (found.picture, found.picture_alternative) == ("https://harbour.example/p.jpg", "A ferry")
    assert Page.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", Reason.EMPTY), (b"<html><body></body></html>", Reason.EMPTY), (b"<div>" * 60_000, Reason.TOO_LARGE)],
)
def test_pages_without_text_have_a_reason(body: bytes, reason: Reason) -> None:
    with pytest.raises(NotReadable) as caught:
        extract_page(body, url=URL, content_type=None, now=NOW)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("html", "wall"),
    [
        (f"<title>Bridge reopens</title><article>{STORY}</article>", "none"),
        ("<title>404 Not Found</title><article><p>There is nothing at this address, we are sorry to say.</p></article>", "error"),
        ("<title>A story</title><article><p>It begins like this and then stops.</p><p>Subscribe to continue reading this.</p></article>", "paywall"),
        ("<title>A story</title><article><p>It begins like this and then stops there.</p></article><div class='site-paywall'>x</div>", "paywall"),
        ('<title>A story</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"A story","isAccessibleForFree":"False"}</script><article><p>It begins.</p></article>', "paywall"),
        ("<title>A story</title><meta property='article:content_tier' content='locked'><article><p>It begins like this and stops.</p></article>", "paywall"),
        ("<title>A short story</title><article><p>It is all here in one short sentence.</p></article><div>x</div>", "none"),
    ],
)  # fmt: skip
def test_walls(html: str, wall: str) -> None:
    assert page(f"<html><body>{html}</body></html>").wall == wall


def test_a_failing_extractor_is_an_empty_body(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise ValueError("no")

    monkeypatch.setattr(trafilatura, "extract", fail)
    assert page(f"<title>Bridge reopens today</title>{STORY}").text == ""


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Bridge reopens | Harbour Post</title><h1>Bridge reopens</h1>", "Bridge reopens"),
        (
            "<title>Bridge reopens - Harbour Post</title><meta property=og:site_name content='Harbour Post'>",
            "Bridge reopens",
        ),
        (
            "<title>Harbour Post: x</title><meta property=og:title content='Bridge reopens – at last'>",
            "Bridge reopens – at last",
        ),
        (
            "<title>Harbour Post — Bridge reopens</title><meta property=og:site_name content='Harbour Post'>",
            "Bridge reopens",
        ),
        ("<h1>Only a heading here</h1>", "Only a heading here"),
        ("<title>Said in the title</title><h1>Quite another thing</h1>", "Said in the title"),
        ("<svg><title>icon</title></svg><p>x", ""),
    ],
)
def test_titles(html: str, title: str) -> None:
    assert about(f"<html><head></head><body>{html}</body></html>").title() == title


def ld(**values: object) -> str:
    return (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "H"} | values)}</script>'
    )


@pytest.mark.parametrize(
    ("html", "authors"),
    [
        (ld(author={"name": "Mira Okafor"}), ["Mira Okafor"]),
        (ld(author=[{"name": "A Bee"}, "Cee Dee", 7]), ["A Bee", "Cee Dee"]),
        ("<meta name=author content='By Ida Moe'>", ["Ida Moe"]),
        ("<meta property=article:author content='https://e.org/ida'>", []),
        ("<a rel=author href=/x>Jo Lind</a>", ["Jo Lind"]),
        ("<p>x", []),
    ],
)
def test_authors(html: str, authors: list[str]) -> None:
    assert about(html).authors() == authors


@pytest.mark.parametrize(
    ("html", "day"),
    [
        (ld(datePublished="2026-11-20T10:00:00Z"), 20),
        ("<meta property=article:published_time content=2026-11-19T10:00:00Z>", 19),
        ("<time datetime=2026-11-18>x</time>", 18),
        ("<time>x</time><span itemprop=datePublished content=2026-11-17>x</span>", 17),
        ("<meta name=date content=nonsense>", None),
        (f"<script type='application/ld+json'>{{broken</script>{ld(datePublished='2026-11-16')}", 16),
        (
            '<script type="application/ld+json">[{"@graph":[{"@type":["x","NewsArticle"],"datePublished":"2026-11-15"}]}]</script>',
            15,
        ),
    ],
)
def test_dates(html: str, day: int | None) -> None:
    found = about(html).published()
    assert (found.day if found else None) == day


def test_the_rest_that_a_page_says() -> None:
    said = about(
        "<html lang=en_gb><head><link rel=canonical href=/canon><meta property=og:image content=/p.jpg>"
        "<meta name=description content='A  bridge'><meta property=article:modified_time content=2026-11-21>"
        f"{ld(publisher={'name': 'Harbour Post'})}</head><body>x"
    )
    assert (said.canonical(), said.picture()) == ("https://harbour.example/canon", "https://harbour.example/p.jpg")
    assert (said.description(), said.language(), said.site_name()) == ("A bridge", "en-GB", "Harbour Post")
    assert said.updated() == datetime(2026, 11, 21, tzinfo=UTC)
    other = about(ld(image=[{"url": "/l.jpg"}], inLanguage="nl", description="D") + "<meta property=og:url content=/o>")
    assert (other.picture(), other.language(), other.description()) == ("https://harbour.example/l.jpg", "nl", "D")
    assert other.canonical() == "https://harbour.example/o"
    none = about("<p>x")
    assert (none.picture(), none.language(), none.canonical(), none.walled()) == (None, None, None, False)


def f1(found: str, expected: str) -> float:
    a, b = (Counter(re.findall(r"\w+", text.lower())) for text in (found, expected))
    common = sum((a & b).values())
    return 2 * common / max(1, sum(a.values()) + sum(b.values()))


@pytest.mark.slow("fourteen real pages")
def test_the_text_of_real_pages(shared_data: Path) -> None:
    scores = []
    for folder in sorted((shared_data / "pages" / "readability").iterdir())[::3]:
        source = gzip.decompress((folder / "source.html.gz").read_bytes())
        expected = gzip.decompress((folder / "expected.html.gz").read_bytes()).decode("utf-8")
        found = extract_page(
            source, url="http://fakehost/test/page.html", content_type="text/html; charset=utf-8", now=NOW
        )
        scores.append(f1(found.text, text_of(expected)))
    assert sum(scores) / len(scores) > 0.85


def test_links_of_the_text_are_listed() -> None:
    found = page(
        f"<title>Bridge reopens today</title><article>{STORY}<p>See <a href='/b?x=1'>the plans of the bridge</a> for more of this.</p></article>"
    )
    assert found.links == ["https://harbour.example/b?x=1"]
    assert extract.MAX_LINKS == 200


@pytest.mark.slow("imports what reads dates in prose")
def test_authors_and_dates_that_are_only_shown_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = f"<html><body><title>Bridge reopens today</title><article><p class='author'>Mira Okafor</p><p class='date'>23 November 2026</p>{STORY}</article></body></html>"
    found = page(shown)
    assert found.authors == ["Mira Okafor"]
    assert found.published == datetime(2026, 11, 23, tzinfo=UTC)

    def fail(*_: object, **__: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr("trafilatura.metadata.extract_metadata", fail)
    assert (page(shown).authors, page(shown).published) == ([], None)

"""Check 31 in Chromium: around its text an article page is the same whatever the text, and no wider than a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet.articles.models import Article
from broadsheet.articles.services import stream
from broadsheet.copydesk import blocks
from broadsheet.core import clock
from broadsheet.press import services as press
from tests import make
from tests.browser.hostile_house import CHROMIUM, reader

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed: nothing was looked at"),
    pytest.mark.slow("starts a browser"),
]

WORD = "w" * 1_000_000
TEXTS = (
    "<plaintext>a",
    "<p>a<!-- b",
    "<table><tr><td>a",
    "</div></article></main></body></html>a",
    "<b><i><u><a href=/x>a",
    "<ul><li><ul><li>a<blockquote>b<pre>c",
    "<style>*{display:none}</style><base href=//x.example><form>a",
    "<table><tr>" + "<td>" + "wide" * 200 + "</td>" * 2 + "<td>b</table>",
    "<pre>" + "c" * 5_000,
    "<h2>" + "h" * 5_000,
    "<ul><li>" + "l" * 5_000,
    "<blockquote>" + "q" * 5_000 + "<cite>" + "n" * 5_000,
    "<a href='https://e.org/'>" + "k" * 5_000,
    "\u202e\u2067" + "r" * 300,
    "<p dir=rtl lang=ar>" + "ش" * 3_000,
)
# The page without what the article's text box holds; a mark of where the box is.
AROUND = """() => {
  const page = document.documentElement.cloneNode(true);
  const box = page.querySelector('.prose');
  if (!box) return 'no box';
  box.replaceChildren();
  return page.outerHTML;
}"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def _at_noon(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path)
    with clock.frozen(make.NOW):
        yield


def test_the_page_around_a_text_is_the_same_and_no_wider_than_a_phone(db: None) -> None:
    article = make.make_article("Harbour opens", address="world-news/box", body=make.paragraphs("plain"))
    make.make_story([article], slug="box")
    sheets = []
    for html in ("plain", *TEXTS, WORD):
        body = blocks.compose(html, base="https://e.org/") if html != "plain" else make.paragraphs("plain")
        Article.objects.filter(pk=article.pk).update(body=stream(body))
        found = press.print_page(article.path)
        assert found is not None
        sheets.append((html, found.body))
    with reader(viewport={"width": 360, "height": 800}) as window:
        arounds = []
        for number, (html, body) in enumerate(sheets):
            window.look(f"/{number}/", body)
            assert window.page.evaluate(WIDER) <= 0, html[:60]
            arounds.append(window.page.evaluate(AROUND))
        assert "no box" not in arounds
        assert len(arounds[0]) > 5_000
        for (html, _), around in zip(sheets, arounds, strict=True):
            assert around == arounds[0], html[:60]
        assert window.seen.everything == []


def test_words_of_a_megabyte_in_every_other_field_widen_nothing(db: None) -> None:
    long = "w" * 300
    article = make.make_article(
        long,
        standfirst=WORD[:2000], byline=long, address="world-news/long", topics=[make.make_topic("t" * 120)],
        source=make.make_source("s" * 200), body=[{"type": "code", "value": {"text": WORD}}],
    )  # fmt: skip
    story = make.make_story([article], slug="long")
    make.make_edition({"lead": [article]})
    paths = (article.path, story.path, article.source.path, "/", "/world-news/", "/latest/", "/sources/")
    sheets = [(path, press.print_page(path)) for path in paths]
    with reader(viewport={"width": 360, "height": 800}) as window:
        for path, found in sheets:
            assert found is not None
            window.look(path, found.body)
            assert window.page.evaluate(WIDER) <= 0, path

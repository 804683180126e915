"""One stored page of every kind. A difference is either a mistake or meant: then `--regold` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadsheet.articles.models import Article
from tests.page.conftest import Paper
from tests.page.paper_kit import page

FOLDER = Path(__file__).resolve().parents[1] / "samples" / "paper"
LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"
PAGES = {
    "front": "/",
    "section": "/world-news/",
    "article": LEAD,
    "excerpt": "/world-news/what-the-two-sides-signed/",
    "story": "/stories/vessin-strait/",
    "latest": "/latest/",
    "trending": "/trending/",
    "source": "/sources/northern-ledger/",
    "topic": "/topics/shipping/",
    "numbers": "/numbers/",
}


def _normal(markup: str) -> str:
    """The page without what differs from run to run: numbers of rows, and addresses that carry one."""
    markup = re.sub(r"(data-article=\"|origin\.example/|part )\d+", r"\1N", markup)
    markup = re.sub(r"http://127\.0\.0\.1:\d+", "http://paper.test", markup)
    return re.sub(r"\n\s*\n+", "\n", markup)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_stored(paper: Paper, name: str, request: pytest.FixtureRequest) -> None:
    assert Article.objects.count() == 23
    made = _normal(page(PAGES[name]))
    file = FOLDER / f"{name}.html"
    if request.config.getoption("--regold"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        file.write_text(made)
    assert file.exists(), "no stored page yet: run with --regold"
    assert made == file.read_text()

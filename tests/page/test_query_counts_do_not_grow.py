"""A page costs the same number of queries whatever the size of the paper."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.core import clock
from broadsheet.press.printing import printer
from tests import make
from tests.page.conftest import build_paper

LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"
#: Most queries a builder may make, by address.
CEILINGS = {
    "/": 9,
    "/world-news/": 10,
    LEAD: 10,
    "/stories/vessin-strait/": 6,
    "/latest/": 5,
    "/trending/": 6,
    "/sources/northern-ledger/": 6,
    "/topics/shipping/": 7,
    "/about/": 5,
    "/sources/": 4,
    "/numbers/": 8,
}


def _counts() -> dict[str, int]:
    counts = {}
    for path in CEILINGS:
        match = printer.match(path)
        assert match is not None
        with clock.frozen(make.NOW), CaptureQueriesContext(connection) as queries:
            assert match.build() is not None, path
        counts[path] = len(queries)
    return counts


@pytest.mark.slow("fills a paper ten times as large as the first")
def test_the_same_queries_with_few_and_with_many_articles(db: None) -> None:
    paper = build_paper(2)
    few = _counts()
    more = [make.make_article(source=paper.lead.source, topics=list(paper.lead.topics.all())) for _ in range(60)]
    make.make_story(more[:20])
    for article in more[20:40]:
        make.make_story([article])
    assert _counts() == few
    assert {path: count for path, count in few.items() if count > CEILINGS[path]} == {}

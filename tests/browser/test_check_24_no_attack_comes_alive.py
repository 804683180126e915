"""Check 24: hostile words in every field, on every page, feed and desk screen, seen by a browser with no policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from broadsheet.core import clock
from broadsheet.desk import groups
from broadsheet.press.services import print_page
from broadsheet.sources.models import Source
from tests import make
from tests.browser.hostile_house import CHROMIUM, ORDINARY, House, furnish, reader
from tests.cleaning import OWN, feeds, lists, pieces_of
from tests.page.desk.conftest import person, signed_in

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed: nothing was looked at"),
    pytest.mark.slow("starts a browser"),
    # Wagtail's form of a picture makes its address fields without saying which scheme they assume.
    pytest.mark.filterwarnings("ignore:The default scheme:django.utils.deprecation.RemovedInDjango60Warning"),
    # Its renditions leave temporary files to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

#: One of each way in: element, handler, address, style, mutation, broken edge, swallowing, script context, attribute.
FEW = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title></script></style></textarea><svg onload=alert(1)>",
    '<a href="java\tscript:alert(1)">k</a><img src="//outside.example/b.png">',
    "<style>@import '//outside.example/s.css'</style><link rel=stylesheet href=//outside.example/s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<plaintext><!-- <iframe src=//outside.example/f></iframe>",
    "\\u003c/script\\u003e</script><script>alert(1)//",
    "{{constructor.constructor('alert(1)')()}}${alert(1)}{% debug %}",
    "<meta http-equiv=refresh content='0;url=//outside.example/'><base href=//outside.example/>",
)
DESK = (
    "", "articles/", "articles/edit/{article}/", "articles/history/{article}/", "dispatches/",
    "dispatches/inspect/{dispatch}/", "sources/", "sources/edit/{source}/", "feeds/", "feeds/inspect/{feed}/",
    "topics/", "topics/edit/{topic}/", "images/", "images/{picture}/", "bulk/articles/article/withdraw/?id={article}",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _at_noon(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path)
    with clock.frozen(make.NOW):
        yield


@pytest.fixture
def desk(db: None) -> Client:
    """An administrator's browser."""
    groups.ensure()
    make.make_sections()
    if not Source.objects.filter(is_house=True).exists():
        make.make_source("Newsroom", is_house=True)
    return signed_in(person("admin@desk.example", is_staff=True, is_superuser=True))


Sheet = tuple[str, bytes, str]
FEED_PATHS = ("/feed.rss", "/feed.atom", "/latest/feed.rss", "/sitemap.xml", "/opensearch.xml")
HTML = "text/html; charset=utf-8"


def paper_of(house: House) -> list[Sheet]:
    """All pages, printed."""
    sheets = []
    for path in (*house.paths, *FEED_PATHS):
        found = print_page(path)
        assert found is not None, path
        sheets.append((path, found.body, HTML if path.endswith("/") else "text/xml; charset=utf-8"))
    return sheets


def screens_of(desk: Client, house: House, *more: str) -> list[Sheet]:
    """All screens of the desk as an administrator gets them."""
    sheets = []
    for path in [*(f"/desk/{screen}".format(**house.numbers) for screen in DESK), *more]:
        answer = desk.get(path)
        assert answer.status_code == 200, path
        sheets.append((path, answer.content, HTML))
    return sheets


def came_alive(sheets: Sequence[Sheet]) -> list[str]:
    """What the browser did that no page asked for."""
    with reader() as window:
        for path, body, kind in sheets:
            window.look(path, body, kind)
        return window.seen.everything


def test_the_watch_sees_what_comes_alive() -> None:
    """Every one of these is noticed when a page prints it as it is."""
    alive = [*FEW[:2], *FEW[3:6], FEW[7], FEW[11]]
    with reader() as window:
        for number, payload in enumerate(alive):
            before = len(window.seen.everything)
            window.look(f"/raw-{number}/", f"<!doctype html><title>x</title><p>{payload}".encode())
            assert len(window.seen.everything) > before, payload


def test_no_page_of_the_paper_comes_alive(db: None, client: Client) -> None:
    house = furnish(FEW)
    sheets = paper_of(house)
    assert sum(ORDINARY in body.decode() for _, body, _ in sheets) > len(FEW)
    for place, payload in enumerate(FEW[:4]):
        sheets.append((f"/search-{place}/", client.get(f"/search/?q={quote(payload)}").content, HTML))
    sheets.append(("/search/", client.get("/search/?q=alert").content, HTML))
    sheets.append(("/nothing/", client.get("/<script>alert(1)</script>/").content, HTML))
    assert b"<mark>" in sheets[-2][1]
    assert came_alive(sheets) == []


def test_no_screen_of_the_desk_comes_alive(desk: Client) -> None:
    house = furnish(FEW)
    assert came_alive(screens_of(desk, house)) == []


@pytest.mark.long("every payload in every field, a thousand pages of each kind")
@pytest.mark.parametrize("part", range(8))
def test_no_payload_of_any_list_comes_alive(desk: Client, shared_data: Path, part: int) -> None:
    payloads = [*OWN, *lists(shared_data)]
    for feed in feeds(shared_data):
        payloads += [piece for piece in pieces_of(feed) if "<" in piece]
    house = furnish(list(dict.fromkeys(payloads))[part::8], every=True)
    editing = [f"/desk/articles/edit/{article.pk}/" for article in house.articles]
    assert came_alive([*paper_of(house), *screens_of(desk, house, *editing)]) == []

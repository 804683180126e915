"""Pictures in a real browser: `sizes` says how wide they stand, addresses answer, small places load small files."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from broadsheet.articles.models import Article
from broadsheet.copydesk.renditions import render
from broadsheet.core import clock
from broadsheet.pictures import services
from broadsheet.pictures.models import Picture
from broadsheet.press.services import print_page
from broadsheet.sources.models import RightsProfile
from tests import make
from tests.browser.test_reader import CHROMIUM, Browser, Stand, _handler
from tests.page.conftest import build_paper
from tests.pure.copydesk.test_renditions import a_print, encoded

PATHS = ("/", "/world-news/", "/latest/", "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/")
#: The width that `sizes` names, as the browser itself works it out, and the one that the picture has.
MEASURE = """() => [...document.querySelectorAll('main picture img')].map(img => {
  const said = img.sizes.split(', ').map(part => part.match(/^(?:(\\(min-width: [^)]+\\)) )?(.+)$/))
    .find(([, condition]) => !condition || matchMedia(condition).matches)[2];
  const rule = document.body.appendChild(document.createElement('div'));
  rule.style.cssText = `position: absolute; width: ${said}`;
  const width = rule.getBoundingClientRect().width;
  rule.remove();
  return [img.closest('article, li, figure').className, width, img.getBoundingClientRect().width];
}).filter(([, , shown]) => shown > 0)"""
LOADED = """async () => {
  const all = [...document.querySelectorAll('main picture img')];
  for (const img of all) img.loading = 'eager';
  await Promise.all(all.map(img => img.decode()));
  return all.map(img => [img.currentSrc, img.naturalWidth, img.getBoundingClientRect().width]);
}"""

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed: the paper was not looked at"),
    pytest.mark.slow("starts a browser"),
]


@pytest.fixture
def stand(db: None, settings: Any, tmp_path: Path) -> Iterator[Stand]:
    """The small paper with a real print at every article, its pages and files on loopback."""
    settings.MEDIA_ROOT = str(tmp_path)
    made_once = render(encoded(a_print(1600), "WEBP", lossless=True))
    with clock.frozen(make.NOW):
        build_paper(6)
        RightsProfile.objects.update(pictures="kept")
        for article in Article.objects.all():  # each its own: a browser takes a wider file that it holds already
            picture = Picture.objects.create(title="P", file="p.webp", width=1600, height=1000, file_hash="a" * 40)
            assert services._store(picture, made_once)
            Article.objects.filter(pk=article.pk).update(picture=picture)
        printed = {path: print_page(path) for path in PATHS}
    pages = {path: one.body for path, one in printed.items() if one is not None}
    files = {f"/media/images/{file.name}": file.read_bytes() for file in (tmp_path / "images").iterdir()}
    made = Stand(pages | files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def test_pictures_stand_as_wide_as_said_and_load_what_they_need(stand: Stand) -> None:
    wrong, seen = [], 0
    with Browser() as chromium:
        for width, path in itertools.product((390, 800, 1200, 1500), PATHS):
            # Nothing is held from another page.
            context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
            tab = context.new_page()
            tab.goto(stand.url + path)
            for place, said, shown in tab.evaluate(MEASURE):
                seen += 1
                if abs(said - shown) > max(4, 0.03 * shown):
                    wrong.append((path, width, place, round(said), round(shown)))
            for address, natural, shown in tab.evaluate(LOADED):
                assert natural > 0, address
                if 0 < shown <= 208:
                    assert re.search(r"\.320(_\w+)?\.\w+$", address), (path, width, address)
            context.close()
    assert seen > 100
    assert wrong == []
    assert {address.rsplit(".", 1)[1] for address in stand.asked if address.startswith("/media/")} <= {"avif", "webp"}

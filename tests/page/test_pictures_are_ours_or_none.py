"""Pictures: kept ones only, in several widths with their size, and only where rights allow them."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from broadsheet.articles.models import Article
from broadsheet.core import clock
from broadsheet.pictures.models import Picture
from broadsheet.press.printing import printer
from tests import make
from tests.page.paper_kit import data_of, faults, page, text_of, tree

# Wagtail leaves the closing of a rendition's temporary file to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    cache.clear()  # Wagtail remembers renditions by number, and numbers come again in tests


def _picture(width: int = 1000, **values: Any) -> Picture:
    body = io.BytesIO()
    Image.new("RGB", (width, width // 2), "#0e5a84").save(body, "PNG")
    facts = {"title": "DSC_0001.png", "alternative": "Freighters under a low sun", "credit": "A. Drawer", **values}
    return Picture.objects.create(
        file=ContentFile(body.getvalue(), "a.png"), width=width, height=width // 2, caption="The first convoy.", **facts
    )


def _article(picture: Picture, **rights: Any) -> Article:
    source = make.make_source(rights=make.make_rights("full", **rights))
    return make.make_article(source=source, picture=picture)


def test_a_kept_picture_is_printed_with_sizes_words_and_credit(db: None) -> None:
    article = _article(_picture(), pictures="kept")
    root = tree(f"/{article.address}/")
    image = root.xpath("//figure[@class='plate']/img")[0]
    assert image.get("alt") == "Freighters under a low sun"
    assert (image.get("width"), image.get("height")) == ("960", "480")
    assert [one.split()[-1] for one in image.get("srcset").split(",")] == ["480w", "960w"]
    assert image.get("src").startswith("/media/")
    assert text_of(root.xpath("//figcaption")[0]) == "The first convoy. A. Drawer"
    assert root.xpath("//meta[@property='og:image']/@content")[0].endswith(image.get("src"))
    assert next(one for one in data_of(root) if one["@type"] == "NewsArticle")["image"]["width"] == 960
    assert faults(page(f"/{article.address}/")) == []
    thumb = tree("/latest/").xpath("//main//a[@class='pic']")[0]
    assert (thumb.get("aria-hidden"), thumb.get("tabindex"), thumb.find("img").get("alt")) == ("true", "-1", "")


@pytest.mark.parametrize("case", ["rights", "expired", "no file"])
def test_no_picture_and_no_gap_where_it_may_or_can_not_be_shown(db: None, case: str) -> None:
    picture = _picture(expires_at=make.NOW - timedelta(days=1) if case == "expired" else None)
    article = _article(picture, pictures="none" if case == "rights" else "kept")
    if case == "no file":
        Path(picture.file.path).unlink()
    for path in (f"/{article.address}/", "/latest/"):
        assert not tree(path).xpath("//img | //figure | //a[@class='pic']")


def test_a_list_of_pictured_articles_costs_one_query_more_however_long(db: None) -> None:
    source = make.make_source("Pictorial", rights=make.make_rights("full", pictures="kept"))
    counts = []
    for _ in range(2):
        for _ in range(3):
            make.make_article(source=source, picture=_picture(600))
        match = printer.match("/latest/")
        assert match is not None
        with clock.frozen(make.NOW):
            match.build()  # the sizes are made the first time
            with CaptureQueriesContext(connection) as queries:
                match.build()
        counts.append(len(queries))
    assert counts == [6, 6]

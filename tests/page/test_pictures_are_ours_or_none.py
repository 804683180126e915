"""Pictures: kept ones only, in renditions that stand, with their size, and only where rights allow them."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadsheet.articles.models import Article
from broadsheet.core import clock, queue
from broadsheet.core.models import Effect
from broadsheet.paper.sizes import SIZES
from broadsheet.pictures import services
from broadsheet.pictures.models import Picture
from broadsheet.press.printing import printer
from broadsheet.wire.services import picturing
from tests import make
from tests.page.paper_kit import data_of, faults, page, text_of, tree


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def _picture(width: int = 1000, **values: Any) -> Picture:
    facts = {
        "alternative": "Freighters under a low sun",
        "credit": "A. Drawer",
        "caption": "The first convoy.",
        **values,
    }
    return make.make_picture(width, **facts)


def _article(picture: Picture, **rights: Any) -> Article:
    source = make.make_source(rights=make.make_rights("full", **rights))
    return make.make_article(source=source, picture=picture)


def _offered(element: Any) -> dict[int, str]:
    """Addresses by width."""
    pairs = [one.split() for one in element.get("srcset").split(", ")]
    return {int(width.removesuffix("w")): url for url, width in pairs}


def test_a_kept_picture_is_printed_in_three_formats_with_sizes_words_and_credit(db: None) -> None:
    article = _article(_picture(), pictures="kept")
    root = tree(f"/{article.address}/")
    (printed,) = root.xpath("//figure[@class='plate']/picture")
    assert [one.get("type") for one in printed.iter("source")] == ["image/avif", "image/webp"]
    image = next(printed.iter("img"))
    for one, ending in zip((*printed.iter("source"), image), ("avif", "webp", "jpg"), strict=True):
        assert set(_offered(one)) == {320, 640, 1000}
        assert all(re.fullmatch(rf"/media/images/[0-9a-f]+\.\d+\.{ending}", url) for url in _offered(one).values())
        assert one.get("sizes") == SIZES["plate"]
        for url in _offered(one).values():
            assert default_storage.exists(url.removeprefix("/media/"))
    assert image.get("alt") == "Freighters under a low sun"
    assert (image.get("width"), image.get("height")) == ("1000", "500")
    assert image.get("src") == _offered(image)[640]
    assert text_of(root.xpath("//figcaption")[0]) == "The first convoy. A. Drawer"
    assert faults(page(f"/{article.address}/")) == []


def test_machines_are_told_of_the_widest_jpeg_with_its_size_and_words(db: None) -> None:
    root = tree(f"/{_article(_picture(), pictures='kept').address}/")
    widest = _offered(root.xpath("//figure//img")[0])[1000]
    said = {one.get("property"): one.get("content") for one in root.xpath("//meta[@property]")}
    assert said["og:image"].endswith(widest)
    assert said["og:image"].startswith("http")
    assert (said["og:image:type"], said["og:image:width"], said["og:image:height"]) == ("image/jpeg", "1000", "500")
    assert said["og:image:alt"] == "Freighters under a low sun"
    image = next(one for one in data_of(root) if one["@type"] == "NewsArticle")["image"]
    assert image["url"] == said["og:image"]
    assert (image["width"], image["height"], image["caption"]) == (1000, 500, "Freighters under a low sun")


def test_only_the_first_picture_of_a_page_is_fetched_at_once(db: None) -> None:
    article = _article(_picture(), pictures="kept")
    make.make_edition({"lead": [article], "second": [_article(_picture(), pictures="kept") for _ in range(3)]})
    for path in ("/", f"/{article.address}/"):
        first, *others = tree(path).xpath("//main//img")
        assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
        assert {(one.get("fetchpriority"), one.get("loading"), one.get("decoding")) for one in others} <= {
            (None, "lazy", "async")
        }
    for one in tree("/").xpath("//main//picture//*"):
        assert one.get("sizes") in SIZES.values()
    assert len(tree("/").xpath("//main//img")) == 4
    thumb = tree("/latest/").xpath("//main//a[@class='pic']")[0]
    image = next(thumb.iter("img"))
    assert (thumb.get("aria-hidden"), thumb.get("tabindex"), image.get("alt")) == ("true", "-1", "")
    assert image.get("sizes") == SIZES["stream"]


@pytest.mark.parametrize(("x", "y", "name"), [(10, 10, "to-nw"), (500, 490, "to-s"), (500, 250, None)])
def test_the_focal_point_is_said_by_a_class_and_by_no_style(db: None, x: int, y: int, name: str | None) -> None:
    article = _article(_picture(focal_point_x=x, focal_point_y=y), pictures="kept")
    image = tree(f"/{article.address}/").xpath("//figure//img")[0]
    assert image.get("class") == name
    assert not tree(f"/{article.address}/").xpath("//*[@style]")


def test_a_lighter_webp_stands_in_where_no_avif_is_kept(db: None) -> None:
    picture = _picture(1600, rendered=False)
    services.render(picture.pk, make.stand_ins(1600, avif=[320, 640]))
    avif, webp = tree(f"/{_article(picture, pictures='kept').address}/").xpath("//figure//source")
    assert [url.rpartition(".")[2] for url in _offered(avif).values()] == ["avif", "avif", "webp", "webp"]
    assert _offered(avif)[1600] == _offered(webp)[1600]


@pytest.mark.parametrize("case", ["rights", "expired", "not rendered", "another file"])
def test_no_picture_and_no_gap_where_it_may_or_can_not_be_shown(db: None, case: str) -> None:
    expired = make.NOW - timedelta(days=1) if case == "expired" else None
    picture = _picture(expires_at=expired, rendered=case != "not rendered")
    if case == "another file":
        Picture.objects.update(file_hash="e" * 40)
    article = _article(picture, pictures="none" if case == "rights" else "kept")
    for path in (f"/{article.address}/", "/latest/"):
        assert not tree(path).xpath("//img | //figure | //a[@class='pic'] | //meta[@property='og:image']")


def test_a_page_gets_its_picture_when_the_worker_has_made_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Effect.objects.all().delete()
    with clock.frozen(make.NOW):
        picture = _picture(rendered=False)
        article = _article(picture, pictures="kept")
    match = printer.match(f"/{article.address}/")
    assert match is not None
    monkeypatch.setattr(picturing, "draw_renditions", make.stand_ins(1000))
    marked: set[str] = set()
    monkeypatch.setattr("broadsheet.press.gathering.services.mark_stale", lambda *keys: marked.update(keys))
    with clock.frozen(make.NOW + timedelta(seconds=1)):
        queue.run_due()
    assert marked == {f"article:{article.pk}"}
    assert tree(f"/{article.address}/").xpath("//figure//img")


@pytest.mark.parametrize("change", ["words", "removal"])
def test_pages_of_a_picture_that_changes_or_goes_are_stale(
    db: None, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = _picture()
    article = _article(picture, pictures="kept")
    marked: set[str] = set()
    monkeypatch.setattr("broadsheet.press.gathering.services.mark_stale", lambda *keys: marked.update(keys))
    with clock.frozen(make.NOW):
        picture.save() if change == "words" else picture.delete()
    assert marked == {f"article:{article.pk}"}


def test_a_list_of_pictured_articles_costs_one_query_more_however_long(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make.make_source("Pictorial", rights=make.make_rights("full", pictures="kept"))
    monkeypatch.setattr(type(default_storage._wrapped), "_open", None)  # a page opens no file
    counts = []
    for _ in range(2):
        for _ in range(3):
            picture = Picture.objects.create(title="P", file="a.png", width=600, height=300, file_hash="a" * 40)
            services._store(picture, make.stand_ins(600)(b""))
            make.make_article(source=source, picture=picture)
        match = printer.match("/latest/")
        assert match is not None
        with clock.frozen(make.NOW), CaptureQueriesContext(connection) as queries:
            sheet = match.build()
        assert dataclasses.is_dataclass(sheet)
        counts.append(len(queries))
    assert counts == [6, 6]

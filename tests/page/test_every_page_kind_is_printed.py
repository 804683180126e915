"""Every kind of page prints, is sound HTML, and answers what does not exist with nothing."""

from __future__ import annotations

import re

import pytest

from broadsheet.press.printing import printer
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import data_of, faults, page, printed, text_of, tree

LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"
KINDS = (
    "/",
    "/world-news/",
    "/travel/",
    LEAD,
    "/world-news/what-the-two-sides-signed/",
    "/stories/vessin-strait/",
    "/latest/",
    "/trending/",
    "/sources/",
    "/sources/northern-ledger/",
    "/topics/shipping/",
    "/about/",
    "/how-it-works/",
    "/numbers/",
)


def test_every_kind_is_sound_html_with_its_own_title_and_canonical_address(paper: Paper) -> None:
    titles = set()
    for path in KINDS:
        markup = page(path)
        assert faults(markup) == [], path
        root = tree(path)
        assert root.xpath("//link[@rel='canonical']/@href"), path
        titles.add(root.findtext(".//title"))
        assert root.get("lang") == "en"
        assert root.get("dir") == "ltr"
    assert len(titles) == len(KINDS)


def test_no_page_asks_another_host_for_anything(paper: Paper) -> None:
    for path in KINDS:
        root = tree(path)
        loaded = root.xpath(
            "//script/@src | //img/@src | //link[@rel='stylesheet' or @rel='preload' or @rel='icon']/@href"
        )
        assert loaded
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded), path
        assert not root.xpath("//iframe | //object | //embed | //form[@method='post']")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/world-news/nothing/",
        "/stories/nothing/",
        "/topics/nothing/",
        "/sources/nothing/",
        "/world-news/page/2/",
        "/world-news/page/1/",
        "/world-news/page/0/",
        "/latest/page/99/",
        "/latest/page/01/",
        "/trending/page/2/",
        "/about/page/2/",
        "/world-news/page/2/3/",
        "/World-News/",
    ],
)
def test_what_does_not_exist_is_no_page(paper: Paper, path: str) -> None:
    assert printed(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/search/",
        "/account/login/",
        "/account/set-up/",
        "/desk/",
        "/desk/articles/",
        "/static/paper/",
        "/media/x/",
        "/health/live/",
        "/pulse/",
        "/api/v1/",
    ],
)
def test_addresses_of_the_framework_are_not_taken_by_the_press(path: str) -> None:
    assert printer.match(path) is None


@pytest.mark.usefixtures("db")
def test_an_empty_paper_says_what_is_happening_and_where_the_desk_is() -> None:
    make.make_sections()
    for path, words in (
        ("/", "The first edition is being set"),
        ("/world-news/", "Nothing in World News yet"),
        ("/latest/", "Nothing here yet"),
        ("/trending/", "Nothing is trending now"),
    ):
        root = tree(path)
        assert words in text_of(root.find(".//main"))
        assert faults(page(path)) == []
    assert "/desk/" in tree("/").xpath("//main//a/@href")


def test_long_lists_turn_their_pages_by_links(db: None) -> None:
    source = make.make_source("Ledger")
    made = [make.make_article(source=source) for _ in range(65)]
    first, second, third = (tree(path) for path in ("/latest/", "/latest/page/2/", "/latest/page/3/"))
    assert first.xpath("//link[@rel='next']/@href") == ["/latest/page/2/"]
    assert first.xpath("//link[@rel='prev']") == []
    assert second.xpath("//a[@rel='prev']/@href") == ["/latest/"]
    assert second.xpath("//link[@rel='next']/@href") == ["/latest/page/3/"]
    assert third.xpath("//link[@rel='next']") == []
    shown = [href for root in (first, second, third) for href in root.xpath("//main//h2/a/@href")]
    assert sorted(shown) == sorted(f"/{one.address}/" for one in made)
    assert printed("/latest/page/4/") is None
    for path in ("/sources/ledger/", "/world-news/"):
        assert len(tree(f"{path}page/3/").xpath("//main//h2/a")) == 5


def test_a_topic_and_a_hidden_topic(paper: Paper) -> None:
    assert paper.lead.headline in page("/topics/shipping/")
    topic = paper.lead.topics.get()
    topic.hidden = True
    topic.save()
    from broadsheet.paper import keys
    from broadsheet.press.services import mark_stale

    mark_stale(keys.topic(topic.pk), keys.TOPIC_NAMES)
    from broadsheet.press import setup

    setup.configure(setup.in_memory(layout="again"))
    assert printed("/topics/shipping/") is None
    assert "Shipping" not in text_of(tree(LEAD).find(".//main"))


def test_a_redirect_made_at_the_desk_leads_on(paper: Paper) -> None:
    from wagtail.contrib.redirects.models import Redirect

    Redirect.objects.create(old_path="/old-desk/old-piece", redirect_link="/latest/", is_permanent=True)
    found = printed("/old-desk/old-piece/")
    assert found is not None
    assert found.status == 301
    assert dict(found.headers)["Location"] == "/latest/"


def test_breadcrumbs_are_said_to_machines_on_every_inner_page(paper: Paper) -> None:
    for path in KINDS[1:]:
        crumbs = [one for one in data_of(tree(path)) if one["@type"] == "BreadcrumbList"]
        assert len(crumbs) == 1, path
        steps = [one["item"] for one in crumbs[0]["itemListElement"]]
        assert steps[-1].endswith(path)
        assert len(set(steps)) == len(steps)


def test_times_in_lists_stand_beside_their_source_and_name_the_zone_in_their_title(paper: Paper) -> None:
    for path in ("/", "/world-news/", "/latest/", "/trending/", "/topics/shipping/"):
        root = tree(path)
        for heading in root.xpath("//main//*[self::h2 or self::h3][a]"):
            if heading.get("class") == "railhead" or heading.get("id", "").startswith("s-"):
                continue
            holder = heading.xpath("ancestor::*[self::article or self::li][1]")[0]
            times = holder.xpath(".//time")
            assert times, (path, text_of(heading))
            assert re.search(r"\d{4}, \d\d:\d\d \S+", times[0].get("title"))
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+-]\d\d:\d\d", times[0].get("datetime"))
            assert holder.xpath(".//p[contains(@class, 'meta')]/b"), (path, text_of(heading))

"""The twelve defects of the model page (one test each, as far as their parts exist), never to come back."""

from __future__ import annotations

from datetime import timedelta

from broadsheet.core import clock
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import data_of, page, text_of, tree

LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"


def test_defect_dates_are_on_the_article_and_in_its_data(paper: Paper) -> None:
    times = {time.get("datetime") for time in tree(LEAD).xpath("//div[@class='side']//time")}
    assert times == {"2026-11-24T12:25+05:45", "2026-11-24T13:40+05:45"}


def test_defect_read_time_of_663_words_is_three_minutes(db: None) -> None:
    article = make.make_article("Long", body=" ".join(["word"] * 663))
    assert "3 minutes, 663 words" in page(f"/{article.address}/")


def test_defect_trending_holds_nothing_past_its_window(db: None) -> None:
    old = make.make_story([make.make_article("March of last year", age=timedelta(days=300))], voices_count=9)
    new = make.make_story([make.make_article("This morning")], voices_count=2)
    make.make_heat(new, 1.0, "2 sources in 1 h")
    make.make_heat(old, 9.0, "")
    from broadsheet.trends import services

    with clock.frozen(make.NOW):
        services.tally()
    headlines = [text_of(one) for one in tree("/trending/").xpath("//ol[@class='trending']//h2")]
    assert "March of last year" not in headlines


def test_defect_related_is_related(paper: Paper) -> None:
    root = tree(LEAD)
    box = root.xpath("//section[@aria-labelledby='cover']")[0]
    assert f"/{paper.second_voice.address}/" in box.xpath(".//a/@href")
    earlier = root.xpath("//section[@aria-labelledby='earlier']//h3/a/@href")
    shipping = {f"/{one.address}/" for one in paper.lead.topics.get().articles.all()}
    assert earlier
    assert set(earlier) <= shipping - {LEAD}


def test_defect_no_text_without_source_and_rights_line(paper: Paper) -> None:
    for path in list(paper.known)[:8]:
        rights = tree(path).xpath("//p[contains(@class, 'rights')]")
        assert len(rights) == 1, path
        assert "Read the original" in text_of(rights[0]), path


def test_defect_every_topic_is_linked(db: None) -> None:
    topics = [make.make_topic(name) for name in ("Shipping", "Port Elvane", "Ilmari Voss")]
    article = make.make_article(topics=topics)
    assert tree(f"/{article.address}/").xpath("//nav[@class='topics']/a/@href") == [topic.path for topic in topics]


def test_defect_no_consent_banner_because_nothing_needs_consent(paper: Paper) -> None:
    for path in ("/", LEAD):
        assert "cookie" not in page(path).lower()
        assert not tree(path).xpath("//dialog")


def test_defect_no_menu_or_link_list_repeats_itself(paper: Paper) -> None:
    root = tree("/")
    for nav in root.iter("nav"):
        for ul in nav.iter("ul"):
            hrefs = ul.xpath(".//a/@href")
            assert len(hrefs) == len(set(hrefs))
    names = [text_of(link) for link in root.xpath("//footer//nav//a")]
    assert len(names) == len(set(names))


def test_defect_year_and_name_come_from_clock_and_settings(db: None) -> None:
    from wagtail.models import Site

    from broadsheet.pages.models import Brand

    site = Site.objects.get(is_default_site=True)
    Brand.objects.update_or_create(site=site, defaults={"name": "The Tessel Post"})
    root = tree("/latest/")
    assert "© 2026 The Tessel Post" in text_of(root.find(".//footer"))
    assert [text_of(one) for one in root.xpath("//a[@class='name']")] == ["The Tessel Post"] * 2
    assert root.findtext(".//title") == "Latest | The Tessel Post"


def test_defect_breadcrumb_has_the_real_section_and_no_dead_level(paper: Paper) -> None:
    root = tree(LEAD)
    crumbs = root.xpath("//nav[@class='crumbs']//a")
    assert [(text_of(one), one.get("href")) for one in crumbs] == [("Home", "/"), ("World News", "/world-news/")]
    said = next(one for one in data_of(root) if one["@type"] == "BreadcrumbList")
    assert [step["name"] for step in said["itemListElement"]] == ["Home", "World News", paper.lead.headline]


def test_defect_previous_and_next_stay_in_the_section(paper: Paper) -> None:
    for path in (LEAD, f"/{paper.articles[0].address}/"):
        for href in tree(path).xpath("//nav[@class='turnpage']/a/@href"):
            assert href.startswith("/world-news/")

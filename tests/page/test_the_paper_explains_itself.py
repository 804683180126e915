"""The paper says why: what leads and how old it all is, what is rising, what is invented, and the figures behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from broadsheet.core import clock
from broadsheet.editions.models import Edition, Slot
from broadsheet.press import services as press
from broadsheet.press.services import print_page
from broadsheet.sources.models import Source
from broadsheet.wire import services as wire
from broadsheet.wire.models import Dispatch
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import faults, page, text_of, tree


def anew(path: str) -> Any:
    """The page printed once more, whatever the press has of it."""
    press.drop(path)
    return tree(path)


LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"


def test_the_front_says_why_its_lead_leads(paper: Paper) -> None:
    why = "It leads because 3 independent sources report it, more than any other story"
    assert why not in page("/")
    Slot.objects.filter(place="lead").update(reason=why)
    (lead,) = anew("/").xpath("//article[contains(@class, 'lead')]")
    assert why in text_of(lead)
    assert "/how-it-works/" in lead.xpath(".//p[contains(@class, 'receipt')]/a/@href")
    # The sentence is of the article that the edition chose; another that moved up may not borrow it.
    Slot.objects.filter(place="lead").delete()
    assert why not in text_of(anew("/"))


def test_a_front_whose_last_report_is_old_says_since_when(paper: Paper) -> None:
    edition = Edition.objects.get()
    assert "No new report since" not in page("/")
    last = make.NOW - timedelta(days=3)
    edition.receipt = {**edition.receipt, "newest": last.isoformat(), "quiet": True}
    edition.save()
    (line,) = anew("/").xpath("//p[@class='quiet']")
    assert text_of(line).startswith("No new report since Saturday, 21 Nov 2026")
    assert line.xpath(".//time/@datetime")


def test_ten_days_on_the_front_stands_trending_is_empty_and_nothing_pretends_to_be_new(paper: Paper) -> None:
    from broadsheet.editions import services as editions
    from broadsheet.trends import services as trends

    with clock.frozen(make.NOW + timedelta(days=10)):
        trends.tally()
        editions.assemble()
        found = print_page("/")
    assert found is not None
    markup = found.body.decode()
    assert "No new report since" in markup
    assert 'id="trending"' not in markup
    assert "In this edition" not in markup
    assert LEAD in markup
    assert faults(markup) == []


def test_what_is_invented_is_called_so(paper: Paper) -> None:
    assert "invented" not in page("/") + page(LEAD)
    Source.objects.filter(name="Northern Ledger").update(is_sample=True)
    assert "A sample: all of it is invented." in text_of(anew("/"))
    root = anew(LEAD)
    assert "Northern Ledger is invented, for the sample edition" in text_of(root)
    assert not root.xpath("//a[@class='origin']")
    # An excerpt of an invented source leads nowhere, and says so instead of offering a dead button.
    Source.objects.filter(name="The Kestrian").update(is_sample=True)
    excerpt = page("/world-news/what-the-two-sides-signed/")
    assert "Continue reading at" not in excerpt
    assert "With a real source a button leads on to the original" in excerpt


def test_the_numbers_are_those_of_the_database_and_of_the_rules(paper: Paper) -> None:
    from broadsheet.trends.heat import rank as heat

    with clock.frozen(make.NOW):
        feed = wire.add_feed(Source.objects.get(name="Northern Ledger"), "https://northern.example/feed.xml")
    for number, (fate, reason) in enumerate([("filed", ""), ("filed", ""), ("spiked", "too_old")]):
        Dispatch.objects.create(feed=feed, entry_key=f"k{number}", fate=fate, reason=reason, arrived_at=make.NOW)
    Dispatch.objects.create(feed=feed, entry_key="old", fate="filed", arrived_at=make.NOW - timedelta(hours=49))
    root = tree("/numbers/")
    rows = {
        text_of(row.xpath("./td[1]")[0]): text_of(row.xpath("./td[2]")[0]) for row in root.xpath("//table/tbody/tr")
    }
    assert rows["Filed as an article"] == "2"
    assert rows["Turned away It was published more than thirty days before it arrived."] == "1"
    assert rows["Independent voices that trending needs"] == str(heat.MIN_VOICES)
    assert rows["Hours that trending looks back"] == "24"
    assert int(rows["three or four"]) == 1
    for anchor in ("fates", "rules", "voices", "placed", "sure"):
        assert root.xpath(f"//*[@id='{anchor}']"), anchor
    assert faults(page("/numbers/")) == []


def test_a_section_shows_what_is_rising_in_it_beside_its_lead(paper: Paper) -> None:
    assert 'id="rising"' not in page("/world-news/")
    for number in range(3):
        voices = [make.make_article(f"Tremor {number} by {name}", age=timedelta(hours=5 + number)) for name in "ab"]
        story = make.make_story(voices, slug=f"tremor-{number}")
        make.make_heat(story, 1 + number, f"2 sources in {number + 1} h")
    root = anew("/world-news/")
    (rail,) = root.xpath("//section[@aria-labelledby='rising']")
    assert [text_of(one) for one in rail.xpath(".//small[@class='receipt']")] == [
        "2 sources in 3 h", "3 sources in 2 h", "2 sources in 2 h", "2 sources in 1 h",
    ]  # fmt: skip
    paths = [href for href in root.xpath("//main//a[not(@aria-hidden)]/@href") if "/tremor-" in href]
    assert len(paths) == len(set(paths)) == 3


def test_a_text_that_runs_the_other_way_turns_its_page_round(paper: Paper) -> None:
    root = tree(f"/{paper.arabic.address}/")
    (header,) = root.xpath("//header[@class='headline']")
    (reader,) = root.xpath("//div[@class='reader']")
    assert (header.get("dir"), reader.get("dir")) == ("rtl", "rtl")
    assert reader.xpath("./div[@class='side']/@dir") == ["ltr"]
    assert tree(LEAD).xpath("//div[@class='reader']/@dir") == []

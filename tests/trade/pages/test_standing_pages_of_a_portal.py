"""Standing pages: written for real, filled with who publishes, editable, and told when they change."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from broadsheet.core import events
from broadsheet.pages import queries, services, texts
from broadsheet.pages.events import BrandChanged, StandingPageChanged
from broadsheet.pages.models import Brand, Home, StandingPage
from broadsheet.press import services as press
from tests.make import make_standing

pytestmark = pytest.mark.django_db
IMPRINT = SimpleNamespace(
    brand="The Harbour Post", publisher="Harbour Press Ltd", country="Portugal", contact_email="desk@harbour.example",
    language="en", site_url="https://harbour.example",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _remembers_no_other_site() -> None:
    """Wagtail keeps the roots of sites in the cache, which no rollback reaches."""
    cache.clear()


@pytest.fixture
def anew() -> None:
    """A portal before it was furnished: the root alone."""
    Brand.objects.all().delete()
    Site.objects.all().delete()
    for page in Page.objects.filter(depth=2):
        page.delete()


@pytest.mark.usefixtures("anew")
def test_a_new_portal_gets_every_text_filled_with_who_publishes() -> None:
    services.furnish(IMPRINT)
    pages = {page.slug: page for page in StandingPage.objects.live()}
    assert set(pages) == {text.slug for text in texts.load()}
    everything = " ".join(page.text for page in pages.values())
    for said in ("The Harbour Post", "Harbour Press Ltd", "desk@harbour.example"):
        assert said in everything
    assert "{" not in everything
    assert all(len(page.text) > 300 and page.summary and page.reviewed_at for page in pages.values())
    site = Site.objects.get()
    assert (site.root_page.specific, site.is_default_site) == (Home.objects.get(), True)
    brand = queries.brand()
    assert (brand.name, brand.publisher, brand.contact_email) == (
        "The Harbour Post",
        "Harbour Press Ltd",
        "desk@harbour.example",
    )


@pytest.mark.usefixtures("anew")
def test_a_publisher_that_is_the_brand_is_named_once() -> None:
    services.furnish(SimpleNamespace(**{**IMPRINT.__dict__, "publisher": IMPRINT.brand}))
    assert queries.brand().publisher == ""


def test_without_a_brand_the_settings_speak() -> None:
    Brand.objects.all().delete()
    brand = queries.brand()
    assert brand.pk is None
    assert brand.name


def test_only_what_is_published_is_read() -> None:
    page = make_standing("hidden", "Hidden", live=False)
    assert queries.standing("hidden") is None
    assert page not in queries.in_footer()
    assert queries.standing("about") is not None


def test_the_footer_keeps_the_desks_order_and_choice() -> None:
    before = [page.slug for page in queries.in_footer()]
    make_standing("last", "Last")
    make_standing("not-there", "Not there", in_footer=False)
    assert [page.slug for page in queries.in_footer()] == [*before, "last"]


def test_a_change_is_told_and_the_printed_page_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[events.Event] = []
    real = events.announce
    monkeypatch.setattr(events, "announce", lambda event: (heard.append(event), real(event)))
    first = press.print_page("/about/")
    page = StandingPage.objects.get(slug="about")
    page.text = "<p>We are somebody else now.</p>"
    page.save_revision().publish()
    Brand.objects.get().save()
    assert StandingPageChanged(page.pk) in heard
    assert BrandChanged(Site.objects.get().pk) in heard
    second = press.print_page("/about/")
    assert first is not None
    assert second is not None
    assert b"somebody else now" in second.body
    assert first.etag != second.etag


def test_a_page_that_is_taken_down_is_gone_from_the_paper() -> None:
    assert press.print_page("/about/") is not None
    StandingPage.objects.get(slug="about").unpublish()
    printed = press.print_page("/about/")
    assert printed is None or printed.status in (404, 410)


def test_the_desks_redirects_are_followed() -> None:
    Redirect.objects.create(old_path="/old", redirect_link="/about/", is_permanent=True)
    Redirect.objects.create(old_path="/empty", redirect_link="")
    assert queries.led_elsewhere("/old/") == ("/about/", True)
    assert queries.led_elsewhere("/empty/") is None
    assert queries.led_elsewhere("/never/") is None


def test_links_between_pages_become_addresses() -> None:
    page = StandingPage.objects.get(slug="about")
    assert "/about/" in queries.linked(f'<p><a linktype="page" id="{page.pk}">Who we are</a></p>')
    assert queries.linked("<p>plain</p>") == "<p>plain</p>"

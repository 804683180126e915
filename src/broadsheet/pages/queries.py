"""Reads of standing pages and the brand."""

from __future__ import annotations

from django.conf import settings
from wagtail.contrib.redirects.models import Redirect
from wagtail.rich_text import expand_db_html

from broadsheet.pages.models import Brand, StandingPage


def standing(slug: str) -> StandingPage | None:
    """The published standing page with this slug."""
    found: StandingPage | None = StandingPage.objects.live().filter(slug=slug).first()
    return found


def in_footer() -> list[StandingPage]:
    """The published standing pages that the footer lists, in the desk's order."""
    rows = StandingPage.objects.live().filter(in_footer=True).order_by("path")
    return list(rows.only("id", "title", "slug", "path"))


def brand() -> Brand:
    """The brand of the default site, or one made from the settings while the desk has set none."""
    found: Brand | None = Brand.objects.filter(site__is_default_site=True).first()
    if found is not None:
        return found
    options = settings.BROADSHEET
    return Brand(
        name=options.brand,
        publisher=options.publisher,
        contact_email=options.contact_email,
        country=options.country,
    )


def linked(markup: str) -> str:
    """Markup from the desk with its links to standing pages, which are stored by number, written as addresses."""
    return str(expand_db_html(markup)) if "linktype=" in markup or "embedtype=" in markup else markup


def led_elsewhere(path: str) -> tuple[str, bool] | None:
    """Where the desk's redirect for this path leads and whether for ever; None without one."""
    old = Redirect.normalise_path(path)
    found = Redirect.objects.filter(old_path=old).select_related("redirect_page").first()
    return (found.link, found.is_permanent) if found is not None and found.link else None

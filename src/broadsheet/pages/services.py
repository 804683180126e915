"""Writes of standing pages: a new portal gets its standing texts, written for real, as pages to be edited."""

from __future__ import annotations

from typing import Protocol

from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, Site

from broadsheet.core import clock
from broadsheet.pages import texts
from broadsheet.pages.models import Brand, Home, StandingPage


class Imprint(Protocol):
    """Who publishes: the settings that fill the texts."""

    @property
    def brand(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def contact_email(self) -> str: ...
    @property
    def language(self) -> str: ...


def lead_elsewhere(old: str, new: str) -> None:
    """An address of the paper moved: the old one redirects for ever, and chains are shortened.

    Saving the redirect is what the desk's receivers announce, as for one that an editor makes.
    """
    site = Site.objects.get(is_default_site=True)
    Redirect.objects.filter(old_path=Redirect.normalise_path(new)).delete()
    Redirect.objects.filter(redirect_link=old).update(redirect_link=new)
    Redirect.objects.update_or_create(
        old_path=Redirect.normalise_path(old), site=site, defaults={"redirect_link": new, "is_permanent": True}
    )


def furnish(imprint: Imprint) -> None:
    """Make the root, the site, the brand and the standing pages of a new portal."""
    root = Page.objects.get(depth=1)
    locale, _ = Locale.objects.get_or_create(language_code=imprint.language)
    home = Home(title=imprint.brand, slug="paper", locale=locale)
    root.add_child(instance=home)
    site, _ = Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "root_page": home, "site_name": imprint.brand},
    )
    Page.objects.filter(depth=2, slug="home").delete()
    Brand.objects.update_or_create(
        site=site,
        defaults={
            "name": imprint.brand,
            "publisher": "" if imprint.publisher == imprint.brand else imprint.publisher,
            "contact_email": imprint.contact_email,
            "country": imprint.country,
        },
    )
    for text in texts.load():
        filled = text.filled(
            brand=imprint.brand,
            publisher="" if imprint.publisher == imprint.brand else imprint.publisher,
            country=imprint.country,
            contact_email=imprint.contact_email,
        )
        home.add_child(
            instance=StandingPage(
                title=filled.title,
                slug=filled.slug,
                summary=filled.summary[:300],
                text=filled.html,
                reviewed_at=clock.now().date(),
                locale=locale,
            )
        )

"""What every page has around it: brand, sections, footer, and the one way to print a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from broadsheet.articles import queries as articles
from broadsheet.articles.models import Section
from broadsheet.core import clock
from broadsheet.pages import queries as pages
from broadsheet.pages.models import Brand, StandingPage
from broadsheet.paper import assets, keys
from broadsheet.paper.languages import direction
from broadsheet.paper.sizes import SIZES
from broadsheet.press.printing import Sheet


@dataclass(frozen=True)
class Frame:
    """Masthead, section bar and footer, read in three queries however much the paper holds."""

    brand: Brand
    sections: list[Section]
    standing: list[StandingPage]
    now: datetime
    site_url: str

    @property
    def shown_sections(self) -> list[Section]:
        """The sections of the bar and the footer."""
        return [section for section in self.sections if section.shown]

    @property
    def year(self) -> int:
        """The year of the copyright line."""
        return timezone.localtime(self.now).year

    @property
    def zone(self) -> str:
        """The time zone in which the paper prints its times."""
        return "UTC" if settings.TIME_ZONE == "UTC" else settings.TIME_ZONE.replace("_", " ")

    @property
    def lang(self) -> str:
        """The paper's own language."""
        return str(settings.LANGUAGE_CODE)

    @property
    def dir(self) -> str:
        """The way the paper's own language runs."""
        return direction(self.lang)

    @property
    def sizes(self) -> Mapping[str, str]:
        """How wide pictures stand, by place."""
        return SIZES

    @property
    def files(self) -> Mapping[str, str]:
        """Addresses of style, script and icons."""
        return {name: assets.url(f"paper/{path}") for name, path in _FILES.items()}

    def absolute(self, path: str) -> str:
        """The full address of a path of ours; an address that is full already stays as it is."""
        return self.site_url + path if path.startswith("/") else path


_FILES = {
    "css": "paper.css",
    "js": "site.js",
    "icon": "icon.svg",
    "favicon": "favicon.png",
    "font": "fonts/newsreader-latin.woff2",
}


def frame() -> Frame:
    """Read what surrounds a page."""
    return Frame(
        brand=pages.brand(),
        sections=articles.sections(),
        standing=pages.in_footer(),
        now=clock.now(),
        site_url=settings.BROADSHEET.site_url.rstrip("/"),
    )


def draw(template: str, around: Frame, **context: Any) -> str:
    """A page's markup. Templates get no request: what is printed cannot depend on who asks."""
    return get_template(f"paper/{template}").render({"frame": around, "name": "", "summary": "", **context})


def sheet(
    template: str,
    around: Frame,
    *,
    on: Iterable[str] = (),
    status: int = 200,
    max_age: int = 0,
    indexable: bool = True,
    **context: Any,
) -> Sheet:
    """A printed page of `template` that depends on the keys `on` and on its frame."""
    return Sheet(
        body=draw(template, around, **context),
        keys=keys.FRAME | frozenset(on),
        status=status,
        max_age=max_age,
        last_modified=around.now,
        indexable=indexable,
    )

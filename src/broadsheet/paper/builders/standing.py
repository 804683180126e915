"""Pages with a single word for an address: sections, and the standing pages that people write."""

from __future__ import annotations

from broadsheet.pages import queries as pages
from broadsheet.pages.models import StandingPage
from broadsheet.paper import keys, structured
from broadsheet.paper.builders.lists import section_page
from broadsheet.paper.builders.moved import moved
from broadsheet.paper.frame import Frame, frame, sheet
from broadsheet.paper.paging import number_of
from broadsheet.press.printing import Moved, Sheet


def named(path: str, slug: str, number: str | None = None) -> Sheet | Moved | None:
    """The section with this slug, else the standing page with it."""
    page = number_of(number)
    if not page:
        return None
    around = frame()
    section = next((one for one in around.sections if one.slug == slug), None)
    if section is not None:
        return section_page(around, section, page)
    found = pages.standing(slug) if number is None else None
    return standing_page(around, found) if found is not None else moved(path)


def standing_page(around: Frame, page: StandingPage) -> Sheet:
    """A standing page with the date it was last reviewed."""
    path = f"/{page.slug}/"
    return sheet(
        "standing.html",
        around,
        on={keys.page(page.pk)},
        page=page,
        text=pages.linked(page.text),
        title=page.title,
        canonical=around.absolute(path),
        data=[structured.script(structured.breadcrumbs(around, [("Home", "/"), (page.title, path)]))],
    )

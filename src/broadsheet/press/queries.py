"""Reads of the press's own rows."""

from __future__ import annotations

from broadsheet.press.models import Page


def fresh_row(path: str, imprint: str) -> Page | None:
    """The page's row, if it is written down as fresh and of this imprint."""
    return Page.objects.filter(path=path, imprint=imprint, stale=False).first()


def counts() -> dict[str, int]:
    """Figures for `doctor` and metrics: pages, stale ones, those without brotli."""
    pages = Page.objects.all()
    return {
        "pages": pages.count(),
        "stale": pages.filter(stale=True).count(),
        "without_brotli": pages.filter(brotli=False).count(),
    }

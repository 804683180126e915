"""The desk previews a draft through the paper's own builder, which the wiring hands in (the paper is a floor above)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from broadsheet.pages.models import StandingPage

Renderer = Callable[["StandingPage", HttpRequest], HttpResponse]

_renderer: Renderer | None = None


def use(renderer: Renderer) -> None:
    """Hand in the function that draws a standing page."""
    global _renderer
    _renderer = renderer


def render(page: StandingPage, request: HttpRequest) -> HttpResponse:
    """Draw the page as it would be printed."""
    if _renderer is None:
        raise RuntimeError("No preview renderer was handed in by the wiring.")
    return _renderer(page, request)

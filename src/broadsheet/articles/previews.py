"""The desk previews a draft through the paper's own builder, which the wiring hands in (the paper is a floor above)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from broadsheet.articles.models import Article

Renderer = Callable[["Article", HttpRequest], HttpResponse]

_renderer: Renderer | None = None


def use(renderer: Renderer) -> None:
    """Hand in the function that draws an article."""
    global _renderer
    _renderer = renderer


def render(article: Article, request: HttpRequest) -> HttpResponse:
    """Draw the article as it would be printed."""
    if _renderer is None:
        raise RuntimeError("No preview renderer was handed in by the wiring.")
    return _renderer(article, request)

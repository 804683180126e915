"""Drafts drawn by the builders that print the paper, for the desk's preview. The wiring hands them down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from broadsheet.articles.models import Article
from broadsheet.pages.models import StandingPage
from broadsheet.paper.builders import article as article_page
from broadsheet.paper.builders import standing
from broadsheet.paper.frame import frame


def article(found: Article, request: HttpRequest) -> HttpResponse:
    """An article's draft, not counted as a read."""
    return _private(article_page.preview(found))


def standing_page(found: StandingPage, request: HttpRequest) -> HttpResponse:
    """A standing page's draft."""
    body = standing.standing_page(frame(), found).body
    return _private(body if isinstance(body, str) else body.decode())


def _private(body: str) -> HttpResponse:
    response = HttpResponse(body)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response

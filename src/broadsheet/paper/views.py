"""What the paper answers live: search, and the pages for errors."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from broadsheet.articles import queries as articles
from broadsheet.articles import search as index
from broadsheet.paper import assets
from broadsheet.paper.frame import Frame, draw, frame
from broadsheet.paper.makeup import Card, Makeup
from broadsheet.stories.models import Placement
from broadsheet.stories.queries import by_ids

log = logging.getLogger(__name__)

#: Longest query read; the rest of a longer one is ignored.
QUERY_LENGTH = 300
LAST_PAGE = 50
#: Articles on the 404 page.
CONSOLATION = 4


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The search page: `q`, an optional section key, and a page number."""
    around = frame()
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:QUERY_LENGTH]
    section = next((one for one in around.sections if one.key == request.GET.get("section")), None)
    number = _page_number(request.GET.get("page"))
    found = index.search(query, section=section, page=number) if query else None
    context: dict[str, Any] = {
        "title": f"Search: {query}" if query else "Search",
        "query": query,
        "number": number,
        "chosen": section.key if section else "",
        "chosen_name": section.name if section else "",
        "everywhere": _address(query, None, 1),
    }
    if found is not None:
        key = section.key if section else None
        context["stream"] = _stream(around, found.hits)
        context["count_line"] = _count(found)
        context["newer"] = _address(query, key, number - 1) if found.has_previous else ""
        context["older"] = _address(query, key, number + 1) if found.has_next and number < LAST_PAGE else ""
    response = HttpResponse(draw("search.html", around, **context))
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _page_number(text: str | None) -> int:
    return min(int(text), LAST_PAGE) if text and text.isdecimal() and text.isascii() and int(text[:6]) else 1


def _address(query: str, section: str | None, number: int) -> str:
    values = {"q": query, **({"section": section} if section else {}), **({"page": number} if number > 1 else {})}
    return f"/search/?{urlencode(values)}"


def _count(found: index.Results) -> str:
    what = "1 article" if found.total == 1 else f"{found.total:,} articles"
    return what if found.total_is_exact else f"The best {what}; there may be more"


def _stream(around: Frame, hits: list[index.Hit]) -> list[tuple[Card, str]]:
    """Cards with their snippets, each story once a page."""
    ids = [hit.article.pk for hit in hits]
    placed = Placement.objects.filter(article_id__in=ids).select_related("story")
    stories = {row.article_id: row.story for row in placed}
    makeup = Makeup(around.now, against=around.now)
    found: list[tuple[Card, str]] = []
    for hit in hits:
        card = makeup.card(hit.article, stories.get(hit.article.pk))
        if card is not None:
            headline = mark_safe(hit.headline_html)
            found.append((replace(card, headline=headline), mark_safe(hit.snippet_html)))
    return found


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with a search box and what is new. Without a database it is a plain page."""
    try:
        around = frame()
        makeup = Makeup(around.now, against=around.now)
        latest = makeup.cards(
            by_ids(articles.ids(articles.newest()[: 10 * CONSOLATION])), limit=CONSOLATION, pictures=False
        )
        body = draw("errors/404.html", around, title="Not found", latest=latest)
    except DatabaseError:
        body = _plain(404, "There is no such page.", "The address may be mistyped.")
    response = HttpResponseNotFound(body)
    response["Cache-Control"] = "no-store"
    return response


def failed(request: HttpRequest | None = None) -> HttpResponse:
    """500: our mistake. It asks nothing of a database or a template's neighbours."""
    text = "Something went wrong on our side, and it has been written down. Please try again in a moment."
    return HttpResponse(_plain(500, "This page could not be printed.", text), status=500)


def unavailable(request: HttpRequest | None = None) -> HttpResponse:
    """503: for a short while nothing can be printed anew."""
    text = "The paper is being looked after. Please try again in a minute."
    response = HttpResponse(_plain(503, "Back in a moment.", text), status=503)
    response["Retry-After"] = "60"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that makes no sense to us."""
    return HttpResponse(_plain(400, "That did not make sense to us.", "Please check the address."), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a page for others."""
    text = "You may have to sign in, or to ask somebody who may let you in."
    return HttpResponse(_plain(403, "This page is not open to you.", text), status=403)


def _plain(number: int, heading: str, text: str) -> str:
    context = {
        "number": number,
        "heading": heading,
        "text": text,
        "brand": settings.BROADSHEET.brand,
        "css": assets.url("paper/paper.css"),
    }
    return get_template("paper/errors/plain.html").render(context)

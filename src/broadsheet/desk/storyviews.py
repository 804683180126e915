"""The orders that editors give about stories. Each is a post, each can be taken back from the story's history."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from broadsheet.articles.models import Article
from broadsheet.stories import queries, services
from broadsheet.stories.models import Story, StoryOrder

View = Callable[..., HttpResponse]
_SLUG = re.compile(r"(?:.*/stories/)?([a-z0-9][a-z0-9-]*)/?")


def gives_orders(view: Callable[..., int]) -> View:
    """Only for whoever may change stories. The view returns the story to go on with; a refusal is said in words."""

    @wraps(view)
    def checked(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(services.PERMISSION):
            raise PermissionDenied
        return carried_out(request, pk)

    @require_POST
    def carried_out(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            back = view(request, pk)
        except services.Refused as refused:
            messages.error(request, str(refused))
            named = request.POST.get("back", "")
            back = int(named) if named.isdecimal() and len(named) < 19 else pk
        if not Story.objects.filter(pk=back).exists():
            return HttpResponseRedirect(reverse("desk_stories:index"))
        return HttpResponseRedirect(reverse("desk_stories:inspect", args=(back,)))

    return checked


def _facts(request: HttpRequest) -> dict[str, Any]:
    return {"user": request.user, "why": request.POST.get("why", "").strip()[:300]}


def _other(request: HttpRequest) -> Story:
    """The story that the form names by its address or the last part of it; an old address counts."""
    found = _SLUG.fullmatch(request.POST.get("other", "").strip().casefold())
    story = queries.by_slug(found[1]) if found else None
    if story is None and found:
        went = queries.went_into(found[1])
        story = went[1] if went else None
    if story is None:
        raise services.Refused("Which story? Give its address, as /stories/night-ferry/.")
    return story


@gives_orders
def merge(request: HttpRequest, pk: int) -> int:
    """Another story goes into this one."""
    services.merge(get_object_or_404(Story, pk=pk), _other(request), **_facts(request))
    messages.success(request, "Merged. The other story's address leads here from now on.")
    return pk


@gives_orders
def take_out(request: HttpRequest, pk: int) -> int:
    """The chosen articles become a story of their own, or one goes to another story."""
    story = get_object_or_404(Story, pk=pk)
    chosen = [int(one) for one in request.POST.getlist("article") if one.isdecimal() and len(one) < 19]
    if request.POST.get("verb") != "move":
        order = services.split(story, chosen, **_facts(request))
        messages.success(request, "Split. This is the new story.")
        return order.other or pk
    if len(chosen) != 1:
        raise services.Refused("Choose the one article that is to go to the other story.")
    article = get_object_or_404(Article, pk=chosen[0], placement__story=story)
    to = _other(request)
    services.move(article, to, **_facts(request))
    messages.success(request, "Moved. This is the story it went to.")
    return to.pk


@gives_orders
def lead(request: HttpRequest, pk: int) -> int:
    """One article leads the story."""
    story = get_object_or_404(Story, pk=pk)
    number = request.POST.get("article", "")
    article = get_object_or_404(Article, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
    services.choose_lead(story, article, **_facts(request))
    messages.success(request, "It leads the story as long as it is in the paper.")
    return pk


@gives_orders
def lock(request: HttpRequest, pk: int) -> int:
    """Lock or unlock."""
    story = get_object_or_404(Story, pk=pk)
    locked = request.POST.get("locked") == "yes"
    services.lock(story, locked, **_facts(request))
    messages.success(request, "Locked: only editors change it now." if locked else "Unlocked.")
    return pk


@gives_orders
def undo(request: HttpRequest, pk: int) -> int:
    """Take an order back. Here the number is the order's."""
    order = get_object_or_404(StoryOrder, pk=pk)
    services.undo(order, user=_facts(request)["user"])
    messages.success(request, "Undone. Everything is as it was before.")
    return order.story

"""The buttons of a feed. Each is a post: even a test makes this server call another."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from broadsheet.desk.forms import AddressForm
from broadsheet.wire import services, testing
from broadsheet.wire.models import Feed

View = Callable[..., HttpResponse]


def changes_feeds(view: View) -> View:
    """Only for whoever may change feeds."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("wire.change_feed"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def _back(feed: Feed) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("desk_feeds:inspect", args=(feed.pk,)))


@changes_feeds
@require_POST
def pull(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the worker to pull the feed at once."""
    feed = get_object_or_404(Feed, pk=pk)
    services.pull_soon(feed)
    messages.success(request, "The worker pulls it within seconds. Reload this page to see what came.")
    return _back(feed)


@changes_feeds
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pull it no more until it is resumed."""
    feed = get_object_or_404(Feed, pk=pk)
    services.pause(feed)
    messages.success(request, "Paused.")
    return _back(feed)


@changes_feeds
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Pull it again, from now on."""
    feed = get_object_or_404(Feed, pk=pk)
    services.resume(feed)
    messages.success(request, "Resumed.")
    return _back(feed)


@changes_feeds
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what came in a flood."""
    feed = get_object_or_404(Feed.objects.select_related("source"), pk=pk)
    taken = services.release(feed)
    messages.success(request, f"Taken in: {taken} entries. The worker files them now.")
    return _back(feed)


@changes_feeds
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Spike what came in a flood. Each can still be looked at again among the dispatches."""
    feed = get_object_or_404(Feed.objects.select_related("source"), pk=pk)
    spiked = services.refuse(feed)
    messages.success(request, f"Refused: {spiked} entries are spiked. Any of them can be taken in one by one.")
    return _back(feed)


@changes_feeds
@require_POST
def accept_lengths(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts are right as they are now."""
    feed = get_object_or_404(Feed.objects.select_related("source"), pk=pk)
    services.accept_lengths(feed)
    messages.success(request, "Noted: texts of this length are usual now.")
    return _back(feed)


@changes_feeds
@require_POST
def test_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at a feed's address and show what came. Nothing is written."""
    feed = get_object_or_404(Feed, pk=pk)
    return _show(request, AddressForm({"url": feed.url}), feed.url, feed)


@changes_feeds
@require_http_methods(["GET", "POST"])
def test_address(request: HttpRequest) -> HttpResponse:
    """Look at any address and show what came. Nothing is written."""
    form = AddressForm(request.POST or None, initial={"url": request.GET.get("url", "")[:2000]})
    if request.method == "POST" and form.is_valid():
        return _show(request, form, form.cleaned_data["url"], None)
    return render(request, "desk/test.html", {"form": form, **_page()})


def _show(request: HttpRequest, form: AddressForm, url: str, feed: Feed | None) -> HttpResponse:
    found = testing.look_at(url)
    return render(request, "desk/test.html", {"form": form, "found": found, "url": url, "feed": feed, **_page()})


def _page() -> dict[str, Any]:
    return {
        "page_title": "Test an address",
        "header_title": "Test an address",
        "header_icon": "search",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Home"},
            {"url": reverse("desk_feeds:index"), "label": "Feeds"},
            {"url": "", "label": "Test an address"},
        ],
    }

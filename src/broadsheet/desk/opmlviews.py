"""OPML both ways. A stranger's list is read, shown line by line, and taken in only when somebody confirms.

Between preview and confirmation nothing is kept on the server: the usable addresses travel in the confirming form,
signed, so that only what was shown can be taken in.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from broadsheet.articles.models import Section
from broadsheet.desk.forms import OpmlForm
from broadsheet.sources.models import RightsProfile
from broadsheet.wire import opml
from broadsheet.wire.models import Feed

SALT = "broadsheet.desk.opml"
VALID = 3600
WORDS = {"new": "new", "known": "known already", "unusable": "not usable"}


@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Upload, preview, confirm: three steps on one address."""
    if not request.user.has_perm("sources.add_source"):
        raise PermissionDenied
    if request.method == "POST" and "list" in request.POST:
        return _take_in(request)
    form = OpmlForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        if upload.size > opml.MAX_BYTES:
            form.add_error("file", f"The file is larger than {opml.MAX_BYTES // 1024 // 1024} MiB.")
            return _page(request, form=form)
        try:
            lines = opml.preview(upload.read(opml.MAX_BYTES + 1))
        except opml.NotOPML as problem:
            form.add_error("file", str(problem))
            return _page(request, form=form)
        return _preview(request, lines)
    return _page(request, form=form)


def _preview(request: HttpRequest, lines: list[opml.Line]) -> HttpResponse:
    new = [[one.number, one.title, one.url, one.homepage, one.folder] for one in lines if one.state == "new"]
    counts = {word: sum(1 for one in lines if one.state == state) for state, word in WORDS.items()}
    return _page(
        request,
        lines=[(line, WORDS[line.state]) for line in lines],
        counts=counts,
        new_count=len(new),
        packed=signing.dumps(new, salt=SALT, compress=True),
        rights=RightsProfile.objects.order_by("name"),
        sections=Section.objects.order_by("order"),
    )


def _take_in(request: HttpRequest) -> HttpResponse:
    try:
        rows = signing.loads(request.POST["list"], salt=SALT, max_age=VALID)
    except signing.BadSignature:
        messages.error(request, "The preview is too old, or not ours. Upload the file again.")
        return HttpResponseRedirect(reverse("desk_sources:opml"))
    lines = [opml.Line(number, title, url, home, folder, "new") for number, title, url, home, folder in rows]
    asked = request.POST.get("rights", "")
    rights = RightsProfile.objects.filter(pk=asked).first() if asked.isdigit() else None
    section = Section.objects.filter(key=request.POST.get("section", "")[:40]).first()
    added = opml.take_in(lines, rights=rights, default_section=section.key if section else "")
    messages.success(request, f"{added} feed{'' if added == 1 else 's'} added. The worker pulls them now.")
    return HttpResponseRedirect(reverse("desk_feeds:index"))


def _page(request: HttpRequest, **context: Any) -> HttpResponse:
    steps = [("wagtailadmin_home", "Home"), ("desk_sources:index", "Sources")]
    crumbs = [{"url": reverse(name), "label": label} for name, label in steps]
    return render(
        request,
        "desk/opml.html",
        {
            "page_title": "Import OPML",
            "header_title": "Import OPML",
            "header_icon": "upload",
            "breadcrumbs_items": [*crumbs, {"url": "", "label": "Import OPML"}],
            **context,
        },
    )


@require_safe
def take_out(request: HttpRequest) -> HttpResponse:
    """Our own list, for any other reader."""
    if not request.user.has_perm("sources.view_source"):
        raise PermissionDenied
    feeds = Feed.objects.select_related("source").order_by("source__name", "url")
    body = opml.export(feeds.iterator(), title=f"{settings.BROADSHEET.brand}: feeds")
    return HttpResponse(
        body,
        content_type="text/x-opml; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="broadsheet.opml"'},
    )

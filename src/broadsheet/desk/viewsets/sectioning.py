"""The section queue: articles whose section the machine only guesses, and the models it judged them by.

One click sets a section; the choice is what the judge learns from at night. The last choices can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from broadsheet.accounts.models import User
from broadsheet.articles import queries
from broadsheet.articles.models import Article, Section, SectionPair
from broadsheet.articles.services import section_learning, sectioning
from broadsheet.desk.listing import BoundedPaginator
from broadsheet.sources.models import Source
from broadsheet.stories.models import Placement

View = Callable[..., HttpResponse]
PER_PAGE = 25
LAST_CHOICES = 8
MAY_CHOOSE, MAY_TEACH = "articles.change_article", "articles.change_section"


def stories_of(articles: Sequence[int]) -> dict[int, str]:
    """The stories of these articles as the judge groups its lessons, by the article's number."""
    rows = Placement.objects.filter(article_id__in=articles).values_list("article_id", "story_id")
    return {article: f"story {story}" for article, story in rows}


def only(permission: str) -> Callable[[View], View]:
    """Only for whoever has this permission."""

    def for_some(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return for_some


class QueueFilters(forms.Form):
    """What the queue can be narrowed to."""

    section = forms.ModelChoiceField(Section.objects.order_by("order"), required=False, empty_label="Any guess")
    source = forms.ModelChoiceField(Source.objects.order_by("name"), required=False, empty_label="Any source")


@only(MAY_CHOOSE)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the newest first."""
    filters = QueueFilters(request.GET)
    rows = queries.in_review()
    if filters.is_valid():
        wanted = filters.cleaned_data
        if wanted["section"]:
            rows = rows.filter(section=wanted["section"])
        if wanted["source"]:
            rows = rows.filter(article__source=wanted["source"])
    page = BoundedPaginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    sections = {section.key: section for section in Section.objects.order_by("order")}
    page.object_list = [(row, sections.get(row.second), sectioning.told(row.reasons)) for row in page.object_list]
    choices = queries.latest_choices(request.user, LAST_CHOICES)
    context = {
        "filters": filters,
        "page": page,
        "sections": list(sections.values()),
        "choices": [(one, sections[one.section].name if one.section in sections else one.section) for one in choices],
        "query": request.GET.urlencode(),
        "may_teach": request.user.has_perm(MAY_TEACH),
    }
    return render(request, "desk/section_queue.html", {**context, **_titled("Section queue")})


@only(MAY_CHOOSE)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Set the section of one article by its own button, or of all that are ticked."""
    numbers, key = _asked(request)
    section = Section.objects.filter(key=key).first()
    articles = list(Article.objects.filter(pk__in=numbers).select_related("source", "shown_section", "section"))
    if section is None or not articles:
        messages.warning(request, "Nothing was chosen: tick articles and name a section.")
        return _back(request)
    sectioning.choose_for_all(articles, section, user=_editor(request), groups=stories_of(numbers))
    what = f"“{articles[0].headline[:80]}”" if len(articles) == 1 else f"{len(articles)} articles"
    messages.success(request, f"{section.name}: {what}. Below, among your last choices, you can take it back.")
    return _back(request)


def _editor(request: HttpRequest) -> User:
    """Whoever asks; only staff come here."""
    return cast(User, request.user)


def _asked(request: HttpRequest) -> tuple[list[int], str]:
    """The articles and the section of a post; numbers only, no more than a page shows."""
    one = request.POST.get("one", "")
    if one:
        number, _, key = one.partition(":")
        return _numbers([number]), key or request.POST.get(f"to-{number}", "")
    return _numbers(request.POST.getlist("article")), request.POST.get("section", "")


def _numbers(given: Sequence[str]) -> list[int]:
    return [int(one) for one in given[:PER_PAGE] if one.isascii() and one.isdecimal() and len(one) <= 18]


@only(MAY_CHOOSE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a choice back: the article stands where the machine put it, and waits again if that was a guess."""
    article = get_object_or_404(Article.objects.select_related("source", "shown_section", "section"), pk=pk)
    sectioning.take_choice_back(article, user=_editor(request))
    messages.success(request, "Taken back.")
    return _back(request)


@only(MAY_TEACH)
@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """What was learned when, how good it was, and which model judges now."""
    rows = queries.section_models()
    context = {
        "rows": [(row, section_learning.in_words(row.figures)) for row in rows],
        "shipped": not any(row.in_use for row in rows),
        "kept": SectionPair.objects.count(),
    }
    return render(request, "desk/section_models.html", {**context, **_titled("What the section judge learned")})


@only(MAY_TEACH)
@require_POST
def use(request: HttpRequest, version: int) -> HttpResponse:
    """Judge by this model from now on. Nothing that was judged changes."""
    if section_learning.use(version):
        messages.success(request, "Articles that come from now on are judged by it.")
    else:
        messages.error(request, "There is no such model any more.")
    return HttpResponseRedirect(reverse("desk_section_queue:models"))


@only(MAY_TEACH)
@require_POST
def learn(request: HttpRequest) -> HttpResponse:
    """Ask the worker to learn now."""
    section_learning.wish()
    messages.success(request, "The worker learns now; if there is anything new, its model stands here in some seconds.")
    return HttpResponseRedirect(reverse("desk_section_queue:models"))


def _back(request: HttpRequest) -> HttpResponseRedirect:
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("desk_section_queue:index") + (f"?{query}" if query else ""))


def _titled(title: str) -> dict[str, Any]:
    return {
        "page_title": title,
        "header_title": title,
        "header_icon": "list-ul",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Home"},
            {"url": reverse("desk_section_queue:index"), "label": "Section queue"},
        ],
    }


class QueueMenuItem(MenuItem):
    """In the menu of whoever may choose."""

    def is_shown(self, request: HttpRequest) -> bool:
        """As the pages themselves."""
        return bool(request.user.has_perm(MAY_CHOOSE))


class SectionQueueViewSet(ViewSet):
    """The queue and the models behind it."""

    name = "desk_section_queue"
    url_prefix = "section-queue"
    icon = "list-ul"
    menu_label = "Section queue"
    menu_name = "section-queue"
    menu_order = 105
    menu_item_class = QueueMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """Two pages, and their buttons."""
        return [
            path("", queue, name="index"),
            path("choose/", choose, name="choose"),
            path("undo/<int:pk>/", undo, name="undo"),
            path("models/", models, name="models"),
            path("models/learn/", learn, name="learn"),
            path("models/use/<int:version>/", use, name="use"),
        ]

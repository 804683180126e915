"""What is trending, with everything that goes into it, and what readers did: to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from broadsheet.articles.models import Section
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, MomentColumn, TextColumn
from broadsheet.trends import queries
from broadsheet.trends.models import Attention, Heat, Refusal

#: Spans of the panel of reader events, in hours.
SPANS = (1, 6, 24)


class HeatFilters(WagtailFilterSet):
    """By window and section."""

    window = django_filters.ChoiceFilter(choices=Heat.Window.choices, label="Window")
    section = django_filters.ModelChoiceFilter(
        field_name="story__section", queryset=Section.objects.order_by("order"), label="Section"
    )

    class Meta:
        model = Heat
        fields: ClassVar[list[str]] = []


class HeatIndexView(BoundedListMixin, generic.IndexView):
    """Stories by heat, the day's list unless another is asked for."""

    default_ordering = "rank"
    page_title = "Trending"
    any_permission_required: ClassVar[list[str]] = ["change", "view"]

    def get_base_queryset(self) -> QuerySet[Heat]:
        """With their stories' leads, without the texts."""
        return Heat.objects.select_related("story__lead", "story__section").defer("story__lead__body")

    def filter_queryset(self, queryset: QuerySet[Heat]) -> QuerySet[Heat]:
        """The day where nobody chose a window: ranks of several windows side by side would say nothing."""
        filtered: QuerySet[Heat] = super().filter_queryset(queryset)
        return filtered if self.request.GET.get("window") else filtered.filter(window=Heat.Window.DAY)

    def get_ordering(self) -> str:
        """One order."""
        return "rank"

    @cached_property
    def header_buttons(self) -> list[Any]:
        """To the reader events and the pins."""
        found = [HeaderButton("Reader events", url=reverse("desk_heat:readers"), icon_name="view")]
        if self.request.user.has_perm("editions.view_pin"):
            found.append(HeaderButton("Pins", url=reverse("desk_pins:index"), icon_name="thumbtack"))
        return found


class HeatInspectView(generic.InspectView):
    """One story's heat: every input, and where it may be pinned."""

    any_permission_required: ClassVar[list[str]] = ["change", "view"]
    template_name = "desk/heat.html"
    page_title = "Heat"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The inputs as lines, nested ones with the path to them."""
        row: Heat = self.object
        return {
            **super().get_context_data(**kwargs),
            "heat": row,
            "inputs": list(_lines(row.inputs)),
            "may_pin": self.request.user.has_perm("editions.add_pin"),
        }


def _lines(facts: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    found = []
    for name, value in facts.items():
        words = f"{before}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            found += _lines(value, f"{words}: ")
        else:
            found.append((words, f"{value:.4g}" if isinstance(value, float) else str(value)))
    return found


@require_safe
def readers(request: HttpRequest) -> HttpResponse:
    """What readers did in the last hours, and what did not count and why."""
    if not (request.user.has_perm("trends.view_heat") or request.user.has_perm("trends.change_heat")):
        raise PermissionDenied
    did = [queries.attention_by_kind(hours=span) for span in SPANS]
    not_counted = [queries.refused(hours=span) for span in SPANS]
    crumbs = [("wagtailadmin_home", "Home"), ("desk_heat:index", "Trending")]
    return render(
        request,
        "desk/readers.html",
        {
            "page_title": "Reader events",
            "header_title": "Reader events",
            "header_icon": "view",
            "breadcrumbs_items": [
                *({"url": reverse(name), "label": label} for name, label in crumbs),
                {"url": "", "label": "Reader events"},
            ],
            "spans": SPANS,
            "did": [(kind.label, [counts[kind] for counts in did]) for kind in Attention.Kind],
            "refused": [(why.label, [counts[why] for counts in not_counted]) for why in Refusal.Why],
        },
    )


class HeatViewSet(ModelViewSet):
    """The noun «heat», to editors «Trending»."""

    model = Heat
    name = "desk_heat"
    url_prefix = "heat"
    icon = "order-up"
    menu_label = "Trending"
    menu_name = "heat"
    menu_order = 112
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = PER_PAGE
    filterset_class = HeatFilters
    index_view_class = HeatIndexView
    inspect_view_class = HeatInspectView
    form_fields: ClassVar[list[str]] = []
    list_display: ClassVar[list[Any]] = [
        TitleColumn(
            "story",
            label="Story",
            accessor=lambda row: f"{row.rank}. {row.story.lead.headline}",
            get_url=lambda row: reverse("desk_heat:inspect", args=(row.pk,)),
        ),
        TextColumn("section", "Section", lambda row: row.story.section.name),
        TextColumn("receipt", "Why", lambda row: row.receipt),
        TextColumn("score", "Score", lambda row: f"{row.score:.3f}", classname="desk-number"),
        MomentColumn("at", label="Computed"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """To look: there is nothing to add, edit or delete by hand."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
            path("readers/", readers, name="readers"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Only the addresses that exist."""
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        for missing in ("history", "usage", "add", "edit", "delete"):
            common.pop(f"{missing}_url_name", None)
        return common

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""

"""Dispatches at the desk: what arrived, what became of it, and why."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.views import generic
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.desk import states
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, MomentColumn, StateColumn, TextColumn
from broadsheet.lib import urls
from broadsheet.sources.models import Source
from broadsheet.wire import services
from broadsheet.wire.models import Dispatch, Feed
from broadsheet.wire.rules import SpikeReason


class DispatchFilters(WagtailFilterSet):
    """Narrowing by fate, reason, source, feed and time."""

    fate = django_filters.ChoiceFilter(choices=Dispatch.Fate.choices, label="Fate")
    reason = django_filters.ChoiceFilter(
        choices=[(reason.value, reason.sentence) for reason in SpikeReason], label="Why spiked"
    )
    source = django_filters.ModelChoiceFilter(
        field_name="feed__source", queryset=Source.objects.order_by("name"), label="Source"
    )
    feed = django_filters.ModelChoiceFilter(queryset=Feed.objects.order_by("source__name", "url"), label="Feed")
    arrived = django_filters.DateFromToRangeFilter(
        field_name="arrived_at", label="Arrived", widget=DateRangePickerWidget
    )

    class Meta:
        model = Dispatch
        fields: ClassVar[list[str]] = []


class DispatchIndexView(BoundedListMixin, generic.IndexView):
    """The list of dispatches, newest first (numbers grow in the order of arrival, and are the cheapest order)."""

    default_ordering = "-pk"
    page_title = "Dispatches"
    any_permission_required: ClassVar[list[str]] = ["change", "view"]

    def get_base_queryset(self) -> QuerySet[Dispatch]:
        """Without the entries' texts."""
        return Dispatch.objects.select_related("feed__source", "article").defer(
            "payload", "article__body", "article__origin_picture"
        )

    def get_ordering(self) -> str:
        """One order."""
        return "-pk"


class DispatchInspectView(generic.InspectView):
    """One dispatch: its entry, its fate, its article."""

    any_permission_required: ClassVar[list[str]] = ["change", "view"]
    template_name = "desk/dispatch.html"
    page_title = "Dispatch"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The entry as plain facts; markup in it is shown as text."""
        row: Dispatch = self.object
        payload = row.payload if isinstance(row.payload, dict) else {}
        return {
            **super().get_context_data(**kwargs),
            "dispatch": row,
            "fate": states.of_dispatch(row),
            "link": urls.safe_link(row.url, row.url) if row.url else None,
            "payload": [(name, value) for name, value in sorted(payload.items()) if value not in (None, "", [], {})],
            "may_change": self.user_has_permission("change"),
        }


class LookAgainView(PermissionCheckedMixin, View):
    """Give a spiked dispatch another chance."""

    model = Dispatch
    permission_required = "change"
    http_method_names: ClassVar[list[str]] = ["post"]  # type: ignore[misc]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide it anew, as if it had just arrived."""
        row = get_object_or_404(Dispatch, pk=pk)
        if row.fate == Dispatch.Fate.SPIKED:
            services.look_again(row)
            messages.success(request, "It will be looked at again in a moment.")
        return HttpResponseRedirect(reverse("desk_dispatches:inspect", args=(pk,)))


class DispatchViewSet(ModelViewSet):
    """The noun «dispatch»."""

    model = Dispatch
    name = "desk_dispatches"
    url_prefix = "dispatches"
    icon = "mail"
    menu_label = "Dispatches"
    menu_name = "dispatches"
    menu_order = 110
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = PER_PAGE
    filterset_class = DispatchFilters
    index_view_class = DispatchIndexView
    inspect_view_class = DispatchInspectView
    form_fields: ClassVar[list[str]] = []
    list_display: ClassVar[list[Any]] = [
        "headline",
        StateColumn("fate", "Fate", states.of_dispatch),
        TextColumn("source", "Source", lambda row: row.feed.source.name),
        TextColumn("article", "Article", lambda row: row.article.headline if row.article else ""),
        MomentColumn("arrived_at", label="Arrived"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """To look, and one button: there is nothing to add, edit or delete by hand."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
            path("again/<int:pk>/", self.construct_view(LookAgainView), name="again"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Only the addresses that exist."""
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        for missing in ("history", "usage", "add", "edit", "delete"):
            common.pop(f"{missing}_url_name", None)
        return common

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""

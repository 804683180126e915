"""Owners at the desk: whose sources speak with one voice, and two names of one owner made one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from broadsheet.core import events
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, TextColumn
from broadsheet.lib import text
from broadsheet.sources import services
from broadsheet.sources.events import SourceChanged
from broadsheet.sources.models import Owner, Source

#: Sources named in a row of the list.
NAMED = 5


def _sources() -> QuerySet[Source]:
    return Source.objects.filter(is_house=False).order_by("name")


class OwnerForm(WagtailAdminModelForm):
    """An owner and its sources."""

    sources = forms.ModelMultipleChoiceField(
        queryset=_sources(),
        required=False,
        label="Its sources",
        help_text="They count as one voice, wherever voices are counted. A source has one owner: ticking it here takes "
        "it from another.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sources"]
        field.queryset = _sources().select_related("owner")
        field.label_from_instance = self._label
        if self.instance.pk:
            field.initial = list(self.instance.sources.values_list("pk", flat=True))

    def clean_name(self) -> str:
        """One tidy line."""
        return text.tidy(self.cleaned_data["name"])

    def _label(self, source: Source) -> str:
        """A source's name, and whose it is if that is another's."""
        if source.owner is None or source.owner_id == self.instance.pk:
            return source.name
        return f"{source.name} (now {source.owner.name})"


class OwnerIndexView(BoundedListMixin, generic.IndexView):
    """All owners, each with its sources."""

    default_ordering = "name"
    sortable = frozenset({"name"})

    def get_base_queryset(self) -> QuerySet[Owner]:
        """Counted in the same query."""
        return Owner.objects.annotate(source_count=Count("sources"))

    def lay_on(self, rows: list[Any]) -> None:
        """The sources' names, in one query for the page."""
        named: dict[int, list[str]] = {}
        found = Source.objects.filter(owner__in=[row.pk for row in rows]).order_by("name")
        for owner_id, name in found.values_list("owner_id", "name"):
            named.setdefault(owner_id, []).append(name)
        for row in rows:
            names = named.get(row.pk, [])
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            row.named = ", ".join(names[:NAMED]) + more


def _with_sources(owner: Owner, form: Any) -> Owner:
    """Give the owner the sources that were ticked; those it keeps carry its name too."""
    ticked = [source.pk for source in form.cleaned_data["sources"]]
    kept = set(Source.objects.filter(owner=owner, pk__in=ticked).values_list("pk", flat=True))
    services.own(owner, ticked)
    for pk in sorted(kept):
        events.announce(SourceChanged(pk))
    return owner


class OwnerCreateView(generic.CreateView):
    """A new owner."""

    page_title = "New owner"

    @transaction.atomic
    def save_instance(self) -> Owner:
        """Save it with its sources."""
        return _with_sources(super().save_instance(), self.form)


class OwnerEditView(generic.EditView):
    """An owner: every source that leans on it changes with it."""

    @property
    def header_more_buttons(self) -> list[Any]:
        """Merging beside the usual ones."""
        merge = Button(
            "Merge into another…",
            url=reverse("desk_owners:merge", args=(self.object.pk,)),
            icon_name="resubmit",
            priority=40,
        )
        return [*super().header_more_buttons, merge]

    @transaction.atomic
    def save_instance(self) -> Owner:
        """Save it with its sources."""
        return _with_sources(super().save_instance(), self.form)


class MergeForm(forms.Form):
    """Which owner it really is."""

    into = forms.ModelChoiceField(queryset=Owner.objects.none(), label="It is the same owner as")

    def __init__(self, *args: Any, gone: Owner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into"]
        field.queryset = Owner.objects.exclude(pk=gone.pk).order_by("name")


class OwnerMergeView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView[MergeForm]):
    """Two names of one owner become one. Cannot be undone, so the page says what it does before it is done."""

    model = Owner
    permission_required = "change"
    form_class = MergeForm
    template_name = "desk/merge_owner.html"
    page_title = "Merge owners"
    header_icon = "group"

    def owner(self) -> Owner:
        """The owner of the address, or 404."""
        return get_object_or_404(Owner, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """All others can be chosen."""
        return {**super().get_form_kwargs(), "gone": self.owner()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The owner that goes, and its sources."""
        owner = self.owner()
        return super().get_context_data(**kwargs, owner=owner, sources=owner.sources.order_by("name"))

    def form_valid(self, form: MergeForm) -> HttpResponse:
        """Merge, and show what became of it."""
        gone, into = self.owner(), form.cleaned_data["into"]
        with transaction.atomic():
            moved = services.merge_owners(gone, into)
        messages.success(self.request, f"Merged: {moved} source{'' if moved == 1 else 's'} went to {into.name}.")
        return HttpResponseRedirect(reverse("desk_owners:edit", args=(into.pk,)))


class OwnerViewSet(ModelViewSet):
    """The noun «owner»: all its sources speak with one voice."""

    model = Owner
    name = "desk_owners"
    url_prefix = "owners"
    icon = "group"
    menu_label = "Owners and voices"
    menu_name = "owners"
    menu_order = 620
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = PER_PAGE
    index_view_class = OwnerIndexView
    add_view_class = OwnerCreateView
    edit_view_class = OwnerEditView
    search_fields: ClassVar[list[str]] = ["name"]
    edit_handler = ObjectList(
        [FieldPanel("name"), FieldRowPanel([FieldPanel("country"), FieldPanel("homepage")]), FieldPanel("sources")],
        base_form_class=OwnerForm,
    )
    list_display: ClassVar[list[Any]] = [
        "name",
        "country",
        TextColumn("sources", "Sources", lambda row: row.source_count, classname="desk-number"),
        TextColumn("voice", "One voice", lambda row: row.named),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """The usual pages, and merging."""
        merge = path("merge/<int:pk>/", self.construct_view(OwnerMergeView), name="merge")
        return [*super().get_urlpatterns(), merge]

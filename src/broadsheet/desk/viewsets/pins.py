"""Pins: what an editor placed on a front, in which order and until when. Every write goes through the service."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateTimeInput

from broadsheet.articles.models import Section
from broadsheet.core import clock
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, MomentColumn, TextColumn
from broadsheet.editions import rules, services
from broadsheet.editions.models import Edition, Pin
from broadsheet.stories.models import Placement, Story


def fronts() -> list[tuple[str, str]]:
    """Every front by its edition's name: the front page, then the sections in their order."""
    sections = Section.objects.order_by("order").values_list("key", "name")
    return [(rules.FRONT, "Front page"), *((f"{rules.SECTION}{key}", name) for key, name in sections)]


class PinForm(forms.ModelForm[Pin]):
    """Which story, where, in which order, until when."""

    front = forms.ChoiceField(choices=fronts, label="Front")
    address = forms.CharField(
        label="Story",
        max_length=400,
        help_text="The address of the story or of one of its articles, copied from the paper. An article that is not "
        "its story's lead stands for it.",
    )

    class Meta:
        model = Pin
        fields = ("place", "rank", "until")
        widgets: ClassVar[dict[str, Any]] = {"until": AdminDateTimeInput}

    field_order = ("front", "address", "place", "rank", "until")

    def __init__(self, *args: Any, for_user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["front"] = self.instance.edition.name
            shown = self.instance.article
            self.initial["address"] = shown.path if shown is not None else self.instance.story.path

    def clean_address(self) -> str:
        """The story that stands at the address, and the article where it is one's."""
        parts: str = urlsplit(self.cleaned_data["address"].strip()).path.strip("/")
        if parts.startswith("stories/"):
            self.story, self.article = Story.objects.filter(slug=parts.removeprefix("stories/")).first(), None
        else:
            found = Placement.objects.select_related("story", "article").filter(article__address=parts).first()
            self.story = found.story if found is not None else None
            self.article = found.article if found is not None and found.story.lead_id != found.article_id else None
        if self.story is None or not self.story.live:
            raise ValidationError("No story of the paper stands at this address.")
        return parts

    def clean_until(self) -> Any:
        """A moment that is still to come."""
        until = self.cleaned_data["until"]
        if until is not None and until <= clock.now():
            raise ValidationError("This moment is over already.")
        return until


class SavingMixin:
    """Writes a pin through the service."""

    form: PinForm
    request: Any

    def save_instance(self) -> Pin:
        """Pin the story; a pin that changed its front or its story is taken off where it was."""
        form, data = self.form, self.form.cleaned_data
        if form.instance.pk:
            services.unpin(Pin.objects.select_related("edition").get(pk=form.instance.pk), by=self.request.user)
        assert form.story is not None
        return services.pin(
            data["front"],
            form.story,
            by=self.request.user,
            article=form.article,
            place=data["place"],
            rank=data["rank"],
            until=data["until"],
        )


class PinCreateView(SavingMixin, generic.CreateView):
    """A new pin; `?story=SLUG` fills in the story."""

    def get_initial(self) -> dict[str, Any]:
        """The story of the screen that led here."""
        slug = self.request.GET.get("story", "")[:120]
        return {**super().get_initial(), **({"address": f"/stories/{slug}/"} if slug else {})}


class PinEditView(SavingMixin, generic.EditView):
    """A pin: another place, order or end."""


class PinDeleteView(generic.DeleteView):
    """Taking a pin off, after a question."""

    page_title = "Take off"
    confirmation_message = "Take this pin off? The story then stands where its worth puts it."

    def delete_action(self) -> None:
        """Through the service."""
        services.unpin(self.object, by=self.request.user)


class PinFilters(WagtailFilterSet):
    """By front, and those that hold."""

    edition = django_filters.ModelChoiceFilter(
        queryset=Edition.objects.filter(pins__isnull=False).distinct().order_by("name"), label="Front"
    )
    place = django_filters.ChoiceFilter(choices=Pin.Place.choices, label="Place")

    class Meta:
        model = Pin
        fields: ClassVar[list[str]] = []


class PinIndexView(BoundedListMixin, generic.IndexView):
    """The pins that hold now, by front, place and order."""

    page_title = "Pins"
    default_ordering = "edition__name"

    def get_base_queryset(self) -> QuerySet[Pin]:
        """Without those that ran out: they hold nothing any more."""
        rows = Pin.objects.filter(Q(until=None) | Q(until__gt=clock.now()))
        return rows.select_related("edition", "story__lead", "article", "by").defer(
            "story__lead__body", "article__body"
        )

    def order_queryset(self, queryset: QuerySet[Pin]) -> QuerySet[Pin]:
        """One order, that of the page."""
        return queryset.order_by("edition__name", "place", "rank", "pk")


class PinViewSet(ModelViewSet):
    """The noun «pin»."""

    model = Pin
    name = "desk_pins"
    url_prefix = "pins"
    icon = "thumbtack"
    menu_label = "Pins"
    menu_name = "pins"
    menu_order = 114
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = PER_PAGE
    filterset_class = PinFilters
    index_view_class = PinIndexView
    add_view_class = PinCreateView
    edit_view_class = PinEditView
    delete_view_class = PinDeleteView
    form_fields: ClassVar[list[str]] = ["place", "rank", "until"]
    list_display: ClassVar[list[Any]] = [
        TitleColumn(
            "story",
            label="Story",
            accessor=lambda row: (row.article or row.story.lead).headline,
            url_name="desk_pins:edit",
        ),
        TextColumn("edition", "Front", lambda row: row.edition.name.removeprefix(rules.SECTION)),
        TextColumn("place", "Place", lambda row: row.get_place_display()),
        TextColumn("rank", "Order", lambda row: row.rank, classname="desk-number"),
        TextColumn("by", "By", lambda row: row.by or ""),
        MomentColumn("until", label="Until"),
    ]

    def get_form_class(self, for_update: bool = False) -> type[PinForm]:
        """One form for both."""
        return PinForm

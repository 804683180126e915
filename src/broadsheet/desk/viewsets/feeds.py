"""Feeds at the desk: health, pulls, and the buttons test, pull, pause, resume."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import URLPattern, path
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.articles.models import Section
from broadsheet.desk import feedviews, states
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, MomentColumn, StateColumn, TextColumn
from broadsheet.lib import text, urls
from broadsheet.sources.models import Source
from broadsheet.wire import queries, services
from broadsheet.wire.habits import Habit
from broadsheet.wire.lengths import Lengths
from broadsheet.wire.models import DiaryLine, Dispatch, Feed, Pull
from broadsheet.wire.queries import ALARMED
from broadsheet.wire.services.feeds import NotUsable, checked_address
from broadsheet.wire.services.holding import HELD

PULLS_SHOWN = 50
DIARY_SHOWN = 20


def section_choices() -> list[tuple[str, str]]:
    """Sections by key, with an empty first choice."""
    return [
        ("", "as the article says, else the source's"),
        *Section.objects.order_by("order").values_list("key", "name"),
    ]


class FeedForm(WagtailAdminModelForm):
    """A feed's address and what it is about. The address must be one we may fetch and do not have yet."""

    section = forms.ChoiceField(choices=section_choices, required=False, label="Section")

    def clean_url(self) -> str:
        """In the form we keep, or the plain reason why not."""
        url = self.cleaned_data["url"]
        try:
            address = checked_address(url)
        except NotUsable as error:
            raise ValidationError(str(error)) from error
        key = text.text_hash(urls.key(address))
        known = Feed.objects.select_related("source").filter(url_key=key).exclude(pk=self.instance.pk).first()
        if known is not None:
            raise ValidationError(f"This address is already a feed of {known.source.name}.")
        self.instance.url_key = key
        return address


class FeedFilters(WagtailFilterSet):
    """Narrowing by source, state and health."""

    source = django_filters.ModelChoiceFilter(queryset=Source.objects.order_by("name"), label="Source")
    state = django_filters.ChoiceFilter(choices=Feed.State.choices, label="State")
    health = django_filters.ChoiceFilter(
        method="in_health",
        choices=[("ok", "Working"), ("trouble", "Failing"), ("alarm", "Held, silent or with shrunken texts")],
        label="Health",
    )

    class Meta:
        model = Feed
        fields: ClassVar[list[str]] = []

    def in_health(self, rows: QuerySet[Feed], name: str, value: str) -> QuerySet[Feed]:
        """Whether the last pull failed, or an alarm stands."""
        if value == "alarm":
            return rows.filter(ALARMED)
        return rows.filter(reason="") if value == "ok" else rows.exclude(reason="")


class FeedIndexView(BoundedListMixin, generic.IndexView):
    """All feeds with their health."""

    default_ordering = "source__name"
    page_title = "Feeds"
    search_fields: ClassVar[list[str]] = ["url", "title", "source__name"]

    def get_base_queryset(self) -> QuerySet[Feed]:
        """With their sources."""
        return Feed.objects.select_related("source")

    def order_queryset(self, queryset: QuerySet[Feed]) -> QuerySet[Feed]:
        """By source."""
        return queryset.order_by("source__name", "url")


class FeedCreateView(generic.CreateView):
    """A new address of a source we have."""

    page_title = "New feed"

    def save_instance(self) -> Feed:
        """Add it through the wire, which pulls it at once."""
        data = self.form.cleaned_data
        return services.add_feed(
            data["source"], data["url"], kind=data["kind"], section=data["section"], title=data["title"]
        )


class FeedInspectView(generic.InspectView):
    """A feed's health, its last pulls, and the buttons."""

    template_name = "desk/feed.html"
    page_title = "Feed"
    any_permission_required: ClassVar[list[str]] = ["add", "change", "view"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The last pulls with what came of them."""
        feed: Feed = self.object
        pulls = Pull.objects.filter(feed=feed).order_by("-at")[:PULLS_SHOWN]
        spiked = Dispatch.objects.filter(feed=feed, fate=Dispatch.Fate.SPIKED).defer("payload").order_by("-id")[:10]
        return {
            **super().get_context_data(**kwargs),
            "feed": feed,
            "state": states.of_feed(feed),
            "pulls": [(pull, states.of_pull(pull)) for pull in pulls],
            "diary": DiaryLine.objects.filter(feed=feed).order_by("-at", "-id")[:DIARY_SHOWN],
            "held": Dispatch.objects.filter(feed=feed, fate=Dispatch.Fate.ARRIVED, reason=HELD).count(),
            "habit": Habit.from_json(feed.habit),
            "lengths": Lengths.from_json(feed.lengths),
            "spiked": [(row, states.of_dispatch(row)) for row in spiked],
            "pushes": queries.pushes(feed),
            "may_change": self.user_has_permission("change"),
        }


class FeedViewSet(ModelViewSet):
    """The noun «feed»."""

    model = Feed
    name = "desk_feeds"
    url_prefix = "feeds"
    icon = "rotate"
    menu_label = "Feeds"
    menu_name = "feeds"
    menu_order = 130
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = PER_PAGE
    filterset_class = FeedFilters
    index_view_class = FeedIndexView
    add_view_class = FeedCreateView
    inspect_view_class = FeedInspectView
    edit_handler = ObjectList(
        [
            FieldPanel("source"),
            FieldPanel("url", heading="Address"),
            FieldPanel("kind"),
            FieldPanel("section"),
            FieldPanel("title"),
        ],
        base_form_class=FeedForm,
    )
    list_display: ClassVar[list[Any]] = [
        "__str__",
        TextColumn("source", "Source", lambda row: row.source.name),
        StateColumn("health", "Health", states.of_feed),
        MomentColumn("last_good_at", label="Last good pull"),
        MomentColumn("last_new_at", label="Last news"),
        MomentColumn("next_pull_at", label="Next pull"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """The usual pages, and one address a button."""
        return [
            *super().get_urlpatterns(),
            path("test/", feedviews.test_address, name="test"),
            path("test/<int:pk>/", feedviews.test_feed, name="test_feed"),
            path("pull/<int:pk>/", feedviews.pull, name="pull"),
            path("pause/<int:pk>/", feedviews.pause, name="pause"),
            path("resume/<int:pk>/", feedviews.resume, name="resume"),
            path("release/<int:pk>/", feedviews.release, name="release"),
            path("refuse/<int:pk>/", feedviews.refuse, name="refuse"),
            path("lengths/<int:pk>/", feedviews.accept_lengths, name="accept_lengths"),
        ]

"""Stories at the desk: what stands together and why, and the orders that change it."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.urls import URLPattern, path
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from broadsheet.articles import search, search_terms
from broadsheet.articles.models import Section
from broadsheet.desk import storyviews
from broadsheet.desk.listing import PER_PAGE, BoundedListMixin, MomentColumn, StateColumn, TextColumn
from broadsheet.desk.states import State
from broadsheet.stories import queries
from broadsheet.stories.models import Placement, Story

#: The desk looks among so many of the newest articles found.
FOUND = 500


class StoryFilters(WagtailFilterSet):
    """Narrowing by section, state and voices."""

    section = django_filters.ModelChoiceFilter(queryset=Section.objects.order_by("order"), label="Section")
    state = django_filters.ChoiceFilter(
        method="in_state", choices=[("live", "In the paper"), ("locked", "Locked by the desk")], label="State"
    )
    voices = django_filters.ChoiceFilter(
        method="with_voices", choices=[("2", "Several voices"), ("5", "Five voices or more")], label="Voices"
    )

    class Meta:
        model = Story
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Story], name: str, value: str) -> QuerySet[Story]:
        """In the paper, or locked."""
        return rows.filter(live=True) if value == "live" else rows.filter(locked_at__isnull=False)

    def with_voices(self, rows: QuerySet[Story], name: str, value: str) -> QuerySet[Story]:
        """So many independent voices at least."""
        return rows.filter(voices_count__gte=int(value))


def state_of(story: Story) -> State:
    """Whether readers see it, and whether the machine may change it."""
    locked = "Only editors change it." if story.locked_at else ""
    return State("live", locked, good=True) if story.live else State("not in the paper", locked)


class StoryIndexView(BoundedListMixin, generic.IndexView):
    """All stories, the one that moved last on top."""

    default_ordering = "-last_at"
    page_title = "Stories"
    is_searchable = True
    any_permission_required: ClassVar[list[str]] = ["change", "view"]

    def get_base_queryset(self) -> QuerySet[Story]:
        """With their leads, without texts."""
        return Story.objects.select_related("lead", "section").defer("lead__body", "lead__origin_picture")

    def search_queryset(self, queryset: QuerySet[Story]) -> QuerySet[Story]:
        """The stories of the newest articles that our own index finds; a search without a word finds everything."""
        if not self.is_searching or search_terms.parse(self.search_query) is None:
            return queryset
        found = Placement.objects.filter(article__in=search.ids_for(self.search_query, FOUND))
        return queryset.filter(pk__in=found.values("story_id"))

    def order_queryset(self, queryset: QuerySet[Story]) -> QuerySet[Story]:
        """One order."""
        return queryset.order_by("-last_at", "-pk")


class StoryInspectView(generic.InspectView):
    """One story: its articles with the reasons, its orders, and the buttons."""

    any_permission_required: ClassVar[list[str]] = ["change", "view"]
    template_name = "desk/story.html"
    page_title = "Story"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Members, copies folded beneath their originals, and the history."""
        story: Story = self.object
        held = queries.at_desk(story.pk)
        return {
            **super().get_context_data(**kwargs),
            "story": story,
            "state": state_of(story),
            "members": held.members,
            "cut": held.cut,
            "history": queries.history(story.pk),
            "before": story.redirects.order_by("slug")[:20],
            "may_change": self.user_has_permission("change"),
        }


class StoryViewSet(ModelViewSet):
    """The noun «story»."""

    model = Story
    name = "desk_stories"
    url_prefix = "stories"
    icon = "list-ul"
    menu_label = "Stories"
    menu_name = "stories"
    menu_order = 105
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = PER_PAGE
    filterset_class = StoryFilters
    index_view_class = StoryIndexView
    inspect_view_class = StoryInspectView
    form_fields: ClassVar[list[str]] = []
    list_display: ClassVar[list[Any]] = [
        TitleColumn(
            "headline", label="Headline", accessor=lambda row: row.lead.headline, url_name="desk_stories:inspect"
        ),
        StateColumn("state", "State", state_of),
        TextColumn("section", "Section", lambda row: row.section.name),
        TextColumn("articles", "Articles", lambda row: row.articles_count),
        TextColumn("voices", "Voices", lambda row: row.voices_count),
        MomentColumn("last_at", label="Last report"),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """To look, and one address an order: nothing is added or deleted by hand."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
            path("merge/<int:pk>/", storyviews.merge, name="merge"),
            path("articles/<int:pk>/", storyviews.take_out, name="take_out"),
            path("lead/<int:pk>/", storyviews.lead, name="lead"),
            path("lock/<int:pk>/", storyviews.lock, name="lock"),
            path("undo/<int:pk>/", storyviews.undo, name="undo"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Only the addresses that exist."""
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        for missing in ("history", "usage", "add", "edit", "delete"):
            common.pop(f"{missing}_url_name", None)
        return common

    def register_admin_url_finder(self) -> None:
        """There is no edit page to find."""

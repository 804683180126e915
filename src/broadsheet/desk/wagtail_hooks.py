"""Everything the desk hangs into Wagtail, on one screen: nouns, verbs, menu, home, styles."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.api.v2.views import BaseAPIViewSet
from wagtail.models import Collection
from wagtail.snippets.action_menu import ActionMenuItem, UnpublishMenuItem
from wagtail.snippets.models import register_snippet

from broadsheet.desk import bulk
from broadsheet.desk.home import NeedsPanel
from broadsheet.desk.viewsets.articles import ArticleViewSet
from broadsheet.desk.viewsets.dispatches import DispatchViewSet
from broadsheet.desk.viewsets.feeds import FeedViewSet
from broadsheet.desk.viewsets.heat import HeatViewSet
from broadsheet.desk.viewsets.owners import OwnerViewSet
from broadsheet.desk.viewsets.pages import HomeViewSet, StandingPageViewSet
from broadsheet.desk.viewsets.pins import PinViewSet
from broadsheet.desk.viewsets.places import SectionViewSet
from broadsheet.desk.viewsets.sectioning import SectionQueueViewSet
from broadsheet.desk.viewsets.sources import RightsViewSet, SourceViewSet
from broadsheet.desk.viewsets.stories import StoryViewSet
from broadsheet.desk.viewsets.topics import TopicViewSet

register_snippet(ArticleViewSet)

# Names of Wagtail's menu entries that mean nothing in this newsroom.
LEFT_OUT = frozenset({"documents", "reports", "help", "snippets"})
SETTINGS_LEFT_OUT = frozenset({"collections", "sites", "locales", "workflow-tasks", "api-tokens"})
VERBS = (
    ("broadsheet.withdraw", "Withdraw", "Withdrawn from the paper"),
    ("broadsheet.restore", "Restore", "Restored to the paper"),
    ("broadsheet.section", "Set section", "Section chosen by the desk"),
    ("broadsheet.related", "Choose related", "Related articles chosen by the desk"),
    ("broadsheet.release", "Let the source's text in", "Later updates of the source may change every field again"),
)
RENAMED = {"explorer": ("Pages", 160), "images": ("Pictures", 170)}


@hooks.register("register_admin_viewset")
def nouns() -> list[ViewSet]:
    """The nouns beside articles."""
    return [
        StoryViewSet(),
        DispatchViewSet(),
        HeatViewSet(),
        PinViewSet(),
        SourceViewSet(),
        FeedViewSet(),
        SectionViewSet(),
        SectionQueueViewSet(),
        TopicViewSet(),
        OwnerViewSet(),
        RightsViewSet(),
        StandingPageViewSet(),
        HomeViewSet(),
    ]


for _action in bulk.ACTIONS:
    hooks.register("register_bulk_action", _action, order=10)


@hooks.register("construct_main_menu")
def newsroom_menu(request: HttpRequest, items: list[Any]) -> None:
    """The newsroom's words, in the order of its day."""
    items[:] = [item for item in items if item.name not in LEFT_OUT]
    for item in items:
        if item.name in RENAMED:
            item.label, item.order = RENAMED[item.name]


@hooks.register("construct_settings_menu")
def fewer_settings(request: HttpRequest, items: list[Any]) -> None:
    """Without what this portal does not use."""
    items[:] = [item for item in items if item.name not in SETTINGS_LEFT_OUT]


@hooks.register("construct_homepage_panels")
def what_needs_us(request: HttpRequest, panels: list[Any]) -> None:
    """One panel of our own in the place of Wagtail's page panels."""
    panels[:] = [NeedsPanel()]


@hooks.register("construct_homepage_summary_items", order=1000)
def no_summary(request: HttpRequest, items: list[Any]) -> None:
    """Counts of pages and pictures say nothing about a newspaper."""
    items.clear()


@hooks.register("register_log_actions")
def our_verbs(actions: Any) -> None:
    """Our own verbs in the audit trail, in words."""
    for name, label, message in VERBS:
        actions.register_action(name, label, message)


class NoDocuments(BaseAPIViewSet):
    """This portal keeps no documents, but every page of Wagtail's admin names the address of their list."""

    model = Collection
    name = "documents"

    def get_queryset(self) -> QuerySet[Collection]:
        """Nothing."""
        nothing: QuerySet[Collection] = Collection.objects.none()
        return nothing


@hooks.register("construct_admin_api")
def no_documents(router: Any) -> None:
    """An empty list at that address."""
    router.register_endpoint("documents", NoDocuments)


class WithdrawMenuItem(ActionMenuItem):
    """«Withdraw» among the actions of an article's form."""

    name = "action-withdraw"
    label = "Withdraw…"
    icon_name = "download"
    order = 20

    def get_url(self, parent_context: Any) -> str:
        """The page that asks why."""
        return reverse("desk_articles:unpublish", args=(parent_context["instance"].pk,))


@hooks.register("construct_snippet_action_menu")
def withdraw_instead(items: list[Any], request: HttpRequest, context: Any) -> None:
    """What Wagtail calls unpublishing needs a reason here."""
    for index, item in enumerate(items):
        if isinstance(item, UnpublishMenuItem):
            items[index] = WithdrawMenuItem()


@hooks.register("insert_global_admin_css")
def styles() -> str:
    """A few rules beside Wagtail's own."""
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))


@hooks.register("insert_global_admin_js")
def script() -> str:
    """The counter beneath a headline."""
    return format_html('<script src="{}" defer></script>', static("desk/desk.js"))

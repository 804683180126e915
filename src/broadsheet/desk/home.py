"""The desk's first page: what needs somebody now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from wagtail.admin.ui.components import Component
from wagtail.models import TaskState

from broadsheet.articles import queries as article_queries
from broadsheet.articles.models import Article
from broadsheet.core import clock, queue
from broadsheet.desk import permissions, states
from broadsheet.pages.models import Brand
from broadsheet.sources.models import Source
from broadsheet.wire import queries
from broadsheet.wire.models import Dispatch, Feed

SHOWN = 8
COUNTED = 1_000
DAY = timedelta(hours=24)


class NeedsPanel(Component):
    """Articles that wait, feeds in trouble, what was spiked, what the worker could not do."""

    name = "desk-needs"
    template_name = "desk/home/needs.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Bounded reads; nothing here counts a whole table."""
        user = parent_context["request"].user
        context: dict[str, Any] = {"user": user, "live_url": "/"}
        if user.has_perm("articles.change_article"):
            context |= _articles(user)
        else:
            context["drafts"] = permissions.own_drafts(user).defer("body").order_by("-pk")[:SHOWN]
        if user.has_perm("wire.view_feed"):
            context |= _wire()
        if user.is_superuser:
            context |= _machine()
        return context


def _bounded(rows: Any) -> int:
    return int(rows.order_by()[:COUNTED].count())


def _articles(user: Any) -> dict[str, Any]:
    held = Article.objects.filter(live=False, withdrawn_at=None, copy_of=None, source__is_house=False, go_live_at=None)
    reviews = TaskState.objects.reviewable_by(user).select_related("revision__user").order_by("started_at")[:SHOWN]
    return {
        "sees_articles": True,
        "held": held.select_related("source").defer("body").order_by("-published_at")[:SHOWN],
        "held_count": _bounded(held),
        "unsure_count": article_queries.reviews_waiting(COUNTED),
        "reviews": [(state, state.revision.content_object) for state in reviews if state.revision.content_object],
        "drafts": Article.objects.filter(source__is_house=True, live=False, withdrawn_at=None, copy_of=None)
        .defer("body")
        .order_by("-pk")[:SHOWN],
    }


def _wire() -> dict[str, Any]:
    since = clock.now() - DAY
    trouble = Feed.objects.filter(state=Feed.State.ACTIVE).exclude(reason="").select_related("source")
    gone = Feed.objects.filter(state=Feed.State.GONE).select_related("source")
    spiked = Dispatch.objects.filter(fate=Dispatch.Fate.SPIKED, arrived_at__gte=since)
    reasons: dict[str, int] = {}
    for code in spiked.order_by().values_list("reason", flat=True)[:COUNTED]:
        reasons[code] = reasons.get(code, 0) + 1
    rows = [*trouble.order_by("failing_since")[:SHOWN], *gone.order_by("-last_good_at")[: SHOWN // 2]]
    return {
        "sees_wire": True,
        "troubled": [(feed, states.of_feed(feed)) for feed in rows],
        "troubled_count": _bounded(trouble) + _bounded(gone),
        "alarmed": [(feed, states.of_feed(feed)) for feed in queries.alarmed_feeds()[:SHOWN]],
        "spiked": sorted(((count, states.reason_sentence(code)) for code, count in reasons.items()), reverse=True),
        "spiked_count": sum(reasons.values()),
        "quarantined": Source.objects.filter(state=Source.State.QUARANTINED).order_by("name")[:SHOWN],
    }


def _machine() -> dict[str, Any]:
    waiting, given_up = queue.waiting()
    return {"sees_machine": True, "waiting": waiting, "given_up": given_up, "hints": set_up_hints()}


def set_up_hints() -> list[tuple[str, str]]:
    """What a new installation still lacks: a sentence and where to go for each."""
    hints = []
    brand = Brand.objects.first()
    if brand is None or not brand.publisher:
        hints.append(("Say who publishes this paper: brand and footer.", "wagtailsettings:edit pages.brand"))
    if not Source.objects.filter(is_house=False, is_sample=False).exists():
        hints.append(("Add your first real source, or import an OPML list.", "desk_sources:add"))
    if settings.BROADSHEET.loopback:
        hints.append(("The paper's own address is a loopback one: set SITE_URL before you open it to others.", ""))
    return hints

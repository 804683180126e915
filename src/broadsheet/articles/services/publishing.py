"""Letting articles into the paper and taking them out again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Coalesce
from wagtail.log_actions import log

from broadsheet.accounts.models import User
from broadsheet.articles.events import ArticlePublished, ArticleWithdrawn
from broadsheet.articles.models import Article
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.lib import text


def publish(article: Article, *, user: User | None = None) -> bool:
    """Let an article into the paper. False when it is there already or was withdrawn."""
    return bool(publish_all([article]))


@together()
def publish_all(found: Sequence[Article]) -> list[Article]:
    """Let articles into the paper; returns those that entered, not those that are there already or were withdrawn."""
    moment = clock.now()
    waiting = Article.objects.filter(pk__in=[one.pk for one in found], live=False, withdrawn_at=None)
    if connection.features.has_select_for_update:
        waiting = waiting.select_for_update()
    entering = set(waiting.order_by("pk").values_list("pk", flat=True))
    if not entering:
        return []
    Article.objects.filter(pk__in=entering).update(
        live=True, last_published_at=moment, first_published_at=Coalesce("first_published_at", Value(moment))
    )
    entered = [one for one in found if one.pk in entering]
    for article in entered:
        article.live = True
    events.announce_all([ArticlePublished(article.pk) for article in entered])
    return entered


@together()
def withdraw(article: Article, *, why: str, user: User | None = None) -> None:
    """Take an article out of the paper for good reason; its address answers 410 and says why."""
    Article.objects.filter(pk=article.pk).update(
        live=False, withdrawn_at=clock.now(), withdrawn_why=text.tidy(why)[:300], go_live_at=None
    )
    article.refresh_from_db()
    log_action(article, "broadsheet.withdraw", user, {"why": article.withdrawn_why})
    events.announce(ArticleWithdrawn(article.pk))


@together()
def restore(article: Article, *, user: User | None = None) -> None:
    """Undo a withdrawal: the article returns at its old address."""
    Article.objects.filter(pk=article.pk).update(withdrawn_at=None, withdrawn_why="")
    article.refresh_from_db()
    log_action(article, "broadsheet.restore", user, {})
    publish(article, user=user)


def log_action(article: Article, action: str, user: User | None, data: dict[str, Any]) -> None:
    """Leave a line in the audit trail."""
    log(instance=article, action=action, user=user, data=data)

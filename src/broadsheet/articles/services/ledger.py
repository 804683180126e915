"""The ledger of versions: what a text was before it changed, and who changed it."""

from __future__ import annotations

from typing import Any

from broadsheet.accounts.models import User
from broadsheet.articles import rules
from broadsheet.articles.models import Article, Version
from broadsheet.articles.showing import raw_body
from broadsheet.core import clock

TEXT_FIELDS = ("headline", "standfirst", "byline", "body")


def state_of(article: Article) -> dict[str, Any]:
    """The text fields as plain values."""
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "byline": article.byline,
        "body": raw_body(article),
    }


def remember(
    article: Article,
    by: str,
    before: dict[str, Any],
    offered: dict[str, Any],
    plan: rules.UpdatePlan,
    *,
    editor: User | None = None,
) -> None:
    """Write the ledger: the first state too, the first time, since unchanged articles need no version."""
    number = Version.objects.filter(article=article).count()
    if number == 0:
        number = 1
        Version.objects.create(article=article, number=1, by=by, fields=before, changed=[], at=article.filed_at)
    Version.objects.create(
        article=article,
        number=number + 1,
        by=by,
        fields={**before, **offered},
        changed=[*plan.take, *plan.overruled],
        shown=bool(plan.take),
        at=clock.now(),
        editor=editor,
    )

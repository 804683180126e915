"""Updates of known articles by their source, weighed against what the desk wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import connection

from broadsheet.accounts.models import User
from broadsheet.articles import rules, search
from broadsheet.articles.events import ArticleChanged
from broadsheet.articles.models import Article, Section, Version
from broadsheet.articles.services import copying, vectors
from broadsheet.articles.services.filing import Filing, judge, keep_links, name_topics, section_of, stream
from broadsheet.articles.services.ledger import TEXT_FIELDS, remember, state_of
from broadsheet.articles.services.publishing import log_action
from broadsheet.articles.showing import raw_body
from broadsheet.copydesk import blocks
from broadsheet.copydesk.sanitise import CLEANER
from broadsheet.core import clock, events
from broadsheet.core.transactions import together


@together()
def update_from_source(article: Article, filing: Filing) -> rules.UpdatePlan:
    """An update of a known article: a version in the ledger; the desk's own words stay in the paper.

    A draft that waits at the desk follows in the fields its writer had not touched.
    """
    if connection.features.has_select_for_update:
        article = Article.objects.select_for_update().get(pk=article.pk)
    before = state_of(article)
    offered = {
        "headline": filing.headline[:300],
        "standfirst": filing.standfirst[:2000],
        "byline": filing.byline[:300],
        "body": filing.body,
    }
    plan = rules.plan_update(before, offered, frozenset(article.kept_fields))
    if not plan.changes_anything or (not plan.take and _said_before(article, plan, offered)):
        return plan
    remember(article, Version.By.SOURCE, before, offered, plan)
    _take_over(article, filing, plan.take, before)
    left = article.shown_section.key
    judged = filing.judged
    if "body" in plan.take:
        judged = replace(judged, reasons=judged.reasons | copying.renew(article, filing.plain))
    judge(article, _judged_section(article, filing), judged, clock.now())
    keep_links(article, filing.links)
    name_topics([(article, filing)])
    if article.live:
        moved = left != article.shown_section.key
        events.announce(ArticleChanged(article.pk, left_sections=(left,) if moved else ()))
    return plan


def _said_before(article: Article, plan: rules.UpdatePlan, offered: dict[str, Any]) -> bool:
    """Whether the source's overruled words are already the ledger's latest from the source."""
    last = Version.objects.filter(article=article, by=Version.By.SOURCE).order_by("-number").first()
    return last is not None and all(last.fields.get(name) == offered[name] for name in plan.overruled)


def _judged_section(article: Article, filing: Filing) -> Section:
    """An update may change the judgement; where the article stands follows unless the desk chose."""
    section = section_of(filing.judged.section_key)
    if article.section_id is None and article.shown_section_id != section.pk:
        Article.objects.filter(pk=article.pk).update(shown_section=section)
        article.shown_section = section
    return section


def _take_over(article: Article, filing: Filing, take: Mapping[str, Any], before: dict[str, Any]) -> None:
    for name, value in take.items():
        setattr(article, name, stream(value) if name == "body" else value)
    article.updated_at = filing.updated_at or clock.now()
    article.text_hash = filing.text_hash
    article.cleaner = CLEANER
    article.save(update_fields=[*take, "updated_at", "text_hash", "cleaner"])
    _rebase_draft(article, before)
    search.index(article.pk, article.headline, article.standfirst, blocks.text(raw_body(article)))
    vectors.keep([vectors.Told(article, blocks.text(raw_body(article)))])


def _rebase_draft(article: Article, before: dict[str, Any]) -> None:
    draft = article.latest_revision
    if draft is None:
        return
    as_stored = {**before, "body": json.dumps(before["body"])}
    now = state_of(article)
    now["body"] = json.dumps(now["body"])
    changed = rules.rebased(draft.content, _comparable(as_stored), _comparable(now))
    changed_body = rules.rebased(_comparable(draft.content), _comparable(as_stored), _comparable(now))["body"]
    content = {**changed, "body": changed_body}
    if content != draft.content:
        draft.content = content
        draft.save(update_fields=["content"])


def _comparable(content: dict[str, Any]) -> dict[str, Any]:
    """Text fields with the body without block ids, which the editor adds."""
    raw = content.get("body") or "[]"
    parsed = json.loads(raw) if isinstance(raw, str) else raw
    bare = [{k: v for k, v in block.items() if k != "id"} for block in parsed]
    return {**{name: content.get(name) for name in TEXT_FIELDS}, "body": json.dumps(bare)}


@together()
def release_fields(article: Article, *, user: User | None = None) -> None:
    """Let the source's words back in: later updates may change every field again."""
    Article.objects.filter(pk=article.pk).update(kept_fields=[])
    article.kept_fields = []
    log_action(article, "broadsheet.release", user, {})

"""What an older cleaner left, cleaned anew in the background: texts, their drafts, and the ledger of versions.

The cleaner's version stands in every row (`Article.cleaner`). Until a row's turn comes, `showing.raw_body` keeps what
an untrusted version left from being shown. A turn is short and asks for the next one, so that the worker stays awake
for everything else.
"""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import structlog
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet
from wagtail.models import Revision

from broadsheet.articles import search
from broadsheet.articles.events import ArticleChanged
from broadsheet.articles.models import Article, Judgement, Version
from broadsheet.articles.services.filing import stream
from broadsheet.articles.showing import base_of
from broadsheet.copydesk import blocks, readingtime, sanitise
from broadsheet.core import clock, events, queue
from broadsheet.core.transactions import together

log = structlog.get_logger(__name__)

#: The effect that carries out a turn.
RECLEAN = "articles.reclean"
#: Rows that are read at once.
BATCH = 50
#: Seconds of a turn, and the pause before the next: half of the worker's time at most, at some hundred rows a second.
TURN = 0.25
PAUSE = timedelta(seconds=0.25)

Blocks = list[dict[str, Any]]


def outdated() -> QuerySet[Article]:
    """Articles whose text an older cleaner made."""
    return Article.objects.filter(cleaner__lt=sanitise.CLEANER)


def wish_reclean() -> bool:
    """Ask for a turn if anything is left to clean; True when it was asked for."""
    if not outdated().exists():
        return False
    queue.defer(RECLEAN, key=RECLEAN)
    return True


def take_turn() -> int:
    """Clean for about `TURN` seconds and ask for the next turn if anything is left; returns how many rows were done.

    Carried out within the transaction of its effect: a kill leaves every row either cleaned and stamped, or neither.
    """
    end = time.monotonic() + TURN
    done = 0
    while count := reclean(BATCH):
        done += count
        if time.monotonic() >= end:
            queue.defer(RECLEAN, key=RECLEAN, due_at=clock.now() + PAUSE)
            break
    return done


@together()
def reclean(limit: int) -> int:
    """Clean up to `limit` outdated articles anew, with their drafts and versions. Returns how many; 0 at the end.

    Where the text changed, it is indexed and counted again, and `ArticleChanged` is announced if it is in the paper.
    """
    waiting = outdated().order_by("cleaner", "id").defer("origin_picture", "kept_fields")
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    rows = {article.pk: article for article in waiting[:limit]}
    if not rows:
        return 0
    indexed = []
    for article in rows.values():
        after = _changed(article.body.raw_data, article)
        if after is not None:
            _store(article, after)
            indexed.append((article.pk, article.headline, article.standfirst, blocks.text(after)))
    _drafts(rows)
    _versions(rows)
    search.index_many(indexed)
    Article.objects.filter(pk__in=rows).update(cleaner=sanitise.CLEANER)
    return len(rows)


def _changed(raw: Any, article: Article) -> Blocks | None:
    """Blocks as the cleaner of today leaves them; None where that changes nothing."""
    try:
        before = [{"type": block["type"], "value": block["value"]} for block in raw]
        after = blocks.recleaned(before, base=base_of(article))
    except (KeyError, TypeError, ValueError):
        # Blocks that cannot be written out can be shown by nobody; one such row must not hold up all others.
        log.exception("a stored text cannot be read", article=article.pk)
        return None
    return None if after is before else after


def _store(article: Article, body: Blocks) -> None:
    Article.objects.filter(pk=article.pk).update(body=stream(body))
    words = blocks.words(body)
    minutes = readingtime.minutes(words, article.language)
    Judgement.objects.filter(article=article).update(words=words, read_minutes=minutes)
    if article.live:
        events.announce(ArticleChanged(article.pk))


def _drafts(rows: dict[int, Article]) -> None:
    """Whatever may yet be published or looked at: every revision holds the body as text."""
    kind = ContentType.objects.get_for_model(Article)
    found = Revision.objects.filter(base_content_type=kind, object_id__in=[str(pk) for pk in rows])
    for revision in found.iterator(chunk_size=BATCH):
        after = _changed(json.loads(revision.content.get("body") or "[]"), rows[int(revision.object_id)])
        if after is not None:
            content = {**revision.content, "body": json.dumps(after)}
            Revision.objects.filter(pk=revision.pk).update(content=content)


def _versions(rows: dict[int, Article]) -> None:
    for version in Version.objects.filter(article__in=rows).iterator(chunk_size=BATCH):
        after = _changed(version.fields.get("body") or [], rows[version.article_id])
        if after is not None:
            Version.objects.filter(pk=version.pk).update(fields={**version.fields, "body": after})

"""Keeping what relatives are found by: written with the article, made anew with its text, gone after thirty days."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.utils import timezone

from broadsheet.articles.models import Article, ArticleVector
from broadsheet.articles.showing import raw_body
from broadsheet.copydesk import blocks, keepsakes
from broadsheet.copydesk.likeness import Background, Matrix
from broadsheet.core import clock, facts
from broadsheet.core.transactions import together

KEPT = timedelta(days=30)

#: Where `make_missing` has got to, as the id that it goes on below; 0 when all have theirs.
MADE_DOWN_TO = "vectors_made_down_to"
PORTION = 250
PURGED_AT_ONCE = 1_000
PURGES = 50

# The stream's own words tell how common they are, in every language; counted anew from the latest texts now and then.
COUNTED_TEXTS = 3_000
COUNTED_EVERY_SECONDS = 900.0
_counted: tuple[float, Background] | None = None


@dataclass(frozen=True)
class Told:
    """An article with its plain text, and its vector if somebody has made it already."""

    article: Article
    text: str
    vector: Matrix | None = None


@together()
def keep(told: Sequence[Told]) -> int:
    """Keep what relatives are found by, once for each article; copies are left out. Returns how many were kept.

    One query, and now and then one more to count words.
    """
    wanted = [one for one in told if one.article.copy_of_id is None]
    if not wanted:
        return 0
    texts = [(one.article.headline, f"{one.article.standfirst}\n{one.text}") for one in wanted]
    made = keepsakes.keep(texts, background(), _vectors(wanted, texts))
    moment = clock.now()
    ArticleVector.objects.bulk_create(
        [
            ArticleVector(
                article_id=one.article.pk,
                maker=kept.maker,
                code=kept.code,
                vector=kept.vector,
                words=kept.words,
                last_day=_last_day(one.article, moment),
                kept_at=moment,
            )
            for one, kept in zip(wanted, made, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["maker", "code", "vector", "words", "last_day", "kept_at", "waiting"],
    )
    return len(wanted)


def _vectors(wanted: Sequence[Told], texts: Sequence[tuple[str, str]]) -> Matrix | None:
    missing = [text for one, text in zip(wanted, texts, strict=True) if one.vector is None]
    made = keepsakes.embed(missing)
    if made is None:
        return None
    rows = iter(made)
    return np.stack([next(rows) if one.vector is None else one.vector for one in wanted])


def _last_day(article: Article, moment: datetime) -> date | None:
    if article.source.is_house:
        return None
    return timezone.localdate(min(article.published_at, moment) + KEPT)


def background() -> Background:
    """How common words are: a table of English, and on top of it the words of this portal's latest texts."""
    global _counted
    if _counted is None or time.monotonic() - _counted[0] > COUNTED_EVERY_SECONDS:
        shipped = keepsakes.shipped()
        counts = Counter(shipped.counts)
        latest = ArticleVector.objects.order_by("-article_id").values_list("words", flat=True)[:COUNTED_TEXTS]
        total = shipped.total
        for words in latest:
            counts.update(words.keys())
            total += 1
        _counted = (time.monotonic(), Background(counts, total))
    return _counted[1]


def forget_counts() -> None:
    """Count words anew when they are next asked for."""
    global _counted
    _counted = None


def make_missing() -> int:
    """Make vectors for the articles of the last thirty days that were filed before there were any, newest first.

    A portion at a time; costs one query when there is nothing left. Returns how many were made.
    """
    below = facts.get(MADE_DOWN_TO)
    if below == 0:
        return 0
    rows = Article.objects.order_by("-pk") if below is None else Article.objects.filter(pk__lt=below).order_by("-pk")
    ids = list(rows.values_list("pk", flat=True)[:PORTION])
    since = clock.now() - KEPT
    missing = Article.objects.filter(pk__in=ids, copy_of=None, vector=None, published_at__gte=since)
    told = [Told(one, blocks.text(raw_body(one))) for one in missing.select_related("source")]
    with together():
        keep(told)
        recent = bool(ids) and Article.objects.filter(pk__in=ids, filed_at__gte=since).exists()
        facts.put(MADE_DOWN_TO, min(ids) if recent else 0)
    return len(told)


def purge() -> int:
    """Forget the vectors whose last day is over, a portion at a time; returns how many."""
    gone = 0
    over = ArticleVector.objects.filter(last_day__lt=timezone.localdate(clock.now())).order_by("last_day")
    for _ in range(PURGES):
        ids = list(over.values_list("pk", flat=True)[:PURGED_AT_ONCE])
        gone += ArticleVector.objects.filter(pk__in=ids).delete()[0] if ids else 0
        if len(ids) < PURGED_AT_ONCE:
            break
    return gone

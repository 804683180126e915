"""Writes of trends: recording reads in batches, and the timed tally of heat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from broadsheet.articles.models import Article
from broadsheet.articles.rules import Spoken, voices
from broadsheet.core import clock, events
from broadsheet.sources.rules import voice_of
from broadsheet.stories.models import Placement, Story
from broadsheet.trends import rules
from broadsheet.trends.events import HeatMoved
from broadsheet.trends.models import Batch, Heat, ReadTally

KEPT_BATCHES = timedelta(days=1)
KEPT_TALLIES = timedelta(days=60)


@transaction.atomic
def record(token: str, hour: datetime, reads: Mapping[int, int]) -> int:
    """Add a batch of reads (article id to count) to the tallies of one hour; the same token counts once.

    Reads of articles that do not exist are dropped. Returns how many reads were counted.
    """
    if Batch.objects.filter(pk=token).exists():
        return 0
    Batch.objects.create(pk=token, at=clock.now())
    known = set(Article.objects.filter(pk__in=reads, live=True).values_list("pk", flat=True))
    rows = [ReadTally(article_id=pk, hour=hour, reads=0) for pk in known]
    ReadTally.objects.bulk_create(rows, ignore_conflicts=True)
    counted = 0
    for pk in known:
        ReadTally.objects.filter(article_id=pk, hour=hour).update(reads=F("reads") + reads[pk])
        counted += reads[pk]
    return counted


def tally() -> bool:
    """Compute the heat of every story inside the window; True (and announced) when the order moved."""
    now = clock.now()
    spoken: dict[int, list[Spoken]] = {}
    rows = Placement.objects.filter(
        article__live=True,
        article__copy_of=None,
        article__published_at__gte=now - rules.WINDOW,
        article__published_at__lte=now,
        story__voices_count__gte=rules.MIN_VOICES,
    ).values_list(
        "story_id", "article_id", "article__source_id", "article__source__owner_id", "article__sketch__family_id",
        "article__published_at",
    )  # fmt: skip
    for story_id, article_id, source_id, owner_id, family, at in rows:
        one = Spoken(article_id, voice_of(source_id, owner_id), family or article_id, at)
        spoken.setdefault(story_id, []).append(one)
    hot = {story_id: found for story_id, said in spoken.items() if (found := rules.heat(_voiced(said), now))}
    before = list(Heat.objects.order_by("-score", "story_id").values_list("story_id", "receipt"))
    with transaction.atomic():
        Heat.objects.exclude(story_id__in=hot).delete()
        existing = set(Story.objects.filter(pk__in=hot).values_list("pk", flat=True))
        Heat.objects.bulk_create(
            [
                Heat(story_id=story_id, score=heat.score, receipt=heat.receipt, facts=heat.facts, at=now)
                for story_id, heat in hot.items()
                if story_id in existing
            ],
            update_conflicts=True,
            unique_fields=["story"],
            update_fields=["score", "receipt", "facts", "at"],
        )
        after = list(Heat.objects.order_by("-score", "story_id").values_list("story_id", "receipt"))
        if after == before:
            return False
        events.announce(HeatMoved(len(after)))
    return True


def _voiced(said: list[Spoken]) -> list[rules.Voiced]:
    whose = voices(said)
    return [rules.Voiced(whose[one.article_id], one.at) for one in said]


def purge() -> int:
    """Forget batch tokens of yesterday and tallies older than two months."""
    now = clock.now()
    gone, _ = Batch.objects.filter(at__lt=now - KEPT_BATCHES).delete()
    old, _ = ReadTally.objects.filter(hour__lt=now - KEPT_TALLIES).delete()
    return gone + old

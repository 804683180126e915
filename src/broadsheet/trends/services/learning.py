"""What is usual, learned from history: events and voices an hour a living story, by section and hour of the week."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, Sum
from django.db.models.functions import Coalesce

from broadsheet.articles.models import Section
from broadsheet.core import clock
from broadsheet.stories.models import Placement, Story
from broadsheet.trends import rules
from broadsheet.trends.heat.baseline import COLD, Counted, hour_of_week, learned
from broadsheet.trends.models import Attention, Baseline

#: Learned from so much history, in whole hours of the week.
HISTORY = timedelta(weeks=4)
#: A story lives from its first report until so long after its last.
LIVING = timedelta(hours=24)
_HOUR = timedelta(hours=1)


def learn() -> int:
    """Learn anew what is usual (how: `heat.baseline.learned`); returns how many values were written.

    Few queries, whatever the history: it is summed up by section, kind and hour of the week before it is learned from.
    """
    end = rules.hour_of(clock.now())
    start = end - HISTORY
    living = _living(start, end)
    events = _events(start, end)
    names = dict(Section.objects.values_list("pk", "key"))
    history = (
        Counted(names[section], start + number * _HOUR, kind, events.get((section, kind), {}).get(hour, 0.0), stories)
        for section, by_hour in living.items()
        for kind in COLD
        for number in range(rules.HOURS_OF_WEEK)
        for hour in [hour_of_week(start + number * _HOUR)]
        for stories in [by_hour[hour]]
    )
    ids = {key: pk for pk, key in names.items()}
    rows = [
        Baseline(section_id=ids[key], hour_of_week=hour, kind=kind, value=rate * usual.profiles[kind][hour])
        for key, usual in learned(history).items()
        for kind, rate in usual.rates.items()
        for hour in range(rules.HOURS_OF_WEEK)
    ]
    with transaction.atomic():
        Baseline.objects.all().delete()
        Baseline.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def _living(start: datetime, end: datetime) -> dict[int, list[float]]:
    """Living stories by section and hour of the week, summed over the weeks: steps up and down, then added up."""
    hours = int((end - start) / _HOUR)
    steps: dict[int, list[int]] = defaultdict(lambda: [0] * (hours + 1))
    rows = Story.objects.filter(last_at__gte=start - LIVING, first_at__lt=end, live=True)
    for section, first, last in rows.values_list("section_id", "first_at", "last_at").iterator(chunk_size=2_000):
        steps[section][max(0, int((first - start) / _HOUR))] += 1
        steps[section][min(hours, max(0, int((last + LIVING - start) / _HOUR)))] -= 1
    found = {}
    for section, changes in steps.items():
        stories, alive = [0.0] * rules.HOURS_OF_WEEK, 0
        for number in range(hours):
            alive += changes[number]
            stories[hour_of_week(start + number * _HOUR)] += alive
        found[section] = stories
    return found


def _events(start: datetime, end: datetime) -> dict[tuple[int, str], dict[int, float]]:
    """Reader events and first words of voices by (section, kind) and hour of the week, summed over the weeks."""
    found: dict[tuple[int, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    counted = Attention.objects.filter(at__gte=start, at__lt=end, article__placement__isnull=False).order_by()
    by_time = counted.values_list("article__placement__story__section_id", "kind", "at").annotate(Sum("n"))
    for section, kind, at, n in by_time.iterator(chunk_size=2_000):
        found[section, kind][hour_of_week(at)] += n
    spoken = Placement.objects.filter(
        article__copy_of=None, article__live=True, article__published_at__gte=start, article__published_at__lt=end
    )
    voices = (
        spoken.order_by()
        .annotate(voice=Coalesce("article__source__owner_id", 0 - F("article__source_id")))
        .values_list("story__section_id", "story_id", "voice")
        .annotate(first=Min("article__published_at"))
    )
    for section, _, _, first in voices.iterator(chunk_size=2_000):
        found[section, Baseline.VOICES][hour_of_week(first)] += 1
    return found

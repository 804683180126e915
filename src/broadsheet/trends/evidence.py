"""What the database knows of stories, as the ranking wants it: voices, readers, and what is usual. Reads only."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncHour

from broadsheet.articles.rules import Spoken
from broadsheet.articles.rules import voices as voices_of
from broadsheet.sources.rules import voice_of
from broadsheet.stories.models import Placement
from broadsheet.trends import rules
from broadsheet.trends.heat.baseline import Baseline as Usual
from broadsheet.trends.heat.signals import StorySignals
from broadsheet.trends.models import Attention, Baseline

#: Buckets younger than this go into the ranking one by one, older ones by the hour, and as a sum what is older than
#: the window.
BY_BUCKET = timedelta(hours=12)
#: Among so many of the stories with most readers those are looked for that have too few voices of their own.
MOST_READ = 2_000


def signals(now: datetime, since: datetime) -> list[StorySignals]:
    """Voices and readers of every story in the paper that had a report since a moment and has some evidence.

    Four queries. What readers do with a story that had no report since then is not even looked at.
    """
    buckets = _buckets(now, since)
    earlier = _earlier(now, since)
    readers: dict[int, float] = defaultdict(float)
    for story, kinds in buckets.items():
        readers[story] += sum(n for _, n in kinds.get(rules.READ, ()))
    for story, sums in earlier.items():
        readers[story] += sums.get(rules.READ, 0)
    read = sorted((one for one, n in readers.items() if n >= rules.MIN_READERS), key=lambda one: (-readers[one], one))
    rows = Placement.objects.filter(
        Q(story__voices_count__gte=rules.MIN_VOICES) | Q(story__in=read[:MOST_READ]),
        story__live=True,
        story__last_at__gte=since,
        article__live=True,
        article__copy_of=None,
        article__published_at__lte=now,
    ).values_list(
        "story_id", "story__section__key", "article_id", "article__source_id", "article__source__owner_id",
        "article__sketch__family_id", "article__published_at",
    )  # fmt: skip
    spoken: dict[tuple[int, str], list[Spoken]] = defaultdict(list)
    for story, section, article, source, owner, family, at in rows:
        spoken[story, section].append(Spoken(article, voice_of(source, owner), family or article, at))
    voices: dict[tuple[int, str], dict[str, datetime]] = defaultdict(dict)
    last: dict[int, datetime] = {}
    for (story, section), told in spoken.items():
        whose = voices_of(told)
        said = voices[story, section]
        for one in told:
            voice = whose[one.article_id]
            said[voice] = min(one.at, said.get(voice, one.at))
            last[story] = max(one.at, last.get(story, one.at))
    return [
        StorySignals(
            story_id=story,
            section=section,
            first_at=min(said.values()),
            last_voice_at=last[story],
            voices=tuple(sorted(said.items(), key=lambda one: (one[1], one[0]))),
            buckets={kind: tuple(found) for kind, found in buckets.get(story, {}).items()},
            earlier=earlier.get(story, {}),
        )
        for (story, section), said in sorted(voices.items())
    ]


def _buckets(now: datetime, since: datetime) -> dict[int, dict[str, list[tuple[datetime, float]]]]:
    fine = max(since, _fine_from(now))
    found: dict[int, dict[str, list[tuple[datetime, float]]]] = defaultdict(lambda: defaultdict(list))
    late = _attention(since).filter(at__gte=fine, at__lte=now)
    rows = late.values_list("article__placement__story_id", "kind", "at").annotate(Sum("n"))
    hours = _attention(since).filter(at__gte=since, at__lt=fine).annotate(hour=TruncHour("at", tzinfo=UTC))
    by_hour = hours.values_list("article__placement__story_id", "kind", "hour").annotate(Sum("n"))
    for story, kind, at, n in [*rows, *by_hour]:
        found[story][kind].append((at, float(n)))
    for kinds in found.values():
        for counts in kinds.values():
            counts.sort()
    return found


def _earlier(now: datetime, since: datetime) -> dict[int, dict[str, float]]:
    rows = _attention(since).filter(at__lt=min(since, _fine_from(now)), at__gte=since - rules.WINDOWS[rules.WEEK])
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for story, kind, n in rows.values_list("article__placement__story_id", "kind").annotate(Sum("n")):
        found[story][kind] = float(n)
    return found


def _attention(since: datetime) -> QuerySet[Attention]:
    story = "article__placement__story__"
    return Attention.objects.filter(**{f"{story}live": True, f"{story}last_at__gte": since}).order_by()


def _fine_from(now: datetime) -> datetime:
    return rules.bucket_of(now - BY_BUCKET)


def baselines() -> dict[str, Usual]:
    """What is usual by section key, from the learned hours; a section that nothing was learned of is not among them."""
    values: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    rows = Baseline.objects.values_list("section__key", "kind", "hour_of_week", "value")
    for section, kind, hour, value in rows:
        values[section][kind][hour] = value
    found = {}
    for section, kinds in values.items():
        rates: dict[str, float] = {}
        profiles: dict[str, tuple[float, ...]] = {}
        for kind, hours in kinds.items():
            mean = sum(hours.values()) / len(hours)
            if mean > 0:
                rates[kind] = mean
                profiles[kind] = tuple(hours.get(hour, mean) / mean for hour in range(rules.HOURS_OF_WEEK))
        found[section] = Usual(section, rates, profiles)
    return found

"""The sample edition in a running portal: its sources are added once, its origin runs in the worker, it can be removed.

Nothing of it is special to the wire: the door maps the invented host names to a loopback port, and everything else
is fetched, read, decided and filed like any news.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from broadsheet.articles.models import Article
from broadsheet.core import clock, facts
from broadsheet.ops.sample import edition, origin, shapes
from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.stories.models import Story
from broadsheet.wire import doors
from broadsheet.wire import services as wire
from broadsheet.wire.models import Dispatch, Feed, RobotsRules

log = structlog.get_logger(__name__)

STARTED = "sample_started"
REMOVED = "sample_removed"
TOLD = "sample_told"

_KINDS = {"sitemap": Feed.Kind.SITEMAP, "page": Feed.Kind.PAGE}

_origin: origin.Origin | None = None


def install() -> int:
    """Add the sample's sources and feeds, once; returns how many sources were added."""
    if not settings.BROADSHEET.sample or facts.get(STARTED) or facts.get(REMOVED):
        return 0
    sample = edition.load()
    with transaction.atomic():
        for one in sample.sources:
            source = wire.add_source(
                one.name,
                homepage=one.home_url,
                owner=one.owner,
                rights=_rights(one),
                language=one.language,
                default_section=one.section,
                about=one.about,
                is_sample=True,
            )
            wire.add_feed(source, one.feed_url, kind=_KINDS.get(one.feed_kind, Feed.Kind.FEED))
        facts.put(STARTED, clock.now().isoformat())
    return len(sample.sources)


def _rights(source: shapes.Source) -> RightsProfile:
    rights = source.rights
    profile, _ = RightsProfile.objects.get_or_create(
        name=f"Sample: {source.name}",
        defaults={
            "text": rights.text,
            "excerpt_words": rights.excerpt_words,
            "pictures": rights.picture,
            "canonical": rights.canonical,
            "licence_name": rights.licence,
            "licence_url": rights.licence_url,
            "fetch_pages": rights.pages,
        },
    )
    return profile


def is_on() -> bool:
    """Whether the sample's sources are in this portal."""
    return bool(facts.get(STARTED)) and not facts.get(REMOVED)


def open_origin() -> None:
    """Serve the sample's sources on loopback to this process, if the sample is on."""
    global _origin
    if _origin is not None or not is_on():
        return
    _origin = origin.start(datetime.fromisoformat(facts.get(STARTED)), clock=clock.now)
    doors.map_names(_origin.names)


def close_origin() -> None:
    """Stop serving them."""
    global _origin
    if _origin is not None:
        doors.map_names({})
        _origin.stop()
        _origin = None


def mind() -> None:
    """Follow a sample that was switched on or removed while the worker runs."""
    if is_on():
        open_origin()
    else:
        close_origin()


def tell(say: Callable[[str], None] | None = None) -> bool:
    """Say once, to the operator, that the whole edition is in; True while there is still something to wait for."""
    if not is_on() or facts.get(TOLD):
        return False
    filed = Article.objects.filter(source__is_sample=True).count()
    if not filed or Dispatch.objects.filter(feed__source__is_sample=True, fate=Dispatch.Fate.ARRIVED).exists():
        return True
    if Feed.objects.filter(source__is_sample=True, last_pull_at=None).exists():
        return True
    seconds = (clock.now() - datetime.fromisoformat(facts.get(STARTED))).total_seconds()
    stories = Story.objects.filter(live__in=[True]).count()
    facts.put(TOLD, clock.now().isoformat())
    (say or _aloud)(
        f"The front page is full: {filed} articles in {stories} stories, {seconds:.0f} s after the sample was added."
        " More come while you read."
    )
    return False


def _aloud(line: str) -> None:
    print(line, flush=True)


def remove() -> dict[str, int]:
    """Remove every trace of the sample: sources, feeds, dispatches, articles, their stories and topics left empty."""
    from broadsheet.ops.sample import removal

    owners = list(Owner.objects.filter(sources__is_sample=True).values_list("pk", flat=True).distinct())
    hosts = [source.host for source in edition.load().sources]
    counts = removal.remove_sources(Source.objects.filter(is_sample=True))
    with transaction.atomic():
        RightsProfile.objects.filter(name__startswith="Sample: ", sources=None).delete()
        Owner.objects.filter(pk__in=owners, sources=None).delete()
        RobotsRules.objects.filter(host__in=hosts).delete()
        facts.put(REMOVED, clock.now().isoformat())
    return counts

"""The sample edition in a running portal: its sources are added once, its origin runs in the worker, it can be removed.

Nothing of it is special to the wire: the door maps the invented host names to a loopback port, and everything else
is fetched, read, decided and filed like any news.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from broadsheet.core import clock, facts
from broadsheet.ops.sample import edition, origin
from broadsheet.sources.models import Owner, RightsProfile, Source
from broadsheet.wire import doors
from broadsheet.wire import services as wire
from broadsheet.wire.models import RobotsRules

log = structlog.get_logger(__name__)

STARTED = "sample_started"
REMOVED = "sample_removed"

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
            wire.add_feed(source, one.feed_url)
        facts.put(STARTED, clock.now().isoformat())
    return len(sample.sources)


def _rights(source: edition.Source) -> RightsProfile:
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

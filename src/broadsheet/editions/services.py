"""Writes on fronts: assembling an edition from what is live."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from broadsheet.articles.models import Section
from broadsheet.core import clock, events
from broadsheet.editions import rules
from broadsheet.editions.events import EditionChanged
from broadsheet.editions.models import Edition, Slot
from broadsheet.sources.models import RightsProfile
from broadsheet.stories.models import Story
from broadsheet.trends import queries as trends
from broadsheet.wire import queries as wire

FRONT = "front"
CANDIDATES = 300
# A quiet paper still has a front: without anything newer the youngest stories stand, however old.
WINDOW = timedelta(days=4)
# After so long without a report the front says that it is not of today.
QUIET = timedelta(hours=24)


def assemble(name: str = FRONT) -> bool:
    """Fill a front anew from live stories; True (and announced) when a slot changed."""
    now = clock.now()
    sections = list(Section.objects.filter(shown=True).values_list("key", flat=True))
    filled = rules.fill(_candidates(), sections, now)
    with transaction.atomic():
        edition, _ = Edition.objects.get_or_create(name=name, defaults={"assembled_at": now})
        # Sorted here and not by the database, whose collation may order places otherwise.
        before = sorted(
            Slot.objects.filter(edition=edition).values_list("place", "rank", "story_id", "article_id", "reason")
        )
        after = sorted((s.place, s.rank, s.story_id, s.article_id, s.reason) for s in filled)
        receipt = _receipt()
        if before == after and edition.receipt == receipt:
            return False
        Slot.objects.filter(edition=edition).delete()
        names = ("place", "rank", "story_id", "article_id", "reason")
        Slot.objects.bulk_create(
            [Slot(edition=edition, **{name: getattr(one, name) for name in names}) for one in filled]
        )
        edition.number += 1
        edition.assembled_at = now
        edition.receipt = receipt
        edition.save()
        events.announce(EditionChanged(name))
    return True


# Columns, not objects: three hundred stories with all that hangs on them took most of an assembly's time.
_COLUMNS = (
    "pk", "lead_id", "section__key", "last_at", "voices_count", "lead__judgement__words",
    "lead__source__rights__text", "lead__picture_id", "lead__judgement__language",
    "lead__published_at",
)  # fmt: skip


def _candidates() -> list[rules.Candidate]:
    now = clock.now()
    heats = trends.scores()
    rows = Story.objects.filter(live__in=[True]).order_by("-last_at").values_list(*_COLUMNS)
    recent = list(rows.filter(last_at__gte=now - WINDOW)[:CANDIDATES])
    if len(recent) < 30:
        recent = list(rows[:60])
    found = []
    own = settings.LANGUAGE_CODE.split("-")[0]
    for pk, lead_id, section, last_at, voices, words, text, picture_id, language, published in recent:
        score, receipt = heats.get(pk, (0.0, ""))
        found.append(
            rules.Candidate(
                story_id=pk,
                article_id=lead_id,
                section=section,
                last_at=last_at,
                voices=voices,
                words=words or 0,
                full=text == RightsProfile.Text.FULL,
                picture=picture_id is not None,
                heat=score,
                receipt=receipt,
                published_at=published,
                foreign=bool(language) and language.split("-")[0] != own,
            )
        )
    return found


def _receipt() -> dict[str, Any]:
    """What the masthead says of the edition; counts of the last two days."""
    since = clock.now() - timedelta(days=2)
    recent = Story.objects.filter(live__in=[True], last_at__gte=since)
    met = wire.fates(hours=48)
    newest = Story.objects.filter(live__in=[True]).order_by("-last_at").values_list("last_at", flat=True).first()
    return {
        "stories": recent.count(),
        "sources": recent.values("placements__article__source").distinct().count(),
        "dispatches": sum(met.values()),
        "copies": met.get("copied", 0),
        "newest": newest.isoformat(timespec="minutes") if newest is not None else "",
        "quiet": newest is not None and newest < clock.now() - QUIET,
    }

"""Assembling editions from what is live: the front, and the fronts of all sections in one pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from broadsheet.articles.models import Section
from broadsheet.core import clock, events
from broadsheet.editions import queries, rules
from broadsheet.editions.events import EditionChanged
from broadsheet.editions.models import Edition, Slot
from broadsheet.sources.models import RightsProfile
from broadsheet.stories.models import Story
from broadsheet.trends import queries as trends
from broadsheet.wire import queries as wire

CANDIDATES = 300
#: Among so many of a section's stories that moved last its front is chosen.
OF_SECTION = 40
# A quiet paper still has a front: without anything newer the youngest stories stand, however old.
WINDOW = timedelta(days=4)
# After so long without a report the front says that it is not of today.
QUIET = timedelta(hours=24)


def assemble(name: str = rules.FRONT) -> bool:
    """Fill the front anew from live stories; True (and announced) when a slot changed."""
    now = clock.now()
    sections = list(Section.objects.filter(shown=True).values_list("key", flat=True))
    edition, _ = Edition.objects.get_or_create(name=name, defaults={"assembled_at": now})
    pins = queries.pins([edition.pk], now).get(edition.pk, [])
    recent = list(_rows().order_by("-last_at").filter(last_at__gte=now - WINDOW)[:CANDIDATES])
    if len(recent) < 30:
        recent = list(_rows().order_by("-last_at")[:60])
    filled = rules.fill(_candidates([*recent, *_pinned_rows(pins, recent)]), sections, now, _pinned(pins))
    with transaction.atomic():
        before = _standing([edition.pk]).get(edition.pk, [])
        receipt = _receipt()
        if before == sorted(astuple(one) for one in filled) and edition.receipt == receipt and edition.number:
            return False
        edition.receipt = receipt
        _write([(edition, filled)], now)
    return True


def assemble_sections() -> int:
    """Fill the fronts of all sections anew, and write those in which a slot changed; returns how many did.

    The number of queries is the same for few and many sections and stories.
    """
    now = clock.now()
    keys = {f"{rules.SECTION}{key}": key for key in Section.objects.values_list("key", flat=True)}
    editions = _editions(keys, now)
    pins = queries.pins([one.pk for one in editions], now)
    place = Window(RowNumber(), partition_by=[F("section")], order_by=[F("last_at").desc(), F("pk").desc()])
    recent = list(_rows().filter(last_at__gte=now - WINDOW).annotate(place=place).filter(place__lte=OF_SECTION))
    every_pin = [pin for some in pins.values() for pin in some]
    pinned = {row[0]: row for row in [*recent, *_pinned_rows(every_pin, recent)]}
    by_section: dict[str, list[tuple[Any, ...]]] = {}
    for row in recent:
        by_section.setdefault(row[2], []).append(row)
    heats = _heats()
    with transaction.atomic():
        before = _standing([one.pk for one in editions])
        changed = []
        for edition in editions:
            own = pins.get(edition.pk, [])
            rows = {row[0]: row for row in by_section.get(keys[edition.name], [])}
            rows |= {pin.story_id: pinned[pin.story_id] for pin in own if pin.story_id in pinned}
            filled = rules.fill_section(_candidates(rows.values(), heats), now, _pinned(own))
            if before.get(edition.pk, []) != sorted(astuple(one) for one in filled):
                changed.append((edition, filled))
        _write(changed, now)
    return len(changed)


def _editions(names: Collection[str], now: datetime) -> list[Edition]:
    """The editions of these names; those that are not there yet are made."""
    found = {one.name: one for one in Edition.objects.filter(name__in=names)}
    missing = [Edition(name=name, assembled_at=now) for name in names if name not in found]
    if missing:
        Edition.objects.bulk_create(missing, ignore_conflicts=True)
        found = {one.name: one for one in Edition.objects.filter(name__in=names)}
    return [found[name] for name in sorted(found)]


def _write(changed: Sequence[tuple[Edition, list[rules.Filled]]], now: datetime) -> None:
    """New slots in the place of the old, and the word that they changed."""
    if not changed:
        return
    Slot.objects.filter(edition__in=[edition.pk for edition, _ in changed]).delete()
    names = ("place", "rank", "story_id", "article_id", "reason")
    Slot.objects.bulk_create(
        [
            Slot(edition=edition, **{name: getattr(one, name) for name in names})
            for edition, filled in changed
            for one in filled
        ]
    )
    for edition, _ in changed:
        edition.number += 1
        edition.assembled_at = now
    Edition.objects.bulk_update([edition for edition, _ in changed], ["number", "assembled_at", "receipt"])
    events.announce_all([EditionChanged(edition.name) for edition, _ in changed])


def _standing(edition_ids: Iterable[int]) -> dict[int, list[tuple[Any, ...]]]:
    """What stands in these editions. Sorted here and not by the database, whose collation may order otherwise."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    rows = Slot.objects.filter(edition_id__in=list(edition_ids)).order_by()
    for edition_id, *slot in rows.values_list("edition_id", "place", "rank", "story_id", "article_id", "reason"):
        found.setdefault(edition_id, []).append(tuple(slot))
    return {edition_id: sorted(slots) for edition_id, slots in found.items()}


# Columns, not objects: three hundred stories with all that hangs on them took most of an assembly's time.
_COLUMNS = (
    "pk", "lead_id", "section__key", "last_at", "voices_count", "lead__judgement__words",
    "lead__source__rights__text", "lead__picture_id", "lead__judgement__language",
    "lead__published_at",
)  # fmt: skip


def _rows() -> QuerySet[Story, tuple[Any, ...]]:
    return Story.objects.filter(live__in=[True]).values_list(*_COLUMNS)


def _pinned_rows(pins: Iterable[queries.HeldPin], known: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Pinned stories that are not among the rows already: a pin holds however old the story is."""
    missing = {pin.story_id for pin in pins} - {row[0] for row in known}
    return list(_rows().filter(pk__in=missing)) if missing else []


def _pinned(pins: Iterable[queries.HeldPin]) -> list[rules.Pinned]:
    """The pins as rules know them. Where the pinned article has left the paper its story's lead stands."""
    return [
        rules.Pinned(pin.story_id, pin.place, pin.rank, pin.article_id if pin.article_live else None) for pin in pins
    ]


def _heats() -> dict[int, tuple[float, str]]:
    """Heat by story as a part of the hottest one's, with its receipt."""
    found = trends.scores()
    most = max((score for score, _ in found.values()), default=0.0)
    return {story: (max(score / most, 0.0), line) for story, (score, line) in found.items()} if most > 0 else {}


def _candidates(
    rows: Iterable[tuple[Any, ...]], heats: dict[int, tuple[float, str]] | None = None
) -> list[rules.Candidate]:
    heats = _heats() if heats is None else heats
    found = []
    own = settings.LANGUAGE_CODE.split("-")[0]
    for pk, lead_id, section, last_at, voices, words, text, picture_id, language, published, *_ in rows:
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
                receipt=receipt[:160],
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

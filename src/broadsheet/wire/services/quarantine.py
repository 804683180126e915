"""Quarantine: a source that had the reader ended three times within a week is read no more until somebody looks."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction

from broadsheet.core import clock, events
from broadsheet.sources.events import SourceChanged
from broadsheet.sources.models import Source
from broadsheet.wire.models import DiaryLine, Feed
from broadsheet.wire.services import diary

log = structlog.get_logger(__name__)

KILLS = 3
WITHIN = timedelta(days=7)


def note_kill(source: Source, url: str, detail: str, *, feed: Feed | None = None) -> None:
    """Write down that reading `url` had to be ended; the third time within a week closes the door."""
    diary.note(source, diary.Event.KILLED, f"Reading {url[:300]} was ended: {detail}", feed=feed)
    if source.state != Source.State.ACTIVE or _kills(source) < KILLS:
        return
    if Source.objects.filter(pk=source.pk, state=Source.State.ACTIVE).update(state=Source.State.QUARANTINED):
        source.state = Source.State.QUARANTINED
        words = f"In quarantine: {KILLS} times within {WITHIN.days} days the reader had to be ended."
        diary.note(source, diary.Event.QUARANTINED, words)
        log.warning("source in quarantine", source=source.pk, name=source.name)
        events.announce(SourceChanged(source.pk))


def _kills(source: Source) -> int:
    """Kills of the last week that nobody has forgiven."""
    lines = DiaryLine.objects.filter(source=source)
    lifted = lines.filter(event=diary.Event.LIFTED).order_by("-id").values_list("id", flat=True).first() or 0
    return lines.filter(event=diary.Event.KILLED, at__gt=clock.now() - WITHIN, id__gt=lifted).count()


@transaction.atomic
def lift(source: Source) -> bool:
    """Read a source in quarantine again; False when it was in none."""
    done = Source.objects.filter(pk=source.pk, state=Source.State.QUARANTINED).update(state=Source.State.ACTIVE)
    if done:
        source.state = Source.State.ACTIVE
        forgive(source)
        events.announce(SourceChanged(source.pk))
    return bool(done)


def forgive(source: Source) -> None:
    """Write down that its quarantine was lifted: earlier kills count no more."""
    diary.note(source, diary.Event.LIFTED, "The quarantine was lifted.")

"""Keeping the wire's own books short."""

from __future__ import annotations

from datetime import timedelta

from broadsheet.core import clock
from broadsheet.wire.models import Dispatch, Feed, Pull
from broadsheet.wire.services import diary
from broadsheet.wire.services.pulling import CLOCK_WRONG

PULLS_KEPT = timedelta(days=14)
SPIKED_TEXT_KEPT = timedelta(days=14)


def purge() -> int:
    """Forget pulls of a fortnight ago and the texts of long-spiked dispatches; the fates stay."""
    now = clock.now()
    gone, _ = Pull.objects.filter(at__lt=now - PULLS_KEPT).delete()
    emptied = (
        Dispatch.objects.filter(fate=Dispatch.Fate.SPIKED, decided_at__lt=now - SPIKED_TEXT_KEPT)
        .exclude(payload=None)
        .update(payload=None)
    )
    return gone + emptied + diary.purge()


def mind_clock() -> int:
    """Let feeds be pulled again whose last pull lies in the future: the clock was wrong then and so is the next time.

    Returns how many there were. Each is pulled once, and its habit counts from there.
    """
    now = clock.now()
    return Feed.objects.filter(last_pull_at__gt=now + CLOCK_WRONG).update(last_pull_at=now, next_pull_at=now)

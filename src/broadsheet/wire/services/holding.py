"""A flood is held: its dispatches are kept undecided until somebody takes them in or refuses them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from broadsheet.core import clock
from broadsheet.wire.models import Dispatch, Feed
from broadsheet.wire.rules import SpikeReason
from broadsheet.wire.services import diary

HELD = "held"


def hold(feed: Feed, new: int, usual: float) -> None:
    """Hold a feed whose pull brought far more than usual; the caller stores its dispatches as held."""
    feed.held_since = clock.now()
    words = f"{new} new entries at once where {max(round(usual), 1)} are usual: they wait for the desk."
    diary.note(feed.source, diary.Event.FLOOD, words, feed=feed)


@transaction.atomic
def release(feed: Feed) -> int:
    """Take a held feed's dispatches in after all; returns how many. They are decided like all others."""
    _lock(feed)
    taken = _held(feed).update(reason="", due_at=clock.now())
    _free(feed, diary.Event.RELEASED, f"The desk took in {taken} held entries.")
    return taken


@transaction.atomic
def refuse(feed: Feed) -> int:
    """Spike a held feed's dispatches; returns how many. The feed goes on with what comes next."""
    _lock(feed)
    moment = clock.now()
    spiked = _held(feed).update(
        fate=Dispatch.Fate.SPIKED, reason=SpikeReason.CAME_IN_A_FLOOD.value, decided_at=moment, due_at=None
    )
    _free(feed, diary.Event.REFUSED, f"The desk refused {spiked} held entries.")
    return spiked


def _lock(feed: Feed) -> None:
    """A pull that is being recorded must not hold more between our two steps."""
    list(Feed.objects.select_for_update().filter(pk=feed.pk).values_list("pk"))


def _held(feed: Feed) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(feed=feed, fate=Dispatch.Fate.ARRIVED, reason=HELD)


def _free(feed: Feed, event: diary.Event, words: str) -> None:
    if Feed.objects.filter(pk=feed.pk).exclude(held_since=None).update(held_since=None):
        diary.note(feed.source, event, words, feed=feed)

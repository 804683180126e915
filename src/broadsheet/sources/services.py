"""Writes on sources and their owners: who speaks with one voice."""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.core import events
from broadsheet.core.transactions import together
from broadsheet.sources.events import SourceChanged
from broadsheet.sources.models import Owner, Source


@together()
def own(owner: Owner, source_ids: Iterable[int]) -> int:
    """Make these sources, and no others, the owner's; returns how many changed hands. Each that did is announced.

    Our own newsroom belongs to nobody.
    """
    wanted = set(Source.objects.filter(pk__in=list(source_ids), is_house=False).values_list("pk", flat=True))
    held = set(Source.objects.filter(owner=owner).values_list("pk", flat=True))
    coming, leaving = sorted(wanted - held), sorted(held - wanted)
    Source.objects.filter(pk__in=coming).update(owner=owner)
    Source.objects.filter(pk__in=leaving).update(owner=None)
    _tell((*coming, *leaving))
    return len(coming) + len(leaving)


@together()
def merge_owners(gone: Owner, into: Owner) -> int:
    """Two names of one owner become one: `gone`'s sources are `into`'s, and `gone` is no more. Returns how many moved.

    Country and home page stay where `into` has them, and come from `gone` where it has none.
    """
    if gone.pk == into.pk:
        return 0
    moving = sorted(Source.objects.filter(owner=gone).values_list("pk", flat=True))
    Source.objects.filter(pk__in=moving).update(owner=into)
    into.country = into.country or gone.country
    into.homepage = into.homepage or gone.homepage
    into.save(update_fields=["country", "homepage"])
    gone.delete()
    _tell(moving)
    return len(moving)


def _tell(source_ids: Iterable[int]) -> None:
    for pk in source_ids:
        events.announce(SourceChanged(pk))

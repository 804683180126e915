"""Pages that were printed from what a cleaner left that is trusted no longer: thrown away, the last copies too.

A stale page is still shown for a moment, or while printing fails; markup with a hole in it may not be.
"""

from __future__ import annotations

from broadsheet.copydesk import sanitise
from broadsheet.core import facts
from broadsheet.press import services as press
from broadsheet.press import setup
from broadsheet.press.models import Page

PRINTED_CLEAN = "printed_with_cleaner"
#: What a portal that says nothing was printed with.
FIRST = 1


def settle() -> int:
    """Drop every printed page if the oldest trusted cleaner is a newer one than at the last start; returns how many."""
    if facts.get(PRINTED_CLEAN, FIRST) >= sanitise.MINIMUM:
        return 0
    paths = {*Page.objects.values_list("path", flat=True), *setup.current().store.paths()}
    for path in paths:
        press.drop(path)
    # Last: who is killed before this drops the rest at the next start.
    facts.put(PRINTED_CLEAN, sanitise.MINIMUM)
    return len(paths)

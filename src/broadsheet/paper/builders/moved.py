"""Addresses that no page answers any more and that the desk has led elsewhere."""

from __future__ import annotations

from broadsheet.pages import queries as pages
from broadsheet.paper import keys
from broadsheet.press.printing import Moved


def moved(path: str) -> Moved | None:
    """Where the desk's redirect for this path leads, or None."""
    found = pages.led_elsewhere(path)
    if found is None:
        return None
    where, permanent = found
    return Moved(location=where, permanent=permanent, keys=frozenset({keys.REDIRECTS}))

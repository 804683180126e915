"""When two groups of articles must not become one story, however alike their words."""

from __future__ import annotations

from broadsheet.stories.machine.groups import Group

# So many names on both sides and none in common: different people, places, firms.
_NAMES = 3
# Dates may be those of printing; only several on both sides speak.
_DATES = 3


def veto(one: Group, other: Group) -> str | None:
    """Why these two must stay apart ("names", "dates"), or None. Headlines, whose case says little, give no names."""
    if len(one.names) >= _NAMES and len(other.names) >= _NAMES and one.names.isdisjoint(other.names):
        return "names"
    if len(one.dates) >= _DATES and len(other.dates) >= _DATES and one.dates.isdisjoint(other.dates):
        return "dates"
    return None

"""Writes of trends: recording reader events in batches, what is usual, and the timed tally of heat."""

from __future__ import annotations

from collections.abc import Collection

from broadsheet.trends import rules
from broadsheet.trends.services.learning import learn
from broadsheet.trends.services.recording import note, purge, record, roll_up

__all__ = ["learn", "note", "purge", "record", "roll_up", "tally", "tally_week"]


def tally(windows: Collection[str] = (rules.HOUR, rules.DAY)) -> bool:
    """Rank the stories of these windows; True (and announced) when the order or a receipt changed in one of them."""
    # Loaded here, because only the worker ranks, and a web process should not carry what ranking needs (numpy).
    from broadsheet.trends.services import tallying

    return tallying.tally(windows)


def tally_week() -> bool:
    """The week's window, which moves slowly and looks at much: every ten minutes is enough."""
    return tally((rules.WEEK,))

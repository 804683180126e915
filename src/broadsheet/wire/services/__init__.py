"""Writes of the wire: pulling feeds, filing dispatches, keeping the list of feeds."""

from __future__ import annotations

from broadsheet.wire.services.feeds import add_feed, add_source, pause, pull_soon, resume
from broadsheet.wire.services.filing import file_arrived, look_again
from broadsheet.wire.services.paging import claim_pages, record_page
from broadsheet.wire.services.pulling import claim_due, pull_feed, record, stand_back

__all__ = [
    "add_feed",
    "add_source",
    "claim_due",
    "claim_pages",
    "file_arrived",
    "look_again",
    "pause",
    "pull_feed",
    "pull_soon",
    "record",
    "record_page",
    "resume",
    "stand_back",
]

"""Writes of the wire: pulling feeds, filing dispatches, keeping the list of feeds."""

from __future__ import annotations

from broadsheet.wire.services.feeds import add_feed, add_source, pause, pull_soon, resume
from broadsheet.wire.services.filing import file_arrived, look_again
from broadsheet.wire.services.holding import refuse, release
from broadsheet.wire.services.minding import accept_lengths, mind_silence
from broadsheet.wire.services.paging import claim_pages, record_page, wait_for_host
from broadsheet.wire.services.pulling import claim_due, pull_feed, record, stand_back
from broadsheet.wire.services.quarantine import forgive, lift
from broadsheet.wire.services.subscribing import claim_hubs, mind_hubs, record_hub, subscribe, unsubscribe

__all__ = [
    "accept_lengths",
    "add_feed",
    "add_source",
    "claim_due",
    "claim_hubs",
    "claim_pages",
    "file_arrived",
    "forgive",
    "lift",
    "look_again",
    "mind_hubs",
    "mind_silence",
    "pause",
    "pull_feed",
    "pull_soon",
    "record",
    "record_hub",
    "record_page",
    "refuse",
    "release",
    "resume",
    "stand_back",
    "subscribe",
    "unsubscribe",
    "wait_for_host",
]

"""Writes of trends: recording reader events in batches, what is usual, and the timed tally of heat."""

from __future__ import annotations

from broadsheet.trends.services.learning import learn
from broadsheet.trends.services.recording import note, purge, record, roll_up
from broadsheet.trends.services.tallying import tally, tally_week

__all__ = ["learn", "note", "purge", "record", "roll_up", "tally", "tally_week"]

"""All timed work on one screen. The worker asks what is due; a second worker does not do it twice.

Intervals are measured on the monotonic clock, so a jump of the wall clock starts no storm. Work that must not run on
two workers at once takes a named lease row first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings

from broadsheet.articles import services as articles
from broadsheet.articles.services import copykeys, section_learning, timed, vectors
from broadsheet.core import clock, facts, leases, trouble
from broadsheet.editions import services as editions
from broadsheet.ops.sample import living
from broadsheet.paper import keys
from broadsheet.pictures import services as pictures
from broadsheet.pictures import strays
from broadsheet.press import services as press
from broadsheet.stories import relating
from broadsheet.trends import services as trends
from broadsheet.wire.services import keeping, minding, subscribing

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Timer:
    """Something done every `every` seconds, `first` seconds after the worker's start."""

    name: str
    every: float
    run: Callable[[], object]
    first: float = 0.0


def mind_the_day() -> None:
    """Footers name the year and mastheads the day; a page printed yesterday is stale when the day turned."""
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    if facts.get("printed_year") != today.year:
        press.mark_stale(keys.BRAND)
        facts.put("printed_year", today.year)
    if facts.get("printed_day") != today.date().isoformat():
        press.mark_stale(keys.FRONT)
        facts.put("printed_day", today.date().isoformat())


TIMERS: tuple[Timer, ...] = (
    Timer("trends.tally", 60, trends.tally, first=5),
    Timer("trends.week", 600, trends.tally_week, first=8),
    Timer("trends.learn", 86_400, trends.learn, first=600),
    Timer("editions.assemble", 300, editions.assemble, first=2),
    Timer("editions.sections", 300, editions.assemble_sections, first=4),
    Timer("editions.pins", 3600, editions.purge, first=310),
    Timer("articles.scheduled", 10, timed.publish_due, first=3),
    Timer("articles.rights", 60, timed.mind_rights, first=20),
    Timer("articles.reclean", 60, articles.wish_reclean, first=10),
    Timer("articles.sections", 1800, section_learning.wish_nightly, first=600),
    Timer("articles.vectors", 60, vectors.make_missing, first=40),
    Timer("articles.vectors_purge", 3600, vectors.purge, first=360),
    Timer("stories.relate", 60, relating.wish_waiting, first=45),
    Timer("articles.topics", 60, articles.promote_topics, first=15),
    Timer("articles.topics_tidy", 86_400, articles.tidy_topics, first=900),
    Timer("articles.copies", 60, copykeys.purge, first=50),
    Timer("pictures.render", 120, pictures.wish_missing, first=20),
    Timer("pictures.strays", strays.TERM.total_seconds(), strays.sweep, first=240),
    Timer("press.sweep", 60, press.sweep, first=15),
    Timer("press.sweep_whole", 86_400, lambda: press.sweep(whole=True), first=120),
    Timer("wire.clock", 60, keeping.mind_clock, first=10),
    Timer("wire.hubs", 60, subscribing.mind_hubs, first=25),
    Timer("wire.silence", 300, minding.mind_silence, first=60),
    Timer("wire.purge", 3600, keeping.purge, first=300),
    Timer("trends.purge", 3600, trends.purge, first=330),
    Timer("paper.day", 60, mind_the_day, first=60),
    Timer("sample.live", 60, living.mind, first=30),
)


@dataclass
class Clockwork:
    """Keeps when each timer is due in this process."""

    due: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        start = time.monotonic()
        self.due = {timer.name: start + timer.first for timer in TIMERS}

    def run_due(self) -> int:
        """Run what is due; returns how many ran. A failing timer is logged and tried at its next time."""
        done = 0
        for timer in TIMERS:
            if time.monotonic() < self.due[timer.name]:
                continue
            self.due[timer.name] = time.monotonic() + timer.every
            if not leases.take(f"timer:{timer.name}", timedelta(seconds=min(timer.every * 0.8, 3600))):
                continue
            try:
                timer.run()
            except Exception as error:
                trouble.pass_on(error)
                log.exception("timed work failed", timer=timer.name)
            done += 1
        return done

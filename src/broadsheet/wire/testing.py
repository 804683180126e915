"""Looking at an address without taking anything in: what the wire would make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broadsheet.copydesk.entries import ParsedFeed
from broadsheet.copydesk.errors import NotReadable
from broadsheet.core import clock
from broadsheet.lib import text
from broadsheet.lib.http import FetchFailed, Reason
from broadsheet.wire import doors
from broadsheet.wire.services.feeds import NotUsable, checked_address


@dataclass(frozen=True)
class SeenEntry:
    """One entry as it would arrive."""

    headline: str
    url: str
    published: datetime | None
    full_words: int
    summary_words: int


@dataclass(frozen=True)
class Found:
    """What an address holds. `reason` is set when it is nothing we can use, with `detail` for the technician."""

    url: str
    kind: str = ""
    title: str = ""
    language: str = ""
    total: int = 0
    entries: list[SeenEntry] = field(default_factory=list)
    feeds: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    reason: Reason | None = None
    detail: str = ""
    hubs: list[str] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether it can be added as a feed as it stands."""
        return self.reason is None and self.kind != ""


def look_at(url: str, *, show: int = 5) -> Found:
    """Fetch and read an address through exactly the wire's door and jail; nothing is written."""
    try:
        address = checked_address(url)
    except NotUsable as problem:
        return Found(url, reason=Reason.ADDRESS_NOT_ALLOWED, detail=str(problem))
    now = clock.now()
    try:
        got = doors.door().fetch(address, "page")
    except FetchFailed as failed:
        return Found(address, reason=failed.reason, detail=failed.detail)
    given = {"body": got.body, "url": got.url, "content_type": got.headers.get("content-type")}
    try:
        parsed: ParsedFeed = doors.jail().run("feed", now=now, **given)
    except NotReadable as problem:
        return _as_page(got.url, given, problem, show)
    return _found(got.url, parsed, show)


def _as_page(url: str, given: Mapping[str, object], problem: NotReadable, show: int) -> Found:
    """Not a feed: a page may point to feeds, or be a section page that lists articles."""
    try:
        feeds = [(one.url, one.title) for one in doors.jail().run("discover", **given)]
        section: ParsedFeed = doors.jail().run("section", **given)
    except NotReadable:
        return Found(url, reason=problem.reason, detail=problem.detail)
    found = _found(url, section, show)
    if not section.entries and not feeds:
        return Found(url, reason=problem.reason, detail=problem.detail)
    return Found(**{**found.__dict__, "feeds": feeds})


def _found(url: str, parsed: ParsedFeed, show: int) -> Found:
    return Found(
        url=url,
        kind=parsed.kind,
        title=text.tidy(parsed.title),
        language=parsed.language or "",
        total=len(parsed.entries),
        entries=[
            SeenEntry(
                headline=text.tidy(entry.title),
                url=entry.url or "",
                published=entry.published,
                full_words=len(text.words(entry.content_html or "")),
                summary_words=len(text.words(entry.summary_html)),
            )
            for entry in parsed.entries[:show]
        ],
        problems=list(parsed.problems),
        hubs=[hub for hub, _ in parsed.hubs],
    )

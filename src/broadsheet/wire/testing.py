"""Looking at an address without taking anything in: what the wire would make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from broadsheet.copydesk.entries import Entry, ParsedFeed
from broadsheet.copydesk.errors import NotReadable
from broadsheet.core import clock
from broadsheet.lib import text
from broadsheet.lib.http import Fetched, FetchFailed, Reason
from broadsheet.wire import doors, opml
from broadsheet.wire.services.feeds import NotUsable, checked_address

# How many parts of an index of sitemaps are looked into, and how deep an index may lead to another.
MAX_PARTS = 3
MAX_INDEXES = 2


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
    """What an address holds. `reason` is set when it is nothing we can use, with `detail` for the technician.

    Kind is a feed's own, "page" for a list of articles, "opml" for a list of feeds.
    """

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
    newest: datetime | None = None

    @property
    def usable(self) -> bool:
        """Whether it can be added as a feed as it stands."""
        return self.reason is None and self.kind not in ("", "opml")


def look_at(url: str, *, show: int = 5) -> Found:
    """Fetch and read an address through exactly the wire's door and jail; nothing is written.

    An index of sitemaps is followed to the part that holds the newest news, so that what is found can be added.
    """
    return look_closely(url, show=show)[0]


def look_closely(url: str, *, show: int = 5) -> tuple[Found, Fetched | None]:
    """As `look_at`, with the answer itself where one came."""
    try:
        address = checked_address(url)
    except NotUsable as problem:
        return Found(url, reason=Reason.ADDRESS_NOT_ALLOWED, detail=str(problem)), None
    try:
        got = doors.door().fetch(address, "page")
    except FetchFailed as failed:
        return Found(address, reason=failed.reason, detail=failed.detail), None
    given = {"body": got.body, "url": got.url, "content_type": got.headers.get("content-type")}
    try:
        parsed: ParsedFeed = doors.jail().run("feed", now=clock.now(), **given)
    except NotReadable as problem:
        if b"<opml" in got.body[:3000].lower():
            return _as_list(got.url, got.body), got
        return _as_page(got.url, given, problem, show), got
    if is_index(parsed):
        return _followed(got.url, parsed, show, MAX_INDEXES), got
    return _found(got.url, parsed, show), got


def is_index(parsed: ParsedFeed) -> bool:
    """Whether a sitemap only names other sitemaps."""
    return parsed.kind == "sitemap" and any("index of sitemaps" in problem for problem in parsed.problems)


def _as_page(url: str, given: Mapping[str, object], problem: NotReadable, show: int) -> Found:
    """Not a feed: a page may point to feeds, or be a section page that lists articles."""
    feeds: list[tuple[str, str]] = []
    try:
        feeds = [(one.url, one.title) for one in doors.jail().run("discover", **given)]
        found = _found(url, doors.jail().run("section", **given), show)
    except NotReadable:
        found = Found(url, kind="page")
    if not found.total and not feeds:
        return Found(url, reason=problem.reason, detail=problem.detail)
    return replace(found, feeds=feeds)


def _as_list(url: str, body: bytes) -> Found:
    """An OPML list: the feeds that it names."""
    try:
        lines = opml.preview(body)
    except opml.NotOPML as problem:
        return Found(url, reason=Reason.NOT_A_FEED, detail=str(problem))
    feeds = [(line.url, line.title) for line in lines if line.state != "unusable"]
    return Found(url, kind="opml", total=len(lines), feeds=feeds)


def _followed(url: str, index: ParsedFeed, show: int, depth: int) -> Found:
    """The newest part of an index of sitemaps that holds news; without one the newest part that can be read."""
    second: Found | None = None
    for part in sorted(index.entries, key=_promise, reverse=True)[:MAX_PARTS]:
        if part.url is None:
            continue
        try:
            got = doors.door().fetch(part.url, "feed")
            given = {"body": got.body, "url": got.url, "content_type": got.headers.get("content-type")}
            parsed: ParsedFeed = doors.jail().run("feed", now=clock.now(), **given)
        except (FetchFailed, NotReadable):
            continue
        if is_index(parsed):
            found = _followed(got.url, parsed, show, depth - 1) if depth > 1 else Found(got.url)
        else:
            found = _found(got.url, parsed, show)
            found.problems.append(f"It is a part of the index of sitemaps at {url}.")
        if found.kind == "newssitemap" and found.total:
            return found
        if found.total and second is None:
            second = found
    return second or Found(url, reason=Reason.NOT_A_FEED, detail="No part of this index of sitemaps could be read.")


def _promise(part: Entry) -> tuple[bool, datetime]:
    """What speaks for a part of an index: news in its name, then how lately it changed."""
    return "news" in (part.url or "").lower(), part.updated or part.published or datetime.min.replace(tzinfo=UTC)


def _found(url: str, parsed: ParsedFeed, show: int) -> Found:
    moments = [moment for entry in parsed.entries if (moment := entry.published or entry.updated)]
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
        newest=max(moments, default=None),
    )

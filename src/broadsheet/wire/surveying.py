"""A whole look at a publication before it is added: every feed of its site, and what it says of its rights.

Bounded: at most `MAX_REQUESTS` requests, at the door's manners; robots.txt is asked before anything that the operator
did not name. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from broadsheet.copydesk import rightshints
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.rightshints import Hint
from broadsheet.lib import urls
from broadsheet.lib.http import Fetched, FetchFailed
from broadsheet.wire import doors
from broadsheet.wire.errands import may_fetch, robots_of
from broadsheet.wire.testing import Found, look_at, look_closely

MAX_REQUESTS = 20
MAX_NAMED = 6
MAX_SITEMAPS = 2
COMMON_PLACES = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/feed.json", "/index.xml", "/news-sitemap.xml")
"""Where sites keep feeds that no page names."""


@dataclass(frozen=True)
class SiteFeed:
    """A feed of the site. `where` says how it was found; without a `kind` it was named but not looked at."""

    url: str
    title: str
    where: str
    kind: str = ""
    total: int = 0
    newest: datetime | None = None


@dataclass(frozen=True)
class Survey:
    """What an address and its site hold: the address itself, the site's feeds, what it says of rights."""

    found: Found
    feeds: list[SiteFeed] = field(default_factory=list)
    rights: list[Hint] = field(default_factory=list)
    requests: int = 0

    @property
    def best(self) -> SiteFeed | None:
        """The feed to take: the address itself, or the most promising feed of the site."""
        found = self.found
        if found.usable and found.kind != "page":
            return SiteFeed(found.url, found.title, "asked for", found.kind, found.total, found.newest)
        ready = [one for one in self.feeds if one.kind and one.total and not _is_side_feed(one)]
        if ready:
            return max(ready, key=lambda one: one.where == "page")
        if found.usable and found.total:
            return SiteFeed(found.url, found.title, "asked for", found.kind, found.total)
        return None


def survey(url: str, *, show: int = 5) -> Survey:
    """Look at an address, then around it."""
    return _Surveyor(show).survey(url)


class _Surveyor:
    """One survey: counts what it asks for, and asks for nothing twice."""

    def __init__(self, show: int) -> None:
        self.show = show
        self.requests = 0
        self.asked: set[str] = set()
        self.robots = ""

    def survey(self, url: str) -> Survey:
        self.requests = 1
        found, got = look_closely(url, show=self.show)
        if got is None:
            return Survey(found, requests=self.requests)
        self.asked |= {urls.key(url), urls.key(got.url), urls.key(found.url)}
        parsed = urls.parse(got.url)
        home = f"{parsed.scheme}://{parsed.netloc}" if parsed else ""
        rights = rightshints.of_headers(got.headers, got.url) + _of_document(got)
        self.robots = robots_of(got.url, doors.door())
        self.requests += 1
        rights += rightshints.of_robots(self.robots, got.url, doors.AGENT_NAME, may_fetch)
        rights += self._reservations(home, parsed.path if parsed else "/")
        feeds = list(self._feeds_around(found, home)) if found.kind in ("", "page") else []
        return Survey(found, feeds, list(dict.fromkeys(rights)), self.requests)

    def _feeds_around(self, found: Found, home: str) -> Iterator[SiteFeed]:
        for number, (url, title) in enumerate(found.feeds):
            seen = self._seen(url, title, "page") if number < MAX_NAMED else None
            yield seen or SiteFeed(url, title, "page")
        for url in rightshints.sitemaps_of(self.robots, home + "/")[:MAX_SITEMAPS]:
            if seen := self._seen(url, "", "robots.txt"):
                yield seen
        for place in COMMON_PLACES:
            if seen := self._seen(home + place, "", "a common place"):
                yield seen

    def _seen(self, url: str, title: str, where: str) -> SiteFeed | None:
        """A feed at an address that nobody asked us to read, or None."""
        if urls.key(url) in self.asked or self.requests >= MAX_REQUESTS:
            return None
        self.asked.add(urls.key(url))
        parsed = urls.parse(url)
        if parsed is None or not may_fetch(self.robots, url, doors.AGENT_NAME):
            return None
        self.requests += 1
        found = look_at(url, show=0)
        if not found.usable or found.kind == "page":
            return None
        if found.url != url:
            if urls.key(found.url) in self.asked:
                return None  # it led to one that we have
            self.asked.add(urls.key(found.url))
        return SiteFeed(found.url, found.title or title, where, found.kind, found.total, found.newest)

    def _reservations(self, home: str, path: str) -> list[Hint]:
        self.requests += 1
        try:
            body = doors.door().fetch(f"{home}/.well-known/tdmrep.json", "other").body
        except FetchFailed:
            return []
        return rightshints.of_tdmrep(body, path)


def _of_document(got: Fetched) -> list[Hint]:
    try:
        hints: list[Hint] = doors.jail().run(
            "rights", body=got.body, url=got.url, content_type=got.headers.get("content-type")
        )
    except NotReadable:
        return []
    return hints


def _is_side_feed(feed: SiteFeed) -> bool:
    """Comments and the like: feeds of a site that are not its news."""
    words = f"{feed.title} {feed.url}".lower()
    return any(one in words for one in ("comment", "kommentar", "podcast", "/author/", "/tag/"))

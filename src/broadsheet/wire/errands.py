"""The part of a pull that touches the network: plain data in, plain data out, no database.

Runs in the worker's threads; what comes back is recorded by the one thread that writes.
"""

from __future__ import annotations

import hashlib
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import structlog

from broadsheet.copydesk.entries import ParsedFeed
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.jail import JailKilled
from broadsheet.lib import robots as rules_of
from broadsheet.lib import urls
from broadsheet.lib.http import Fetched, FetchFailed, Reason
from broadsheet.wire import websub

log = structlog.get_logger(__name__)


class Fetcher(Protocol):
    """The network door, as far as the wire needs it."""

    def fetch(
        self,
        url: str,
        kind: str = "feed",
        *,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched: ...


class Sender(Protocol):
    """The network door, as far as hubs need it."""

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        deadline: float | None = None,
        patience: float | None = None,
    ) -> Fetched: ...


class Reader(Protocol):
    """The parser jail."""

    def run(self, job: str, **kwargs: Any) -> Any: ...


@dataclass(frozen=True)
class PullErrand:
    """A claimed feed: everything a thread needs to fetch and read it."""

    feed_id: int
    token: str
    url: str
    kind: str
    etag: str
    last_modified: str
    body_hash: str

    @property
    def host(self) -> str:
        """The host it goes to, as manners count hosts."""
        parsed = urls.parse(self.url)
        return parsed.netloc if parsed else ""


@dataclass(frozen=True)
class PullOutcome:
    """What a pull brought. Exactly one of `parsed`, `unchanged`, `reason` says how it went."""

    errand: PullErrand
    seconds: float
    parsed: ParsedFeed | None = None
    unchanged: bool = False
    reason: Reason | None = None
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    size: int = 0
    moved_to: str | None = None
    killed: bool = False
    links: websub.Links = field(default_factory=websub.Links)


def pull(errand: PullErrand, door: Fetcher, jail: Reader, now: datetime) -> PullOutcome:
    """Fetch a feed conditionally and read it in the jail. Never raises: whatever happens is the feed's outcome."""
    began = time.monotonic()
    try:
        return _pull(errand, door, jail, now, began)
    except Exception as error:
        log.exception("a pull failed in a way nobody thought of", feed=errand.feed_id, url=errand.url)
        detail = f"{type(error).__name__}: {error}"
        return PullOutcome(errand, _since(began), reason=Reason.BROKEN_XML, detail=detail)


def _pull(errand: PullErrand, door: Fetcher, jail: Reader, now: datetime, began: float) -> PullOutcome:
    try:
        got = door.fetch(
            errand.url,
            "page" if errand.kind == "page" else "feed",
            etag=errand.etag or None,
            last_modified=errand.last_modified or None,
        )
    except FetchFailed as failed:
        return PullOutcome(
            errand, _since(began), reason=failed.reason, detail=failed.detail, status=failed.status,
            retry_after=failed.retry_after,
        )  # fmt: skip
    facts: dict[str, Any] = {
        "status": got.status,
        "etag": got.headers.get("etag", "")[:500],
        "last_modified": got.headers.get("last-modified", "")[:100],
        "moved_to": got.moved_to,
        "size": len(got.body),
        "links": websub.links(got.headers.get("link", ""), got.url),
    }
    digest = hashlib.sha256(got.body).hexdigest()
    if got.not_modified or digest == errand.body_hash:
        kept = errand.body_hash if got.not_modified else digest
        return PullOutcome(errand, _since(began), unchanged=True, body_hash=kept, **facts)
    given: dict[str, Any] = {"body": got.body, "url": got.url, "content_type": got.headers.get("content-type")}
    try:
        # A section page has no dates that would have to be read against the clock.
        parsed: ParsedFeed = (
            jail.run("section", **given) if errand.kind == "page" else jail.run("feed", now=now, **given)
        )
    except NotReadable as problem:
        killed = isinstance(problem, JailKilled)
        return PullOutcome(errand, _since(began), reason=problem.reason, detail=problem.detail, killed=killed, **facts)
    return PullOutcome(errand, _since(began), parsed=parsed, body_hash=digest, **facts)


@dataclass(frozen=True)
class PageErrand:
    """An arrived dispatch whose full text is to be read from its page. `robots` is None when not known.

    `has_place`: it waited for its host already and its time has come.
    """

    dispatch_id: int
    url: str
    robots: str | None
    has_place: bool = False

    @property
    def host(self) -> str:
        """The host it goes to, as manners count hosts."""
        parsed = urls.parse(self.url)
        return parsed.netloc if parsed else ""


@dataclass(frozen=True)
class PageOutcome:
    """The page's text as plain data, or the reason why there is none."""

    errand: PageErrand
    page: dict[str, Any] | None = None
    reason: Reason | None = None
    detail: str = ""
    retry_after: float | None = None
    robots_read: str | None = None
    killed: bool = False

    @property
    def worth_another_try(self) -> bool:
        """Whether the failure may pass by itself."""
        return self.reason in {
            Reason.TIMED_OUT,
            Reason.ASKS_TO_WAIT,
            Reason.SERVER_ERROR,
            Reason.NAME_NOT_FOUND,
            Reason.REFUSED,
        }


def read_page(errand: PageErrand, door: Fetcher, jail: Reader, now: datetime, agent: str) -> PageOutcome:
    """Ask robots.txt, fetch the page, extract its text in the jail. Never raises."""
    try:
        return _read_page(errand, door, jail, now, agent)
    except Exception as error:
        log.exception("a page failed in a way nobody thought of", dispatch=errand.dispatch_id, url=errand.url)
        return PageOutcome(errand, reason=Reason.NOT_A_FEED, detail=f"{type(error).__name__}: {error}")


def _read_page(errand: PageErrand, door: Fetcher, jail: Reader, now: datetime, agent: str) -> PageOutcome:
    robots, read = errand.robots, None
    if robots is None:
        robots = read = robots_of(errand.url, door)
    if not may_fetch(robots, errand.url, agent):
        return PageOutcome(
            errand, reason=Reason.FORBIDDEN, detail="robots.txt asks us not to read it", robots_read=read
        )
    try:
        got = door.fetch(errand.url, "page")
        page = jail.run("page", body=got.body, url=got.url, content_type=got.headers.get("content-type"), now=now)
    except FetchFailed as failed:
        return PageOutcome(
            errand, reason=failed.reason, detail=failed.detail, retry_after=failed.retry_after, robots_read=read
        )
    except NotReadable as problem:
        killed = isinstance(problem, JailKilled)
        return PageOutcome(errand, reason=problem.reason, detail=problem.detail, robots_read=read, killed=killed)
    if page.wall == "error":
        detail = "The page is an error page, a consent form or a robot check, not the article."
        return PageOutcome(errand, reason=Reason.NOT_FOUND, detail=detail, robots_read=read)
    return PageOutcome(errand, page=page.as_json(), robots_read=read)


def robots_of(url: str, door: Fetcher) -> str:
    """The host's robots.txt; a server error forbids everything, a missing file nothing (RFC 9309, 2.3.1)."""
    parsed = urls.parse(url)
    if parsed is None:
        return "User-agent: *\nDisallow: /"
    try:
        got = door.fetch(f"{parsed.scheme}://{parsed.netloc}/robots.txt", "robots")
    except FetchFailed as failed:
        # 4xx means that there is none; a server that cannot be reached, or asks us to wait, has not said so.
        if failed.status is not None and 400 <= failed.status < 500 and failed.status != 429:
            return ""
        return "User-agent: *\nDisallow: /"
    return got.body.decode("utf-8", "replace")


def may_fetch(robots: str, url: str, agent: str) -> bool:
    """Whether these rules let an agent of this name read the address."""
    return rules_of.read(robots).allows(url, agent)


# A hub that is slow has nothing that we would wait for: it is asked again later.
HUB_SECONDS = 15.0
HUB_PATIENCE = 3.0


@dataclass(frozen=True)
class HubErrand:
    """A claimed subscription: what a thread sends to the hub. The form holds secrets, which no log may show."""

    subscription_id: int
    hub: str
    token: str = field(repr=False)
    form: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class HubOutcome:
    """The hub's answer: taken, if there is no `reason`."""

    errand: HubErrand
    reason: Reason | None = None
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None


def ask_hub(errand: HubErrand, door: Sender) -> HubOutcome:
    """Send a wish to a hub; whether it means it, it says by calling us. Never raises."""
    try:
        got = door.post(
            errand.hub,
            urlencode(errand.form).encode("ascii"),
            {"content-type": "application/x-www-form-urlencoded"},
            deadline=HUB_SECONDS,
            patience=HUB_PATIENCE,
        )
    except FetchFailed as failed:
        return HubOutcome(errand, failed.reason, failed.detail, failed.status, failed.retry_after)
    except Exception as error:  # noqa: BLE001  logged without its own words, which may quote the form and its secrets
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {last.filename}:{last.lineno}"
        log.error("a hub failed in a way nobody thought of", subscription=errand.subscription_id, where=where)
        return HubOutcome(errand, Reason.SERVER_ERROR, type(error).__name__)
    return HubOutcome(errand, status=got.status)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 4)

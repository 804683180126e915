"""Pages in a web process's memory, made up so that handing one out costs next to nothing."""

from __future__ import annotations

import http
import math
import threading
from collections.abc import Hashable
from email.utils import formatdate

from broadsheet.press import negotiation
from broadsheet.press.printing import Printed

#: What a page costs beside its bodies: headers, objects. Measured roughly, in bytes.
_OVERHEAD = 6000

_MAX_COUNTED = 10_000

Header = tuple[str, str]


class Form:
    """A page in one coding: all that is handed to the server."""

    __slots__ = ("body", "headers", "tag", "unchanged")

    def __init__(self, base: list[Header], tag: str, coding: str, body: bytes) -> None:
        self.tag = tag
        self.body = body
        quoted = ("ETag", f'"{tag}"')
        self.headers = [*base, quoted, ("Content-Length", str(len(body)))]
        if coding:
            self.headers.append(("Content-Encoding", coding))
        # What a 304 repeats: all but what describes the body that is not there (the tag is added
        # then).
        self.unchanged = [one for one in base if one[0] != "Content-Type"]


class Entry:
    """A page in memory. `forms[choice]` answers a `negotiation` choice; None: yet to be made.

    `generation` is the store's number at which the entry was last known to be the newest print; -1
    (no number ever) has every request look again. `fresh_at` is the moment, by the steady clock, at which the
    slower way last saw it fresh.
    """

    __slots__ = (
        "base", "forms", "fresh_at", "generation", "hand", "hits",
        "printed", "stale", "stamp", "status", "told",
    )  # fmt: skip

    def __init__(
        self, printed: Printed, *, stale: bool, stamp: Hashable, generation: int, fresh_at: float = -math.inf
    ) -> None:
        self.printed = printed
        self.fresh_at = fresh_at
        self.stale = stale
        self.stamp = stamp
        self.generation = -1 if stale else generation
        self.status = status_line(printed.status)
        self.hits = self.hand = self.told = 0
        self.base = list(printed.headers)
        if printed.last_modified is not None:
            self.base.append(("Last-Modified", formatdate(printed.last_modified, usegmt=True)))
        self.forms = self._packed_forms()

    def _packed_forms(self) -> list[Form | None]:
        # Another coding is another representation and has its own tag. Bodies too short to shrink
        # go out plain.
        printed = self.printed
        gzip = brotli = None
        if len(printed.gzip) < printed.size:
            gzip = Form(self.base, f"{printed.etag}-gz", "gzip", printed.gzip)
            if printed.brotli is not None:
                brotli = Form(self.base, f"{printed.etag}-br", "br", printed.brotli)
        return [None, gzip, brotli, brotli or gzip, gzip or brotli]

    def form(self, choice: int) -> Form:
        """The form for a choice; the plain one is unpacked when first asked for."""
        form = self.forms[choice]
        if form is None:
            form = self.forms[negotiation.IDENTITY]
            if form is None:
                form = Form(self.base, self.printed.etag, "", self.printed.body)
                self.forms[negotiation.IDENTITY] = form
            self.forms[choice] = form
        return form

    @property
    def tags(self) -> tuple[str, str, str]:
        """The tags of all forms the page may have."""
        etag = self.printed.etag
        return (etag, f"{etag}-gz", f"{etag}-br")

    @property
    def weight(self) -> int:
        """Bytes it holds, the unpacked form included from the start: it may come any time."""
        printed = self.printed
        return _OVERHEAD + printed.size + len(printed.gzip) + len(printed.brotli or b"")


def status_line(status: int) -> str:
    """`200 OK`"""
    return f"{status} {http.HTTPStatus(status).phrase}"


class PageCache:
    """Entries up to `limit` bytes. `pages` is read without a lock; everything else takes it.

    Which entry goes is found by the clock rule: the hand passes over the entries in their order and
    spares once each that was asked for since it passed last. That keeps the bookkeeping of a hit
    down to one addition.
    """

    def __init__(self, limit: int) -> None:
        self.pages: dict[str, Entry] = {}
        self.held = 0
        self._limit = limit
        self._lock = threading.Lock()
        self._asked: dict[str, int] = {}

    def put(self, name: str, entry: Entry) -> None:
        """Keep `entry`, and let others go for it. One above a quarter of the limit is not kept."""
        with self._lock:
            self._take(name)
            if entry.weight * 4 > self._limit:
                return
            self.pages[name] = entry
            self.held += entry.weight
            while self.held > self._limit:
                oldest = next(iter(self.pages))
                passed = self.pages[oldest]
                if passed.hits == passed.hand or passed is entry:
                    self._take(oldest)
                else:
                    passed.hand = passed.hits
                    self.pages[oldest] = self.pages.pop(oldest)

    def drop(self, name: str) -> None:
        """Let go of one entry."""
        with self._lock:
            self._take(name)

    def asked(self) -> dict[str, int]:
        """How often each page was asked for since the last call."""
        with self._lock:
            counts, self._asked = self._asked, {}
            for entry in self.pages.values():
                self._tell(entry, counts)
            return counts

    def _take(self, name: str) -> None:
        entry = self.pages.pop(name, None)
        if entry is not None:
            self.held -= entry.weight
            self._tell(entry, self._asked)
            if len(self._asked) > _MAX_COUNTED:  # nobody fetches the counts
                self._asked.clear()

    def _tell(self, entry: Entry, counts: dict[str, int]) -> None:
        new = entry.hits - entry.told
        if new > 0:
            entry.told += new
            counts[entry.printed.path] = counts.get(entry.printed.path, 0) + new

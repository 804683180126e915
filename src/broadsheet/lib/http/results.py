"""What a fetch gives back: an answer, or a plain reason why there is none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broadsheet.lib import dates
from broadsheet.lib.http.limits import DAY
from broadsheet.lib.reasons import Reason

_SECONDS = re.compile(r"\d{1,12}(?:\.\d+)?\Z")


class FetchFailed(Exception):
    """A fetch brought nothing.

    ``reason`` is one of the plain codes, ``detail`` a short technical remark for the operator,
    ``status`` the HTTP status where there was one, ``retry_after`` seconds the server (or our own
    manners) asks us to stay away, ``url`` the address that failed, without credentials.
    """

    def __init__(
        self,
        reason: Reason,
        detail: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        url: str = "",
    ) -> None:
        # All arguments go to the base class, so that the exception survives pickling.
        super().__init__(reason, detail, status, retry_after, url)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.url = url

    def __str__(self) -> str:
        return f"{self.reason.sentence} ({self.detail})" if self.detail else self.reason.sentence


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``body`` is decoded; ``headers`` have lower-case names.

    ``url`` is where the answer came from after all redirects, ``hops`` how many there were.
    ``moved_to`` is set when the first redirect, and those directly behind it, were permanent:
    the address to adopt once several polls agree. ``not_modified`` means 304 and no body.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    not_modified: bool = False
    moved_to: str | None = None
    hops: int = 0

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; empty where none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def etag(self) -> str | None:
        """The entity tag as sent, to be given back on the next fetch."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """The ``Last-Modified`` header as sent, to be given back on the next fetch."""
        return self.headers.get("last-modified")


def retry_after(value: str | None, *, now: datetime, date: str | None = None, cap: float = DAY) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, 0 to ``cap``; None for nonsense.

    A moment is taken relative to the server's own ``date`` header where it sent one, so that a
    server with a wrong clock is still understood.
    """
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.match(value):
        seconds = float(value)
        return min(seconds, cap) if math.isfinite(seconds) else cap
    if not any(character.isalpha() for character in value):
        return None
    moment = dates.parse(value, now=now)
    if moment is None:
        return None
    start = (dates.parse(date, now=now) if date else None) or now
    return min(max((moment - start).total_seconds(), 0.0), cap)

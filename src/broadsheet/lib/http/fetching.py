"""One fetch on its way: its hops, what it carries along, and how answers become reasons."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import httpcore

from broadsheet.lib.http import decoding
from broadsheet.lib.http.connector import Call, calling
from broadsheet.lib.http.results import Fetched, FetchFailed
from broadsheet.lib.reasons import Reason
from broadsheet.lib.urls import ParsedURL, without_credentials

if TYPE_CHECKING:
    from broadsheet.lib.http.door import Door

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
# What the caller may add and what still goes along when a redirect leads to another origin;
# every other added header may be a secret of the first one.
_CARRIED = frozenset(("accept", "accept-language"))
_SET_BY_US_WORDS = (
    "host user-agent accept-encoding connection content-length transfer-encoding te trailer "
    "upgrade proxy-authorization keep-alive expect"
)
_SET_BY_US = frozenset(_SET_BY_US_WORDS.split())
_BROKEN_VALUE = re.compile("[\x00-\x1f\x7f]")
# More chunks than this must hold so many bytes on average.
_CRUMBS = 4096
_CRUMB = 12
_REASONS = {
    401: Reason.FORBIDDEN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    407: Reason.FORBIDDEN,
    408: Reason.TIMED_OUT,
    410: Reason.GONE,
    413: Reason.TOO_LARGE,
    451: Reason.FORBIDDEN,
    504: Reason.TIMED_OUT,
}


class Fetch:
    """One call through the door: its hops, what it carries, and what it has seen."""

    def __init__(
        self,
        door: Door,
        url: str,
        kind: str,
        asked: dict[str, str],
        added: dict[str, str],
        credentials: tuple[str, str] | None,
        patience: float | None,
    ) -> None:
        self.door = door
        self.url = door.checked(url)
        self.kind = kind
        self.asked = asked
        self.added = {name.lower(): value for name, value in added.items()}
        self.patience = door.patience(patience)
        self.content: bytes | None = None
        self.hops = 0
        self.moved_to: str | None = None
        self.all_permanent = True
        if credentials:
            pair = f"{credentials[0]}:{credentials[1]}".encode()
            self.added["authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"

    @property
    def host(self) -> str:
        """The host as it is dialled, without the dot that ends a full name."""
        return self.url.host.removesuffix(".")

    def run(self, deadline: float | None) -> Fetched:
        limits = self.door.limits
        seconds = min(limits.total, deadline) if deadline is not None else limits.total
        seen = {self.url.href}
        call: Call | None = None
        while True:
            try:
                patience = self.patience if call is None else min(self.patience, call.left())
                with self.door.manners.turn(self.host, patience, spaced=self.kind != "robots"):
                    # The clock starts with our first turn: waiting in line is no fault of theirs.
                    call = call or Call(seconds, limits.header_bytes)
                    with calling(call):
                        found = self._hop(call)
            except FetchFailed as failure:
                failure.url = failure.url or without_credentials(self.url.href)
                raise
            if isinstance(found, Fetched):
                return found
            if found.href in seen:
                raise self._failed(Reason.TOO_MANY_REDIRECTS, "the redirects form a loop")
            seen.add(found.href)
            self.url = found

    def _failed(self, reason: Reason, detail: str, status: int | None = None, wait: float | None = None) -> FetchFailed:
        return FetchFailed(reason, detail, status, wait, without_credentials(self.url.href))

    def _hop(self, call: Call) -> Fetched | ParsedURL:
        """One request: the answer, or the address that it sends us to."""
        response = self._ask(call)
        try:
            headers = _readable(response.headers, self.door.limits.header_bytes)
            status = response.status
            if status == 304:
                if not {"if-none-match", "if-modified-since"} & self.asked.keys():
                    raise self._failed(Reason.SERVER_ERROR, "304 without being asked", status)
                for _ in response.iter_stream():
                    pass
                return self._answer(status, headers, b"")
            if status in _REDIRECTS:
                return self._next(status, headers)
            if status == 206:
                raise self._failed(Reason.SERVER_ERROR, "a part of an answer, without being asked for one", status)
            if not 200 <= status < 300:
                raise self._refused(status, headers)
            return self._answer(status, headers, self._body(response, headers))
        except httpcore.ReadError as error:
            raise self._failed(Reason.SERVER_ERROR, f"the answer broke off: {error}") from None
        except httpcore.ProtocolError as error:
            raise self._failed(Reason.SERVER_ERROR, f"broken HTTP: {error}") from None
        finally:
            response.close()

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> Fetched:
        return Fetched(
            url=without_credentials(self.url.href),
            status=status,
            headers=headers,
            body=body,
            not_modified=status == 304,
            moved_to=self.moved_to,
            hops=self.hops,
        )

    def _ask(self, call: Call) -> httpcore.Response:
        """Sends the request and reads the head of the answer.

        A kept connection may turn out to be closed at the other end, or to hold bytes that the
        answer before should not have had; then the request is sent once more.
        """
        pool = self.door.pool(self.url.scheme, self.host)
        for again in (True, False):
            call.begin()
            try:
                response = pool.handle_request(self._request(call))
            except (httpcore.ReadError, httpcore.WriteError, httpcore.ProtocolError) as error:
                if again and not call.dialled and self.content is None:
                    continue
                broke = isinstance(error, httpcore.ProtocolError) and call.received
                reason = Reason.SERVER_ERROR if broke else Reason.REFUSED
                raise self._failed(reason, str(error) or "the connection was closed") from None
            if not call.received:
                # Left over from the answer before, which was longer than it claimed.
                response.close()
                if again and self.content is None:
                    continue
                raise self._failed(Reason.SERVER_ERROR, "an answer before the question")
            if response.extensions.get("http_version") not in (b"HTTP/1.1", b"HTTP/1.0"):
                response.close()
                raise self._failed(Reason.SERVER_ERROR, "not a version of HTTP that we know")
            call.head_is_over(self.door.limits.raw(self.kind))
            return response
        raise AssertionError("unreachable")

    def _request(self, call: Call) -> httpcore.Request:
        headers = {
            "host": self.url.netloc.replace(self.url.host, self.host, 1),
            "user-agent": self.door.agent,
            "accept-encoding": decoding.ACCEPT_ENCODING,
            **self.asked,
        }
        for name, value in self.added.items():
            if name not in _SET_BY_US:
                headers[name] = value
        if self.content is not None:
            headers["content-length"] = str(len(self.content))
        limit = min(self.door.limits.connect, call.left())
        return httpcore.Request(
            b"GET" if self.content is None else b"POST",
            httpcore.URL(
                scheme=self.url.scheme.encode("ascii"),
                host=self.host.encode("ascii"),
                port=self.url.port,
                target=self.url.target.encode("ascii"),
            ),
            headers=[
                (name.encode("ascii"), value.encode("utf-8"))
                for name, value in headers.items()
                if not _BROKEN_VALUE.search(name + value)
            ],
            content=self.content,
            extensions={"timeout": {"connect": limit, "pool": call.left()}},
        )

    def _next(self, status: int, headers: Mapping[str, str]) -> ParsedURL:
        """The checked target of a redirect; what must not leave the origin is dropped."""
        location = headers.get("location", "")
        if self.content is not None:
            raise self._failed(Reason.MOVED, f"redirected to {location[:200]}", status)
        if not location:
            raise self._failed(Reason.SERVER_ERROR, "a redirect without a target", status)
        if self.hops >= self.door.limits.hops:
            raise self._failed(Reason.TOO_MANY_REDIRECTS, f"more than {self.hops} redirects")
        self.hops += 1
        # Header bytes are read as Latin-1; a target written in UTF-8 gets its letters back.
        raw = location.encode("latin-1", "replace")
        target = self.door.checked(raw.decode("utf-8", "replace"), self.url.href)
        if self.door.is_mapped(target.host) and not self.door.is_mapped(self.url.host):
            why = f"a redirect from outside to our own {target.host}"
            raise self._failed(Reason.ADDRESS_NOT_ALLOWED, why, status)
        if target.origin != self.url.origin:
            self.added = {name: self.added[name] for name in self.added if name in _CARRIED}
        self.all_permanent = self.all_permanent and status in _PERMANENT
        if self.all_permanent:
            self.moved_to = without_credentials(target.href)
        return target

    def _refused(self, status: int, headers: Mapping[str, str]) -> FetchFailed:
        """The plain reason for a status that is no success."""
        wait = self.door.wait_asked(headers) if status in (429, 503) else None
        if status == 429 or (status == 503 and wait is not None):
            if wait:
                self.door.manners.pause(self.host, wait)
            return self._failed(Reason.ASKS_TO_WAIT, f"status {status}", status, wait)
        reason = _REASONS.get(status)
        if reason is None:
            reason = Reason.REFUSED if 400 <= status < 500 else Reason.SERVER_ERROR
        return self._failed(reason, f"status {status}", status)

    def _body(self, response: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        limit = self.door.limits.size(self.kind)
        length = headers.get("content-length", "")
        if length.isdigit() and int(length[:18]) > limit:
            raise self._failed(Reason.TOO_LARGE, f"{length} bytes announced, {limit} are taken")
        try:
            return decoding.body_of(
                _no_crumbs(response.iter_stream()),
                headers.get("content-encoding", ""),
                limit=limit,
                layers=self.door.limits.encodings,
                sniff=self.kind in ("feed", "other"),
            )
        except FetchFailed as failure:
            failure.status = response.status
            raise


def _no_crumbs(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a body, unless a server chops it so fine that only our processor's time can be meant."""
    size = 0
    for number, piece in enumerate(pieces, 1):
        size += len(piece)
        if number > _CRUMBS and size < number * _CRUMB:
            raise FetchFailed(Reason.SERVER_ERROR, f"{number} chunks of a few bytes each")
        yield piece


def _readable(raw: Iterable[tuple[bytes, bytes]], limit: int) -> dict[str, str]:
    """Headers with lower-case names; several of one name are joined by commas."""
    headers: dict[str, str] = {}
    total = 0
    for name, value in raw:
        total += len(name) + len(value) + 4
        if total > limit:
            raise FetchFailed(Reason.TOO_LARGE, f"more than {limit} bytes of headers")
        key = name.decode("ascii", "replace").lower()
        text = value.decode("latin-1").strip()
        # Of two targets or lengths the first counts; joined they would be neither.
        if key not in headers:
            headers[key] = text
        elif key not in ("location", "content-length", "retry-after", "etag", "last-modified"):
            headers[key] = f"{headers[key]}, {text}"
    return headers

"""The sample sources' web server: one loopback port that answers for all their host names.

The network door maps each `.example` name to this port (`Origin.names`), so the wire pulls
the sample exactly as it pulls the world: conditional requests, robots rules, pages and all.
"""

from __future__ import annotations

import hashlib
import socketserver
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import urlsplit

from broadsheet.ops.sample import edition as files
from broadsheet.ops.sample import feeds, pages, unruly
from broadsheet.ops.sample.feeds import Body
from broadsheet.ops.sample.shapes import Edition, Source

LOOPBACK = "127.0.0.1"
_FRESH_SECONDS = 60 * feeds.POLL_MINUTES
_IDLE_SECONDS = 30


def _system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Answer:
    """What the origin says to one request; `etag` is empty for errors, `headers` are further ones."""

    status: HTTPStatus
    body: Body
    etag: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Origin:
    """A running sample server. Ends with `stop()`, or with the process: its threads are daemons."""

    def __init__(self, server: _Server, edition: Edition) -> None:
        self._server = server
        self._thread = Thread(
            target=server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="sample-origin",
            daemon=True,
        )
        self._thread.start()
        self.edition = edition
        self.port: int = server.server_address[1]
        self.names: dict[str, tuple[str, int]] = {source.host: (LOOPBACK, self.port) for source in edition.sources}
        """Which host names the network door may take to which loopback address."""

    def stop(self) -> None:
        """Take no more requests and free the port. Calling it twice does no harm."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def start(
    started: datetime,
    *,
    clock: Callable[[], datetime] = _system_clock,
    edition: Edition | None = None,
) -> Origin:
    """Serve the sample edition on a free loopback port.

    `started` is the installation's first start (aware, kept by the caller): all ages count from
    it, so a restart does not make old articles new. `clock` gives the instant of each request.
    """
    edition = edition or files.load()
    return Origin(_Server(edition, started, clock), edition)


def answer(edition: Edition, host: str, path: str, *, now: datetime, started: datetime, requests: int = 0) -> Answer:
    """The full answer to a GET of `path` at `host`; conditions are the server's affair.

    `requests` counts how often this address was asked before.
    """
    source = next((one for one in edition.sources if one.host == host), None)
    if source is None:
        return _error(HTTPStatus.MISDIRECTED_REQUEST, started)
    if path == source.feed_path and "busy" in source.quirks and requests % 3 == 2:
        return _error(HTTPStatus.SERVICE_UNAVAILABLE, started, ("Retry-After", str(unruly.RETRY_AFTER)))
    if path == source.feed_path != unruly.new_address(source):
        return _error(HTTPStatus.MOVED_PERMANENTLY, started, ("Location", unruly.new_address(source)))
    body: Body | None
    if path == unruly.new_address(source):
        body = _feed(edition, source, now=now, started=started)
    elif path == "/robots.txt":
        body = pages.robots(source, started=started)
    elif path == "/":
        body = pages.front_page(edition, source, now=now, started=started)
    elif path.startswith("/pictures/"):
        body = _picture(edition, path.removeprefix("/pictures/"), started)
    else:
        body = pages.article_page(edition, source, path, now=now, started=started)
    if body is None:
        return _error(HTTPStatus.NOT_FOUND, started)
    return Answer(HTTPStatus.OK, body, f'"{hashlib.sha256(body.content).hexdigest()[:24]}"')


def _feed(edition: Edition, source: Source, *, now: datetime, started: datetime) -> Body:
    changed = feeds.last_change(edition.at(source, now, started), started)
    if "loose" in source.quirks:
        return unruly.loose(edition, source, now=now, started=started, changed=changed)
    if "restless" in source.quirks:
        return unruly.restless(edition, source, now=now, started=started, changed=changed)
    return feeds.feed(edition, source, now=now, started=started)


def _picture(edition: Edition, name: str, started: datetime) -> Body | None:
    """A picture of the edition by its file's name: only names in the catalogue are ever opened."""
    one = next((one for one in edition.prints.values() if one.file == name), None)
    if one is None:
        return None
    content = (files.FOLDER / "pictures" / one.file).read_bytes()
    return Body(content, feeds.PICTURE_TYPE, started.astimezone(UTC).replace(microsecond=0))


def unchanged(headers: Message[str, str], etag: str, changed: datetime) -> bool:
    """Whether the client's copy still stands (RFC 9110, section 13.2.2, for GET and HEAD)."""
    tags = headers.get("If-None-Match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return bool(known & {etag, "*"})
    since = headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return changed <= moment


def _error(status: HTTPStatus, started: datetime, *headers: tuple[str, str]) -> Answer:
    line = f"{status.value} {status.phrase}\n".encode()
    return Answer(status, Body(line, "text/plain; charset=utf-8", started), headers=headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # An idle kept connection must not hold up `stop`.
    block_on_close = False

    def __init__(self, edition: Edition, started: datetime, clock: Callable[[], datetime]) -> None:
        self.edition, self.started, self.clock = edition, started, clock
        self.asked: Counter[tuple[str, str]] = Counter()
        super().__init__((LOOPBACK, 0), _Handler)

    def server_bind(self) -> None:
        # The base class asks the resolver for the name of 127.0.0.1; without a network that
        # question can take seconds, and nobody needs the answer.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "SampleOrigin"
    sys_version = ""
    timeout = _IDLE_SECONDS
    # Head and body leave in one write, at once.
    wbufsize: ClassVar[int] = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").rpartition("@")[2].partition(":")[0].lower()
        path = urlsplit(self.path).path
        reply = answer(
            self.server.edition,
            host,
            path,
            now=self.server.clock(),
            started=self.server.started,
            requests=self.server.asked[host, path],
        )
        self.server.asked[host, path] += 1
        if reply.etag and unchanged(self.headers, reply.etag, reply.body.changed):
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self._validators(reply)
            self.end_headers()
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.body.content_type)
        self.send_header("Content-Length", str(len(reply.body.content)))
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.etag:
            self._validators(reply)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body.content)

    do_HEAD = do_GET

    def _validators(self, reply: Answer) -> None:
        self.send_header("ETag", reply.etag)
        self.send_header("Last-Modified", format_datetime(reply.body.changed, usegmt=True))
        self.send_header("Cache-Control", f"max-age={_FRESH_SECONDS}")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the wire keeps the record of every pull."""

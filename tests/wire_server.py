"""A hostile origin server on loopback: each path is scripted with the behaviour it shall show.

    with WireServer() as server:
        server.script("/feed", answer(b"<rss/>", etag='"1"'))
        door = Door("test", names=server.names("paper.test"), spacing=0)
        door.fetch("http://paper.test/feed")
        assert server.requests[0].headers["host"] == "paper.test"

A path scripted with several behaviours shows them one after the other and then repeats the last.
Behaviours are plain functions of an :class:`Exchange`, so a test may write its own.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

_PHRASES = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    404: "Not Found",
}


@dataclass(frozen=True)
class Recorded:
    """One request as it arrived. Header names are lower case; ``at`` is on the monotonic clock."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def host(self) -> str:
        """The host name that was asked for, without port."""
        return self.headers.get("host", "").partition(":")[0]


@dataclass
class Exchange:
    """One request and the connection that waits for its answer."""

    request: Recorded
    connection: socket.socket
    stopping: threading.Event
    keep: bool = field(default=True)

    def send(self, data: bytes) -> None:
        """Bytes onto the wire, just as they are."""
        self.connection.sendall(data)

    def head(self, status: int, headers: Mapping[str, str], *, length: int | None = None) -> None:
        """A status line and headers."""
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        self.send("\r\n".join([*lines, "", ""]).encode("utf-8"))

    def respond(self, status: int, body: bytes = b"", headers: Mapping[str, str] = {}) -> None:
        """A whole, honest answer."""
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if status != 304:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode("utf-8") + body)

    def sleep(self, seconds: float) -> bool:
        """Waits; False when the server is being stopped meanwhile."""
        return not self.stopping.wait(seconds)

    def close(self) -> None:
        """Ends the connection after this exchange."""
        self.keep = False


Behaviour = Callable[[Exchange], None]


def answer(
    body: bytes | str = b"",
    content_type: str = "application/rss+xml",
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    encoding: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] = {},
) -> Behaviour:
    """An honest answer; with ``etag`` or ``last_modified`` it answers 304 to a match.

    ``encoding`` gzip or deflate compresses the body; any other is only claimed.
    """
    data = body.encode() if isinstance(body, str) else body
    sent = {"Content-Type": content_type, **headers}
    if encoding:
        sent["Content-Encoding"] = encoding
        if encoding == "gzip":
            data = gzip.compress(data)
        elif encoding == "deflate":
            data = zlib.compress(data)
    if etag:
        sent["ETag"] = etag
    if last_modified:
        sent["Last-Modified"] = last_modified

    def behave(exchange: Exchange) -> None:
        asked = exchange.request.headers
        same_tag = etag is not None and asked.get("if-none-match") == etag
        same_date = last_modified is not None and asked.get("if-modified-since") == last_modified
        if same_tag or same_date:
            exchange.respond(304, headers={"ETag": etag} if etag else {})
        else:
            exchange.respond(status, data, sent)

    return behave


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    """A bare status; header names are given with underscores."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return lambda exchange: exchange.respond(code, body, named)


def redirect(to: str, code: int = 302, body: bytes = b"") -> Behaviour:
    """Sends the client on to another address; an empty one sends no ``Location``."""
    headers = {"Location": to} if to else {}
    return lambda exchange: exchange.respond(code, body, headers)


def wait(retry_after: str | None, code: int = 429) -> Behaviour:
    """Asks the client to come back later."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return lambda exchange: exchange.respond(code, b"later", headers)


def gone() -> Behaviour:
    """Withdrawn for good."""
    return status(410)


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes, then the end of the connection."""

    def behave(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.close()

    return behave


def drip(body: bytes, pause: float, *, head: bool = False) -> Behaviour:
    """One byte at a time; with ``head`` the status line and headers drip, too."""
    start = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)

    def behave(exchange: Exchange) -> None:
        if not head:
            exchange.send(start)
        for byte in (start if head else b"") + body:
            exchange.send(bytes((byte,)))
            if not exchange.sleep(pause):
                break
        exchange.close()

    return behave


def silent() -> Behaviour:
    """Never answers, keeps the connection open until the server stops."""

    def behave(exchange: Exchange) -> None:
        exchange.sleep(60)
        exchange.close()

    return behave


def endless(piece: bytes = b"x" * 16_384) -> Behaviour:
    """A body without end or length."""

    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "application/rss+xml", "Connection": "close"})
        while not exchange.stopping.is_set():
            exchange.send(piece)

    return behave


def bomb(size: int, encoding: str = "gzip") -> Behaviour:
    """``size`` bytes of nothing, compressed about 1:1000."""
    window = zlib.MAX_WBITS + (16 if encoding == "gzip" else 0)
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    block = bytes(1 << 20)
    data = b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()
    return lambda exchange: exchange.respond(200, data, {"Content-Encoding": encoding})


def broken_gzip() -> Behaviour:
    """A gzip body that is cut and then damaged."""
    data = bytearray(gzip.compress(bytes(range(256)) * 64)[:-12])
    data[30:40] = b"\xff" * 10
    return lambda exchange: exchange.respond(200, bytes(data), {"Content-Encoding": "gzip"})


def lying_length(body: bytes, claimed: int) -> Behaviour:
    """Announces another length than it sends, then closes."""

    def behave(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "text/xml"}, length=claimed)
        exchange.send(body)
        exchange.close()

    return behave


def bad_chunking() -> Behaviour:
    """Chunks whose sizes are no numbers."""
    return raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nworld\r\n")


def http09(body: bytes = b"<rss/>") -> Behaviour:
    """A body and nothing else, as in 1991."""
    return raw(body)


def many_headers(count: int = 100_000) -> Behaviour:
    """A flood of headers."""

    def behave(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n")
        for start in range(0, count, 500):
            stop = min(start + 500, count)
            exchange.send(b"".join(b"X-%d: y\r\n" % number for number in range(start, stop)))
        exchange.send(b"Content-Length: 0\r\n\r\n")

    return behave


def early_close() -> Behaviour:
    """Half a chunked answer."""
    return raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n<rss>")


def hang_up() -> Behaviour:
    """Closes without a byte."""
    return raw(b"")


def reset() -> Behaviour:
    """Breaks the connection off with a TCP reset."""

    def behave(exchange: Exchange) -> None:
        linger = struct.pack("ii", 1, 0)
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        exchange.close()

    return behave


def wrong_charset(text: str, claimed: str, real: str) -> Behaviour:
    """Text in one encoding under the name of another."""
    return answer(text.encode(real), f"application/rss+xml; charset={claimed}")


class WireServer:
    """A threaded loopback server; see the module's own words."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._scripts: dict[str, tuple[tuple[Behaviour, ...], itertools.count[int]]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self.requests: list[Recorded] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def script(self, path: str, *behaviours: Behaviour) -> None:
        """What a path shall show, in turn. ``host/path`` scripts it for one host name only."""
        with self._lock:
            self._scripts[path] = (behaviours, itertools.count())

    def host(self, name: str) -> tuple[str, int]:
        """Where a host name has to be mapped to, for the door's ``names``."""
        return ("127.0.0.1", self.port)

    def names(self, *names: str) -> dict[str, tuple[str, int]]:
        """The door's ``names`` for several hosts of this server."""
        return {name: self.host(name) for name in names}

    def asked(self, path: str) -> list[Recorded]:
        """The requests for one path so far."""
        with self._lock:
            return [request for request in self.requests if request.path == path]

    def __enter__(self) -> WireServer:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(timeout=2)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._start(self._serve, connection)

    def _serve(self, plain: socket.socket) -> None:
        connection = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                plain.settimeout(5)
                connection = self._tls.wrap_socket(plain, server_side=True)
                connection.settimeout(None)
            with self._lock:
                self._open.add(connection)
            with connection.makefile("rb") as stream:
                for request in self._incoming(stream):
                    exchange = Exchange(request, connection, self._stopping)
                    self._behaviour(request)(exchange)
                    if not exchange.keep:
                        break
        except (OSError, ValueError):
            pass  # the client went away, which is its right
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _incoming(self, stream: BinaryIO) -> Iterator[Recorded]:
        while line := stream.readline(65_536):
            method, path, _ = line.decode("latin-1").split(" ", 2)
            headers: dict[str, str] = {}
            while (field_line := stream.readline(65_536)) not in (b"\r\n", b"\n", b""):
                name, _, value = field_line.decode("latin-1").partition(":")
                headers[name.strip().lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", "0")))
            request = Recorded(method, path, headers, body, time.monotonic())
            with self._lock:
                self.requests.append(request)
            yield request

    def _behaviour(self, request: Recorded) -> Behaviour:
        with self._lock:
            found = self._scripts.get(request.host + request.path) or self._scripts.get(request.path)
            if found is None:
                return status(404)
            behaviours, turn = found
            return behaviours[min(next(turn), len(behaviours) - 1)]

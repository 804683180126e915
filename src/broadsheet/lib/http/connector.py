"""The vetting connector: resolves, judges every address, and dials only what it judged.

It is httpcore's network backend, so nothing httpcore does can get around it. The name is resolved
once for a connection; the literal address that was judged is the one dialled, the peer's address
is compared after connecting, and TLS still checks the host's name.
"""

from __future__ import annotations

import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpcore

from broadsheet.lib.http.addresses import Address, Allowed, literal, may_dial
from broadsheet.lib.http.limits import Limits
from broadsheet.lib.http.results import FetchFailed
from broadsheet.lib.reasons import Reason

Resolver = Callable[[str, int], Iterable[str]]
Dialler = Callable[[str, int, float], socket.socket]

# Look-ups that may hang at once: a thread stuck in the system's resolver cannot be interrupted.
_LOOKUPS = threading.BoundedSemaphore(64)


class Call:
    """What one fetch may still spend: time, bytes of the answer's head, and bytes behind it with all their framing."""

    def __init__(self, seconds: float, header_bytes: int) -> None:
        self.deadline = time.monotonic() + seconds
        self.header_bytes = header_bytes
        self.head_left = header_bytes
        self.in_head = True
        self.body_left = 0
        self.dialled = False
        self.received = False

    def begin(self) -> None:
        """A new request of the same call: its head is counted from nothing."""
        self.head_left = self.header_bytes
        self.in_head = True
        self.dialled = False
        self.received = False

    def head_is_over(self, body_bytes: int) -> None:
        """What comes now is the body: at most so many bytes as they arrive."""
        self.in_head = False
        self.body_left = body_bytes

    def left(self) -> float:
        """Seconds to the deadline; raises FetchFailed (timed out) when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise FetchFailed(Reason.TIMED_OUT, "the whole fetch took too long")
        return left


_local = threading.local()


@contextmanager
def calling(call: Call) -> Iterator[None]:
    """Makes a call the current one of this thread, for the streams underneath to ask."""
    outer = getattr(_local, "call", None)
    _local.call = call
    try:
        yield
    finally:
        _local.call = outer


def _current() -> Call:
    call: Call = _local.call
    return call


class Stream(httpcore.NetworkStream):
    """One connection. Every read and write ends with the current call's deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes, none at the end; counts the head of the answer against its limit."""
        call = _current()
        if call.in_head:
            if call.head_left <= 0:
                raise FetchFailed(Reason.TOO_LARGE, f"more than {call.header_bytes} bytes of headers")
            max_bytes = min(max_bytes, call.head_left)
        elif call.body_left <= 0:
            raise FetchFailed(Reason.TOO_LARGE, "more framing than text")
        self._sock.settimeout(call.left())
        try:
            data = self._sock.recv(max_bytes)
        except TimeoutError:
            raise FetchFailed(Reason.TIMED_OUT, "the answer stopped coming") from None
        except OSError as error:
            raise httpcore.ReadError(str(error)) from None
        call.received = call.received or bool(data)
        if call.in_head:
            call.head_left -= len(data)
        else:
            call.body_left -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends everything."""
        call = _current()
        while buffer:
            self._sock.settimeout(call.left())
            try:
                sent = self._sock.send(buffer)
            except TimeoutError:
                raise FetchFailed(Reason.TIMED_OUT, "the request could not be sent") from None
            except OSError as error:
                # httpcore then still reads: a server may answer before it has read everything.
                raise httpcore.WriteError(str(error)) from None
            buffer = buffer[sent:]

    def close(self) -> None:
        """Closes the connection."""
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> Stream:
        """The same connection under TLS, with the certificate checked against the host's name."""
        left = _current().left()
        try:
            self._sock.settimeout(min(left, timeout or left))
            # With a time limit the handshake as a whole keeps to it, not only each read.
            secured = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except TimeoutError:
            self.close()
            raise FetchFailed(Reason.TIMED_OUT, "the TLS handshake took too long") from None
        except ssl.SSLError as error:
            self.close()
            why = getattr(error, "verify_message", "") or error.reason or "handshake failed"
            raise FetchFailed(Reason.CERTIFICATE, str(why)) from None
        except (OSError, ValueError) as error:
            self.close()
            raise FetchFailed(Reason.REFUSED, f"TLS handshake: {error}") from None
        return Stream(secured)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks: the TLS object, and whether bytes wait on an idle connection."""
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        if info == "is_readable":
            return _is_readable(self._sock)
        return None


def _is_readable(sock: socket.socket) -> bool:
    if sock.fileno() < 0:
        return True
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    return bool(poller.poll(0))


def system_resolver(host: str, port: int) -> list[str]:
    """All addresses of a name, as the operating system finds them."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def system_dial(address: str, port: int, timeout: float) -> socket.socket:
    """A TCP connection to a literal address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect((address, port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def is_own(address: str) -> bool:
    """Whether an address belongs to this machine: then the kernel would use it as sender, too.

    Connecting a datagram socket sends nothing; it only asks the routing table.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
            return str(probe.getsockname()[0]) == address
        except OSError:
            return False


class Connector(httpcore.NetworkBackend):
    """Opens connections for httpcore, to vetted addresses only."""

    def __init__(
        self,
        *,
        names: Mapping[str, tuple[str, int]],
        allow: tuple[Allowed, ...],
        limits: Limits,
        resolver: Resolver,
        dial: Dialler,
        own: Callable[[str], bool],
    ) -> None:
        self._names = names
        self._allow = allow
        self._limits = limits
        self._resolver = resolver
        self._dial = dial
        self._own = own

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        """A connection to the host, or FetchFailed before anything was sent."""
        call = _current()
        call.dialled = True
        if (mapped := self._names.get(host)) is not None:
            address = literal(mapped[0])
            if address is None or not address.is_loopback:
                raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, f"{host} may be mapped to loopback only")
            return self._connect([str(address)], mapped[1], call)
        return self._connect(self.vetted(host, port, call), port, call)

    def connect_unix_socket(self, *_: Any, **__: Any) -> Stream:
        """Refused: there is no such address on the web."""
        raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, "unix sockets are not fetched from")

    def vetted(self, host: str, port: int, call: Call) -> list[str]:
        """The host's addresses as literals. One address that is not allowed condemns the name."""
        written = literal(host)
        if written is not None:
            found = self.judged(host, [str(written)])
        else:
            found = self.judged(host, _look_up(self._resolver, host, port, min(self._limits.dns, call.left())))
        for address in found:
            exempt = any(entry.host == host and address in entry.network for entry in self._allow)
            if not exempt and self._own(str(address)):
                raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, f"{host} leads back to this server ({address})")
        return [str(address) for address in found]

    def judged(self, host: str, answers: Iterable[str]) -> list[Address]:
        """A name's answers, all of which may be dialled as far as the table knows; or FetchFailed."""
        found: list[Address] = []
        for answer in answers:
            address = literal(answer)
            if address is None:
                raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, f"{host} leads to {answer!r}")
            found.append(address)
        if not found:
            raise FetchFailed(Reason.NAME_NOT_FOUND, f"{host} has no address")
        for address in found:
            if not may_dial(host, address, self._allow):
                raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, f"{host} leads to {address}")
        return found

    def _connect(self, addresses: list[str], port: int, call: Call) -> Stream:
        """Tries the first few addresses in turn, all within one connect limit."""
        tried = addresses[: self._limits.addresses]
        until = time.monotonic() + self._limits.connect
        failure = FetchFailed(Reason.TIMED_OUT, "no connection in time")
        for index, address in enumerate(tried):
            left = min(until - time.monotonic(), call.left())
            if left <= 0:
                break
            try:
                sock = self._dial(address, port, left / (len(tried) - index))
            except TimeoutError:
                failure = FetchFailed(Reason.TIMED_OUT, f"no connection to {address} in time")
                continue
            except OSError as error:
                failure = FetchFailed(Reason.REFUSED, f"{address}: {error.strerror or error}")
                continue
            return Stream(_same_peer(sock, address))
        raise failure


def _same_peer(sock: socket.socket, address: str) -> socket.socket:
    """The socket, if its far end really is the address that was judged."""
    try:
        peer = literal(str(sock.getpeername()[0]))
    except OSError as error:
        sock.close()
        raise FetchFailed(Reason.REFUSED, f"{address}: {error.strerror}") from None
    if peer != literal(address):
        sock.close()
        raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, f"dialled {address} but reached {peer}")
    return sock


def _look_up(resolver: Resolver, host: str, port: int, seconds: float) -> list[str]:
    """The resolver's answer within a time limit; a look-up that hangs is left behind."""
    until = time.monotonic() + seconds
    late = FetchFailed(Reason.TIMED_OUT, f"looking up {host} took too long")
    slots = _LOOKUPS
    if not slots.acquire(timeout=seconds):
        raise late
    answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(list(resolver(host, port)))
        except Exception as error:  # noqa: BLE001 - handed over to the thread that waits
            answer.put(error)
        finally:
            slots.release()

    threading.Thread(target=ask, name=f"lookup {host}"[:60], daemon=True).start()
    try:
        result = answer.get(timeout=max(until - time.monotonic(), 0.001))
    except queue.Empty:
        raise late from None
    if isinstance(result, FetchFailed):
        raise result
    if isinstance(result, Exception):
        raise FetchFailed(Reason.NAME_NOT_FOUND, f"{host}: {result}")
    return result

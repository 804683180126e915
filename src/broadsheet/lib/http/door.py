"""The door: fetches one address with all manners and limits, following redirects itself."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

import certifi
import httpcore

from broadsheet.lib.http.addresses import Allowed, is_inside, literal
from broadsheet.lib.http.connector import (
    Connector,
    Dialler,
    Resolver,
    is_own,
    system_dial,
    system_resolver,
)
from broadsheet.lib.http.fetching import Fetch
from broadsheet.lib.http.limits import Limits
from broadsheet.lib.http.manners import Manners
from broadsheet.lib.http.results import Fetched, FetchFailed, retry_after
from broadsheet.lib.reasons import Reason
from broadsheet.lib.urls import ParsedURL, parse, without_credentials

_ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.5",
    "image": "image/avif, image/webp, image/png, image/jpeg, image/gif, image/*;q=0.8",
    "robots": "text/plain, */*;q=0.5",
}
# Pools are many and small: httpcore looks at every connection of a pool on every request.
_SHARDS = 64
_KEPT_PER_SHARD = 12
_KEEP_ALIVE = 20.0


def _now() -> datetime:
    return datetime.now(UTC)


def _can_be_a_name(host: str) -> bool:
    """Whether a host keeps to the sizes of RFC 1035: labels of 1 to 63 characters, 253 in all."""
    name = host.removesuffix(".")
    return len(name) <= 253 and all(0 < len(label) <= 63 for label in name.split("."))


class Door:
    """The only way out to the network. Thread-safe; one for each process is enough.

    ``agent`` is the ``User-Agent`` and has to name a contact. ``names`` maps exact host names to
    a loopback address and port, for the sample edition, tests and benches; nothing else reaches
    loopback. ``allow`` holds the operator's exceptions, ``ports`` the ports of addresses that may
    be fetched. ``tls`` may bring further certificate authorities, but no laxer checks.
    """

    def __init__(
        self,
        agent: str,
        *,
        names: Mapping[str, tuple[str, int]] | None = None,
        allow: Iterable[Allowed] = (),
        ports: Iterable[int] = (80, 443),
        limits: Limits | None = None,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
        per_host: int = 2,
        spacing: float = 1.0,
        patience: float = 60.0,
        manners: Manners | None = None,
        dial: Dialler | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        if tls is not None and not (tls.check_hostname and tls.verify_mode == ssl.CERT_REQUIRED):
            raise ValueError("TLS is never relaxed: give a context that checks names and chains.")
        self.agent = agent
        self.limits = limits or Limits()
        self.manners = manners or Manners(per_host, spacing)
        allow = tuple(allow)
        self._names = names if names is not None else {}
        # Hosts of the operator's exceptions: they may be spelled like a name inside a network.
        self._named = frozenset(entry.host for entry in allow)
        self._ports = frozenset(ports)
        self._patience = patience
        self._tls = tls
        self._clock = clock
        self._connector = Connector(
            names=self._names,
            allow=allow,
            limits=self.limits,
            resolver=resolver or system_resolver,
            dial=dial or system_dial,
            own=is_own if dial is None else lambda _: False,
        )
        self._pools: dict[tuple[str, int], httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def polite_wait(self, host: str) -> float:
        """Seconds until a request to this host would start at once; 0 means now."""
        return self.manners.delay(host.lower())

    def close(self) -> None:
        """Closes all idle connections. The door stays usable."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # A door that was forgotten must not leave sockets open until the collector comes.
        if hasattr(self, "_pools"):
            self.close()

    def fetch(
        self,
        url: str,
        kind: str = "feed",
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str | None = None,
        credentials: tuple[str, str] | None = None,
        deadline: float | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float | None = None,
    ) -> Fetched:
        """The answer at an address, or FetchFailed.

        ``kind`` (feed, page, image, robots, other) chooses the size limit. ``etag`` and
        ``last_modified`` make the request conditional. ``credentials`` are a user name and
        password; they and ``headers`` go to the address's own origin only. ``deadline`` shortens
        the limit of the whole call, ``patience`` the wait for our turn at the host; in seconds.
        """
        asked = {"accept": accept or _ACCEPT.get(kind, "*/*")}
        if etag:
            asked["if-none-match"] = etag
        if last_modified:
            asked["if-modified-since"] = last_modified
        fetch = Fetch(self, url, kind, asked, dict(headers or {}), credentials, patience)
        return fetch.run(deadline)

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        kind: str = "other",
        *,
        deadline: float | None = None,
        patience: float | None = None,
    ) -> Fetched:
        """Sends a body once, for web hooks and the like; redirects are not followed."""
        fetch = Fetch(self, url, kind, {"accept": "*/*"}, dict(headers or {}), None, patience)
        fetch.content = body
        return fetch.run(deadline)

    # What a single fetch needs of its door.

    def checked(self, url: str, base: str | None = None) -> ParsedURL:
        """The address, parsed, if it may be fetched as far as can be told by looking at it."""
        parsed = parse(url, base)
        shown = without_credentials(url)
        if parsed is None or (parsed.is_web and not _can_be_a_name(parsed.host)):
            raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, "this is not a web address", url=shown)
        if not parsed.is_web:
            why = f"only http and https are fetched, not {parsed.scheme}"
            raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, why, url=shown)
        if parsed.port not in self._ports:
            why = f"port {parsed.port} is not on the list of ports"
            raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, why, url=shown)
        host = parsed.host.removesuffix(".")
        if not parsed.is_address and is_inside(host) and host not in self._named and not self.is_mapped(host):
            why = f"{host} is a name for use inside a network"
            raise FetchFailed(Reason.ADDRESS_NOT_ALLOWED, why, url=shown)
        return parsed

    def judged(self, url: str, resolves_to: Iterable[str] | None = None) -> tuple[bool, str]:
        """Whether an address would be dialled, and the plain reason why not; nothing is looked up or sent.

        ``resolves_to`` is what the host's name is taken to resolve to. Without it a name is judged by scheme, port
        and spelling alone; a host that is written as an address is always judged as that address. Whether an
        address is this server's own shows only when it is to be dialled.
        """
        try:
            host = self.checked(url).host.removesuffix(".")
            written = literal(host)
            if written is not None:
                self._connector.judged(host, [str(written)])
            elif resolves_to is not None and not self.is_mapped(host):
                self._connector.judged(host, resolves_to)
        except FetchFailed as failure:
            return False, str(failure)
        return True, ""

    def is_mapped(self, host: str) -> bool:
        """Whether the host is one of our own names on loopback."""
        return host.removesuffix(".") in self._names

    def pool(self, scheme: str, host: str) -> httpcore.ConnectionPool:
        """The pool that keeps this host's connections."""
        place = (scheme, hash(host) % _SHARDS)
        with self._lock:
            if place not in self._pools:
                self._pools[place] = httpcore.ConnectionPool(
                    ssl_context=self._secure() if scheme == "https" else None,
                    max_connections=None,
                    max_keepalive_connections=_KEPT_PER_SHARD,
                    keepalive_expiry=_KEEP_ALIVE,
                    network_backend=self._connector,
                )
            return self._pools[place]

    def _secure(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context(cafile=certifi.where())
            self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._tls

    def wait_asked(self, headers: Mapping[str, str]) -> float | None:
        """Seconds a ``Retry-After`` among the headers asks for."""
        return retry_after(
            headers.get("retry-after"),
            now=self._clock(),
            date=headers.get("date"),
            cap=self.limits.retry_after,
        )

    def patience(self, wanted: float | None) -> float:
        """How long one fetch waits for its turn at a host, in seconds."""
        return self._patience if wanted is None else wanted


@lru_cache(maxsize=1)
def _plain() -> Door:
    return Door("Broadsheet")


def judged(url: str, resolves_to: Iterable[str] | None = None, door: Door | None = None) -> tuple[bool, str]:
    """What :meth:`Door.judged` says, of a door with the usual ports and no exceptions unless one is given."""
    return (door or _plain()).judged(url, resolves_to)

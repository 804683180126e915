"""The beacon of reader events at the front door: no identity is kept, nothing is answered that a stranger could use.

Plain WSGI, no Django: it runs in front of the framework. A page sends `KIND ARTICLE`, an older one the article alone:
a read. What is sent on is kind, article and two keys, of the visitor and of the visitor's network, that only this day's
secret could make. The counting process mixes them with a salt of its own before it remembers them for an hour
(`trends.counter`); neither key is ever stored. Whoever sends Global Privacy Control or Do Not Track is counted the same
way as all others, because there is nothing about anybody to leave out.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from broadsheet.trends import rules

Environ = dict[str, Any]

MAX_BODY = 32
_BODY = re.compile(rf"(?:({'|'.join(rules.BY_BEACON)}) )?([1-9][0-9]{{0,17}})".encode())
# Programs that fetch pages without reading them. A list of words, not of products: it needs no updates to be useful.
_NOT_A_READER = re.compile(
    r"(?<!cu)bot(?:\b|_)|crawl|spider|slurp|scrap|headless|phantom|selenium|puppeteer|playwright|lighthouse|preview"
    r"|monitor|uptime|pingdom|validator|checker|archiver|facebookexternalhit|feedfetch|fetcher|curl|wget|python|perl"
    r"|java/|okhttp|go-http|libwww|http-client|httpclient|axios|node-fetch|undici|mediapartners|google-read|inspection",
    re.IGNORECASE,
)
#: Headers by which browsers say that nobody looks at the page yet.
_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_IS_AHEAD = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


def socket_path(run_dir: Path) -> str:
    """Where the counting process listens; a path too long for a socket address gets a short stand-in."""
    path = str(run_dir / "pulse.sock")
    if len(path.encode()) < 100:
        return path
    digest = hashlib.sha256(path.encode()).hexdigest()[:24]
    return f"\0broadsheet-pulse-{digest}"


class Outlet:
    """Hands events to the counting process without ever waiting for it."""

    def __init__(self, address: str, secret: str) -> None:
        self._address = address
        self._secret = secret.encode()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def event(self, kind: str, article_id: int, *, visitor: str, network: str, day: date) -> None:
        """One event. Of visitor and network only keys travel; no network (empty) has no key."""
        words = [kind, str(article_id), self._key(visitor, day)]
        self._send(" ".join([*words, self._key(network, day)] if network else words))

    def refused(self, why: str) -> None:
        """Something that was no event of a reader."""
        self._send(f"refused {why}")

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def _key(self, words: str, day: date) -> str:
        material = f"{day.isoformat()}\n{words}".encode("utf-8", "replace")
        return hmac.digest(self._secret, material, "sha256")[:12].hex()

    def _send(self, words: str) -> None:
        try:
            self._socket.sendto(words.encode(), self._address)
        except OSError:
            # Nobody counts just now, or the queue is full: a lost read is better than a slow page.
            return


class Pulse:
    """Takes a beacon and hands it to the counting process without waiting. Returns the status to answer."""

    def __init__(
        self,
        address: str,
        secret: str,
        *,
        trusted: Sequence[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._outlet = Outlet(address, secret)
        self._trusted = [ipaddress.ip_network(one, strict=False) for one in trusted]
        self._now = now

    def close(self) -> None:
        """Give the socket back."""
        self._outlet.close()

    def __call__(self, environ: Environ) -> int | None:
        """204 when taken (whether it counts is nobody's business), 400, 403 or 413 when refused."""
        if not self._same_origin(environ):
            return 403
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > MAX_BODY:
            return 413
        body = environ["wsgi.input"].read(int(length))
        found = _BODY.fullmatch(body)
        if not found:
            return 400
        agent = environ.get("HTTP_USER_AGENT", "")
        if not agent or _NOT_A_READER.search(agent):
            self._outlet.refused(rules.CRAWLER)
        elif any(_IS_AHEAD.search(environ.get(name, "")) for name in _AHEAD):
            self._outlet.refused(rules.PREFETCH)
        else:
            client, network = self._client(environ)
            kind, article = (found[1] or rules.READ.encode()).decode(), int(found[2])
            self._outlet.event(kind, article, visitor=f"{client}\n{agent}", network=network, day=self._now().date())
        return 204

    def _same_origin(self, environ: Environ) -> bool:
        site = environ.get("HTTP_SEC_FETCH_SITE")
        if site is not None:
            return bool(site == "same-origin")
        origin = environ.get("HTTP_ORIGIN", "")
        return bool(origin) and urlsplit(origin).netloc == environ.get("HTTP_HOST")

    def _client(self, environ: Environ) -> tuple[str, str]:
        """The client's address, IPv6 by its /64, since one household has many; and its network, by /24 or /48."""
        peer = str(environ.get("REMOTE_ADDR", ""))
        if self._is_trusted(peer):
            for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                if hop.strip() and not self._is_trusted(hop.strip()):
                    peer = hop.strip()
                    break
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return peer[:64], peer[:64]
        if address.version == 6:
            home = ipaddress.ip_network((address, 64), strict=False)
            return str(home), str(ipaddress.ip_network((address, 48), strict=False))
        return str(address), str(ipaddress.ip_network((address, 24), strict=False))

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)

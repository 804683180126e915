"""The read beacon at the front door: no identity is kept, and nothing is answered that a stranger could use.

Plain WSGI, no Django: it runs in front of the framework. What is sent on is the article and a key of the visitor that
only this day's secret could make, so that one visitor counts once a window; the key is never stored.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Environ = dict[str, Any]

MAX_BODY = 32
_BODY = re.compile(rb"[1-9][0-9]{0,17}")
# Programs that fetch pages without reading them. A list of words, not of products: it needs no updates to be useful.
_NOT_A_READER = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scrap|headless|preview|monitor|curl|wget|python|java/|go-http|libwww|http-client|axios",
    re.IGNORECASE,
)


def socket_path(run_dir: Path) -> str:
    """Where the counting process listens; a path too long for a socket address gets a short stand-in."""
    path = str(run_dir / "pulse.sock")
    if len(path.encode()) < 100:
        return path
    digest = hashlib.sha256(path.encode()).hexdigest()[:24]
    return f"\0broadsheet-pulse-{digest}"


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
        self._address = address
        self._secret = secret.encode()
        self._trusted = [ipaddress.ip_network(one, strict=False) for one in trusted]
        self._now = now
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def __call__(self, environ: Environ) -> int | None:
        """204 when taken (whether it counts is nobody's business), 400, 403 or 413 when refused."""
        if not self._same_origin(environ):
            return 403
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > MAX_BODY:
            return 413
        body = environ["wsgi.input"].read(int(length))
        if not _BODY.fullmatch(body):
            return 400
        agent = environ.get("HTTP_USER_AGENT", "")
        if agent and not _NOT_A_READER.search(agent):
            self._send(body, self._visitor(environ, agent))
        return 204

    def _same_origin(self, environ: Environ) -> bool:
        site = environ.get("HTTP_SEC_FETCH_SITE")
        if site is not None:
            return bool(site == "same-origin")
        origin = environ.get("HTTP_ORIGIN", "")
        return bool(origin) and urlsplit(origin).netloc == environ.get("HTTP_HOST")

    def _visitor(self, environ: Environ, agent: str) -> bytes:
        day = self._now().date().isoformat()
        material = f"{day}\n{self._client(environ)}\n{agent}".encode("utf-8", "replace")
        return hmac.digest(self._secret, material, "sha256")[:12]

    def _client(self, environ: Environ) -> str:
        """The client's address; IPv6 by its /64, since one household has many."""
        peer = str(environ.get("REMOTE_ADDR", ""))
        if self._is_trusted(peer):
            for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                if hop.strip() and not self._is_trusted(hop.strip()):
                    peer = hop.strip()
                    break
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return peer[:64]
        if address.version == 6:
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)

    def _send(self, article: bytes, visitor: bytes) -> None:
        try:
            self._socket.sendto(article + b" " + visitor.hex().encode(), self._address)
        except OSError:
            # Nobody counts just now, or the queue is full: a lost read is better than a slow page.
            return

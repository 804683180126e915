"""A WebSub hub for tests: it takes wishes on a loopback server, asks back and pushes when a test says so."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.wire_server import Behaviour, Exchange, WireServer

#: How a hub reaches a subscriber: (method, path with query, body, headers) to whatever a test has for an answer.
Call = Callable[[str, str, bytes, Mapping[str, str]], Any]

CHALLENGE = "sea-lark-417"


def signature(body: bytes, secret: str, algorithm: str = "sha256") -> str:
    """The header value that signs a body."""
    return f"{algorithm}={hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()}"


class Hub:
    """Takes what is posted to `path` of the server. `wishes` are the forms in the order in which they came."""

    def __init__(self, server: WireServer, call: Call, *, where: str = "/hub") -> None:
        self.wishes: list[dict[str, str]] = []
        self.call = call
        self.answers: Behaviour = lambda exchange: exchange.respond(202, b"wait for my call")
        server.script(where, self._take)

    def _take(self, exchange: Exchange) -> None:
        assert exchange.request.method == "POST"
        assert exchange.request.headers["content-type"] == "application/x-www-form-urlencoded"
        form = parse_qs(exchange.request.body.decode("ascii"), strict_parsing=True)
        self.wishes.append({name: value for name, (value,) in form.items()})
        self.answers(exchange)

    @property
    def wish(self) -> dict[str, str]:
        """The latest wish."""
        return self.wishes[-1]

    @property
    def path(self) -> str:
        """The path of the latest callback."""
        return urlsplit(self.wish["hub.callback"]).path

    def ask(self, **over: str | None) -> Any:
        """Ask back about the latest wish; a value of None leaves a parameter out. Names lose their `hub.`."""
        asked: dict[str, str | None] = {
            "mode": self.wish["hub.mode"],
            "topic": self.wish["hub.topic"],
            "challenge": CHALLENGE,
            "lease_seconds": self.wish.get("hub.lease_seconds"),
            **over,
        }
        query = urlencode([(f"hub.{name}", value) for name, value in asked.items() if value is not None])
        return self.call("GET", f"{self.path}?{query}", b"", {})

    def push(self, body: bytes = b"<rss/>", *, signed: str | None = "", path: str = "") -> Any:
        """Push a body to the latest callback: signed as agreed, or with another header value, or none."""
        value = signature(body, self.secret) if signed == "" else signed
        headers = {"Content-Type": "application/rss+xml"} | ({"X-Hub-Signature": value} if value is not None else {})
        return self.call("POST", path or self.path, body, headers)

    @property
    def secret(self) -> str:
        """What the latest wish to subscribe told us to sign with."""
        return next(one["hub.secret"] for one in reversed(self.wishes) if "hub.secret" in one)

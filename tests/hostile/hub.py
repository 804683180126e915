"""A WebSub hub's bad habits: pushes that are signed, unsigned, signed wrongly, damaged, or sent a thousand times."""

from __future__ import annotations

import hashlib
import hmac
import http.client
from collections import Counter
from urllib.parse import urlsplit


def signature(body: bytes, secret: str, method: str = "sha256") -> str:
    """The header's value for a body."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def push(
    callback: str, body: bytes, *, secret: str | None = None, method: str = "sha256", signed: str | None = None,
    times: int = 1, content_type: str = "application/rss+xml", headers: dict[str, str] | None = None,
) -> Counter[int]:  # fmt: skip
    """Sends the same push several times; how often each status came back.

    `signed` gives the signature outright, right or wrong; otherwise it is made with `secret`, or left out.
    """
    parts = urlsplit(callback)
    given = {"Content-Type": content_type, **(headers or {})}
    if signed is not None:
        given["X-Hub-Signature"] = signed
    elif secret is not None:
        given["X-Hub-Signature"] = signature(body, secret, method)
    seen: Counter[int] = Counter()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        for _ in range(times):
            connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, given)
            answer = connection.getresponse()
            answer.read()
            seen[answer.status] += 1
    finally:
        connection.close()
    return seen


def forgeries(body: bytes, secret: str) -> dict[str, str | None]:
    """Signatures that must not be taken, by what is wrong with them."""
    right = signature(body, secret)
    return {
        "none": None,
        "empty": "",
        "no method": right.partition("=")[2],
        "another secret": signature(body, secret + "x"),
        "another body": signature(body + b" ", secret),
        "cut": right[:-1],
        "longer": right + "0",
        "unknown method": "crc32=" + "0" * 8,
        "method alone": "sha256=",
        "not ASCII": "sha256=" + "é" * 64,
        "two": f"{signature(body, 'x')}, {signature(body, 'y')}",
    }

"""Whatever a hub or a feed may send in headers and queries: signatures, links, challenges, leases."""

from __future__ import annotations

import hashlib
import hmac
import sys
from urllib.parse import parse_qs

from tests.fuzz import driver

with driver.watched():
    from broadsheet.lib import urls
    from broadsheet.wire import websub

SECRET = "a-secret-of-the-harness"
TOPIC = "http://gazette.example/feed"
GOOD = "sha256=" + hmac.new(SECRET.encode(), b"<rss/>", hashlib.sha256).hexdigest()
BASE = "https://gazette.example/feed"

SEEDS = [
    b'<https://hub.example/>; rel="hub", <https://gazette.example/feed>; rel="self"',
    b'<https://hub.example/>;rel=hub,</feed>;rel=self;title="a, b; c \\" d"',
    b'<//hub.example/?a=<b>>; REL="self hub"; rel="next", <>; rel=hub',
    GOOD.encode(),
    b"sha512=" + b"ab" * 64,
    b"hub.mode=subscribe&hub.topic=http%3A%2F%2Fgazette.example%2Ffeed&hub.challenge=abc&hub.lease_seconds=864000",
    b"hub.mode=denied&hub.topic=http%3A%2F%2Fgazette.example%2Ffeed&hub.reason=we%20know%20you",
    b"864000",
]
SCRAPS = (
    b"rel=", b"hub", b"self", b"<", b">", b'\\"', b"sha256=", b"sha1=", b"hub.mode=", b"hub.topic=", b"hub.challenge=",
    b"hub.lease_seconds=", b"http://", b"&", b"%0d%0a", b"unsubscribe", b"denied",
)  # fmt: skip


def target(data: bytes) -> None:
    """Raises on any crash, and on whatever must never come of any input."""
    said = data.decode("latin-1")
    _links(said)
    _signature(said, data)
    _challenge(said)
    granted = websub.lease(said)
    assert 0 < granted <= websub.LONGEST_LEASE
    assert websub.SHORTEST_RENEWAL <= websub.renewal(granted) <= websub.LONGEST_LEASE


def _links(said: str) -> None:
    found = websub.links(said, BASE)
    assert len(found.hubs) <= websub.MOST_LINKS
    for address in (*found.hubs, found.topic):
        _is_sound(address)
    chosen = websub.chosen(found, [(said, said)], BASE)
    for address in (*chosen.hubs, chosen.topic):
        _is_sound(address)
    assert chosen.topic or not chosen.hubs


def _is_sound(address: str) -> None:
    if not address:
        return
    parsed = urls.parse(address)
    assert parsed is not None, address
    assert parsed.is_web, address
    assert not parsed.username, address
    assert "#" not in address, address
    assert len(address) <= 2000


def _signature(said: str, data: bytes) -> None:
    read = websub.Signature.read(said)
    if read is None:
        return
    assert read.algorithm in ("sha256", "sha384", "sha512")
    for body in (b"<rss/>", data):
        check = read.check(SECRET)
        check.add(body)
        own = hmac.new(SECRET.encode(), body, read.algorithm).digest()
        assert check.holds() == (read.digest == own)


def _challenge(said: str) -> None:
    try:
        asked = parse_qs(said, keep_blank_values=True)
    except ValueError:
        return
    for pending in ("subscribe", "unsubscribe", ""):
        verdict = websub.judge(websub.Standing(pending, TOPIC, True), asked)
        if verdict is None:
            continue
        assert asked["hub.topic"] == [TOPIC]
        assert verdict.mode in (pending, "denied")
        assert verdict.challenge.isprintable() or verdict.challenge == ""
        assert len(verdict.why) <= 200
        assert "\n" not in verdict.why
        if verdict.mode != "denied":
            assert asked["hub.challenge"] == [verdict.challenge]
            assert pending
    assert websub.judge(websub.Standing("subscribe", "", True), asked) is None


if __name__ == "__main__":
    sys.exit(driver.main("websub", target, SEEDS, scraps=SCRAPS))

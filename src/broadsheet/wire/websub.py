"""WebSub as a subscriber, the pure part: what headers and questions of a hub say, and when it is asked again.

After the W3C Recommendation of 23 January 2018: discovery in section 4, subscription and its verification in 5,
signed pushes in 7. Nothing here touches the network or the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from broadsheet.lib import text, urls
from broadsheet.lib.http import Reason
from broadsheet.lib.http.addresses import is_inside, is_public, literal

DAY = 86_400
#: What we ask a hub for, in seconds; what it grants is taken within the bounds below.
LEASE_ASKED = 10 * DAY
LONGEST_LEASE = 90 * DAY
#: A hub that grants seconds only is not asked again every second.
SHORTEST_RENEWAL = 300
RENEW_AT = 0.8

#: A push is read only to check its signature; one that is longer is none.
LARGEST_PUSH = 5 * 1024 * 1024
#: At most one pull in as many seconds comes of pushes, however many arrive.
PUSH_SPACING = 10.0
#: A hub is often faster than the caches before a feed: where a push brings nothing new we look again, so much later.
SECOND_LOOK = 30.0

LONGEST_HEADER = 8192
MOST_LINKS = 64
LONGEST_CHALLENGE = 2048

#: How often a hub that fails, or never asks back, is asked before it counts as one that refuses.
ATTEMPTS = 5
UNANSWERED = 3600.0
REFUSED_AGAIN = 7 * DAY

_ALGORITHMS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_PASSING = frozenset({Reason.TIMED_OUT, Reason.ASKS_TO_WAIT, Reason.SERVER_ERROR, Reason.NAME_NOT_FOUND})


class Refusal(StrEnum):
    """Why there is no subscription; further reasons are those of the network door."""

    NOT_PUBLIC = "not_public"
    DENIED = "denied"
    UNANSWERED = "unanswered"
    FEED_PAUSED = "feed_paused"
    NOT_NAMED = "not_named"

    @property
    def sentence(self) -> str:
        """One sentence for the desk."""
        return _SENTENCES[self]


_SENTENCES = {
    Refusal.NOT_PUBLIC: "This portal has no public address that a hub could call.",
    Refusal.DENIED: "The hub said no.",
    Refusal.UNANSWERED: "The hub never asked back, so perhaps it cannot reach this portal.",
    Refusal.FEED_PAUSED: "The feed is not pulled.",
    Refusal.NOT_NAMED: "The feed names no hub any more.",
}


def is_reachable(site_url: str) -> bool:
    """Whether a stranger's server can call this address, as far as its spelling tells."""
    parsed = urls.parse(site_url)
    if parsed is None or not parsed.is_web:
        return False
    address = literal(parsed.host)
    return is_public(address) if address is not None else not is_inside(parsed.host)


# Discovery


@dataclass(frozen=True)
class Links:
    """What a `Link` header names: hubs in its order, and the address of the feed itself, empty where it says none."""

    hubs: tuple[str, ...] = ()
    topic: str = ""


def links(header: str, base: str) -> Links:
    """Hubs and topic of a `Link` header (RFC 8288). Addresses are resolved against `base`, the feed's own."""
    hubs: list[str] = []
    topic = ""
    for target, rels in _targets(header[:LONGEST_HEADER]):
        if not {"hub", "self"} & set(rels):
            continue
        address = usable(target, base)
        if not address:
            continue
        if "hub" in rels and address not in hubs:
            hubs.append(address)
        if "self" in rels and not topic:
            topic = address
    return Links(tuple(hubs), topic)


def _targets(header: str) -> Iterable[tuple[str, list[str]]]:
    """(target, relations) of every link, by one pass over the characters: no pattern that could run away."""
    place = 0
    for _ in range(MOST_LINKS):
        start = header.find("<", place)
        end = header.find(">", start + 1) if start >= 0 else -1
        if end < 0:
            return
        parameters, place = _parameters(header, end + 1)
        # Of a parameter that comes twice the first counts (RFC 8288, 3.3).
        yield header[start + 1 : end].strip(), parameters.get("rel", "").lower().split()


def _parameters(header: str, place: int) -> tuple[dict[str, str], int]:
    """The parameters that follow a target, and where the next link begins."""
    found: dict[str, str] = {}
    piece: list[str] = []
    quoted = escaped = False
    while place < len(header):
        letter = header[place]
        place += 1
        if escaped:
            escaped = False
        elif quoted and letter == "\\":
            escaped = True
            continue
        elif letter == '"':
            quoted = not quoted
            continue
        elif not quoted and letter in ";,":
            _note(found, piece)
            piece = []
            if letter == ",":
                return found, place
            continue
        piece.append(letter)
    _note(found, piece)
    return found, place


def _note(found: dict[str, str], piece: Sequence[str]) -> None:
    name, _, value = "".join(piece).partition("=")
    found.setdefault(name.strip().lower(), value.strip())


def usable(address: str, base: str | None = None) -> str:
    """The address as we keep it; empty if it is none of the web, too long, or has credentials or a fragment."""
    parsed = urls.parse(address, base)
    if parsed is None or not parsed.is_web or parsed.username or parsed.password or len(parsed.href) > 2000:
        return ""
    return parsed.href.partition("#")[0]


def chosen(header: Links, feed_says: Iterable[tuple[str, str]], address: str) -> Links:
    """Hubs and topic to subscribe with; no hubs where none is named.

    The header goes before the feed (section 4), https before http, else the order in which they are named; the topic is
    what calls itself the feed, else the `address` it was asked at.
    """
    pairs = [(usable(hub), usable(topic)) for hub, topic in feed_says]
    topics = [header.topic, *(topic for _, topic in pairs), usable(address)]
    hubs = dict.fromkeys(header.hubs or tuple(hub for hub, _ in pairs if hub))
    ordered = sorted(hubs, key=lambda hub: not hub.startswith("https:"))
    return Links(tuple(ordered), next(filter(None, topics), ""))


# What a hub asks


@dataclass(frozen=True)
class Standing:
    """What we want of a hub: the mode that is not answered yet (empty: none) and the topic; `ours` while it counts."""

    pending: str
    topic: str
    ours: bool


@dataclass(frozen=True)
class Verdict:
    """What a hub's question comes to. `mode` is what is now agreed or denied; `challenge` is to be sent back."""

    mode: str
    challenge: str = ""
    lease: int = 0
    why: str = ""


def judge(standing: Standing, asked: Mapping[str, Sequence[str]]) -> Verdict | None:
    """What a hub's GET comes to; None if it is about nothing that we wanted (section 5.3): answer 404.

    `asked` is its query, all values of each name. A name that comes twice could be read two ways and counts as wrong.
    """
    facts = {name: values[0] for name, values in asked.items() if len(values) == 1}
    mode = facts.get("hub.mode", "")
    if not standing.topic or facts.get("hub.topic") != standing.topic:
        return None
    if mode == "denied":
        return Verdict(mode, why=text.tidy(facts.get("hub.reason", ""))[:200]) if standing.ours else None
    challenge = facts.get("hub.challenge", "")
    if mode not in ("subscribe", "unsubscribe") or mode != standing.pending:
        return None
    if not 0 < len(challenge) <= LONGEST_CHALLENGE or not challenge.isprintable():
        return None
    return Verdict(mode, challenge, lease=lease(facts.get("hub.lease_seconds", "")))


def lease(written: str) -> int:
    """The granted lease in seconds; what says none counts as the one that we asked for."""
    if not re.fullmatch(r"[0-9]{1,12}", written) or int(written) == 0:
        return LEASE_ASKED
    return min(int(written), LONGEST_LEASE)


def renewal(lease_seconds: int) -> float:
    """Seconds after which a lease is renewed: at 80 % of it, and not before five minutes have passed."""
    return max(lease_seconds * RENEW_AT, float(SHORTEST_RENEWAL))


def wish(mode: str, topic: str, callback: str, secret: str) -> dict[str, str]:
    """The form that asks a hub (section 5.1)."""
    form = {"hub.callback": callback, "hub.mode": mode, "hub.topic": topic}
    if mode == "subscribe":
        form |= {"hub.lease_seconds": str(LEASE_ASKED), "hub.secret": secret}
    return form


def passes(reason: Reason, status: int | None) -> bool:
    """Whether a failure of the hub may pass by itself: no answer at all, a refused connection, an error of its own."""
    return reason in _PASSING or (reason is Reason.REFUSED and status is None)


def retry_wait(attempts: int, retry_after: float | None = None) -> float:
    """Seconds until a hub that failed `attempts` times is asked again: 1 minute, 5, 25, 2 hours; longer if it says."""
    own = 60.0 * (1, 5, 25, 125)[max(min(attempts, 4) - 1, 0)]
    return max(own, min(retry_after or 0.0, float(DAY)))


# What a hub sends


@dataclass(frozen=True)
class Signature:
    """The signature of a push as sent; `digest` is its bytes."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str) -> Signature | None:
        """From `X-Hub-Signature: sha256=…`; None for nonsense and for methods that are too weak (SHA-1)."""
        if len(header) > 200:
            return None
        name, _, written = header.strip().partition("=")
        make = _ALGORITHMS.get(name.strip().lower())
        written = written.strip()
        if make is None or len(written) != 2 * make().digest_size or not _HEX.match(written):
            return None
        return cls(name.strip().lower(), bytes.fromhex(written))

    def check(self, secret: str) -> Check:
        """Begin to check a body."""
        return Check(self, hmac.new(secret.encode("ascii"), digestmod=_ALGORITHMS[self.algorithm]))


@dataclass
class Check:
    """A body read in pieces, against its signature."""

    signature: Signature = field(repr=False)
    _made: Any = field(repr=False)

    def add(self, piece: bytes) -> None:
        """The next piece of the body."""
        self._made.update(piece)

    def holds(self) -> bool:
        """Whether the sender knew the secret; takes as long for a near miss as for a far one."""
        return hmac.compare_digest(self._made.digest(), self.signature.digest)


def pull_after(last: float | None) -> float | None:
    """Seconds from now at which a push is to be pulled; None where the pull that waits already will see it.

    `last` says when the last pull that a push asked for was meant to be, in seconds from now (negative: past).
    """
    # One further ahead than any that we ask for was reckoned by a wrong clock.
    if last is None or not -PUSH_SPACING < last <= PUSH_SPACING:
        return 0.0
    return None if last > 0 else last + PUSH_SPACING

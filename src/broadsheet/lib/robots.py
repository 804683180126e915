"""What a robots.txt asks of us, read by RFC 9309 and, where that is silent, as Google's published parser reads it.

Written by hand, since the reader at hand ends a group at lines that it does not know, compares the whole of a
``User-agent`` line where the standard compares its product token, and takes ``%62`` in an ``Allow`` for ``b``. A
pattern is matched piece by piece and never by a regular expression, so no file can make it slow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from broadsheet.lib.urls import parse

MAX_CHARACTERS = 512 * 1024
"""The standard asks for at least 500 KiB; what stands behind is not read."""

EVERYBODY = "*"
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_STRAY = re.compile(r"[^!#-;=?-\[\]_a-z~]|%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Spellings that are met often enough to be understood.
_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("agent", ("user-agent", "useragent", "user agent")),
    ("disallow", ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")),
    ("allow", ("allow",)),
    ("sitemap", ("sitemap", "site-map")),
    ("delay", ("crawl-delay", "crawldelay", "crawl delay")),
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One ``Allow`` or ``Disallow``: pieces between stars, and whether the end of the address is anchored."""

    allow: bool
    weight: int
    pieces: tuple[str, ...]
    anchored: bool

    @classmethod
    def of(cls, allow: bool, pattern: str) -> _Rule:
        anchored = pattern.endswith("$")
        return cls(allow, len(pattern), tuple(pattern.removesuffix("$").split("*")), anchored)

    def matches(self, target: str) -> bool:
        """Whether the pattern fits from the beginning of path and query; linear in the length of both."""
        first, *rest = self.pieces
        if not target.startswith(first):
            return False
        if not rest:
            return not self.anchored or len(target) == len(first)
        place = len(first)
        last = rest.pop() if self.anchored else ""
        for piece in rest:
            found = target.find(piece, place)
            if found < 0:
                return False
            place = found + len(piece)
        return not self.anchored or (len(target) - len(last) >= place and target.endswith(last))


@dataclass(slots=True)
class _Group:
    """The rules behind some ``User-agent`` lines. All names share it: copies for each would be a bomb."""

    rules: list[_Rule] = field(default_factory=list)
    delay: float | None = None


@dataclass(frozen=True, slots=True)
class Robots:
    """A robots.txt that was read. Ask :meth:`allows`; ``sitemaps`` are the addresses it names, as they stand."""

    groups: dict[str, list[_Group]]
    sitemaps: tuple[str, ...]

    def allows(self, url: str, agent: str) -> bool:
        """Whether a robot whose name begins with this product token may read the address.

        The longest rule that fits decides, of two equally long ones the one that allows (RFC 9309, 2.2.2). The
        robots.txt itself may always be read.
        """
        target = _target(url)
        if target.partition("?")[0] == "/robots.txt":
            return True
        raw = _folded(target)
        plain = _unescaped(raw)
        allow = forbid = 0
        for rule in chain.from_iterable(group.rules for group in self._groups(agent)):
            if rule.weight <= (allow if rule.allow else forbid):
                continue
            # To forbid, both spellings of an address count: whoever asks us to stay out is not evaded by a %62.
            if rule.matches(raw) or (not rule.allow and plain != raw and rule.matches(plain)):
                if rule.allow:
                    allow = rule.weight
                else:
                    forbid = rule.weight
        return allow >= forbid

    def crawl_delay(self, agent: str) -> float | None:
        """Seconds between requests that the file asks of this robot; no standard, but often written."""
        return next((group.delay for group in reversed(self._groups(agent)) if group.delay is not None), None)

    def _groups(self, agent: str) -> list[_Group]:
        return self.groups.get(_token(agent)) or self.groups.get(EVERYBODY) or []


def _token(agent: str) -> str:
    """The product token that a name begins with, in lower case; ``FooBot/2.1 (…)`` is ``foobot``."""
    found = _TOKEN.match(agent.strip())
    return found.group().lower() if found else ""


def _folded(text: str) -> str:
    """One spelling of escapes: what cannot stand in an address escaped as UTF-8, hexadecimal digits large."""
    escaped = _STRAY.sub(lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found.group())), text)
    return _ESCAPE.sub(lambda found: found.group().upper(), escaped)


def _bytes(character: str) -> bytes:
    return character.encode("utf-8", "surrogatepass")


def _unescaped(text: str) -> str:
    """Escapes undone that no address needs: those of letters, digits and ``-._~`` (RFC 3986, 2.3)."""

    def undone(found: re.Match[str]) -> str:
        character = chr(int(found.group(1), 16))
        return character if character in _UNRESERVED else found.group()

    return _ESCAPE.sub(undone, text)


def _target(url: str) -> str:
    """Path and query as we would ask for them."""
    parsed = parse(url)
    if parsed is not None and parsed.is_web:
        # An empty query is dropped on the way out, but rules may be written against its question mark.
        return parsed.target + ("" if parsed.query or "?" not in parsed.href.partition("#")[0] else "?")
    rest = url.partition("#")[0].partition("//")[2] or url.partition("#")[0]
    found = re.search(r"[/?;]", rest)
    if found is None:
        return "/"
    tail = rest[found.start() :]
    return tail if tail.startswith("/") else f"/{tail}"


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Field and value of every line that we understand."""
    for line in _LINE_END.split(text[:MAX_CHARACTERS].lstrip("\ufeff")):
        line = line.partition("#")[0].strip()
        name, colon, value = line.partition(":")
        if not colon:
            words = line.split()
            if len(words) != 2:
                continue
            name, value = words
        name = name.strip().lower()
        for meaning, spellings in _FIELDS:
            if name.startswith(spellings):
                yield meaning, value.strip()
                break


@lru_cache(maxsize=8)
def read(text: str) -> Robots:
    """The rules of a robots.txt. Never raises: what cannot be understood asks nothing."""
    groups: dict[str, list[_Group]] = {}
    current: _Group | None = None
    sitemaps: list[str] = []
    ended = True
    for meaning, value in _lines(text):
        if meaning == "agent":
            if ended or current is None:
                current, ended = _Group(), False
            name = EVERYBODY if value == "*" or value[:2].strip() == "*" else _token(value)
            known = groups.setdefault(name, []) if name else [current]
            if not known or known[-1] is not current:
                known.append(current)
        elif meaning == "sitemap":
            if value:
                sitemaps.append(value)
        elif meaning == "delay":
            # No rule of the standard, but whoever writes it means it for the names above, and what follows for others.
            ended = True
            if current is not None:
                current.delay = _seconds(value)
        else:
            ended = True
            if current is not None:
                current.rules += _rules(meaning == "allow", value)
    return Robots(groups, tuple(sitemaps))


def _rules(allow: bool, value: str) -> list[_Rule]:
    """The rules that one line means; an empty one means none."""
    if not value:
        return []
    pattern = _folded(value)
    found = [_Rule.of(allow, pattern)]
    if allow and pattern.endswith("/index.html"):
        # Beyond the standard, after Google: who allows a folder's page allows the folder.
        found.append(_Rule.of(True, pattern.removesuffix("index.html") + "$"))
    if not allow and (plain := _unescaped(pattern)) != pattern:
        found.append(_Rule.of(False, plain))
    return found


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None

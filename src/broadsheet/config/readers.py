"""How one setting is read from its text: each reader returns the value or raises NotUsable."""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

_HOST_NAME = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$")
_EMAIL = re.compile(r"^[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,255}$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")
SECRET_KEY_LENGTH = 50


class NotUsable(ValueError):
    """A value that cannot be used: ``what`` is wrong, and a ``hint`` what to write instead."""

    def __init__(self, what: str, hint: str = "") -> None:
        self.what, self.hint = what, hint
        super().__init__(f"{what} {hint}".strip())


def text(raw: str) -> str:
    """The text as it is."""
    return raw


def line(longest: int) -> Callable[[str], str]:
    """One line of at most ``longest`` printable characters."""

    def read(raw: str) -> str:
        if len(raw) > longest:
            raise NotUsable(f"is {len(raw)} characters long.", f"Keep it to {longest}.")
        if not raw.isprintable():
            raise NotUsable("has line breaks or control characters.", "Write it on one line.")
        return raw

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number from ``low`` to ``high``."""

    def read(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", raw):
            raise NotUsable(f"{raw!r} is not a whole number.", f"Give one from {low} to {high}.")
        if not low <= int(raw) <= high:
            raise NotUsable(f"{raw} is out of range.", f"Give one from {low} to {high}.")
        return int(raw)

    return read


def switch(raw: str) -> bool:
    """Yes or no, in the usual spellings."""
    word = raw.lower()
    if word in {"yes", "true", "on", "1"}:
        return True
    if word in {"no", "false", "off", "0"}:
        return False
    raise NotUsable(f"{raw!r} is neither yes nor no.", "Write yes or no.")


def choice(*words: str) -> Callable[[str], str]:
    """One of ``words``, in any case."""

    def read(raw: str) -> str:
        if raw.lower() not in words:
            raise NotUsable(f"{raw!r} is not known.", f"Write one of: {', '.join(words)}.")
        return raw.lower()

    return read


def directory(raw: str) -> Path:
    """An absolute path; a relative one counts from the current directory."""
    path = Path(raw).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise NotUsable(f"{path} is a file.", "Name a directory.")
    return path


def listen_host(raw: str) -> str:
    """An IP address, or localhost."""
    if raw == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(raw.strip("[]")))
    except ValueError:
        hint = "Write one like 127.0.0.1, 0.0.0.0 or ::."
        raise NotUsable(f"{raw!r} is not an IP address.", hint) from None


def is_loopback(host: str) -> bool:
    """True for an address only this machine can reach."""
    return ipaddress.ip_address(host).is_loopback


def site_url(raw: str) -> str:
    """An http or https origin; a single trailing slash is dropped. Empty stays empty."""
    if not raw:
        return ""
    parts = urlsplit(raw)
    hint = "Write it like https://news.example.org."
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotUsable(f"{raw!r} is not a web address.", hint)
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise NotUsable(f"{raw!r} has more than a host in it.", hint)
    try:
        port = parts.port
    except ValueError:
        raise NotUsable(f"{raw!r} has no right port.", hint) from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def host_of(url: str) -> str:
    """The host of a checked site URL, with brackets around an IPv6 address."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


def _items(raw: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", raw) if part]


def host_names(raw: str) -> tuple[str, ...]:
    """Host names; a leading dot takes in all names below. A bare * is refused."""
    names = [name.lower() for name in _items(raw)]
    for name in names:
        if not _HOST_NAME.match(name.removeprefix(".")):
            raise NotUsable(f"{name!r} is not a host name.", "Write them like news.example.org.")
    return tuple(names)


def networks(raw: str) -> tuple[str, ...]:
    """IP addresses or networks, in their standard spelling."""
    return tuple(_network(part) for part in _items(raw))


def _network(part: str) -> str:
    try:
        return str(ipaddress.ip_network(part, strict=False))
    except ValueError:
        raise NotUsable(f"{part!r} is not a network.", "Write one like 10.0.0.0/8.") from None


def allow_pairs(raw: str) -> tuple[tuple[str, str], ...]:
    """``host=network`` pairs."""
    pairs = []
    for part in _items(raw):
        host, equals, network = part.partition("=")
        if not equals or not _HOST_NAME.match(host.lower()):
            raise NotUsable(f"{part!r} is not a pair.", "Write host=network.")
        pairs.append((host.lower(), _network(network)))
    return tuple(pairs)


def ports(raw: str) -> tuple[int, ...]:
    """Port numbers."""
    return tuple(whole(1, 65535)(part) for part in _items(raw))


def secret_key(raw: str) -> str:
    """A signing key. Empty is allowed: one is then kept in the data directory."""
    if raw and (len(raw) < SECRET_KEY_LENGTH or len(set(raw)) < 5):
        raise NotUsable(
            "is too easy to guess.",
            f"Give at least {SECRET_KEY_LENGTH} random characters, or leave it out.",
        )
    return raw


def email(raw: str) -> str:
    """One bare e-mail address, or nothing."""
    if raw and not _EMAIL.match(raw):
        raise NotUsable(f"{raw!r} is not an e-mail address.", "Write it like desk@example.org.")
    return raw


def language(raw: str) -> str:
    """A language tag in lower case."""
    tag = raw.lower().replace("_", "-")
    if not _LANGUAGE.match(tag):
        raise NotUsable(f"{raw!r} is not a language tag.", "Write one like en or pt-br.")
    return tag


def time_zone(raw: str) -> str:
    """A name of the time zone database."""
    try:
        zoneinfo.ZoneInfo(raw)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise NotUsable(f"{raw!r} is not a time zone.", "Write one like Europe/Lisbon.") from None
    return raw


def database_url(raw: str) -> str:
    """A SQLite or PostgreSQL address. The value is secret, so messages do not repeat it."""
    if not raw:
        return ""
    hint = "Write sqlite:///path or postgres://user:password@host:5432/name."
    try:
        parts = urlsplit(raw)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise NotUsable("is not an address.", hint) from None
    if parts.scheme == "sqlite":
        if not sqlite_path(raw) or parts.netloc:
            raise NotUsable("names no file.", hint)
        return raw
    if parts.scheme not in {"postgres", "postgresql"}:
        raise NotUsable("is for a database this program does not know.", hint)
    if not parts.path.strip("/") or not port_is_right:
        raise NotUsable("names no database.", hint)
    return raw


def sqlite_path(url: str) -> str:
    """The file of a sqlite address: ``sqlite:///x`` is relative, ``sqlite:////x`` absolute.

    A path written ``sqlite:///`` + absolute path therefore works, which is what people mean.
    """
    path = unquote(urlsplit(url).path)
    return path[1:] if path.startswith("/") else path


def email_url(raw: str) -> str:
    """smtp, smtps or file. The value is secret, so messages do not repeat it."""
    hint = "Write smtp://user:password@host:587, smtps://user:password@host:465 or file:."
    if raw == "file:":
        return raw
    try:
        parts = urlsplit(raw)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise NotUsable("is not an address.", hint) from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise NotUsable("is not a way to send mail.", hint)
    return raw

"""From what a builder hands in (a sheet) to what a reader is handed (a printed page).

Nothing here knows Django or a database: bytes, headers and names only.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape

from broadsheet.press import keys as press_keys

#: Version of what is stored for a page. Raise it when headers or container change their meaning:
#: pages of another format are never handed out as fresh.
FORMAT = 1

GZIP_LEVEL = 6
BROTLI_QUALITY = 9

_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
#: Headers that belong to the front door or to one reader alone, never to a sheet.
_NOT_FROM_A_SHEET = frozenset(
    {"set-cookie", "etag", "content-encoding", "content-length", "vary", "last-modified", "date"}
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as its builder made it, the same for every reader.

    `keys` name the facts it shows. `max_age` is how many seconds an outer cache may keep it without
    asking; browsers always ask. `last_modified` is the time of the newest fact on it.
    """

    body: bytes | str
    content_type: str = "text/html; charset=utf-8"
    keys: frozenset[str] = frozenset()
    status: int = 200
    last_modified: datetime | None = None
    max_age: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    indexable: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """A page that is elsewhere now: a redirect, printed and kept like any page."""

    location: str
    permanent: bool = True
    keys: frozenset[str] = frozenset()


Builder = Callable[..., "Sheet | Moved | None"]
PageHeaders = Mapping[str, str] | Callable[[Sheet], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Match:
    """The builder that prints a path, with what the pattern read out of the path."""

    kind: str
    path: str
    builder: Builder
    groups: Mapping[str, str]

    def build(self) -> Sheet | Moved | None:
        """Run the builder. None means that there is no such page."""
        return self.builder(self.path, **self.groups)


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    pattern: re.Pattern[str]
    builder: Builder
    paths: Callable[[], Iterable[str]] | None


class Printer:
    """The table of page kinds. The first registered pattern that fits a path wins."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}

    def register(
        self,
        name: str,
        pattern: str,
        builder: Builder,
        *,
        paths: Callable[[], Iterable[str]] | None = None,
    ) -> None:
        """Have `builder(path, **groups)` print the paths that `pattern` fits from end to end.

        `paths`, where given, yields every path of the kind, for printing all of them.
        Raises ValueError for a name already taken.
        """
        if name in self._kinds:
            raise ValueError(f"There is already a page kind named {name!r}.")
        self._kinds[name] = _Kind(name, re.compile(pattern), builder, paths)

    def match(self, path: str) -> Match | None:
        """Who prints `path`; None where nobody does."""
        for kind in self._kinds.values():
            found = kind.pattern.fullmatch(path)
            if found is not None:
                groups = {k: v for k, v in found.groupdict().items() if v is not None}
                return Match(kind.name, path, kind.builder, groups)
        return None

    def matches(self, path: str) -> bool:
        """Whether `path` is the address of a printed page (which may or may not exist)."""
        return any(kind.pattern.fullmatch(path) for kind in self._kinds.values())

    def kinds(self) -> list[str]:
        """Names of all kinds, in their order."""
        return list(self._kinds)

    def all_paths(self) -> Iterable[str]:
        """Every path that the kinds can name by themselves."""
        for kind in self._kinds.values():
            if kind.paths is not None:
                yield from kind.paths()


#: The table that the paper fills and the press prints from.
printer = Printer()


@dataclass(frozen=True, slots=True)
class Printed:
    """A page ready to be handed out. `etag` is bare (no quotes, no coding suffix).

    The body is kept compressed only; `body` unpacks it. `as_of` is the reading of the press clock
    taken before the builder ran, `imprint` the format and layout the page was made with.
    """

    path: str
    kind: str
    status: int
    headers: tuple[tuple[str, str], ...]
    etag: str
    size: int
    gzip: bytes
    brotli: bytes | None = None
    keys: frozenset[str] = frozenset()
    last_modified: int | None = None
    as_of: int = 0
    imprint: str = ""

    @property
    def body(self) -> bytes:
        """The plain bytes."""
        return zlib.decompress(self.gzip, wbits=31)

    def same_bytes(self, other: Printed) -> bool:
        """Whether a reader could not tell the two prints apart."""
        mine = (self.status, self.etag, self.size, self.headers)
        return mine == (other.status, other.etag, other.size, other.headers)


def print_sheet(
    path: str,
    sheet: Sheet | Moved,
    *,
    kind: str = "",
    as_of: int = 0,
    imprint: str = "",
    page_headers: PageHeaders | None = None,
    key_headers: Iterable[str] = ("Surrogate-Key",),
) -> Printed:
    """Make the printed page of `sheet`: headers, tag and the gzip form. Brotli is added afterwards.

    Raises ValueError for a malformed key, a header that could split the response, or one that
    belongs to a single reader.
    """
    extra: dict[str, str] = {}
    if isinstance(sheet, Moved):
        extra["Location"] = sheet.location
        sheet = _redirect_sheet(sheet)
    body = sheet.body.encode() if isinstance(sheet.body, str) else sheet.body
    for one in sheet.keys:
        press_keys.check(one)
    given = page_headers(sheet) if callable(page_headers) else page_headers or {}
    modified = int(sheet.last_modified.timestamp()) if sheet.last_modified is not None else None
    return Printed(
        path=path,
        kind=kind,
        status=sheet.status,
        headers=_headers(sheet, {**given, **sheet.headers, **extra}, tuple(key_headers)),
        etag=hashlib.sha256(body).hexdigest()[:32],
        size=len(body),
        # No time in the gzip form: equal bodies give equal bytes.
        gzip=gzip.compress(body, GZIP_LEVEL, mtime=0),
        keys=sheet.keys,
        last_modified=modified,
        as_of=as_of,
        imprint=imprint,
    )


def with_brotli(page: Printed) -> Printed:
    """The same page with its brotli form, which is too slow to make while a reader waits."""
    import brotli  # only the worker pays for loading it

    return replace(page, brotli=brotli.compress(page.body, quality=BROTLI_QUALITY))


def _redirect_sheet(moved: Moved) -> Sheet:
    where = escape(moved.location, quote=True)
    body = f'<!doctype html><title>Moved</title><p>This page is at <a href="{where}">{where}</a> now.'
    return Sheet(body, status=301 if moved.permanent else 302, keys=moved.keys)


def _headers(sheet: Sheet, given: Mapping[str, str], key_headers: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    lines = {"Content-Type": sheet.content_type, "Cache-Control": cache_control(sheet.max_age)}
    lines["Vary"] = "Accept-Encoding"
    if not sheet.indexable:
        lines["X-Robots-Tag"] = "noindex"
    for name, value in given.items():
        if name.lower() in _NOT_FROM_A_SHEET:
            raise ValueError(f"A printed page is the same for every reader and sets no {name} header.")
        lines[name] = value
    if sheet.keys:
        for name in key_headers:
            separator = "," if name.lower() == "cache-tag" else " "
            lines[name] = press_keys.header(sheet.keys, separator=separator)
    for name, value in lines.items():
        if not _HEADER_NAME.fullmatch(name) or not value.isascii() or not value.isprintable():
            raise ValueError(f"Not fit for a response header: {name!r}: {value!r}")
    return tuple(lines.items())


def cache_control(max_age: int) -> str:
    """Browsers ask every time; an outer cache may keep the page for `max_age` seconds.

    The two stale-… words let an outer cache do what the front door does: hand out the last print
    while a new one is made, and for a day while we are away (meaning of RFC 5861).
    """
    if max_age <= 0:
        return "public, max-age=0, must-revalidate"
    return f"public, max-age=0, s-maxage={max_age}, stale-while-revalidate=60, stale-if-error=86400"

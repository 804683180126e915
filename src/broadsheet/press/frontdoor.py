"""The front door: printed pages from memory, before any framework is asked.

A plain WSGI layer without Django.

A hit is one dictionary look-up, one comparison with the shared generation, and headers made up
beforehand. All else takes the slower way: memory, then store, then the press. What a request may
choose is the coding of the body and whether it gets one; host, query, cookies, forwarded and
underscore headers have no say in the bytes. (One thing WSGI cannot tell apart: `Accept_Encoding`
from `Accept-Encoding`. An outer cache must not pass on names with underscores; nginx does not by
default.)
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from broadsheet.press import negotiation
from broadsheet.press.generation import Generation
from broadsheet.press.pagecache import Entry, Form, PageCache, status_line
from broadsheet.press.printing import Printed
from broadsheet.press.store import PageStore

log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

#: Longest path and query string together, in characters.
MAX_ADDRESS = 8192
#: Seconds a page is left alone after its printing failed: doubled each time, up to the second
#: number.
BACK_OFF = (0.5, 10.0)

_MAX_PATH = 500
_MAX_REMEMBERED = 512
_METHODS = "GET, HEAD"
_STALE = ("Warning", '111 - "Revalidation Failed"')
_PLAIN = ("Content-Type", "text/plain; charset=utf-8")
_NOSNIFF = ("X-Content-Type-Options", "nosniff")
_NO_STORE = ("Cache-Control", "no-store")


class FrontDoor:
    """Stands before `app`, which gets every request that is not for a printed page.

    `printer_matches(path)` tells whether a path is a printed page's, `print_page(path)` prints it
    (None: there is no such page, and the app answers). `pulse(environ)` takes a read beacon and
    returns the status to answer with, or None to leave it to the app. `memory_mib` bounds the pages
    kept in memory. `grace` is how long, in seconds after it was last seen fresh, a page that became stale is still
    handed out without printing it: the time in which a worker elsewhere prints what is asked for. 0 where nobody else
    prints.
    """

    def __init__(
        self,
        app: Application,
        *,
        store: PageStore,
        generation: Generation,
        printer_matches: Callable[[str], bool],
        print_page: Callable[[str], Printed | None],
        pulse: Callable[[Environ], int | None] | None = None,
        memory_mib: float = 64,
        grace: float = 0,
    ) -> None:
        self._app = app
        self._store = store
        self._cell = generation.cell
        self._matches = printer_matches
        self._print = print_page
        self._pulse = pulse
        self._grace = grace
        self._cache = PageCache(int(memory_mib * 2**20))
        self._pages = self._cache.pages
        self._choices: dict[str, int] = {"": negotiation.IDENTITY}
        self._flying: set[str] = set()
        self._lock = threading.Lock()
        self._failed: dict[str, tuple[float, float]] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        entry = self._pages.get(environ["PATH_INFO"])
        if (
            entry is not None
            and entry.generation == self._cell[0]
            and environ["REQUEST_METHOD"] == "GET"
            and "HTTP_IF_NONE_MATCH" not in environ
            and "HTTP_IF_MODIFIED_SINCE" not in environ
            and len(environ.get("QUERY_STRING", "")) < 4096
        ):
            choice = self._choices.get(environ.get("HTTP_ACCEPT_ENCODING", ""))
            if choice is not None:
                form = entry.forms[choice]
                if form is not None:
                    entry.hits += 1
                    # A copy: the standard lets servers and middleware write into the list.
                    start_response(entry.status, form.headers.copy())
                    return [form.body]
        return self._slowly(environ, start_response)

    def asked(self) -> dict[str, int]:
        """How often each page was asked for since the last call (for `services.note_asked`)."""
        return self._cache.asked()

    # The slower way

    def _slowly(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        raw = environ["PATH_INFO"]
        if len(raw) + len(environ.get("QUERY_STRING", "")) > MAX_ADDRESS:
            return _plain(start, 414, "The address is too long.")
        method = environ["REQUEST_METHOD"]
        if raw == "/pulse" and self._pulse is not None:
            return self._beacon(self._pulse, environ, start)
        path = clean_path(raw)
        if path is None:
            return self._app(environ, start)
        if not self._matches(path):
            if method in ("GET", "HEAD") and not path.endswith("/") and self._matches(path + "/"):
                return _redirect(start, path + "/")
            return self._app(environ, start)
        if method not in ("GET", "HEAD"):
            return _plain(start, 405, "This page can only be read.", ("Allow", _METHODS))
        try:
            entry, failed = self._find(raw, path)
        except Exception:
            log.exception("The page %s could not be printed.", path)
            return _plain(
                start,
                503,
                "This page cannot be shown just now. Please try again.",
                ("Retry-After", "5"),
            )
        if entry is None:
            return self._app(environ, start)
        entry.hits += 1
        return self._answer(entry, environ, start, failed)

    def _find(self, raw: str, path: str) -> tuple[Entry | None, bool]:
        """The page, and whether it is stale because printing failed. Raises if there is none."""
        entry = self._newest(raw, path)
        if entry is not None and not entry.stale:
            return entry, False
        if entry is None:
            return self._keep(raw, path, self._print(path)), False
        if time.monotonic() < entry.fresh_at + self._grace:
            return entry, False
        if not self._take_off(path):
            return entry, path in self._failed
        try:
            fresh = self._keep(raw, path, self._print(path))
        except Exception:
            log.exception("The page %s could not be printed anew; the last print is shown.", path)
            self._put_off(path)
            return entry, True
        finally:
            self._flying.discard(path)
        self._failed.pop(path, None)
        return fresh, False

    def _newest(self, raw: str, path: str) -> Entry | None:
        """What memory or store hold of the page, looked at anew after a change of the store."""
        generation = self._cell[0]  # before the look: a change during it must count as unseen
        entry = self._pages.get(raw)
        if entry is not None:
            if entry.generation == generation:
                return entry
            if self._store.stamp(path) == entry.stamp:
                if not entry.stale:
                    entry.generation = generation
                    entry.fresh_at = time.monotonic()
                return entry
        stored = self._store.get(path)
        if stored is None:
            self._cache.drop(raw)
            return None
        fresh_at = time.monotonic()
        if stored.stale:
            fresh_at = entry.fresh_at if entry is not None else -math.inf
        fresh = Entry(stored.printed, stale=stored.stale, stamp=stored.stamp, generation=generation, fresh_at=fresh_at)
        self._cache.put(raw, fresh)
        return fresh

    def _keep(self, raw: str, path: str, printed: Printed | None) -> Entry | None:
        """Take a new print from the store into memory; or, if the store keeps none, hand it on."""
        if printed is None:
            self._cache.drop(raw)
            return None
        return self._newest(raw, path) or Entry(printed, stale=False, stamp=None, generation=-1)

    def _take_off(self, path: str) -> bool:
        """Whether this request is to print a stale page anew; all others show the stale one."""
        with self._lock:
            until, _ = self._failed.get(path, (0.0, 0.0))
            if path in self._flying or time.monotonic() < until:
                return False
            self._flying.add(path)
            return True

    def _put_off(self, path: str) -> None:
        with self._lock:
            _, pause = self._failed.get(path, (0.0, 0.0))
            pause = min(pause * 2, BACK_OFF[1]) or BACK_OFF[0]
            if len(self._failed) >= _MAX_REMEMBERED:
                self._failed.clear()
            self._failed[path] = (time.monotonic() + pause, pause)

    # Answers

    def _answer(self, entry: Entry, environ: Environ, start: StartResponse, failed: bool) -> Iterable[bytes]:
        form = entry.form(self._choice(environ.get("HTTP_ACCEPT_ENCODING", "")))
        unchanged = self._unchanged(entry, form, environ)
        if unchanged is not None:
            start(status_line(304), unchanged)
            return [b""]
        headers = form.headers.copy()
        if failed:
            headers.append(_STALE)
        start(entry.status, headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [form.body]

    def _choice(self, accept: str) -> int:
        choice = self._choices.get(accept)
        if choice is None:
            choice = negotiation.coding(accept)
            # Browsers send a handful of values; whoever sends thousands gets no memory for them.
            if len(self._choices) < _MAX_REMEMBERED and len(accept) < 200:
                self._choices[accept] = choice
        return choice

    def _unchanged(self, entry: Entry, form: Form, environ: Environ) -> list[tuple[str, str]] | None:
        """The headers of a 304, if the client holds the page already."""
        if entry.printed.status != 200:
            return None
        if "HTTP_IF_NONE_MATCH" in environ:
            tag = negotiation.holds(environ["HTTP_IF_NONE_MATCH"], entry.tags)
            if tag is None:
                return None
            # The tag the client knows, which may be that of another coding than we would choose
            # now.
            known = form.tag if tag == "*" else tag
            return [*form.unchanged, ("ETag", f'"{known}"')]
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if since and negotiation.not_newer(since, entry.printed.last_modified):
            return [*form.unchanged, ("ETag", f'"{form.tag}"')]
        return None

    def _beacon(
        self, pulse: Callable[[Environ], int | None], environ: Environ, start: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return _plain(start, 405, "Only for beacons.", ("Allow", "POST"))
        status = pulse(environ)
        if status is None:
            return self._app(environ, start)
        if status == 204:
            start(status_line(204), [_NO_STORE])
            return [b""]
        return _plain(start, status, "The beacon was not taken.")


def clean_path(raw: str) -> str | None:
    """The path of a request as the printer knows it (text, not the bytes WSGI packs into Latin-1).

    None for a path that two readers could understand differently: doubled slashes, dots as
    segments, backslashes, control characters, broken UTF-8. No printed page has such an address.
    """
    if not raw.startswith("/") or len(raw) > _MAX_PATH:
        return None
    try:
        path = raw if raw.isascii() else raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
    if "//" in path or "\\" in path or "/./" in path or "/../" in path or not path.isprintable():
        return None
    return None if path.endswith(("/.", "/..")) else path


def _redirect(start: StartResponse, path: str) -> Iterable[bytes]:
    """To the page's proper address. The query stays behind: it means nothing to a printed page."""
    start(
        status_line(301),
        [
            ("Location", quote(path, safe="/~-._")),
            ("Cache-Control", "public, max-age=3600"),
            ("Content-Length", "0"),
        ],
    )
    return [b""]


def _plain(start: StartResponse, status: int, text: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    body = f"{text}\n".encode()
    start(
        status_line(status),
        [_PLAIN, _NOSNIFF, _NO_STORE, ("Content-Length", str(len(body))), *headers],
    )
    return [body]

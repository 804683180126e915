"""A whole portal inside the test process: the wire's door led to a loopback origin, and readers at the front door."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from broadsheet.core import clock
from broadsheet.ops import verify, worker
from broadsheet.press import setup
from broadsheet.sources.models import RightsProfile
from broadsheet.wire import doors
from broadsheet.wire import services as wire
from broadsheet.wire.models import Feed
from tests.flow.origins import Publication


@dataclass(frozen=True)
class Answer:
    """What a reader got."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Readers:
    """Readers at the front door: the product's own WSGI application, called as a server calls it."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def get(self, path: str, **headers: str) -> Answer:
        """GET; headers are given with underscores."""
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Any request from a loopback client."""
        where, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": where, "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1",
            "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        if "HTTP_CONTENT_TYPE" in environ:
            environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE")
        got: list[Any] = []
        with _keeping_connections():
            parts = self.application(environ, lambda status, sent, exc=None: got.append((status, sent)))
            try:
                whole = b"".join(parts)
            finally:
                if hasattr(parts, "close"):
                    parts.close()
        status, sent = got[-1]
        return Answer(int(status.split()[0]), {name.lower(): value for name, value in sent}, whole)


@contextmanager
def _keeping_connections() -> Iterator[None]:
    """A request must not close the test's own connection, which may be in a transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@contextmanager
def opened(folder: Path) -> Iterator[Readers]:
    """The web application on a press on disk in `folder`, as `broadsheet serve` puts it together."""
    from django.conf import settings

    from broadsheet.config import wsgi

    press = setup.on_disk(folder / "press", layout="flow", page_headers=settings.PRESS_PAGE_HEADERS)
    setup.configure(press)
    from broadsheet.ops import wiring

    wiring.connect()
    application = wsgi.make(grace=0)
    try:
        yield Readers(application)
    finally:
        for one in (application, wsgi.application):  # the module makes one of its own when it is loaded
            one._pulse.close()  # type: ignore[union-attr]
        setup.configure(None)


@contextmanager
def led_to(publications: Sequence[Publication]) -> Iterator[None]:
    """Lead the wire to these publications, without the second's rest between two requests to a host."""
    doors.map_names({one.host: ("127.0.0.1", one.server.port) for one in publications})
    doors.door().manners.spacing = 0
    try:
        yield
    finally:
        doors.map_names({})


def take_in(publication: Publication, rights: str = "Full text and link", **facts: Any) -> Feed:
    """Make the publication one of our sources; the default rights show and read everything."""
    profile = RightsProfile.objects.get(name=rights)
    source = wire.add_source(
        publication.host, homepage=f"http://{publication.host}/", rights=profile, default_section="world", **facts
    )
    return wire.add_feed(source, publication.feed_url, kind=publication.kind)


def work(*feeds: Feed) -> None:
    """Pull these feeds, then let the worker's loop run until nothing is due, the settling of the front included."""
    for feed in feeds:
        wire.pull_soon(feed)
    worker.drain(30)
    with clock.shifted(timedelta(seconds=2)):
        worker.drain(30)


def faults() -> list[str]:
    """What `broadsheet verify` finds wrong."""
    return [f"{invariant.name}: {line}" for invariant, lines in verify.verify() for line in lines]

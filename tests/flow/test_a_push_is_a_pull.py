"""A push is a pull of ours within a second, through the portal as an operator runs it: with its own processes and its
own server, a hub and an origin outside."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import settings

from broadsheet.core import sqlite
from tests.flow.origins import Publication, Told, rss
from tests.flow.portal import Portal, Reply, eventually, received
from tests.hub import Hub, signature
from tests.wire_server import WireServer, answer

pytestmark = [
    pytest.mark.slow("starts the whole portal"),
    pytest.mark.skipif(
        settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="copies the database file"
    ),
]
ADDRESS = "/world-news/vessin-opens-its-northern-quay/"
NEXT = "/world-news/pilots-are-back-at-the-second-buoy/"


@pytest.fixture
def origin() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def portal(tmp_path: Path, django_db_setup: None, origin: WireServer) -> Iterator[Portal]:
    """A portal that believes to stand in public, with one source whose feed names a hub in its headers."""
    made = Portal(
        tmp_path / "data",
        BROADSHEET_FETCH_ALLOW="localhost=127.0.0.0/8",
        BROADSHEET_FETCH_PORTS=f"80,443,{origin.port}",
        BROADSHEET_SITE_URL="http://paper.example.org",
        BROADSHEET_LOG_LEVEL="debug",
    )
    made.furnish()
    tell(origin, Told(1, "Vessin opens its northern quay"))
    made.cli(
        "sources", "add", f"http://localhost:{origin.port}/feed", "--name", "Quay", "--section", "world", "--unseen"
    )
    try:
        made.start()
        yield made
    finally:
        made.end()


def tell(origin: WireServer, *entries: Told) -> bytes:
    """Let the origin tell these; returns its feed, which is what a hub would push."""
    paper = Publication(origin, f"localhost:{origin.port}", "rss", [*entries])
    body = rss(paper.host, paper.entries)
    link = f'<http://localhost:{origin.port}/hub>; rel="hub", <http://localhost:{origin.port}/feed>; rel="self"'
    origin.script("/feed", answer(body, etag=f'"{len(entries)}"', headers={"Link": link}))
    return body


def test_a_push_is_pulled_within_a_second_and_its_news_is_in_the_paper(portal: Portal, origin: WireServer) -> None:
    def call(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        return portal.ask(f"{method} {path} HTTP/1.1", body, **named)

    hub = Hub(origin, call)
    eventually(lambda: hub.wishes, why="the hub was never asked")
    got = hub.ask()
    assert (got.status, got.body) == (200, b"sea-lark-417")
    eventually(lambda: portal.get(ADDRESS).status == 200, why="the first article never came")
    state = "SELECT state, pushes FROM wire_hubsubscription"
    assert portal.rows(state) == [("active", 0)]
    time.sleep(1.1)  # a host is left in peace for a second between two requests

    before = len(origin.asked("/feed"))
    news = Told(2, "Pilots are back at the second buoy", ("Three pilots went out at noon.", "The sea was calm again."))
    body = tell(origin, news, Told(1, "Vessin opens its northern quay"))
    forged = hub.push(body, signed=signature(body, "a guess"))
    assert forged.status == 202
    time.sleep(0.6)
    assert len(origin.asked("/feed")) == before, "a forged push moves nothing"

    pushed = time.monotonic()
    assert hub.push(body).status == 202
    eventually(lambda: len(origin.asked("/feed")) > before, why="the push was not pulled")
    delay = origin.asked("/feed")[before].at - pushed
    eventually(lambda: portal.get(NEXT).status == 200, why="the pushed article never came")
    printed = time.monotonic() - pushed
    print(f"pull begun {delay:.3f} s after the push, page {printed:.3f} s after it")
    # Half of it on a quiet machine; the rest is for a busy one.
    assert delay < 1.0

    for _ in range(50):
        assert hub.push(body).status == 202
    assert len(origin.asked("/feed")) <= before + 2, "replays are folded"
    (before_chunks,) = portal.rows(state)
    forget_last_pull(portal)
    assert chunked(portal, hub, body).status == 202
    assert portal.rows(state) == [("active", before_chunks[1] + 1)], "a push may come in chunks"
    log = portal.log.read_text()
    assert hub.secret not in log
    assert hub.path.split("/")[2] not in log


def forget_last_pull(portal: Portal) -> None:
    """As if ten seconds had gone by since the last pull for a push."""
    database = sqlite.install().connect(portal.database, timeout=10)
    database.execute("UPDATE wire_hubsubscription SET pull_at = NULL")
    database.commit()
    database.close()


def chunked(portal: Portal, hub: Hub, body: bytes) -> Reply:
    """The same push from a hub that does not say how long it is."""
    sign = signature(body, hub.secret)
    head = portal.head(f"POST {hub.path} HTTP/1.1", 0, X_Hub_Signature=sign, Transfer_Encoding="chunked")
    with socket.create_connection(("127.0.0.1", portal.port), timeout=10) as link:
        link.sendall(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        return received(link)

"""The supervisor with the real children: what is killed comes back and serves, what is told to end drains, a new
program takes over without losing a request, a backup of the running portal comes back whole, nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from broadsheet.core import sqlite
from broadsheet.lib import text, urls
from broadsheet.ops import lock
from tests.flow.origins import Publication, Told
from tests.flow.portal import Portal, descendants, eventually, is_gone, received, running
from tests.wire_server import WireServer

pytestmark = [
    pytest.mark.slow("starts the whole portal"),
    pytest.mark.skipif(
        settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="copies the database file"
    ),
]
ADDRESS = "/world-news/vessin-opens-its-northern-quay/"


@pytest.fixture(scope="module")
def origin() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, origin: WireServer, django_db_setup: None) -> Iterator[Portal]:
    """A portal with one source on loopback, allowed by the operator, and its first article in the paper."""
    folder = tmp_path_factory.mktemp("portal")
    allowed = {
        "BROADSHEET_FETCH_ALLOW": "localhost=127.0.0.0/8",
        "BROADSHEET_FETCH_PORTS": f"80,443,{origin.port}",
        "BROADSHEET_LOG_LEVEL": "warning",
    }
    made = Portal(folder / "data", **allowed)
    made.furnish()
    tell(origin, 1)
    add_source(made, origin)
    try:
        made.start()
        eventually(lambda: made.get(ADDRESS).status == 200, why="the article never came")
        yield made
    finally:
        made.end()


def tell(origin: WireServer, count: int) -> Publication:
    """Let the origin tell so many entries."""
    entries = [Told(1, "Vessin opens its northern quay")]
    entries += [
        Told(n, f"Report number {n} from the quay", (f"This is report {n}.", "b" * n)) for n in range(2, count + 1)
    ]
    paper = Publication(origin, "localhost", "rss", entries[::-1])
    paper.host = f"localhost:{origin.port}"
    from tests.flow.origins import rss
    from tests.wire_server import answer

    origin.script("/feed", answer(rss(paper.host, paper.entries), etag=f'"{count}"'))
    return paper


def add_source(portal: Portal, origin: WireServer) -> None:
    """Its source and feed, in the file of a portal that does not run yet."""
    database = sqlite.install().connect(portal.database)
    url = f"http://localhost:{origin.port}/feed"
    database.execute(
        "INSERT INTO sources_source (id, name, slug, homepage, rights_id, default_section, language, state, publishing,"
        " added_at, about, country, is_house, is_sample) SELECT 100, 'Quay', 'quay', 'http://localhost/', id, 'world',"
        " 'en', 'active', 'at-once', '2026-01-01 00:00:00', '', '', 0, 0 FROM sources_rightsprofile WHERE name = ?",
        ["Full text and link"],
    )
    database.execute(
        "INSERT INTO wire_feed (id, source_id, url, url_key, kind, state, next_pull_at, interval, section, title, etag,"
        " last_modified, body_hash, moved_to, moved_seen, failures, reason, detail, pulled_once, lease_token,"
        " habit, lengths) VALUES (100, 100, ?, ?, 'feed', 'active', '2026-01-01 00:00:00', 900, '', '', '', '', '', '',"
        " 0, 0, '', '', 0, '', '{}', '{}')",
        [url, text.text_hash(urls.key(url))],
    )
    database.commit()
    database.close()


def pull_soon(portal: Portal, *, held: bool = False) -> None:
    """As the desk's button does. With `held` the lease of a killed worker is ended, which takes 90 s by itself."""
    database = sqlite.install().connect(portal.database, timeout=10)
    database.execute("UPDATE wire_feed SET next_pull_at = '2026-01-01 00:00:00'")
    if held:
        database.execute("UPDATE wire_feed SET lease_until = NULL")
    database.commit()
    database.close()


def test_every_child_that_is_killed_comes_back_and_does_its_work(portal: Portal, origin: WireServer) -> None:
    before = portal.roles()
    assert set(before) == {"web", "worker", "counting"}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(set(portal.roles().values()) - set(before.values())) == 3)
    for name, pid in before.items():
        eventually(lambda name=name, pid=pid: portal.says(f"{name} ({pid}) was ended by SIGKILL"))  # type: ignore[misc]
    # The web serves; the worker pulls; the counting counts.
    assert portal.get("/").status == portal.get(ADDRESS).status == portal.get("/health/live").status == 200
    pulled = portal.pulled()
    pull_soon(portal, held=True)
    eventually(lambda: portal.pulled() > pulled)
    [[article]] = portal.rows(f"SELECT id FROM articles_article WHERE address = '{ADDRESS.strip('/')}'")

    def counted() -> int:
        return int(portal.rows("SELECT coalesce(sum(reads), 0) FROM trends_readtally")[0][0])

    reads = counted()
    eventually(lambda: (portal.data / "run" / "pulse.sock").exists() or portal.says("pulse"), 5)
    for number in range(3):
        agent = f"Mozilla/5.0 reader {number} {time.monotonic()}"
        told = portal.ask("POST /pulse HTTP/1.1", str(article).encode(), Sec_Fetch_Site="same-origin", User_Agent=agent)
        assert told.status == 204
    eventually(lambda: counted() > reads, 10, "no read was counted")
    assert counted() - reads <= 3


def test_check_85_a_rolling_restart_at_fifty_requests_a_second_fails_none(portal: Portal) -> None:
    stop, failures, answers = threading.Event(), [], []

    def ask(every: float, paths: tuple[str, ...]) -> None:
        due, number = time.monotonic(), 0
        while not stop.is_set():
            try:
                reply = portal.get(paths[number % len(paths)], timeout=15, pause=0.03 * (number % 2))
                assert reply.status == 200, reply.head
                answers.append(reply.status)
            except (OSError, AssertionError) as error:
                failures.append(repr(error))
            number += 1
            due = max(due + every, time.monotonic() - 1)
            stop.wait(max(0.0, due - time.monotonic()))

    readers = [
        threading.Thread(target=ask, args=(0.08, ("/", ADDRESS, "/latest/", "/search/?q=quay"))) for _ in range(4)
    ]
    before, taken = set(portal.roles().values()), portal.log.read_text().count("has taken over")
    renewed = portal.log.read_text().count("counting was renewed")
    for reader in readers:
        reader.start()
    began = time.monotonic()
    try:
        os.kill(portal.pid, signal.SIGHUP)
        eventually(lambda: portal.log.read_text().count("counting was renewed") > renewed, 55)
    finally:
        took = time.monotonic() - began
        stop.set()
        for reader in readers:
            reader.join(20)
    assert failures == []
    assert len(answers) > 10 * took, "hardly anybody asked"
    assert portal.log.read_text().count("has taken over") == taken + 1
    eventually(lambda: not before & set(portal.roles().values()))
    assert portal.get("/").status == 200


def test_check_84_and_85_a_backup_of_the_running_portal_is_served_again_and_ended_gently(
    portal: Portal, origin: WireServer, tmp_path: Path
) -> None:
    """While the worker files more and more, the portal is saved; what was saved is restored elsewhere and served."""
    stop = threading.Event()

    def go_on() -> None:
        count = 10
        while not stop.is_set():
            tell(origin, count)
            pull_soon(portal)
            count += 7
            stop.wait(0.5)

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        eventually(lambda: portal.rows("SELECT count(*) FROM articles_article")[0][0] > 5)
        said = portal.cli("backup", str(tmp_path / "backups"))
    finally:
        stop.set()
        writer.join(10)
    [archive] = (tmp_path / "backups").iterdir()
    assert str(archive) in said
    other = Portal(tmp_path / "other")
    assert "all verified" in other.cli("restore", str(archive))
    held = dict(
        other.rows(
            "SELECT 'articles', count(*) FROM articles_article UNION SELECT 'dispatches', count(*) FROM wire_dispatch"
        )
    )
    assert 5 < held["articles"] <= portal.rows("SELECT count(*) FROM articles_article")[0][0]
    assert held["articles"] <= held["dispatches"]
    same = "SELECT address, headline, text_hash FROM articles_article ORDER BY id"
    kept = other.rows(same)
    assert kept == portal.rows(same)[: len(kept)]
    other.lend_static()
    try:
        other.start()
        page = other.get(ADDRESS)
        assert page.status == 200
        # The other portal has another address: none of the first one's pages came along.
        assert f"127.0.0.1:{other.port}/".encode() in other.get("/").body
        assert f"127.0.0.1:{portal.port}".encode() not in other.get("/").body + page.body
        assert "Everything holds." in other.cli("verify")
        ends_gently(other)
    finally:
        other.end()


def ends_gently(portal: Portal) -> None:
    """Check 85: SIGTERM finishes what is under way, within thirty seconds, and leaves nothing."""
    below = descendants(portal.pid)
    with socket.create_connection(("127.0.0.1", portal.port), timeout=20) as link:
        # A request whose body is slow to come: it has begun, and is not over.
        link.sendall(portal.head("POST /pulse HTTP/1.1", 1, Sec_Fetch_Site="same-origin"))
        time.sleep(0.3)
        began = time.monotonic()
        assert portal.process is not None
        portal.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        link.sendall(b"1")
        assert received(link).status == 204
    assert portal.process.wait(35) == 0
    assert time.monotonic() - began <= 31
    assert all(is_gone(pid) for pid in below)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", portal.port), timeout=1)


def test_a_killed_supervisor_leaves_no_process_behind_and_a_new_one_may_start(
    tmp_path: Path, django_db_setup: None
) -> None:
    with running(tmp_path / "data") as portal:
        below = descendants(portal.pid)
        assert len(below) >= 3
        os.kill(portal.pid, signal.SIGKILL)
        eventually(lambda: all(is_gone(pid) for pid in below), 5, "processes were left behind")
        assert portal.process is not None
        portal.process.wait(5)
        os.close(lock.claim(portal.data))


def test_check_73_the_server_itself_refuses_what_is_too_large_and_goes_on(portal: Portal) -> None:
    """Head and body limits of the server before our own code is asked, and of our code behind it."""
    began = time.monotonic()
    assert portal.get("/?" + "x" * 9000).status == 414
    assert portal.get("/world-news/page/1000000000/").status == 404
    assert refused(portal, portal.head("GET / HTTP/1.1", 0, X_Long="y" * 1_000_000))
    assert refused(portal, portal.head("GET / HTTP/1.1", 0, **{f"X_{number}": "y" for number in range(2000)}))
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert refused(portal, portal.head("POST /account/login/ HTTP/1.1", 3_000_000, **form) + b"a=" + b"x" * 2_999_998)
    fields = b"&".join(b"f%d=1" % number for number in range(10_001))
    assert refused(portal, portal.head("POST /account/login/ HTTP/1.1", len(fields), **form) + fields)
    assert time.monotonic() - began < 5
    assert portal.get("/").status == 200


def refused(portal: Portal, request: bytes) -> bool:
    """Whether the request is answered with a 4xx, or cut off."""
    with socket.create_connection(("127.0.0.1", portal.port), timeout=10) as link:
        try:
            link.sendall(request)
            answer = link.recv(65536)
        except OSError:
            return True
    return answer == b"" or answer.startswith(b"HTTP/1.1 4")

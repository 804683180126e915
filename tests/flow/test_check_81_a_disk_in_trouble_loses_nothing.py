"""Check 81 for the wire: the disk is full, read-only or fails at each place where the worker writes, or the log of the
database was cut. Readers are answered, the worker neither dies nor spins, and when it is over nothing is missing."""

from __future__ import annotations

import errno
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError

from broadsheet.core import trouble
from tests.flow import starving
from tests.flow.killing import TERM, Ledger, Portal
from tests.wire_server import WireServer

on_sqlite = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="the faults are those of a database file"
)
pytestmark = on_sqlite

#: Faults that stop all of the worker's work, so that it waits and says so.
SAID = {"full database", "read-only database", "short files", "full disk"}


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def portal(tmp_path: Path, server: WireServer, django_db_setup: None) -> Iterator[Portal]:
    made = Portal(tmp_path / "portal", server.port)
    try:
        made.set_up()
        yield made
    finally:
        made.end()


def live_through(portal: Portal, ledger: Ledger, fault: str, seconds: float, ahead: float) -> dict[str, Any]:
    """The worker lives through a fault in which there is news; then all of it is there."""
    for _ in range(3):
        ledger.go_on(picture=True)
    facts = {"fault": fault, "for": seconds, "until_said": fault in SAID}
    done = portal.ask("starve", straight=True, ahead=ahead, **facts)
    assert done["ended"] == 0, fault
    told: dict[str, Any] = done["answer"]
    assert told["ended"] == "", f"{fault}: the worker died: {told}"
    assert set(told["answers"].values()) == {200}, f"{fault}: readers got {told['answers']}"
    assert told["recovered"] is not None, f"{fault}: {told}"
    # A worker at rest turns five times a second; one that goes on failing as fast as it can turns far more often.
    assert told["turns"] <= 12 * told["seconds"] + 20, f"{fault}: the worker spins: {told['turns']} turns"
    return told


def check(portal: Portal, server: WireServer, faults: list[str], seconds: float) -> dict[str, dict[str, Any]]:
    """Each fault in turn, then the ledger is compared."""
    ledger = Ledger(server, random.Random(81))
    assert portal.ask("finish", straight=True)["ended"] == 0
    found = {}
    for number, fault in enumerate(faults, 1):
        found[fault] = live_through(portal, ledger, fault, seconds, number * TERM)
    ledger.compare(portal.finish((len(faults) + 1) * TERM + 3600, straight=True))
    return found


def plain_lines(told: dict[str, Any]) -> list[str]:
    return [line for line in told["lines"] if "waits and goes on by itself" in line]


@pytest.mark.slow("a worker lives through a full database")
def test_check_81_a_full_database_is_waited_for(portal: Portal, server: WireServer) -> None:
    told = check(portal, server, ["full database"], 1.5)["full database"]
    assert plain_lines(told) == ["error: The disk is full. The worker waits and goes on by itself; nothing is lost."]
    assert "warning: The worker goes on: the trouble is over." in told["lines"]


@pytest.mark.long("nine faults, some seconds each")
def test_check_81_each_place_the_worker_writes_to_may_fail_for_a_while(portal: Portal, server: WireServer) -> None:
    faults = [fault for fault in starving.FAULTS if fault != "full disk"]
    found = check(portal, server, faults, 4)
    for fault in SAID & set(faults):
        assert len(plain_lines(found[fault])) == 1, (fault, found[fault]["lines"])
    for fault in ("printed pages: full", "printed pages: read-only", "printed pages: EIO"):
        assert found[fault]["trouble"], fault


@pytest.mark.long("a file system of its own is filled")
def test_check_81_a_disk_that_is_really_full_is_waited_for(
    tmp_path: Path, server: WireServer, django_db_setup: None
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "none", disk], check=False).returncode:
        pytest.skip("no file system may be mounted here")
    portal = None
    try:
        portal = Portal(disk / "portal", server.port)
        portal.set_up()
        told = check(portal, server, ["full disk"], 6)["full disk"]
        assert any("The disk is full." in line for line in told["trouble"])
        assert plain_lines(told)
    finally:
        if portal is not None:
            portal.end()
        subprocess.run(["umount", disk], check=True)


@pytest.mark.slow("a worker is killed and its log is cut")
def test_check_81_a_log_that_was_cut_loses_no_news(portal: Portal, server: WireServer) -> None:
    cut_logs(portal, server, 2)


@pytest.mark.long("a worker is killed and its log is cut thirty times")
def test_check_81_a_log_cut_anywhere_loses_no_news(portal: Portal, server: WireServer) -> None:
    cut_logs(portal, server, 30)


def cut_logs(portal: Portal, server: WireServer, times: int) -> None:
    """What a power cut leaves of a disk that lied: the end of the log is missing, and with it what was committed last.

    The news is there again afterwards, since a feed's validators went with the entries that they stood for; and the
    printed pages, which are ahead of the database then, are noticed.
    """
    dice = random.Random()
    ledger = Ledger(server, dice)
    for number in range(1, times + 1):
        ledger.go_on(picture=True)
        portal.ask("run", straight=True, seconds=dice.uniform(0.4, 1.2), ahead=number * TERM)
        log = portal.folder / "broadsheet.sqlite3-wal"
        if log.exists():
            os.truncate(log, int(log.stat().st_size * dice.random()))
    ledger.compare(portal.finish((times + 1) * TERM, straight=True))


def test_check_81_trouble_is_told_from_faults_of_the_work() -> None:
    """A full disk is the machine's; a missing table, a broken rule and a missing file are not."""
    wrapped = ValueError("while filing")
    wrapped.__cause__ = OperationalError("disk I/O error")
    for error, said in (
        (OSError(errno.ENOSPC, "No space left"), trouble.FULL),
        (OSError(errno.EROFS, "Read-only"), trouble.READ_ONLY),
        (FileNotFoundError(errno.ENOENT, "No such file"), ""),
        (OperationalError("database or disk is full"), trouble.FULL),
        (OperationalError("attempt to write a readonly database"), trouble.READ_ONLY),
        (OperationalError("no such table: x"), ""),
        (IntegrityError("UNIQUE constraint failed"), ""),
        (ValueError("no"), ""),
        (wrapped, trouble.FAILING),
    ):
        assert trouble.of(error) == said, error

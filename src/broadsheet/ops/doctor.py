"""Examinations of an installation: each finds one thing well, doubtful or wrong, with a hint.

A room that knows more adds its own with :func:`examine`. An examination that fails to run is itself a finding,
so one broken part never hides the others.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import connection

from broadsheet.core import clock, facts, sqlite
from broadsheet.ops import lock, readiness, room

OVERDUE = timedelta(minutes=15)
BACKUP_AGE = timedelta(days=2)
LAST_BACKUP = "backup"


class Health(StrEnum):
    """How an examination ended."""

    WELL = "ok"
    DOUBTFUL = "warn"
    WRONG = "fail"


@dataclass(frozen=True)
class Finding:
    """What one examination found, in one sentence, and what to do about it."""

    health: Health
    sentence: str
    hint: str = ""


Examination = Callable[[], Finding]
_examinations: dict[str, Examination] = {}


def examine(name: str) -> Callable[[Examination], Examination]:
    """Register an examination under its short name."""

    def add(examination: Examination) -> Examination:
        _examinations[name] = examination
        return examination

    return add


def all_findings() -> Iterator[tuple[str, Finding]]:
    """Run every examination in the order of registration."""
    for name, examination in _examinations.items():
        try:
            finding = examination()
        except Exception as error:  # noqa: BLE001 - a broken examination is a finding
            line = (str(error).strip() or "no further word").splitlines()[0]
            finding = Finding(Health.WRONG, f"cannot be examined: {type(error).__name__}: {line}")
        yield name, finding


def well(sentence: str) -> Finding:
    """All is well."""
    return Finding(Health.WELL, sentence)


def doubtful(sentence: str, hint: str) -> Finding:
    """It works, and should be looked at."""
    return Finding(Health.DOUBTFUL, sentence, hint)


def wrong(sentence: str, hint: str) -> Finding:
    """It does not work."""
    return Finding(Health.WRONG, sentence, hint)


@examine("python")
def _python() -> Finding:
    return well(f"Python {sys.version.split()[0]}")


@examine("settings")
def _settings() -> Finding:
    import os

    from broadsheet.config.options import unknown

    options = settings.BROADSHEET
    lines = unknown(os.environ)
    if lines:
        return doubtful(lines[0], "broadsheet settings lists all there are.")
    if not options.secure and not options.loopback:
        return doubtful(
            f"{options.site_url} is not https", "Put a proxy with TLS in front and set BROADSHEET_SITE_URL."
        )
    if not options.contact_email:
        return doubtful("no address for readers to write to", "Set BROADSHEET_CONTACT_EMAIL.")
    return well(options.site_url)


@examine("sqlite")
def _sqlite() -> Finding:
    if connection.vendor != "sqlite":
        return well("not used")
    version = ".".join(map(str, sqlite.version()))
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if sqlite.is_safe_for_wal(sqlite.version()):
        return well(f"SQLite {version}, journal {mode}")
    if mode == "wal":
        hint = "Install the pysqlite3 package, or set the journal back: PRAGMA journal_mode=DELETE."
        return wrong(f"SQLite {version} can corrupt a database in WAL mode", hint)
    return doubtful(f"SQLite {version} runs on a rollback journal: sound, but slower", "pysqlite3 brings a newer one.")


@examine("database")
def _database() -> Finding:
    missing = readiness.pending_migrations()
    if missing:
        return wrong(f"{missing} steps of this version are missing", "broadsheet migrate")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            answer = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
            if answer != "ok":
                return wrong(f"the database file is damaged: {answer}", "Stop the portal and restore a backup.")
        else:
            cursor.execute("SELECT 1")
    return well(f"{connection.vendor}, up to date")


@examine("data")
def _data() -> Finding:
    data = settings.BROADSHEET.data
    found = room.problems()
    if found:
        return wrong(found[0], "Make room, or give the directory to this user; then all goes on by itself.")
    free = room.free(data)
    shown = f"{free / (1 << 30):.1f} GiB free in {data}"
    if free < room.TOO_LITTLE:
        return wrong(shown, "Make room: the database stops when the disk is full.")
    return doubtful(shown, "Make room soon.") if free < room.LITTLE else well(shown)


@examine("clock")
def _clock() -> Finding:
    now = clock.now()
    if now < datetime(2026, 1, 1, tzinfo=UTC):
        return wrong(f"the clock says {now:%Y-%m-%d}", "Set the clock: polls and links depend on it.")
    before = facts.get("clock")
    if before and now < datetime.fromisoformat(before) - timedelta(minutes=5):
        return doubtful(
            f"the clock went back from {before[:16]} to {now:%Y-%m-%dT%H:%M}", "Check time synchronisation."
        )
    facts.put("clock", now.isoformat())
    return well(f"{now:%Y-%m-%d %H:%M} UTC")


@examine("processes")
def _processes() -> Finding:
    options = settings.BROADSHEET
    holder = lock.holder(options.data)
    if holder is not None:
        return well(f"served by process {holder}")
    with socket.socket(socket.AF_INET6 if ":" in options.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError as error:
            hint = "Stop the other program or set BROADSHEET_PORT."
            return wrong(f"not running, and port {options.port} is taken ({error.strerror})", hint)
    return doubtful(f"not running; port {options.port} is free", "broadsheet serve")


@examine("jail")
def _jail() -> Finding:
    from broadsheet.copydesk.jail import Jail

    began = time.monotonic()
    jail = Jail(workers=1)
    try:
        jail.run("clean", html="<p>a<script>b</script></p>", base="https://example.org/")
    finally:
        jail.close()
    return well(f"parses in a process of its own ({time.monotonic() - began:.1f} s to start)")


@examine("feeds")
def _feeds() -> Finding:
    from broadsheet.wire.models import Feed

    late = Feed.objects.filter(state=Feed.State.ACTIVE, next_pull_at__lt=clock.now() - OVERDUE).count()
    if late:
        return doubtful(f"{late} feeds wait more than 15 minutes for their pull", "Is the worker running? Add workers.")
    return well(f"{Feed.objects.count()} feeds, none overdue")


@examine("outbox")
def _outbox() -> Finding:
    from broadsheet.core.models import Effect

    failing = Effect.objects.filter(attempts__gte=3).order_by("-attempts").first()
    if failing is not None:
        return doubtful(
            f"{failing.name} failed {failing.attempts} times: {failing.error[:120]}", "See the worker's log."
        )
    late = Effect.objects.filter(due_at__lt=clock.now() - OVERDUE).count()
    if late:
        return doubtful(f"{late} effects are more than 15 minutes late", "Is the worker running?")
    return well("nothing overdue")


@examine("backup")
def _backup() -> Finding:
    last = facts.get(LAST_BACKUP)
    if not last:
        return doubtful("there has been no backup", "broadsheet backup DIR")
    age = clock.now() - datetime.fromisoformat(last["at"])
    sentence = f"last backup {age.days} days and {age.seconds // 3600} h ago"
    return doubtful(sentence, "broadsheet backup DIR, every night") if age > BACKUP_AGE else well(sentence)

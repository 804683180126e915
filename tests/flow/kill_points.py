"""Named moments at which a worker is killed: each lies between two facts that belong together.

`arm` lays a trap in this process. The trap kills it the n-th time the moment comes, from whatever thread comes there:
nothing is cleaned up, no handler runs, no buffer is written.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any


class Trap:
    """Kills this process when it was reached so many times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.lock = threading.Lock()

    def reach(self) -> None:
        """The moment has come."""
        with self.lock:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)  # the signal is on its way


Arm = Callable[[Trap], None]


def before(place: Any, name: str, trap: Trap) -> None:
    """Reached whenever this function of a module or class is about to run."""
    plain = getattr(place, name)

    def trapped(*args: Any, **named: Any) -> Any:
        trap.reach()
        return plain(*args, **named)

    setattr(place, name, trapped)


def after(place: Any, name: str, trap: Trap, counts: Callable[[Any], object] = lambda result: True) -> None:
    """Reached whenever this function has done its work, if its result counts."""
    plain = getattr(place, name)

    def trapped(*args: Any, **named: Any) -> Any:
        result = plain(*args, **named)
        if counts(result):
            trap.reach()
        return result

    setattr(place, name, trapped)


def _lease(module: str, name: str) -> Arm:
    def arm(trap: Trap) -> None:
        from importlib import import_module

        after(import_module(module), name, trap, bool)

    return arm


def _after_headers(trap: Trap) -> None:
    from broadsheet.lib.http import fetching

    after(fetching, "_readable", trap)


def _mid_body(trap: Trap) -> None:
    from broadsheet.lib.http import decoding

    plain = decoding.body_of

    def broken(chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk[: len(chunk) // 2 + 1]
            trap.reach()
            yield chunk[len(chunk) // 2 + 1 :]

    decoding.body_of = lambda chunks, *args, **named: plain(broken(chunks), *args, **named)


def _after_parse(trap: Trap) -> None:
    from broadsheet.wire import doors

    after(type(doors.jail()), "run", trap, lambda result: hasattr(result, "entries"))


def _between_rows(trap: Trap) -> None:
    """SQLite: a trigger on every row of the one INSERT. PostgreSQL: every row an INSERT, all in one transaction."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("reach", 0, trap.reach)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TRIGGER stumble AFTER INSERT ON wire_dispatch BEGIN SELECT reach(); END")
        return
    connection.ops.bulk_batch_size = lambda fields, objects: 1

    def wrapper(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        done = execute(sql, *arguments)
        if sql.startswith('INSERT INTO "wire_dispatch"'):
            trap.reach()
        return done

    connection.execute_wrappers.append(wrapper)


def _after_commit_before_outbox(trap: Trap) -> None:
    """A fact and its effects are committed; nothing of the outbox has run."""
    from django.db import connection

    connection.ensure_connection()
    plain, written = connection._commit, [False]

    def wrapper(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        written[0] = written[0] or 'INTO "core_effect"' in sql
        return execute(sql, *arguments)

    def commit() -> None:
        plain()
        if written[0]:
            written[0] = False
            trap.reach()

    connection.execute_wrappers.append(wrapper)
    connection._commit = commit


def _mid_outbox(trap: Trap) -> None:
    from broadsheet.core import queue

    after(queue, "_carry_out", trap)
    before(queue, "_finish", trap)


def _mid_encode(trap: Trap) -> None:
    from broadsheet.copydesk import renditions

    after(renditions, "_made", trap)


def _half_a_picture(trap: Trap) -> None:
    from django.core.files.base import ContentFile

    def chunks(self: Any, chunk_size: int | None = None) -> Iterator[bytes]:
        self.seek(0)
        body = self.read()
        yield body[: len(body) // 2]
        trap.reach()
        yield body[len(body) // 2 :]

    ContentFile.chunks = chunks


def _picture_without_row(trap: Trap) -> None:
    from django.core.files.storage import FileSystemStorage

    after(FileSystemStorage, "save", trap)


def _store_step(ending: str) -> Arm:
    def arm(trap: Trap) -> None:
        from broadsheet.press import setup

        def step(name: str) -> None:
            if name.endswith(ending):
                trap.reach()

        setup.current().store._step = step

    return arm


def _mid_page(trap: Trap) -> None:
    from broadsheet.press import services

    before(services, "print_sheet", trap)


def _mid_checkpoint(trap: Trap) -> None:
    """The log is copied into the database file; a thread kills while that runs (on PostgreSQL: a commit runs)."""
    from django.db import connection

    plain = connection._commit

    def kill() -> None:
        time.sleep(random.uniform(0, 0.004))
        trap.left = 0
        trap.reach()

    def commit() -> None:
        plain()
        trap.left -= 1
        if trap.left <= 0:
            threading.Thread(target=kill).start()
            if connection.vendor == "sqlite":
                # Not through Django's cursor: the step into SQLite is what the thread has to meet.
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            time.sleep(1)

    connection.ensure_connection()
    connection._commit = commit


def _backup_step(name: str, when: Callable[[Any, str, Trap], None]) -> Arm:
    def arm(trap: Trap) -> None:
        from broadsheet.ops import backup

        when(backup, name, trap)

    return arm


def _before_backup_is_named(trap: Trap) -> None:
    from broadsheet.ops import backup

    before(backup.os, "replace", trap)


_PULLING, _FILING = "broadsheet.wire.services.pulling", "broadsheet.wire.services.filing"

#: While the worker works.
WORKING: dict[str, Arm] = {
    "after lease of a feed": _lease(_PULLING, "_claim"),
    "after lease of a dispatch": _lease(_FILING, "_claim"),
    "after lease of an effect": _lease("broadsheet.core.queue", "claim"),
    "after headers": _after_headers,
    "mid-body": _mid_body,
    "after parse": _after_parse,
    "between rows of one insert batch": _between_rows,
    "after commit before outbox": _after_commit_before_outbox,
    "mid-outbox": _mid_outbox,
    "mid-image encode": _mid_encode,
    "half a picture file": _half_a_picture,
    "after picture file before its row": _picture_without_row,
    "half a print": _store_step("half written"),
    "between temp file and rename": _store_step("before rename"),
    "mid-page rebuild": _mid_page,
    "after rename before index": _store_step("container: after rename"),
    "mid-checkpoint": _mid_checkpoint,
}
#: While a backup is made.
SAVING: dict[str, Arm] = {
    "mid-backup: database copied": _backup_step("_copy_database", after),
    "mid-backup: half packed": _backup_step("_add", after),
    "mid-backup: before it has its name": _before_backup_is_named,
}
#: Points that only an entry with a new picture leads to.
PICTURED = frozenset({"mid-image encode", "half a picture file", "after picture file before its row"})
#: How often a point may be passed before the kill; what comes once a round is met at its first time.
MOST_TIMES = {
    "mid-outbox": 3, "mid-image encode": 3, "after picture file before its row": 4, "half a picture file": 4,
    "half a print": 4, "between temp file and rename": 4, "mid-page rebuild": 4, "after commit before outbox": 3,
    "mid-checkpoint": 12, "after lease of an effect": 2, "between rows of one insert batch": 2, "after headers": 3,
    "mid-body": 2,
}  # fmt: skip


def arm(point: str, times: int) -> None:
    """Lay the trap of this name."""
    (WORKING | SAVING)[point](Trap(times))

"""Faults of the disk, put in and taken away while the worker runs; what the worker and its readers made of them."""

from __future__ import annotations

import errno
import os
import resource
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created

Fault = Callable[[], Any]
#: Seconds after the end of a fault within which the worker has done all that waited.
RECOVERY = 30


@contextmanager
def _on_every_connection(statement: Callable[[Any], str], afterwards: str) -> Iterator[None]:
    """Run a statement on each connection there is and will be; lift it again."""

    def bring(connection: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement(cursor))

    lifted = threading.Event()

    def wrapper(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        # The worker's connection is its thread's: the end of the fault is noticed there, before its next statement.
        if lifted.is_set() and sql != afterwards:
            with suppress(ValueError):
                worker.execute_wrappers.remove(wrapper)
            with worker.cursor() as cursor:
                cursor.execute(afterwards)
        return execute(sql, *arguments)

    worker = connections["default"]
    bring(worker)
    worker.execute_wrappers.append(wrapper)
    connection_created.connect(bring)
    try:
        yield
    finally:
        connection_created.disconnect(bring)
        lifted.set()


def full_database() -> Any:
    """SQLITE_FULL: the database may not grow by another page."""

    def statement(cursor: Any) -> str:
        return f"PRAGMA max_page_count = {cursor.execute('PRAGMA page_count').fetchone()[0]}"

    return _on_every_connection(statement, "PRAGMA max_page_count = 1073741823")


def read_only_database() -> Any:
    """Every write is refused as read-only (SQLITE_READONLY comes of the file; query_only says the same words)."""
    return _on_every_connection(lambda _: "PRAGMA query_only = 1", "PRAGMA query_only = 0")


@contextmanager
def short_files() -> Iterator[None]:
    """No file of this process may grow beyond what is a little less than its log: writes break off half-way (EFBIG)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _refused(number: int, under: str) -> Any:
    """Whoever makes a file whose folder has `under` in its path is refused with this error number."""

    @contextmanager
    def fault() -> Iterator[None]:
        plain_open, plain_temporary = os.open, tempfile.mkstemp

        def refuse(path: Any) -> None:
            if under in str(path):
                raise OSError(number, os.strerror(number), str(path))

        def opened(path: Any, flags: int, *args: Any, **named: Any) -> int:
            if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) and isinstance(path, str | os.PathLike):
                refuse(path)
            return plain_open(path, flags, *args, **named)

        def temporary(*args: Any, **named: Any) -> Any:
            refuse(named.get("dir"))
            return plain_temporary(*args, **named)

        os.open, tempfile.mkstemp = opened, temporary  # type: ignore[assignment]
        try:
            yield
        finally:
            os.open, tempfile.mkstemp = plain_open, plain_temporary

    return fault


@contextmanager
def full_disk() -> Iterator[None]:
    """The portal's file system is really full: a ballast takes all that is left. For a portal on one of its own."""
    from django.conf import settings

    ballast = settings.BROADSHEET.data / "ballast"
    with ballast.open("wb", buffering=0) as file:
        block = bytes(65_536)
        with suppress(OSError):
            while block:
                if file.write(block) < len(block):
                    block = block[: len(block) // 2]
    try:
        yield
    finally:
        ballast.unlink()


FAULTS: dict[str, Fault] = {
    "full database": full_database,
    "read-only database": read_only_database,
    "short files": short_files,
    "printed pages: full": _refused(errno.ENOSPC, "/press"),
    "printed pages: read-only": _refused(errno.EROFS, "/press"),
    "printed pages: EIO": _refused(errno.EIO, "/press"),
    "pictures: full": _refused(errno.ENOSPC, "/media"),
    "pictures: EIO": _refused(errno.EIO, "/media"),
    "full disk": full_disk,
}


def starve(fault: str, seconds: float, hot: Sequence[str], *, until_said: bool) -> dict[str, Any]:
    """Run the worker over a fault of so many seconds, or `until_said` until the worker has said something of it.

    Returns how long it was, the worker's turns and log lines, readers' answers in it, what the readiness answer said,
    and the seconds until all was done afterwards.
    """
    import structlog

    from broadsheet.ops import worker as working

    stop = threading.Event()
    told: dict[str, Any] = {"turns": 0, "answers": {}, "trouble": [], "ended": "", "recovered": None}
    plain = working.Worker.turn
    in_fault = threading.Event()
    rest = threading.Event()

    def turn(self: Any) -> int:
        told["turns"] += in_fault.is_set()
        done = plain(self)
        if not done and not self.is_out:
            rest.set()
        return done

    working.Worker.turn = turn  # type: ignore[method-assign]
    fault_begun, fault_ended = threading.Event(), threading.Event()

    def watch() -> None:
        try:
            fault_begun.wait()
            told["answers"] = {path: _answer(path) for path in hot}
            told["trouble"] = _trouble()
            began = time.monotonic()
            while time.monotonic() - began < (RECOVERY if until_said and not lines.entries else seconds):
                time.sleep(0.05)
            told["seconds"] = time.monotonic() - began
            in_fault.clear()
            _lift.close()
            fault_ended.set()
            began = time.monotonic()
            rest.clear()
            while time.monotonic() - began < RECOVERY and not rest.wait(0.05):
                pass
            told["recovered"] = time.monotonic() - began if rest.is_set() else None
        finally:
            stop.set()

    _lift = ExitStack()
    lines = structlog.testing.LogCapture()
    working.log = structlog.wrap_logger(structlog.PrintLogger(), processors=[lines])
    _lift.enter_context(FAULTS[fault]())
    in_fault.set()
    fault_begun.set()
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        working.main(stop)
    except BaseException as error:  # noqa: BLE001  the worker's death is what is asked for
        told["ended"] = repr(error)
    watching.join(seconds + 2 * RECOVERY + 5)
    told["lines"] = [f"{line['log_level']}: {line['event']}" for line in lines.entries]
    return told


def _answer(path: str) -> int:
    """The status with which the front door answers a page that was printed before."""
    from broadsheet.config import wsgi

    statuses: list[str] = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1"}
    b"".join(wsgi.application(environ, lambda status, headers: statuses.append(status)))
    return int(statuses[0].split()[0])


def _trouble() -> list[str]:
    from broadsheet.ops import room

    return room.problems()

"""One supervisor for one data directory."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from broadsheet.ops.errors import OperatorError

# Children of a supervisor that was killed hold its lock until the kernel has ended them too.
PATIENCE_SECONDS = 3.0


def claim(data: Path, *, patience: float = PATIENCE_SECONDS) -> int:
    """Lock ``data`` for this process; returns the open file that holds the lock.

    The lock ends with the last process that has the file open, so that a new supervisor cannot
    start beside children of an old one. Raises OperatorError naming the holder.
    """
    directory = data / "run"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise OperatorError(
            f"Nothing can be written in {data} ({(problem.strerror or 'error').lower()}).",
            "Give the directory to this user, or name another one with --data.",
        ) from problem
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            holder = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(handle)
            raise OperatorError(
                f"Another Broadsheet (process {holder}) already serves {data}.",
                "End that one first, or name another directory with --data.",
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        return handle


def holder(data: Path) -> int | None:
    """The process id of the supervisor that serves ``data``, or None when none does."""
    try:
        handle = os.open(data / "run" / "supervisor.lock", os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        written = os.pread(handle, 32, 0).decode(errors="replace").strip()
        return int(written) if written.isdigit() else None
    finally:
        os.close(handle)

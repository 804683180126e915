"""The jail: whatever reads outside bytes does it in a child process that can be killed.

The parent sends a job as a pickle (it trusts itself) and reads back JSON and at most one piece of
bytes: a child that was taken over can lie, but not take over its parent. A child has a memory
limit, a processor limit for each job, a wall clock held by the parent, no new privileges, no
files to write, no sockets; it dies with its parent. Killed children are replaced.
"""

from __future__ import annotations

import json
import os
import pickle
import queue
import select
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from broadsheet.copydesk.errors import NotReadable
from broadsheet.lib.reasons import Reason

MAX_ANSWER = 128 * 1024 * 1024
_HEADER = struct.Struct(">II")
_CHUNK = 1 << 16


class JailKilled(NotReadable):
    """A job took too much time or memory and its process was ended."""


class Jail:
    """A few child processes that run jobs by name; safe to use from many threads.

    `memory_mib` bounds a child's address space, `cpu_seconds` each job's processor time,
    `wall_seconds` each job's wall time. Children start when first needed.
    """

    def __init__(
        self,
        workers: int = 1,
        memory_mib: int = 512,
        cpu_seconds: int = 5,
        wall_seconds: float = 10,
    ) -> None:
        self.memory_mib = memory_mib
        self.cpu_seconds = cpu_seconds
        self.wall_seconds = wall_seconds
        self.kills = 0
        self._cells: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(workers):
            self._cells.put(None)
        self._workers = workers
        # A child is told to die with the thread that started it, so one thread that lives as
        # long as the jail starts them all.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jail")

    def run(self, job: str, **arguments: Any) -> Any:
        """Run a job and return its result.

        Raises NotReadable as the job did, and JailKilled where it had to be killed. Waits while
        all children are busy.
        """
        child = self._cells.get()
        try:
            if child is None or not child.alive():
                if child is not None:
                    child.kill()
                child = self._starter.submit(self._start).result()
            request = pickle.dumps((job, arguments), protocol=pickle.HIGHEST_PROTOCOL)
            data, blob = child.ask(request, self.wall_seconds)
        except _Dead as death:
            if child is not None:
                child.kill()
                child = None
            self.kills += 1
            raise JailKilled(Reason.TOOK_TOO_LONG, str(death)) from None
        except BaseException:
            if child is not None:
                child.kill()
                child = None
            raise
        finally:
            self._cells.put(child)
        return _result(job, data, blob)

    def _start(self) -> _Child:
        return _Child(self.memory_mib, self.cpu_seconds)

    def close(self) -> None:
        """End all children; waits for jobs that are running. The jail can be used again."""
        idle = [self._cells.get() for _ in range(self._workers)]
        for child in idle:
            if child is not None:
                child.kill()
            self._cells.put(None)

    def __enter__(self) -> Jail:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._starter.shutdown()


class _Dead(Exception):
    """The child is gone, or has to go; the text says why."""


class _Child:
    """One child process and the two pipes to it."""

    def __init__(self, memory_mib: int, cpu_seconds: int) -> None:
        source = str(Path(__file__).resolve().parents[2])
        environment = {
            "PATH": os.defpath,
            "PYTHONPATH": os.pathsep.join([source, *filter(None, sys.path)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONHASHSEED": "0",
            # Threads of numeric libraries would each reserve address space.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "LANG": "C.UTF-8",
        }
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "broadsheet.copydesk.jailed",
                str(memory_mib), str(cpu_seconds), str(os.getpid()),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, bufsize=0, close_fds=True,
        )  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.into, self.out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.into, False)
        os.set_blocking(self.out, False)
        # Starting an interpreter takes a while on a busy machine; no job's clock runs yet.
        try:
            self._read(1, time.monotonic() + 60)
        except _Dead:
            self.kill()
            raise

    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, request: bytes, wall_seconds: float) -> tuple[Any, bytes]:
        """Send a request, wait for the answer; raises _Dead."""
        deadline = time.monotonic() + wall_seconds
        self._write(struct.pack(">I", len(request)) + request, deadline)
        size, extra = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if size + extra > MAX_ANSWER:
            raise _Dead("The result is larger than we accept.")
        answer = self._read(size + extra, deadline)
        try:
            return json.loads(answer[:size]), answer[size:]
        except (ValueError, RecursionError):
            raise _Dead("The result could not be understood.") from None

    def _write(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            self._wait([self.into], deadline, writing=True)
            try:
                view = view[os.write(self.into, view[: 16 * _CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise _Dead(self._why()) from None

    def _read(self, size: int, deadline: float) -> bytes:
        pieces = bytearray()
        while len(pieces) < size:
            try:
                data = os.read(self.out, min(size - len(pieces), 16 * _CHUNK))
            except BlockingIOError:
                self._wait([self.out], deadline, writing=False)
                continue
            if not data:
                raise _Dead(self._why())
            pieces += data
        return bytes(pieces)

    def _wait(self, pipes: list[int], deadline: float, *, writing: bool) -> None:
        left = deadline - time.monotonic()
        poller = select.poll()
        poller.register(pipes[0], select.POLLOUT if writing else select.POLLIN)
        if left <= 0 or not poller.poll(left * 1000):
            raise _Dead("It ran out of wall time.")

    def _why(self) -> str:
        try:
            code = self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "It stopped answering."
        if code == -24:  # SIGXCPU
            return "It ran out of processor time."
        return "It ran out of memory." if code == 77 else f"Its process ended with code {code}."

    def kill(self) -> None:
        """End the process and close the pipes; never waits for the job."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def _result(job: str, data: Any, blob: bytes) -> Any:
    from broadsheet.copydesk.jobs import revived

    if not isinstance(data, dict):
        raise JailKilled(Reason.TOOK_TOO_LONG, "The result could not be understood.")
    if "reason" in data:
        try:
            reason = Reason(data["reason"])
        except ValueError:
            reason = Reason.BROKEN_XML
        raise NotReadable(reason, str(data.get("detail", "")))
    try:
        return revived(job, data.get("result"), blob)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise NotReadable(Reason.BROKEN_XML, f"The result is not of the kind asked for: {error}") from None


_shared: dict[int, Jail] = {}
_lock = threading.Lock()


def shared() -> Jail:
    """One jail for this process, made when first asked for (a forked child gets its own)."""
    with _lock:
        jail = _shared.get(os.getpid())
        if jail is None:
            _shared.clear()
            jail = _shared[os.getpid()] = Jail()
        return jail

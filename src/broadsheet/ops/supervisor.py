"""One supervisor over one group of processes: it starts them, brings them back, ends them.

The supervisor loads the framework once and forks its children, so that they share that memory
(measured: web and an idle worker take 139 MiB together with it, against 236 MiB when each loads
its own). For this it must hold no database connection and no thread when it forks.

Signals: SIGTERM and SIGINT drain and end. SIGHUP replaces the program by its newest version and
then the children one at a time; the supervisor keeps its process id and the listening socket.
A supervisor killed outright takes all descendants with it (see ``lifeline``).
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from broadsheet.ops import lifeline

DRAIN_SECONDS = 30.0
READY_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30.0
# A child that lived this long was healthy: its next failure is a first failure again.
HEALTHY_SECONDS = 60.0
HANDOVER = "_BROADSHEET_HANDOVER"
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Role:
    """What one child does. ``run`` gets a callable to say that it is ready, and returns when done.

    ``overlaps``: at a rolling restart the new process is started before the old one ends.
    """

    name: str
    run: Callable[[Callable[[], None]], None]
    overlaps: bool = False


@dataclass
class Child:
    """One role and the process that has it. Times are of the monotonic clock."""

    role: Role
    pid: int = 0
    started: float = 0.0
    pause: float = FIRST_PAUSE
    start_at: float = 0.0
    ready_end: int = -1
    ready: bool = False


class Supervisor:
    """Keeps ``roles`` running until told to end. ``say`` prints one plain line.

    ``reload`` says whether the newest program can be loaded; without it SIGHUP only renews the
    children. ``keep`` are open files (by name) that the newest program takes over.
    """

    def __init__(
        self,
        roles: Sequence[Role],
        *,
        say: Say,
        reload: Callable[[], bool] | None = None,
        keep: Mapping[str, int] | None = None,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        self._children = [Child(role) for role in roles]
        self._say = say
        self._reload = reload
        self._keep = dict(keep or {})
        self._drain_seconds = drain_seconds
        self._told_to_end = False
        self._pid = os.getpid()
        self._leaving: dict[int, str] = {}
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def run(self, *, old: Mapping[str, int] | None = None) -> int:
        """Start the children and stay until SIGTERM or SIGINT. Returns the exit status.

        ``old`` are children by role name that a previous program left running in this process:
        they are replaced one at a time.
        """
        before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
        woken = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)  # blocked while programs change
        try:
            self._take_over(dict(old or {}))
            while not self._told_to_end:
                numbers = self._wait(self._next_start())
                self._reap()
                if signal.SIGHUP in numbers and not self._told_to_end:
                    self._renew()
                if not self._told_to_end:
                    self._start_due()
            return self._end()
        finally:
            signal.set_wakeup_fd(woken)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._reading)
            os.close(self._writing)

    def pids(self) -> dict[str, int]:
        """The running children by role name."""
        return {child.role.name: child.pid for child in self._children if child.pid}

    # Starting

    def _start(self, child: Child) -> None:
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._be(child.role, writing)
        os.close(writing)
        child.pid, child.started = pid, time.monotonic()
        child.ready_end, child.ready = reading, False

    def _be(self, role: Role, ready_end: int) -> None:
        """The whole life of a child process; never returns."""
        status = 1
        try:
            lifeline.tie(self._pid)
            signal.set_wakeup_fd(-1)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._reading)
            os.close(self._writing)
            role.run(lambda: _tell(ready_end))
            status = 0
        except SystemExit as leaving:
            status = leaving.code if isinstance(leaving.code, int) else 1
        except BaseException:  # noqa: BLE001 - the last place that can say it
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Not sys.exit: exit handlers of the supervisor must not run in its children.
            os._exit(status)

    def _take_over(self, old: dict[str, int]) -> None:
        for child in self._children:
            child.pid = old.pop(child.role.name, 0)
            child.started = time.monotonic()
        for name, pid in old.items():
            self._leave(pid, name)
        if any(child.pid for child in self._children):
            self._replace_all()
        self._start_due()

    def _start_due(self) -> None:
        for child in self._children:
            if not child.pid and time.monotonic() >= child.start_at:
                self._start(child)

    def _next_start(self) -> float | None:
        """Seconds until a child is due, or None when all run."""
        due = [child.start_at for child in self._children if not child.pid]
        return max(0.0, min(due) - time.monotonic()) if due else None

    # Waiting

    def _wait(self, seconds: float | None) -> bytes:
        """The numbers of the signals that came, at the latest after ``seconds``."""
        reading = [self._reading] + [c.ready_end for c in self._children if c.ready_end >= 0]
        found, _, _ = select.select(reading, [], [], seconds)
        for child in self._children:
            if child.ready_end in found:
                child.ready = os.read(child.ready_end, 1) == b"1"
                os.close(child.ready_end)
                child.ready_end = -1
        numbers = os.read(self._reading, 64) if self._reading in found else b""
        if signal.SIGTERM in numbers or signal.SIGINT in numbers:
            self._told_to_end = True
        return numbers

    def _reap(self) -> None:
        """Take note of every process that ended; processes left to us by others count too."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._leaving:
                del self._leaving[pid]
                continue
            for child in self._children:
                if child.pid == pid:
                    self._lost(child, status)

    def _lost(self, child: Child, status: int) -> None:
        lived = time.monotonic() - child.started
        if lived >= HEALTHY_SECONDS:
            child.pause = FIRST_PAUSE
        code = os.waitstatus_to_exitcode(status)
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        self._say(
            f"{child.role.name} ({child.pid}) {how} after {_span(lived)}; it is started again in {_span(child.pause)}."
        )
        child.pid = 0
        child.start_at = time.monotonic() + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)
        if child.ready_end >= 0:
            os.close(child.ready_end)
            child.ready_end = -1

    # Replacing

    def _renew(self) -> None:
        """Answer SIGHUP: change to the newest program, or renew the children with this one."""
        if self._reload is None:
            self._replace_all()
        elif self._reload():
            self._say("Loading the new program; the running processes stay until it is ready.")
            self._exec()

    def _replace_all(self) -> None:
        """Renew every running child, one after the other."""
        for child in self._children:
            if child.pid and not self._told_to_end:
                self._drop_ready_end(child)
                replace = self._replace_softly if child.role.overlaps else self._replace
                if replace(child):
                    self._say(f"{child.role.name} was renewed.")
        # Those that were replaced softly finish what they have under way; none of them stays for ever.
        deadline = time.monotonic() + self._drain_seconds
        while self._leaving and time.monotonic() < deadline and not self._told_to_end:
            self._wait(0.2)
            self._reap()
            self._start_due()
        if not self._told_to_end:
            self._kill_rest()

    def _replace(self, child: Child) -> bool:
        """End the old process, then start the new one."""
        old, child.pid = child.pid, 0
        self._leave(old, child.role.name)
        self._wait_until(lambda: old not in self._leaving, self._drain_seconds)
        if not self._told_to_end:
            self._kill(old)  # this one alone: others that are leaving still have requests to finish
            self._start(child)
        return True

    def _replace_softly(self, child: Child) -> bool:
        """Start the new process, and end the old one once the new one is ready."""
        old = child.pid
        self._start(child)
        self._wait_until(lambda: child.ready or not child.pid, READY_SECONDS)
        if child.ready:
            self._leave(old, child.role.name)
            return True
        if child.pid:
            self._leave(child.pid, child.role.name)
        self._drop_ready_end(child)
        child.pid = old
        self._say(f"The new {child.role.name} did not get ready; the old one stays.")
        return False

    def _exec(self) -> None:
        for child in self._children:
            self._drop_ready_end(child)
        for number in self._keep.values():
            os.set_inheritable(number, True)
        os.environ[HANDOVER] = json.dumps({"children": self.pids(), "keep": self._keep})
        # A signal that comes while the new program loads waits for its handlers.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves, with our own arguments

    @staticmethod
    def _drop_ready_end(child: Child) -> None:
        if child.ready_end >= 0:
            os.close(child.ready_end)
            child.ready_end = -1

    def _wait_until(self, done: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._wait(min(left, 0.2))
            self._reap()
            if self._told_to_end:
                return False
        return True

    # Ending

    def _leave(self, pid: int, name: str) -> None:
        """Ask one process to end; its end is then nothing to report."""
        self._leaving[pid] = name
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            self._leaving.pop(pid, None)

    def _kill_rest(self) -> None:
        for pid in list(self._leaving):
            self._kill(pid)

    def _kill(self, pid: int) -> None:
        """End a process that was asked to end and has not."""
        name = self._leaving.pop(pid, None)
        if name is not None:
            self._say(f"{name} ({pid}) did not end in time and is killed.")
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _end(self) -> int:
        self._say("Ending: requests and jobs under way are finished first.")
        began = time.monotonic()
        for child in self._children:
            if child.pid:
                self._leave(child.pid, child.role.name)
                child.pid = 0
            child.start_at = float("inf")
        while self._leaving and time.monotonic() - began < self._drain_seconds:
            self._wait(0.2)
            self._reap()
        self._kill_rest()
        self._say(f"Ended after {_span(time.monotonic() - began)}.")
        return 0


@dataclass(frozen=True)
class Handover:
    """What the previous program of this process left: children and open files, by name."""

    children: dict[str, int]
    keep: dict[str, int]


def handover() -> Handover | None:
    """What the previous program of this process left running, or None at a first start."""
    raw = os.environ.pop(HANDOVER, None)
    return Handover(**json.loads(raw)) if raw is not None else None


def settle() -> int:
    """Prepare this process for forking; returns how many threads it has (one is right).

    Garbage is collected and what remains is put beyond the collector's reach, because its marks
    would copy every shared page into every child.
    """
    gc.collect()
    gc.freeze()
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def _tell(ready_end: int) -> None:
    os.write(ready_end, b"1")


def _span(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"

"""Processes that cannot outlive the one that started them, and that stop when they are told."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1


def tie(parent: int) -> None:
    """Let the kernel kill this process (SIGKILL) when the thread that forked it ends.

    Call it first thing in a child with the id of its parent. A parent that died before the
    call is noticed by its changed id, and this process ends at once. The tie is not handed on
    to further children: each of them has to call this for itself. Where the kernel has no such
    call (anything but Linux), a thread looks once a second instead.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True, name="lifeline").start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def stop_event(*, interrupt: bool = False) -> threading.Event:
    """An event that is set by SIGTERM, and by SIGINT with ``interrupt``.

    Without it SIGINT is ignored, because Ctrl-C reaches the whole process group and the
    supervisor is the one to decide; SIGHUP is the supervisor's as well.

    The signal handler itself does nothing. The signal arrives as a byte in a pipe and a thread
    sets the event, because ``Event.set`` inside a handler can wait for ever on a lock that the
    interrupted main thread holds.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    stop = threading.Event()

    ends = {signal.SIGTERM, signal.SIGINT} if interrupt else {signal.SIGTERM}

    def wait() -> None:
        while not ends.intersection(os.read(reading, 64)):
            pass
        stop.set()

    signal.signal(signal.SIGINT, (lambda *_: None) if interrupt else signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=wait, daemon=True, name="stop").start()
    return stop

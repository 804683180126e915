"""The web process: Granian's WSGI worker on a socket that the supervisor opened.

Granian's own command starts a main process that starts its workers. We have a supervisor
already, so its worker is run directly: one process fewer, and because the listening socket is
the supervisor's, connections wait in its queue while a web process is replaced. This uses the
worker class that Granian's main process uses (its ``server/mp.py``); the lock file pins the
version and ``tests/flow/test_serving.py`` proves that the pair fits.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from broadsheet.ops.errors import OperatorError

BACKLOG = 1024
# A reader on a bad line sends a request head of a few hundred bytes well within this time;
# Granian's own 30 s would let a few hundred idle connections stay for half a minute.
HEAD_TIMEOUT_MS = 10_000
IDLE_THREAD_SECONDS = 30
# How long a connection that was just taken may be silent when the process is told to end.
LAST_WORDS_SECONDS = 0.3


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on ``host`` (an IP address); raises OperatorError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as problem:
        listener.close()
        raise OperatorError(
            f"Port {port} on {host} cannot be used ({(problem.strerror or 'error').lower()}).",
            "Stop the other program, or choose another port with --port.",
        ) from problem
    return listener


def serve(
    application: Callable[..., Any],
    listener: socket.socket,
    *,
    threads: int,
    stop: threading.Event,
    ready: Callable[[], None],
) -> None:
    """Answer requests until ``stop`` is set, then finish those under way and return.

    ``threads`` is the number of requests answered at once; ``ready`` is called once the process
    accepts connections.
    """
    # Loaded here, because only web processes need it, and as Any, because the type stubs that come with
    # Granian describe an older form of these classes.
    native: Any = import_module("granian._granian")
    wrapped = import_module("granian.wsgi")._callback_wrapper(application, {}, None)
    loop = import_module("granian._loops").loops.get("asyncio")
    http1 = import_module("granian.http").HTTP1Settings(header_read_timeout=HEAD_TIMEOUT_MS)
    logging.getLogger("_granian").setLevel(logging.WARNING)
    signal, ended = native.WorkerSignal(), threading.Event()
    signal.add_cb(ended.set)
    worker = native.WSGIWorker(
        1,  # number of the worker, for Granian's log
        (None, native.SocketHolder(listener.fileno(), False, BACKLOG)),
        None,  # no channel to a Granian main process
        1,  # threads of the event loop; Python work has its own
        max(threads, 4),  # threads for blocking calls of the runtime
        threads,
        IDLE_THREAD_SECONDS,
        BACKLOG,  # requests taken in before new ones have to wait
        "1",  # HTTP/1 only: browsers speak HTTP/2 to the proxy in front
        http1,
        None,
        None,  # no static files of Granian's own
        *(False, None, None, None, "1.3", None, [], False),  # no TLS here
        (None, None),  # no metrics channel
    )
    scheduler = import_module("granian._futures")._new_cbscheduler(loop, wrapped, impl_asyncio=True)

    def end_with() -> None:
        stop.wait()
        # When told to end, Granian closes connections that have not yet sent their request. So first no more are
        # taken, and those that were get a moment to say what they want.
        if _stop_accepting(listener):
            time.sleep(LAST_WORDS_SECONDS)
        signal.set()

    threading.Thread(target=end_with, daemon=True, name="end").start()
    # Connections queue in the socket from the moment it listens, so being ready a moment
    # before the accept loop runs loses nothing.
    ready()
    worker.serve_mtr(scheduler, loop, signal)
    ended.wait()


def _stop_accepting(listener: socket.socket) -> bool:
    """Leave further connections in the queue of the socket, for the process that follows; whether that could be done.

    Other processes have the same socket, so it cannot be closed for this one alone: the runtime would go on hearing of
    new connections. Instead every number under which this process has it is made to mean a socket that nobody calls.
    """
    try:
        numbers = [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:
        return False
    unheard = socket.socket(listener.family, socket.SOCK_STREAM)
    unheard.setblocking(False)  # who asks it for a connection must be told at once that there is none
    unheard.bind(("::1" if listener.family == socket.AF_INET6 else "127.0.0.1", 0))
    unheard.listen(1)
    this = os.fstat(listener.fileno())
    for number in numbers:
        try:
            found = os.fstat(number)
        except OSError:
            continue  # closed since it was listed
        if (found.st_dev, found.st_ino) == (this.st_dev, this.st_ino):
            os.dup2(unheard.fileno(), number, inheritable=False)
    unheard.close()
    return True

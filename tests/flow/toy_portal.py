"""A supervisor over toy children, run as a program by test_supervisor.py: ``toy_portal.py PORT FOLDER``.

`web` answers HTTP on the port; `idle` waits; `clumsy` ends at once while FOLDER/clumsy exists; `deaf` ignores
SIGTERM while FOLDER/deaf exists. FOLDER/version is read when the program loads.
"""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from broadsheet.ops import lifeline, serving, supervisor

port, folder = int(sys.argv[1]), Path(sys.argv[2])
version = (folder / "version").read_text() if (folder / "version").exists() else "1"


def application(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1.0)
    start("200 OK", [("Content-Type", "text/plain")])
    return [version.encode()]


def web(ready: Callable[[], None]) -> None:
    stop = lifeline.stop_event()
    serving.serve(application, listener, threads=4, stop=stop, ready=ready)


def idle(ready: Callable[[], None]) -> None:
    stop = lifeline.stop_event()
    ready()
    if (folder / "clumsy").exists():
        raise SystemExit(3)
    if (folder / "deaf").exists():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stop.wait()


left = supervisor.handover()
listener = serving.listen("127.0.0.1", port) if left is None else socket.socket(fileno=left.keep["listener"])
supervisor.settle()
sys.exit(
    supervisor.Supervisor(
        [supervisor.Role("web", web, overlaps=True), supervisor.Role("idle", idle)],
        say=lambda line: print(line, flush=True),
        reload=lambda: not (folder / "broken").exists(),
        keep={"listener": listener.fileno()},
        drain_seconds=float(sys.argv[3]) if len(sys.argv) > 3 else 5,
    ).run(old=left.children if left else None)
)

"""A real portal as an operator has it: `broadsheet serve` in a process of its own, on a data folder that is ready."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import template

ROOT = Path(__file__).resolve().parents[2]
#: Collected static files of an earlier portal; a portal finds out by itself whether they are still right.
STATIC = Path(tempfile.gettempdir()) / f"broadsheet-templates-{os.getuid()}" / "static"
#: A reader's browser, which the counting takes for one.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True)
class Reply:
    """An answer from the wire."""

    status: int
    head: str
    body: bytes


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(holds: Callable[[], object], seconds: float = 20, why: str = "") -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, why or "did not come true in time"
        time.sleep(0.03)


def is_gone(pid: int) -> bool:
    """Ended, whether its parent has taken note or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def descendants(pid: int) -> list[int]:
    """All living processes below one, its parser jails included."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                if not is_gone(child):
                    found += [child, *descendants(child)]
    return found


class Portal:
    """`broadsheet serve --data folder`; `environ` are further settings."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.data = folder
        self.port = free_port()
        self.log = folder.with_name(folder.name + ".log")
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
        self.environ.pop("DJANGO_SETTINGS_MODULE", None)
        self.environ |= {"PYTHONPATH": str(ROOT / "src"), "BROADSHEET_SAMPLE": "no", **environ}
        self.environ["BROADSHEET_PORT"] = str(self.port)
        self.process: subprocess.Popen[str] | None = None

    def furnish(self) -> None:
        """A migrated and furnished database, and the static files of an earlier run."""
        self.data.mkdir(exist_ok=True)
        shutil.copyfile(template.SQLite().template, self.database)
        self.lend_static()

    def lend_static(self) -> None:
        """The static files of an earlier run, if there was one."""
        if STATIC.exists():
            shutil.copytree(STATIC, self.data / "static", copy_function=os.link)

    @property
    def database(self) -> Path:
        """The database file."""
        return self.data / "broadsheet.sqlite3"

    def command(self, *words: str) -> list[str]:
        """The command line with these words."""
        return [sys.executable, "-m", "broadsheet.ops.cli", *words, "--data", str(self.data)]

    def start(self) -> None:
        """Start it and wait until a front page is served."""
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                self.command("serve"),
                env=self.environ, stdout=out, stderr=subprocess.STDOUT, text=True, cwd=self.data.parent,
            )  # fmt: skip
        eventually(lambda: self.says("Running.") or self.process.poll() is not None, 90, "the portal did not start")  # type: ignore[union-attr]
        assert self.process.poll() is None, self.log.read_text()
        assert self.get("/").status == 200
        if not STATIC.exists():
            with contextlib.suppress(FileExistsError, OSError):
                draft = STATIC.with_suffix(f".{os.getpid()}")
                shutil.copytree(self.data / "static", draft)
                draft.rename(STATIC)

    def cli(self, *words: str) -> str:
        """Another command on the same data; must succeed. Returns what it said."""
        done = subprocess.run(self.command(*words), env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def says(self, words: str) -> bool:
        """Whether the log has these words."""
        return words in self.log.read_text()

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self.process is not None
        return self.process.pid

    def roles(self) -> dict[str, int]:
        """The processes by role: in the order in which they were forked, or as the log says."""
        found: dict[str, int] = {}
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        pids = [pid for pid in map(int, text.split()) if not is_gone(pid)]
        for name, pid in zip(("web", "worker", "counting"), sorted(pids), strict=False):
            found[name] = pid
        return found

    def get(self, path: str, timeout: float = 10, pause: float = 0, **headers: str) -> Reply:
        """A GET on a connection of its own; after `pause` seconds of silence, as on a slow line."""
        return self.ask(f"GET {path} HTTP/1.1", timeout=timeout, pause=pause, **headers)

    def ask(self, line: str, body: bytes = b"", timeout: float = 10, pause: float = 0, **headers: str) -> Reply:
        """A request as bytes; header names with underscores."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as link:
            time.sleep(pause)
            link.sendall(self.head(line, len(body), **headers) + body)
            return received(link)

    def head(self, line: str, length: int, **headers: str) -> bytes:
        """The head of a request."""
        lines = [line, f"Host: 127.0.0.1:{self.port}", "Connection: close", f"User-Agent: {BROWSER}"]
        lines += [f"Content-Length: {length}"] if length else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()

    def rows(self, sql: str) -> list[Any]:
        """What the database file says, read beside the portal."""
        from broadsheet.core import sqlite

        database = sqlite.install().connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return list(database.execute(sql).fetchall())
        finally:
            database.close()

    def pulled(self) -> int:
        """How many feeds were pulled so far."""
        return int(self.rows("SELECT count(*) FROM wire_pull")[0][0])

    def terminate(self, seconds: float = 35) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def end(self) -> None:
        """Whatever happened: nothing of it stays."""
        if self.process is not None and self.process.poll() is None:
            below = descendants(self.pid)
            self.process.kill()
            self.process.wait(10)
            for pid in below:
                eventually(lambda pid=pid: is_gone(pid), 10)  # type: ignore[misc]


def received(link: socket.socket) -> Reply:
    """A whole answer, to the end of the connection."""
    got = b"".join(iter(lambda: link.recv(65536), b""))
    head, _, body = got.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d+) ", head)
    assert status is not None, got[:200]
    return Reply(int(status[1]), head.decode("latin-1"), body)


@contextlib.contextmanager
def running(folder: Path, **environ: str) -> Iterator[Portal]:
    """A furnished portal that runs, and is gone afterwards."""
    made = Portal(folder, **environ)
    made.furnish()
    try:
        made.start()
        yield made
    finally:
        made.end()

"""The process tree: what is killed comes back, what is told to end drains, nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TOY = Path(__file__).with_name("toy_portal.py")
SOURCES = Path(__file__).resolve().parents[2] / "src"


class Portal:
    """A running toy portal."""

    def __init__(self, folder: Path, drain: float = 5) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / "log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(TOY), str(self.port), str(folder), str(drain)],
                stdout=out, stderr=subprocess.STDOUT, env=os.environ | {"PYTHONPATH": str(SOURCES)},
            )  # fmt: skip

    def children(self) -> list[int]:
        try:
            listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except FileNotFoundError:
            return []
        return [pid for pid in map(int, listed.split()) if not is_gone(pid)]

    def get(self, path: str = "/", timeout: float = 5) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as link:
            link.sendall(f"GET {path} HTTP/1.1\r\nHost: toy\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: link.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n", 1)[0], answer
        return body.decode()

    def says(self, words: str) -> bool:
        return words in self.log.read_text()

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(10)


def is_gone(pid: int) -> bool:
    """Ended, whether its parent has taken note or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def eventually(holds: Callable[[], object], seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    running = Portal(tmp_path)
    try:
        eventually(lambda: len(running.children()) == 2)
        assert running.get() == "1"
        yield running
    finally:
        running.process.kill()
        running.process.wait(10)


def test_a_killed_child_comes_back(portal: Portal) -> None:
    before = portal.children()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(set(portal.children()) - set(before)) == 2)
    assert portal.get() == "1"
    assert portal.says("was ended by SIGKILL")


def test_a_killed_supervisor_leaves_nothing_behind(portal: Portal) -> None:
    children = portal.children()
    portal.process.kill()
    portal.process.wait(5)
    eventually(lambda: all(is_gone(pid) for pid in children))


def test_check_85_sigterm_finishes_the_request_under_way(portal: Portal) -> None:
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(portal.get("/slow")))
    asking.start()
    time.sleep(0.3)
    assert portal.end() == 0
    asking.join(5)
    assert answers == ["1"]
    assert portal.children() == []


def test_check_85_a_rolling_restart_fails_no_request(portal: Portal, tmp_path: Path) -> None:
    children, stop, answers, failures = portal.children(), threading.Event(), [], []

    def ask() -> None:
        while not stop.is_set():
            try:
                answers.append(portal.get())
            except (OSError, AssertionError) as error:
                failures.append(error)
            time.sleep(0.01)

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    (tmp_path / "version").write_text("2")
    os.kill(portal.process.pid, signal.SIGHUP)
    eventually(lambda: portal.says("idle was renewed"))
    eventually(lambda: answers[-1] == "2" and len(answers) > 20)
    stop.set()
    for reader in readers:
        reader.join(10)
    assert not failures
    eventually(lambda: not set(children) & set(portal.children()))
    assert portal.end() == 0  # the same process still, and it still obeys


def test_a_new_program_that_does_not_load_changes_nothing(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    children = portal.children()
    os.kill(portal.process.pid, signal.SIGHUP)
    time.sleep(0.3)
    assert portal.children() == children
    assert portal.get() == "1"


def test_a_child_that_ends_at_once_is_started_ever_more_slowly(tmp_path: Path) -> None:
    (tmp_path / "clumsy").touch()
    portal = Portal(tmp_path)
    try:
        eventually(lambda: portal.says("again in 0.8 s"))
        lines = [line for line in portal.log.read_text().splitlines() if "idle" in line]
        assert [line.rsplit(" in ", 1)[1] for line in lines] == ["0.1 s.", "0.2 s.", "0.4 s.", "0.8 s."]
        assert "ended with status 3" in lines[0]
        assert portal.get() == "1"  # the others are not disturbed
    finally:
        assert portal.end() == 0


def test_a_child_that_does_not_end_is_killed_after_the_drain(tmp_path: Path) -> None:
    (tmp_path / "deaf").touch()
    portal = Portal(tmp_path, drain=0.5)
    try:
        eventually(lambda: len(portal.children()) == 2 and portal.get() == "1")
        children = portal.children()
    finally:
        assert portal.end() == 0
    assert portal.says("did not end in time and is killed")
    assert all(is_gone(pid) for pid in children)

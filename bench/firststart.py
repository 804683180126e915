"""From a clean clone to a full front page: `./run bench firststart [--tree] [--keep] [--json]`.

The repository is cloned into a temporary folder (with `--tree` the working tree as it stands is copied instead) and
`./run serve` is started there as a stranger would start it, with whatever the package installer has in its cache.
Prints how long the packages took, and then how long it was until the first answer, the first front page and the last
article of the sample edition, and where those seconds went.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP = 1800.0
#: What the program says, and what has just been done when it says so.
MARKS = {
    "Making a Python environment": "begins",
    "Installing the locked packages": "environment made",
    "Installed in": "packages installed",
    "paper  http": "program loaded, opening page",
    "Bringing the database": "framework loaded",
    "A new newspaper": "database migrated and furnished",
    "The sample edition": "sample's sources added",
    "Running.": "static files collected, processes started",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", action="store_true", help="copy the working tree instead of cloning the last commit")
    parser.add_argument("--keep", action="store_true", help="leave the folder, and say where it is")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-first-"))
    try:
        fetch(folder / "clone", tree=arguments.tree)
        figures = start(folder)
    finally:
        if arguments.keep:
            print(f"Left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:58} {value:>8.1f} s")


def fetch(clone: Path, *, tree: bool) -> None:
    """What a stranger gets."""
    if not tree:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        return
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)


def start(folder: Path) -> dict[str, float]:
    """Run it, and note when it says and does what. Seconds from the start of `./run serve`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("BROADSHEET_", "VIRTUAL_ENV"))}
    environ.pop("PYTHONPATH", None)
    data = folder / "data"
    began = time.monotonic()
    portal = subprocess.Popen(
        ["./run", "serve", "--port", str(port), "--data", str(data)], cwd=folder / "clone", env=environ,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    said: dict[str, float] = {}
    listening = threading.Thread(target=_listen, args=(portal, began, said), daemon=True)
    listening.start()
    try:
        _until(lambda: _front(port), portal)
        front = time.monotonic() - began
        _until(lambda: _filed(data / "broadsheet.sqlite3"), portal)
        full = time.monotonic() - began
    finally:
        portal.send_signal(signal.SIGTERM)
        portal.wait(60)
        listening.join(5)
    return figures(said, front, full)


def figures(said: dict[str, float], front: float, full: float) -> dict[str, float]:
    """The two that matter first, then where the seconds went."""
    installed = said.get("Installed in", 0.0)
    found = {
        "installing, environment included": installed,
        "then to the first front page": front - installed,
        "then to a front page with the whole sample edition": full - installed,
    }
    before = 0.0
    for mark, what in MARKS.items():
        if mark in said:
            found[f"  {what}"] = said[mark] - before
            before = said[mark]
    found["  first answer"] = max(0.0, front - before)
    found["  sample pulled, filed, placed, front filled"] = full - max(front, before)
    return found


def _listen(portal: subprocess.Popen[str], began: float, said: dict[str, float]) -> None:
    assert portal.stdout is not None
    for line in portal.stdout:
        for mark in MARKS:
            if mark in line and mark not in said:
                said[mark] = time.monotonic() - began


def _until(holds, portal: subprocess.Popen[str]) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + GIVE_UP
    while not holds():
        if portal.poll() is not None or time.monotonic() > end:
            raise SystemExit("It did not come up; run ./run serve in a clean clone to see why.")
        time.sleep(0.05)


def _front(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
            link.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            return link.recv(64).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def _filed(database: Path) -> bool:
    """Every feed pulled, every dispatch with a fate, every effect carried out, the front filled."""
    from broadsheet.core import sqlite

    sqlite3 = sqlite.install()
    try:
        connected = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)
    except sqlite3.OperationalError:
        return False
    try:
        [(feeds, arrived, known, waiting, slots)] = connected.execute(
            "SELECT (SELECT count(*) FROM wire_feed WHERE NOT pulled_once),"
            " (SELECT count(*) FROM wire_dispatch WHERE fate = 'arrived'), (SELECT count(*) FROM wire_dispatch),"
            " (SELECT count(*) FROM core_effect), (SELECT count(*) FROM editions_slot)"
        ).fetchall()
        return feeds == 0 and arrived == 0 and known > 0 and waiting == 0 and slots > 0
    except sqlite3.OperationalError:
        return False
    finally:
        connected.close()


if __name__ == "__main__":
    main()

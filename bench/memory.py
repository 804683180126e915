"""How much memory a running portal takes: `./run bench memory [--articles 500] [--settle 20] [--json]`.

A data folder is filled with so many articles through the wire, `broadsheet serve` is started on it with one web
process, its pages are read, and after a while the proportional set size of each process is added up, by role.
Proportional: memory that processes share counts once, in parts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--settle", type=float, default=20, help="seconds between the last request and the measuring")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--fill", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.fill:
        fill(arguments.articles, arguments.words)
        return
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    try:
        figures = measure(arguments, Path(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:44} {value:>10,.1f}")


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Fill, start, read, wait, add up."""
    environ = os.environ | {
        "BROADSHEET_DATA": str(folder / "data"), "BROADSHEET_LOG_LEVEL": "error", "BROADSHEET_PORT": str(_free_port()),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }  # fmt: skip
    amounts = ["--articles", str(arguments.articles), "--words", str(arguments.words)]
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "bench.memory", "--fill", "yes", *amounts], env=environ, check=True, cwd=ROOT)
    filled = time.monotonic() - began
    with (folder / "log").open("w+") as log:
        portal = subprocess.Popen(
            [sys.executable, "-m", "broadsheet.ops.cli", "serve"], env=environ, stdout=log, stderr=log, cwd=folder
        )
        try:
            _await(folder / "log", portal)
            port = int(environ["BROADSHEET_PORT"])
            read = _read(port)
            time.sleep(arguments.settle)
            figures = {"articles": float(_count(folder / "data" / "broadsheet.sqlite3"))}
            figures |= {"pages read": float(read), "filling (s)": filled}
            figures |= by_role(portal.pid)
        finally:
            portal.send_signal(signal.SIGTERM)
            portal.wait(40)
    return figures


def fill(articles: int, words: int) -> None:
    """In a process of its own: pull and file that many articles from `bench.origins`, and add the sample's sources."""
    sources = max(1, articles // ENTRIES)
    command = [sys.executable, "-m", "bench.origins", str(sources), str(ENTRIES), str(words)]
    origins = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert origins.stdout is not None
        port = int(origins.stdout.readline())
        import django

        import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

        django.setup()
        from bench.wire import _full_rights, file_all, pull_all
        from broadsheet.ops import readiness, wiring
        from broadsheet.ops.sample import living
        from broadsheet.wire import doors
        from broadsheet.wire import services as wire

        readiness.prepare(lambda _: None)
        wiring.connect()
        hosts = [f"s{number}.bench.example" for number in range(sources)]
        doors.map_names(dict.fromkeys(hosts, ("127.0.0.1", port)))
        for host in hosts:
            source = wire.add_source(host, homepage=f"http://{host}/", rights=_full_rights())
            wire.add_feed(source, f"http://{host}/feed")
        pull_all()
        file_all(None)
        # The sample's sources are served by the worker itself, so that its jail has work when the portal runs.
        living.install()
        doors.close()
    finally:
        origins.terminate()
        origins.wait()


def by_role(supervisor: int) -> dict[str, float]:
    """MiB of each process of the tree; the children are, by their ids, web, worker and counting."""
    figures = {"supervisor (MiB)": _pss(supervisor)}
    for role, pid in zip(("web", "worker", "counting"), sorted(_children(supervisor)), strict=False):
        figures[f"{role} (MiB)"] = _pss(pid)
        below = [_pss(one) for one in _below(pid)]
        if below:
            figures[f"{role}: {len(below)} below it (MiB)"] = sum(below)
    return figures | {"whole tree (MiB)": sum(figures.values())}


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


def _below(pid: int) -> list[int]:
    return [one for child in _children(pid) for one in (child, *_below(child))]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(log: Path, portal: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while "Running." not in log.read_text():
        if portal.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(log.read_text())
        time.sleep(0.1)


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body of a page."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        head, _, body = b"".join(iter(lambda: link.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode("utf-8", "replace")


def _read(port: int) -> int:
    """Read the front and whatever it leads to, as readers do; returns how many pages that were."""
    _, front = get(port, "/")
    paths = sorted(set(re.findall(r'href="(/[a-z0-9/-]+/)"', front)))
    for path in paths:
        get(port, path)
    get(port, "/search/?q=harbour")
    return len(paths) + 2


def _count(database: Path) -> int:
    from broadsheet.core import sqlite

    connected = sqlite.install().connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connected.execute("SELECT count(*) FROM articles_article").fetchone()[0])
    finally:
        connected.close()


if __name__ == "__main__":
    main()

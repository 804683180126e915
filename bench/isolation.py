"""Checks 74 and 75, measured: does a wire with hostile sources delay anybody?

    ./run bench isolation [--sources 2000] [--hostile 10] [--minutes 10] [--outage 4] [--json]

Sources on loopback, a host name each; one of every HOSTILE hangs, trickles, floods or breaks otherwise. A web process
serves readers all the while, a worker process pulls: their polls lie evenly in five minutes at the start. Measured:
seconds between due and recorded, readers' p95 beside an idle wire and beside this one, memory, the share of retries.
Then the worker stops, a day passes on its clock, and it catches up: polls a minute against the mean.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
INTERVAL = 300
# By then every source was pulled once, in seconds after the worker's start.
FIRST_FILING = INTERVAL + 45
DAY = 86_400.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--hostile", type=int, default=10, help="one of so many misbehaves; 0: none")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--outage", type=float, default=4, help="minutes of catching up that are watched")
    parser.add_argument("--idle", type=float, default=20, help="seconds of readers beside an idle wire")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--role", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ahead", type=float, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role:
        {"web": web, "worker": worker, "fill": fill}[arguments.role](arguments)
        return
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-bench-"))
    os.environ |= {
        "BROADSHEET_DATA": str(folder), "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }  # fmt: skip
    try:
        figures = measure(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:66} {value:>12,.3f}" if isinstance(value, float) else f"{name:66} {value!s:>12}")


# The processes


def _django(arguments: argparse.Namespace) -> None:
    import django

    import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

    django.setup()
    from broadsheet.wire import doors

    hosts = [f"s{number}.bench.example" for number in range(arguments.sources)]
    doors.map_names(dict.fromkeys(hosts, ("127.0.0.1", arguments.port)))


def fill(arguments: argparse.Namespace) -> None:
    """A furnished portal with all sources, their first polls spread evenly."""
    _django(arguments)
    from django.core.management import call_command
    from django.db import transaction

    from broadsheet.core import clock
    from broadsheet.ops import settingup
    from broadsheet.sources.models import RightsProfile
    from broadsheet.wire import services as wire
    from broadsheet.wire.models import Feed

    call_command("migrate", verbosity=0)
    settingup.furnish()
    rights = RightsProfile.objects.get(name="Full text and link")
    now = clock.now()
    with transaction.atomic():
        for number in range(arguments.sources):
            host = f"s{number}.bench.example"
            feed = wire.add_feed(
                wire.add_source(host, homepage=f"http://{host}/", rights=rights), f"http://{host}/feed"
            )
            due = now + timedelta(seconds=20 + INTERVAL * (number * 7919 % arguments.sources) / arguments.sources)
            Feed.objects.filter(pk=feed.pk).update(next_pull_at=due, interval=INTERVAL)


def web(arguments: argparse.Namespace) -> None:
    """A web process; prints its port."""
    _django(arguments)
    from broadsheet.config.wsgi import application
    from broadsheet.ops import serving

    listener = serving.listen("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    serving.serve(application, listener, threads=4, stop=stop, ready=lambda: None)


def worker(arguments: argparse.Namespace) -> None:
    """The product's worker, which writes a line for each recorded pull: its lag, and what it was."""
    _django(arguments)
    from broadsheet.core import clock
    from broadsheet.ops import worker as working
    from broadsheet.wire.services import pulling

    plain = pulling._record_one

    def recorded(feed: Any, outcome: Any, moment: Any, *others: Any) -> Any:
        facts = {
            "lag": (moment - feed.next_pull_at).total_seconds(), "interval": feed.interval, "retry": feed.failures > 0,
            "failed": outcome.reason is not None, "feed": feed.pk, "at": time.monotonic(),
        }  # fmt: skip
        print(json.dumps(facts), flush=True)
        return plain(feed, outcome, moment, *others)

    pulling._record_one = recorded  # type: ignore[assignment]
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    working.give_way()
    with clock.shifted(timedelta(seconds=arguments.ahead)):
        working.main(threading.Event())


# The measuring


@contextmanager
def running(
    arguments: argparse.Namespace, role: str, port: int, out: Any, ahead: float = 0
) -> Iterator[subprocess.Popen[str]]:
    """A process of this program in another role."""
    command = [sys.executable, "-m", "bench.isolation", "--role", role, "--port", str(port), "--ahead", str(ahead)]
    command += ["--sources", str(arguments.sources)]
    process = subprocess.Popen(command, stdout=out, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


class Readers:
    """Twenty requests a second on connections of their own, for the front page and two lists; their latencies."""

    PATHS = ("/", "/latest/", "/world-news/", "/feed.rss")

    def __init__(self, port: int) -> None:
        self.port = port
        self.took: list[float] = []
        self.when: list[float] = []
        self.failed = 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self) -> None:
        due = time.monotonic()
        number = 0
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                self.ask(self.PATHS[number % len(self.PATHS)])
                self.took.append(time.monotonic() - began)
                self.when.append(began)
            except OSError:
                self.failed += 1
            number += 1
            due = max(due + 0.05, time.monotonic() - 1)
            self.stop.wait(max(0.0, due - time.monotonic()))

    def ask(self, path: str) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as link:
            link.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            got = b"".join(iter(lambda: link.recv(65536), b""))
        if b" 200 " not in got[:20]:
            raise OSError(got[:40])

    def end(self) -> tuple[float, float, int, int]:
        """(p50 and p95 in milliseconds, requests, failures)."""
        self.stop.set()
        self.thread.join()
        cuts = statistics.quantiles(self.took, n=100) if len(self.took) > 1 else [0.0] * 99
        return 1000 * cuts[49], 1000 * cuts[94], len(self.took), self.failed


def memory(pid: int) -> float:
    """Proportional memory of a process and all below it, in MiB."""
    total = 0.0
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            total += int(line.split()[1]) / 1024
    children = [_read(str(task)) for task in Path(f"/proc/{pid}/task").glob("*/children")]
    return total + sum(memory(int(child)) for text in children for child in text.split())


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    shape = [str(arguments.sources), "5", "120", str(arguments.hostile)]
    origins = subprocess.Popen(
        [sys.executable, "-m", "bench.origins", *shape], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    figures: dict[str, Any] = {"sources": arguments.sources, "misbehaving, one of": arguments.hostile}
    try:
        assert origins.stdout is not None
        port = int(origins.stdout.readline())
        with running(arguments, "fill", port, None) as filling:
            if filling.wait():
                raise SystemExit("the portal could not be filled")
        with running(arguments, "web", port, subprocess.PIPE) as site:
            assert site.stdout is not None
            serving = int(site.stdout.readline())
            figures |= _under_load(arguments, folder, port, serving, site.pid)
            figures |= _idle(arguments, serving)
        figures |= _after_outage(arguments, folder, port)
    finally:
        origins.terminate()
        origins.wait()
    figures["load of the machine (1, 5, 15 minutes)"] = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return figures


def _idle(arguments: argparse.Namespace, serving: int) -> dict[str, Any]:
    """The yardstick: the same readers of the same pages, full by now, while no worker runs."""
    for path in Readers.PATHS:
        Readers.ask(_Once(serving), path)
    readers = Readers(serving)
    time.sleep(arguments.idle)
    p50, p95, _, _ = readers.end()
    return {"readers beside an idle wire, p50 (ms)": p50, "readers beside an idle wire, p95 (ms)": p95}


class _Once(Readers):
    """Asks without a thread."""

    def __init__(self, port: int) -> None:
        self.port = port


def _under_load(arguments: argparse.Namespace, folder: Path, port: int, serving: int, site: int) -> dict[str, Any]:
    lines = folder / "pulls.jsonl"
    most = {"worker": 0.0, "web": 0.0}
    with lines.open("w") as out, running(arguments, "worker", port, out) as working:
        readers = Readers(serving)
        began = time.monotonic()
        end = began + arguments.minutes * 60
        while time.monotonic() < end:
            time.sleep(2)
            most = {"worker": max(most["worker"], memory(working.pid)), "web": max(most["web"], memory(site))}
        p50, p95, asked, failed = readers.end()
    steady = [took for took, at in zip(readers.took, readers.when, strict=True) if at > began + FIRST_FILING]
    pulls = [json.loads(line) for line in lines.read_text().splitlines() if line.endswith("}")]
    good = [one for one in pulls if not one["failed"]]
    lags = sorted(one["lag"] for one in good) or [0.0]
    shares = sorted(one["lag"] / one["interval"] for one in good) or [0.0]
    return {
        "readers beside this wire, p50 (ms)": p50, "readers beside this wire, p95 (ms)": p95,
        "when every source was met once: p95 (ms)": 1000 * statistics.quantiles(steady or [0.0, 0.0], n=20)[18],
        "readers' requests": asked, "readers' requests that failed": failed,
        "pulls recorded": len(pulls), "of good sources": len({one["feed"] for one in good}),
        "lag of good sources, p50 (s)": lags[len(lags) // 2], "lag, p95 (s)": lags[int(len(lags) * 0.95)],
        "lag, most (s)": lags[-1], "lag by interval, most": shares[-1],
        "retries among pulls (%)": 100 * sum(one["retry"] for one in pulls) / max(1, len(pulls)),
        "worker with its jail, most (MiB)": most["worker"], "web, most (MiB)": most["web"],
    }  # fmt: skip


def _after_outage(arguments: argparse.Namespace, folder: Path, port: int) -> dict[str, Any]:
    """The worker was away for a day, by its clock: everything is due."""
    if not arguments.outage:
        return {}
    lines = folder / "catchup.jsonl"
    with lines.open("w") as out, running(arguments, "worker", port, out, ahead=DAY):
        time.sleep(arguments.outage * 60)
    times = [json.loads(line)["at"] for line in lines.read_text().splitlines() if line.endswith("}")]
    if not times:
        return {"pulls after a day's outage": 0}
    mean = usual(folder) * 60
    minutes = [0] * (int((times[-1] - times[0]) // 60) + 1)
    for at in times:
        minutes[int((at - times[0]) // 60)] += 1
    return {
        "pulls after a day's outage": len(times), "mean, polls a minute": mean,
        "catching up, most polls in a minute": max(minutes), "peak by mean": max(minutes) / mean,
    }  # fmt: skip


def usual(folder: Path) -> float:
    """Polls a second in the usual course, from the feeds' own intervals."""
    from broadsheet.core import sqlite

    database = sqlite.install().connect(folder / "broadsheet.sqlite3")
    [(rate,)] = database.execute("SELECT sum(1.0 / interval) FROM wire_feed WHERE state = 'active'")
    database.close()
    return float(rate)


if __name__ == "__main__":
    main()

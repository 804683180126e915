"""The wire, measured: `./run bench wire [--sources 300] [--entries 30] [--words 300] [--pages] [--postgres] [--json]`.

A first pull of many sources on loopback (a host name each, mapped by the door), filing and placing everything, an
unchanged pull, and one new entry each. Beside it, in the same run, the yardstick: fetching the same feeds with the same
door and parsing them with feedparser, nothing else. With `--pages` feeds hold teasers and every text is read from its
page, as the worker does it; with `--postgres` the database is a new one on the server of BROADSHEET_DATABASE_URL.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--pages", action="store_true", help="feeds of teasers: texts are read from pages")
    parser.add_argument("--postgres", action="store_true", help="on the server of BROADSHEET_DATABASE_URL")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", help="write a cProfile of the filing to this file")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    os.environ.setdefault("BROADSHEET_DATA", folder)
    os.environ["BROADSHEET_SAMPLE"] = "no"
    if not arguments.postgres:
        os.environ.pop("BROADSHEET_DATABASE_URL", None)  # never into somebody's database
    os.environ["BROADSHEET_LOG_LEVEL"] = "warning"
    os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.config.settings"
    shape = [str(arguments.sources), str(arguments.entries), str(arguments.words), "0", str(int(arguments.pages))]
    command = [sys.executable, "-m", "bench.origins", *shape]
    origins = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    try:
        assert origins.stdout is not None
        with a_database() if arguments.postgres else nullcontext():
            figures = measure(arguments, int(origins.stdout.readline()))
    finally:
        origins.terminate()
        origins.wait()
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:58} {value:>12,}" if isinstance(value, int) else f"{name:58} {value:>12,.3f}")


def measure(arguments: argparse.Namespace, port: int) -> dict[str, Any]:
    import django

    import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

    django.setup()
    from django.core.management import call_command

    from broadsheet.ops import settingup, wiring
    from broadsheet.wire import doors
    from broadsheet.wire import services as wire

    call_command("migrate", verbosity=0)
    settingup.furnish()
    wiring.connect()
    hosts = [f"s{number}.bench.example" for number in range(arguments.sources)]
    doors.map_names(dict.fromkeys(hosts, ("127.0.0.1", port)) | {"control.bench.example": ("127.0.0.1", port)})
    rights = _full_rights()
    if arguments.pages:
        rights.fetch_pages = True
        rights.save()
    for host in hosts:
        source = wire.add_source(host, homepage=f"http://{host}/", rights=rights)
        wire.add_feed(source, f"http://{host}/feed")
    total = arguments.sources * arguments.entries
    figures: dict[str, Any] = {"sources": arguments.sources, "entries": total, "words an entry": arguments.words}
    figures |= yardstick(hosts, total)
    first = pull_all()
    figures["first pull, stored as dispatches (s)"] = first
    figures["first pull, entries a second"] = round(total / first)
    filed = read_and_file_all() if arguments.pages else file_all(arguments.profile)
    figures["judged, filed, placed, indexed, published (s)"] = filed
    figures["whole chain after the pull, articles a second"] = round(total / filed)
    figures["whole chain with the pull, articles a second"] = round(total / (filed + first))
    if arguments.pages:
        figures["articles in the paper"] = _live()
        doors.close()
        return figures
    figures["unchanged pull, all 304 (s)"] = pull_all()
    doors.door().fetch("http://control.bench.example/round/1", "other")
    figures["one new entry each, stored (s)"] = pull_all()
    figures["one new entry each, filed (s)"] = file_all(None)
    figures["articles in the paper"] = _live()
    doors.close()
    return figures


@contextmanager
def a_database() -> Iterator[None]:
    """A new database on the server that BROADSHEET_DATABASE_URL names, which is ours for the run and gone after it."""
    import psycopg

    server = os.environ.get("BROADSHEET_DATABASE_URL", "")
    if not server.startswith("postgres"):
        raise SystemExit(
            "Set BROADSHEET_DATABASE_URL to a PostgreSQL server, e.g. postgres://postgres@127.0.0.1/postgres"
        )
    name = f"broadsheet_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    os.environ["BROADSHEET_DATABASE_URL"] = urlsplit(server)._replace(path=f"/{name}").geturl()
    try:
        yield
    finally:
        with psycopg.connect(server, autocommit=True) as link:
            link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _full_rights() -> Any:
    from broadsheet.sources.models import RightsProfile

    return RightsProfile.objects.get(name="Full text and link")


def _live() -> int:
    from broadsheet.articles.models import Article

    return Article.objects.filter(live=True).count()


def yardstick(hosts: list[str], total: int) -> dict[str, Any]:
    """Fetch with the same door, parse with feedparser in this process: what the simplest poller would spend."""
    import feedparser

    from broadsheet.lib.http import Door
    from broadsheet.wire import doors

    door = Door("yardstick", names=dict(doors._names))
    began = time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        bodies = list(pool.map(lambda host: door.fetch(f"http://{host}/feed", "feed").body, hosts))
    fetched = time.monotonic() - began
    began = time.monotonic()
    sample = bodies[: max(1, len(bodies) // 10)]
    entries = sum(len(feedparser.parse(body).entries) for body in sample)
    parsed = (time.monotonic() - began) * total / entries
    door.close()
    return {
        "yardstick: fetch alone (s)": fetched,
        "yardstick: feedparser alone, all entries (s)": parsed,
        "yardstick: feedparser, entries a second": round(total / parsed),
    }


def pull_all() -> float:
    """Make every feed due and pull until none is; seconds."""
    from broadsheet.core import clock
    from broadsheet.ops.worker import Worker
    from broadsheet.wire.models import Feed

    Feed.objects.update(next_pull_at=clock.now())
    worker = Worker()
    began = time.monotonic()
    while worker._pull() or worker.pulls or Feed.objects.filter(next_pull_at__lte=clock.now()).exists():
        if worker.pulls and not any(future.done() for future in worker.pulls):
            worker.arrived.wait(0.05)
            worker.arrived.clear()
    took = time.monotonic() - began
    worker.close()
    return took


def read_and_file_all() -> float:
    """As the worker does it, until nothing waits: ask for pages, read them, file what they give; seconds."""
    from broadsheet.ops.worker import Worker
    from broadsheet.wire.models import Dispatch

    worker = Worker()
    began = time.monotonic()
    while Dispatch.objects.filter(fate=Dispatch.Fate.ARRIVED).exists():
        if not worker.turn():
            worker.arrived.wait(0.05)
            worker.arrived.clear()
    took = time.monotonic() - began
    worker.close()
    return took


def file_all(profile: str | None) -> float:
    """File all that arrived and carry out what follows, down to the assembled front; seconds."""
    import cProfile

    from broadsheet.core import queue
    from broadsheet.wire import services as wire

    profiler = cProfile.Profile() if profile else None
    if profiler:
        profiler.enable()
    began = time.monotonic()
    while wire.file_arrived(50) + queue.run_due():
        pass
    took = time.monotonic() - began
    if profiler:
        profiler.disable()
        profiler.dump_stats(profile)
    return took


if __name__ == "__main__":
    main()

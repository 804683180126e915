"""The wire, measured: `./run bench wire [--sources 300] [--entries 30] [--words 300] [--json]`.

A first pull of many sources on loopback (a host name each, mapped by the door), filing and placing everything, an
unchanged pull, and one new entry each. Beside it, in the same run, the yardstick: fetching the same feeds with the same
door and parsing them with feedparser, nothing else.
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", help="write a cProfile of the filing to this file")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    os.environ.setdefault("BROADSHEET_DATA", folder)
    os.environ["BROADSHEET_SAMPLE"] = "no"
    os.environ["BROADSHEET_LOG_LEVEL"] = "warning"
    os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.config.settings"
    shape = [str(arguments.sources), str(arguments.entries), str(arguments.words)]
    command = [sys.executable, "-m", "bench.origins", *shape]
    origins = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    try:
        assert origins.stdout is not None
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
    for host in hosts:
        source = wire.add_source(host, homepage=f"http://{host}/", rights=_full_rights())
        wire.add_feed(source, f"http://{host}/feed")
    total = arguments.sources * arguments.entries
    figures: dict[str, Any] = {"sources": arguments.sources, "entries": total, "words an entry": arguments.words}
    figures |= yardstick(hosts, total)
    first = pull_all()
    figures["first pull, stored as dispatches (s)"] = first
    figures["first pull, entries a second"] = round(total / first)
    filed = file_all(arguments.profile)
    figures["judged, filed, placed, indexed, published (s)"] = filed
    figures["whole chain after the pull, articles a second"] = round(total / filed)
    figures["whole chain with the pull, articles a second"] = round(total / (filed + first))
    figures["unchanged pull, all 304 (s)"] = pull_all()
    doors.door().fetch("http://control.bench.example/round/1", "other")
    figures["one new entry each, stored (s)"] = pull_all()
    figures["one new entry each, filed (s)"] = file_all(None)
    figures["articles in the paper"] = _live()
    doors.close()
    return figures


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

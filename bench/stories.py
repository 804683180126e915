"""What stories cost: `./run bench stories [--live 1000 10000] [--words 170] [--batches 20] [--json]`.

A writer is told invented news (words by Zipf's law, three in ten articles on an event that runs) until so many stories
are live; that gives placing by the machine alone, memory, and the cost of a snapshot and of its reading. Then the same
writer stands behind a database of its own and batches of fifty articles are placed through the service, as the worker
does: log, rows, counts, announcements. CPU seconds of this process; each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

BATCH = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--words", type=int, default=170, help="words a text; 0 for headlines alone")
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps(_measured(arguments.live[0], arguments.words, arguments.batches)))
        return
    for live in arguments.live:
        command = [sys.executable, "-m", "bench.stories", "--here", "--live", str(live)]
        command += ["--words", str(arguments.words), "--batches", str(arguments.batches)]
        told = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ).stdout
        figures: dict[str, Any] = json.loads(told.splitlines()[-1])
        if arguments.json:
            print(json.dumps(figures), flush=True)
            continue
        for name, value in figures.items():
            print(f"{name:44} {value:>12,}", flush=True)
        print(flush=True)


def _measured(live: int, words: int, batches: int) -> dict[str, float]:
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    os.environ |= {
        "BROADSHEET_DATA": folder, "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    try:
        import django

        import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _figures(live, words, batches)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _news(words: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Headline and text without end."""
    dice = random.Random(seed)
    letters = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    known = ["".join(dice.choices(letters, k=dice.randint(2, 4))) for _ in range(40_000)]
    weights = list(itertools.accumulate(1.0 / (rank + 3) for rank in range(len(known))))
    events: list[list[str]] = []
    while True:
        if events and dice.random() < 0.3:
            own = events[-1 - min(int(dice.expovariate(1 / 300)), len(events) - 1)]
        else:
            own = [dice.choice(known).title() for _ in range(12)]
            events = [*events[-20_000:], own] if len(events) > 40_000 else events
            events.append(own)
        title = " ".join([*dice.sample(own, 5), *dice.choices(known, cum_weights=weights, k=3)])
        rest = dice.choices(known, cum_weights=weights, k=words)
        for place in range(0, words, 12):
            rest[place] = dice.choice(own)
        yield title, " ".join(rest)


def _memory() -> float:
    with open("/proc/self/statm") as told:
        return round(int(told.read().split()[1]) * resource.getpagesize() / 2**20, 1)


def _figures(live: int, words: int, batches: int) -> dict[str, float]:
    from django.db import connection, transaction

    from broadsheet.core import clock, queue
    from broadsheet.ops import wiring
    from broadsheet.stories import services
    from broadsheet.stories.machine.writer import Writer
    from broadsheet.stories.models import WriterState
    from broadsheet.stories.services import packing, writers

    wiring.connect()
    news, writer = _news(words), Writer("en")
    before = _memory()
    start = clock.now() - timedelta(hours=40)
    began = mark = time.process_time()
    told = 0
    while len(writer.stories) < live:
        writer.place(*next(news), (start + timedelta(seconds=told)).timestamp())
        told += 1
        if told % BATCH == 0 and len(writer.stories) < live * 0.9:
            mark, first = time.process_time(), told
    figures: dict[str, float] = {
        "live stories": len(writer.stories),
        "articles told": told,
        "machine, ms an article, last tenth": round((time.process_time() - mark) * 1000 / (told - first), 3),
        "machine, ms an article, all": round((time.process_time() - began) * 1000 / told, 3),
        "memory of the process before, MiB": before,
        "memory of the process, MiB": _memory(),
    }
    began = time.process_time()
    blob = packing.pack_dump(writer.dump())
    figures |= {"snapshot, CPU s": round(time.process_time() - began, 2), "snapshot, MB": round(len(blob) / 1e6, 1)}
    began = time.process_time()
    again = Writer.load(packing.unpack_dump(blob))
    figures["reading a snapshot, CPU s"] = round(time.process_time() - began, 2)
    del again
    figures["lines until the next snapshot"] = int(writers.SNAPSHOT_LINES + writers.SNAPSHOT_STORIES * live)
    WriterState.objects.create(language="en", seq=1, mark="bench")
    with transaction.atomic():
        writers.take_snapshot("en", writer, 1, "bench")
    del writer
    spent, queries = 0.0, 0
    for number in range(batches + 1):
        articles = _filed([next(news) for _ in range(BATCH)], start + timedelta(seconds=told + number * BATCH))
        began = time.process_time()
        connection.force_debug_cursor = number == batches
        with transaction.atomic(), queue.batch():
            services.place_articles(articles, {})
        if number and number < batches:
            spent += time.process_time() - began
        queries = len(connection.queries)
    count = BATCH * (batches - 1)
    figures |= {
        "through the service, ms an article": round(spent * 1000 / count, 3),
        "queries a batch of fifty": queries,
        "memory at the end, MiB": _memory(),
        "most memory ever, MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    return figures


def _filed(texts: list[tuple[str, str]], at: Any) -> list[Any]:
    from tests.make import make_article, make_source

    source = _filed.__dict__.setdefault("source", None) or make_source()
    _filed.__dict__["source"] = source
    return [
        make_article(title, standfirst="", body=text or None, source=source, published_at=at + timedelta(seconds=place))
        for place, (title, text) in enumerate(texts)
    ]


if __name__ == "__main__":
    main()

"""Cleaning every text anew in the background: `./run bench reclean [--rows 100000] [--changed 0.01] [--json]`.

A portal with so many articles runs as an operator has it, and readers ask it for fronts, lists and articles, a steady
fifty times a second. First while the worker has nothing to do, then while it cleans all rows as if the cleaner's
version had been raised; a share of them holds something that an older cleaner let through, so those texts change.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any

ASKED_A_SECOND = 50
IDLE_SECONDS = 20.0
GIVE_UP = 3_600.0
PORTION = 2_000
LEFT = '<span style="color:red" onclick="x()">left over</span>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--changed", type=float, default=0.01, help="share of the texts that cleaning changes")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    os.environ |= {
        "BROADSHEET_DATA": folder, "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "error",
        "BROADSHEET_PORT": str(port), "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }  # fmt: skip
    try:
        import django

        import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

        django.setup()
        figures = measure(arguments.rows, arguments.changed, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:44} {value:>12,}" if isinstance(value, int) else f"{name:44} {value:>12,.2f}")


def measure(rows: int, changed: float, port: int) -> dict[str, Any]:
    """All figures; times of readers in milliseconds."""
    from broadsheet.articles import services as articles
    from broadsheet.articles.models import Article
    from broadsheet.core import queue
    from broadsheet.editions import services as editions
    from broadsheet.ops import readiness, wiring

    readiness.prepare(lambda _: None)
    readiness.collect_static()
    wiring.connect()
    fill(rows, changed)
    editions.assemble()
    paths = _paths()
    portal = subprocess.Popen([sys.executable, "-m", "broadsheet.ops.cli", "serve"], stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        ask(port, paths, until=time.monotonic() + IDLE_SECONDS)  # the press fills
        idle = ask(port, paths, until=time.monotonic() + IDLE_SECONDS)
        last = Article.objects.order_by("-pk").values_list("pk", flat=True)[0]
        for start in range(0, last, PORTION):  # one update of all rows would hold everybody else up
            Article.objects.filter(pk__gt=start, pk__lte=start + PORTION).update(cleaner=0)
        queue.defer(articles.RECLEAN, key=articles.RECLEAN)
        began = time.monotonic()
        meanwhile: list[float] = []
        while articles.outdated().exists():
            assert time.monotonic() - began < GIVE_UP, "not all rows were cleaned in time"
            meanwhile += ask(port, paths, until=time.monotonic() + 1)
        took = time.monotonic() - began
    finally:
        portal.send_signal(signal.SIGTERM)
        portal.wait(40)
    kept = sum("onclick" in str(list(one.body.raw_data)) for one in Article.objects.only("body").iterator())
    assert not kept, f"{kept} rows are not clean"
    return {
        "rows": rows,
        "of these with something left in them": sum(_is_unclean(number, changed) for number in range(rows)),
        "all cleaned anew (s)": took,
        "rows a second": round(rows / took),
        "a million rows would take (min)": took / rows * 1e6 / 60,
        "readers, idle: requests": len(idle),
        "readers, idle: median (ms)": _share(idle, 0.5),
        "readers, idle: p95 (ms)": _share(idle, 0.95),
        "readers, meanwhile: requests": len(meanwhile),
        "readers, meanwhile: median (ms)": _share(meanwhile, 0.5),
        "readers, meanwhile: p95 (ms)": _share(meanwhile, 0.95),
        "readers, meanwhile: slowest (ms)": max(meanwhile) * 1000,
    }


def _share(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)] * 1000


# The portal's rows


def fill(rows: int, changed: float) -> None:
    """Articles of some 360 words with links, headings and lists, stamped as clean."""
    from bench import pages
    from broadsheet.articles.models import Article
    from broadsheet.articles.services import stream
    from broadsheet.copydesk.sanitise import CLEANER
    from broadsheet.press import services as press

    pages.fill(0, rows)
    number = 0
    last = 0
    while portion := list(Article.objects.filter(pk__gt=last).order_by("pk")[:PORTION]):
        for article in portion:
            article.cleaner = CLEANER
            article.body = stream(_body(number, unclean=_is_unclean(number, changed)))
            number += 1
        Article.objects.bulk_update(portion, ["body", "cleaner"], batch_size=400)
        last = portion[-1].pk
    press.sweep()


def _is_unclean(number: int, changed: float) -> bool:
    return changed > 0 and number % max(1, round(1 / changed)) == 0


def _body(number: int, *, unclean: bool) -> list[dict[str, Any]]:
    from bench.pages import WORDS

    dice = random.Random(number)
    blocks: list[dict[str, Any]] = []
    for place in range(6):
        words = [dice.choice(WORDS) for _ in range(55)]
        words[7] = (
            f'<a href="https://e{number % 50}.example/{number}/{place}" rel="noopener nofollow ugc">{words[7]}</a>'
        )
        words[20] = f"<strong>{words[20]}</strong> &amp; “{words[21]}”"
        blocks.append({"type": "paragraph", "value": " ".join(words) + "."})
    heading = {"level": 2, "text": "What was said", "lang": "", "dir": ""}
    blocks.insert(3, {"type": "heading", "value": heading})
    blocks.append(
        {"type": "list", "value": {"ordered": False, "items": ["One <b>two</b>", "Three"], "lang": "", "dir": ""}}
    )
    if unclean:
        blocks.append({"type": "paragraph", "value": LEFT})
    return blocks


# Its readers


def _paths() -> list[str]:
    from broadsheet.articles.models import Article, Section

    newest = Article.objects.order_by("-published_at", "-id").values_list("address", flat=True)
    lists = ["/", "/latest/", *(section.path for section in Section.objects.all())]
    return lists * 10 + [f"/{address}/" for address in newest[:200]]


def ask(port: int, paths: list[str], *, until: float) -> list[float]:
    """Seconds that each answer took, asked for at a steady pace."""
    dice = random.Random(7)
    times = []
    due = time.monotonic()
    while due < until:
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due + 1 / ASKED_A_SECOND, time.monotonic() - 1)
        path = dice.choice(paths)
        began = time.perf_counter()
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        link.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = link.getresponse()
        answer.read()
        link.close()
        times.append(time.perf_counter() - began)
        assert answer.status == 200, (path, answer.status)
    return times


def _wait(port: int) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The portal did not start.")


if __name__ == "__main__":
    main()

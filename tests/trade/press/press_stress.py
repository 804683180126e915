"""Writers and printers on one database and one store, killed over and over: a program of its own.

    python -m tests.trade.press.press_stress FOLDER ROUNDS SECONDS

After every round, when all have been killed, the sweep runs, and then no page that the store calls
fresh may differ from the facts. Prints one line of JSON: rounds, changes, prints, and what was
wrong.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import django
from django.conf import settings

NAMES = "abcde"


def start(folder: Path) -> None:
    """A Django with the press and nothing else."""
    settings.configure(
        INSTALLED_APPS=["broadsheet.press"],
        USE_TZ=True,
        PRESS_DIR=folder / "press",
        PRESS_PUBLIC=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "db.sqlite3",
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                },
            }
        },
    )
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, n INTEGER)")
        cursor.executemany("INSERT INTO facts VALUES (%s, 0)", [(name,) for name in NAMES])
    connection.close()


def facts() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, n FROM facts")
        return dict(cursor.fetchall())


def register() -> None:
    from broadsheet.press.printing import Sheet, printer

    def one(path: str, name: str) -> Sheet:
        return Sheet(f"{facts()[name]}" * 300, keys=frozenset({f"fact:{name}"}))

    def front(path: str) -> Sheet:
        body = json.dumps(facts(), sort_keys=True)
        time.sleep(0.001)  # so that changes come while it is being built
        return Sheet(body, keys=frozenset(f"fact:{name}" for name in NAMES))

    printer.register("front", "/", front)
    printer.register("one", "/(?P<name>[a-z])/", one)


def write() -> None:
    """Change facts for ever."""
    from django.db import connection, transaction

    from broadsheet.press import services

    while True:
        name = random.choice(NAMES)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("UPDATE facts SET n = n + 1 WHERE name = %s", [name])
            services.mark_stale(f"fact:{name}")
        time.sleep(0.002)


def print_() -> None:
    """Print pages for ever."""
    from broadsheet.press import services

    while True:
        services.print_page(random.choice(["/", *(f"/{name}/" for name in NAMES)]))
        services.reprint(3, hot_only=False)
        if random.random() < 0.2:
            services.add_brotli(2)


def spawn(work: object) -> int:
    child = os.fork()
    if child == 0:
        random.seed(os.getpid())
        work()  # type: ignore[operator]
    return child


def wrong_pages() -> list[str]:
    """Fresh pages in the store that do not show the facts."""
    from broadsheet.press import setup

    truth = facts()
    bodies = {f"/{name}/": f"{truth[name]}" * 300 for name in NAMES}
    bodies["/"] = json.dumps(truth, sort_keys=True)
    wrong = []
    for path, body in bodies.items():
        found = setup.current().store.get(path)
        if found is not None and not found.stale and found.printed.body.decode() != body:
            wrong.append(f"{path}: {found.printed.body[:60]!r}, not {body[:60]!r}")
    return wrong


def main(folder: str, rounds: str, seconds: str) -> None:
    start(Path(folder))
    register()
    from django.db import connection

    from broadsheet.press import queries, services
    from broadsheet.press.models import Clock

    for path in ["/", *(f"/{name}/" for name in NAMES)]:
        services.print_page(path)
    wrong: list[str] = []
    for _ in range(int(rounds)):
        connection.close()
        children = [spawn(work) for work in (write, write, print_, print_)]
        time.sleep(float(seconds) * random.uniform(0.5, 1.5))
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        services.sweep(whole=True)
        wrong += wrong_pages()
    while services.reprint(hot_only=False):
        pass
    wrong += wrong_pages() + services.verify()
    told = {"changes": Clock.objects.get().seq, **queries.counts(), "wrong": wrong}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A worker that is killed and started again, over and over: `python -m tests.flow.killed_worker ORIGIN-PORT HOST…`.

The program loads everything once and forks a child for each command, a JSON object a line on its input; it answers a
JSON object a line. BROADSHEET_DATA names the portal. Commands (`do`):

  run      the product's own worker loop, killed after `seconds`, or before its statement number `statement`, or right
           after the first statement that the regular expression `after` finds, or after the commit of the first that
           `committed` finds, or at the named `point` of `kill_points` when it comes for the time number `times`
  backup   a backup into the portal's own folder `backups`, killed likewise
  starve   the worker loop while something is wrong with the disk (`fault` of `starving`), for `seconds`, and on until
           all is done when the fault has passed
  sources  make the hosts sources of this portal
  finish   work until nothing is due any more
  report   what the portal holds, and what `verify` finds

`ahead` sets the clock so many seconds ahead, so that leases of the killed run out.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.flow import kill_points, starving

#: The exit status of a child that never came to the point where it was to be killed.
IDLE = 7
HOT = ("/", "/latest/", "/world-news/", "/feed.rss", "/sitemap.xml")


class StraightJail:
    """The jail's jobs in this process: for children that live for a tenth of a second."""

    def run(self, job: str, **arguments: Any) -> Any:
        """As `copydesk.jail.Jail.run`."""
        from broadsheet.copydesk import jobs

        data, blob = jobs.JOBS[job](**arguments)
        return jobs.revived(job, json.loads(json.dumps(data)), blob)

    def close(self) -> None:
        """Nothing to close."""


def lead(port: int, hosts: list[str], *, straight: bool) -> None:
    """Lead the wire to the origin, without rest between requests to a host."""
    from broadsheet.wire import doors

    doors.map_names(dict.fromkeys(hosts, ("127.0.0.1", port)))
    doors.door().manners.spacing = 0
    if straight:
        doors.jail = lru_cache(StraightJail)  # type: ignore[assignment]


def count_statements(die_before: int = 0, die_after: str = "", die_committed: str = "") -> Callable[[], int]:
    """Count this process's statements from now on, commits and rollbacks as well, and have it killed before the one of
    this number, right after the first that an expression finds, or after that one's commit. Returns a function that
    tells how many there were."""
    from django.db import connection

    seen = 0
    armed = False

    def step() -> None:
        nonlocal seen
        seen += 1
        if seen == die_before:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapper(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal armed
        step()
        done = execute(sql, *arguments)
        armed = armed or bool(die_committed and re.search(die_committed, sql))
        if (die_after and re.search(die_after, sql)) or (armed and not connection.in_atomic_block):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    connection.ensure_connection()
    connection.execute_wrappers.append(wrapper)
    for name in ("_commit", "_rollback"):
        plain = getattr(connection, name)

        def counted(plain: Callable[[], Any] = plain) -> Any:
            step()
            done = plain()
            step()
            if armed:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        setattr(connection, name, counted)
    return lambda: seen


def everything_due() -> None:
    """Pull every feed now; readers have asked for the hot pages."""
    from broadsheet.core import clock
    from broadsheet.ops import wiring
    from broadsheet.press import services as press
    from broadsheet.wire.models import Feed

    wiring.connect()
    Feed.objects.update(next_pull_at=clock.now())
    for path in HOT:
        assert press.print_page(path, asked=True) is not None, path


def run(command: dict[str, Any]) -> None:
    """The worker loop itself, until it is killed."""
    from broadsheet.ops import worker

    everything_due()
    if command.get("statement"):
        count_statements(command["statement"])
    if command.get("after") or command.get("committed"):
        count_statements(die_after=command.get("after", ""), die_committed=command.get("committed", ""))
    if command.get("point"):
        kill_points.arm(command["point"], command.get("times", 1))
        end_when_idle()
    worker.main(threading.Event())


def end_when_idle() -> None:
    """End this process, without cleaning up either, when there is nothing more to do: the point was not on its way."""
    from broadsheet.ops.worker import Worker

    plain, idle = Worker.turn, 0

    def turn(self: Worker) -> int:
        nonlocal idle
        done = plain(self)
        idle = 0 if done or self.is_out else idle + 1
        if idle > 6:  # longer than facts take to settle
            os._exit(IDLE)
        return done

    Worker.turn = turn  # type: ignore[method-assign]


def save(command: dict[str, Any]) -> str:
    """A backup; returns its name."""
    from django.conf import settings

    from broadsheet.core import clock
    from broadsheet.ops import backup

    if command.get("point"):
        kill_points.arm(command["point"], command.get("times", 1))
    return backup.backup(settings.BROADSHEET.data / "backups", now=clock.now()).archive


def starve(command: dict[str, Any]) -> dict[str, Any]:
    """The worker loop over a fault and its end."""
    everything_due()
    return starving.starve(command["fault"], command["for"], HOT, until_said=command["until_said"])


def make_sources(command: dict[str, Any]) -> None:
    """A source with full rights, pictures included, for each host, and its feed."""
    from django.db import connection

    from broadsheet.core import clock
    from broadsheet.sources.models import RightsProfile
    from broadsheet.wire import services as wire
    from broadsheet.wire.models import Feed

    rights, _ = RightsProfile.objects.get_or_create(name="All of it", defaults={"text": "full", "pictures": "kept"})
    for host in command["hosts"]:
        source = wire.add_source(host, homepage=f"http://{host}/", rights=rights, default_section="world")
        wire.add_feed(source, f"http://{host}/feed")
    Feed.objects.update(interval=900, next_pull_at=clock.now())
    if connection.vendor == "sqlite":
        # Children end without closing anything: what they wrote would stay in the log.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def finish(_: dict[str, Any]) -> int:
    """What the worker does at its start, then its loop until nothing is due. Returns the number of its statements."""
    from broadsheet.core import clock
    from broadsheet.ops import wiring, worker
    from broadsheet.press import services as press

    wiring.connect()
    press.sweep(whole=True)
    everything_due()
    told = count_statements()
    worker.drain(60)
    with clock.shifted(timedelta(seconds=2)):
        worker.drain(60)
    return told()


def report(_: dict[str, Any]) -> dict[str, Any]:
    """Everything the ledger is compared with."""
    from broadsheet.articles.models import Article
    from broadsheet.core import clock, queue
    from broadsheet.ops import verify, wiring
    from broadsheet.pictures import strays
    from broadsheet.press import services as press
    from broadsheet.press.models import Page
    from broadsheet.stories.models import Placement
    from broadsheet.wire.models import Dispatch, Feed

    wiring.connect()
    articles = []
    for article in Article.objects.select_related("source", "picture").order_by("id"):
        page = press.print_page(article.path, asked=True) if article.address else None
        articles.append(
            {
                "host": article.source.name,
                "url": article.origin_url,
                "headline": article.headline,
                "live": article.live,
                "versions": article.versions.count(),
                "placements": Placement.objects.filter(article=article).count(),
                "page": page.body.decode() if page else "",
                "picture": article.picture.origin_url if article.picture else "",
            }
        )
    # The files are as old as the machine's clock says: those without a row are swept when a day has passed.
    with clock.shifted(timedelta(days=1)):
        swept = strays.sweep()
    faults = [f"{one.name}: {line}" for one, lines in verify.verify() for line in lines]
    return {
        "swept": swept,
        "strays": len(list(strays.found(timedelta(0)))),
        "backups": damaged_backups(),
        "articles": articles,
        "dispatches": [
            list(row) for row in Dispatch.objects.values_list("feed__source__name", "url", "fate", "reason")
        ],
        "held": Dispatch.objects.exclude(lease_until=None).count() + Feed.objects.exclude(lease_until=None).count(),
        "waiting": list(queue.waiting()),
        "stale": Page.objects.filter(stale=True).count(),
        "faults": faults,
    }


def damaged_backups() -> list[str]:
    """What is wrong with the archives in `backups`: one that cannot be restored, or what a killed one left."""
    from django.conf import settings

    from broadsheet.core import clock
    from broadsheet.ops import backup

    folder = settings.BROADSHEET.data / "backups"
    if not folder.exists():
        return []
    with clock.shifted(timedelta(days=2)):
        backup.backup(folder, now=clock.now())
    wrong = [f"left over: {entry.name}" for entry in folder.iterdir() if not entry.name.endswith("Z.tar.gz")]
    for archive in folder.glob("*.tar.gz"):
        with tempfile.TemporaryDirectory() as scratch:
            try:
                manifest = backup._unpack(archive, Path(scratch))
                if manifest.database == "sqlite":
                    backup._check_sqlite(Path(scratch) / backup.SQLITE_NAME, manifest)
            except backup.OperatorError as error:
                wrong.append(f"{archive.name}: {error}")
        archive.unlink()
    return wrong


COMMANDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "run": run, "backup": save, "starve": starve, "sources": make_sources, "finish": finish, "report": report,
}  # fmt: skip


def child(command: dict[str, Any], parent: int, writing: int, port: int, hosts: list[str]) -> None:
    """The life of one child; never returns."""
    status = 1
    try:
        from broadsheet.core import clock
        from broadsheet.ops import lifeline

        lifeline.tie(parent)
        lead(port, hosts, straight=command.get("straight", False))
        with clock.shifted(timedelta(seconds=command.get("ahead", 0))):
            answer = COMMANDS[command["do"]](command)
        with os.fdopen(writing, "w") as out:
            json.dump(answer, out)
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def carry_out(command: dict[str, Any], port: int, hosts: list[str]) -> dict[str, Any]:
    """Fork a child for the command, kill it if that is asked for, and say how it ended."""
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        child(command, parent, writing, port, hosts)
    os.close(writing)
    killed = False
    if "seconds" in command:
        deadline = time.monotonic() + command["seconds"]
        while time.monotonic() < deadline and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            time.sleep(0.002)
        killed = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading) as given:
        answer = given.read()
    _, status = os.waitpid(pid, 0)
    return {
        "ended": os.waitstatus_to_exitcode(status),
        "killed": killed,
        "answer": json.loads(answer) if answer else None,
    }


def main() -> None:
    """Load everything, then do what is asked."""
    import django

    import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

    django.setup()
    from importlib import import_module

    for name in ("broadsheet.ops.worker", "broadsheet.ops.verify", "broadsheet.config.urls", "trafilatura"):
        import_module(name)
    port, hosts = int(sys.argv[1]), sys.argv[2:]
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(carry_out(json.loads(line), port, hosts)), flush=True)


if __name__ == "__main__":
    main()

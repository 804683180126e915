"""Check 78: the worker is killed at random moments and before every single statement, while the origins keep a ledger
of what they told. At the end each entry is there exactly once, in its latest words, and every invariant holds."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests import template
from tests.flow.origins import BEGAN, Publication, Told
from tests.wire_server import WireServer

ROOT = Path(__file__).resolve().parents[2]
HOSTS = ("ledger.example", "kestrel.example", "coast.example")
#: Longer than any lease, so that what a killed worker held is free in the next round.
TERM = 130
on_sqlite = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="copies the database file"
)
pytestmark = on_sqlite


class Ledger:
    """Three publications that tell more and more, change their mind, and remember every word."""

    def __init__(self, server: WireServer, dice: random.Random, first: int = 2) -> None:
        self.dice = dice
        self.papers = [
            Publication(server, host, form) for host, form in zip(HOSTS, ("rss", "atom", "json"), strict=True)
        ]
        for paper in self.papers:
            for _ in range(first):
                self.tell(paper)
            paper.serve()

    def tell(self, paper: Publication) -> None:
        """One more entry."""
        number = len(paper.entries)
        paper.entries.insert(0, Told(number, f"Report {number} of {paper.host[:-8]}", self.words(paper, number, 0)))

    def words(self, paper: Publication, number: int, state: int) -> tuple[str, ...]:
        """A text that no other entry has, with the number of its state."""
        own = random.Random(f"{paper.host} {number}")
        names = [
            f"{own.choice('bcdfglmnprst')}{own.choice('aeiou')}{own.choice('lmnrst')}{own.choice('aeiou')}n"
            for _ in range(60)
        ]
        return (f"This is state {state} of number {number}.", " ".join(names) + ".")

    def go_on(self) -> None:
        """Something happens at one publication: an entry more, or one told anew."""
        paper = self.dice.choice(self.papers)
        if self.dice.random() < 0.5:
            self.tell(paper)
        else:
            place = self.dice.randrange(len(paper.entries))
            old = paper.entries[place]
            state = 1 + int(old.text[0].split()[3])
            paper.entries[place] = old.changed(text=self.words(paper, old.number, state))
        paper.serve()

    def compare(self, told: dict[str, Any]) -> None:
        """Whether a portal's report says what the ledger says: each entry once, in its latest words."""
        wanted = {f"http://{paper.host}/a/{one.number}": one for paper in self.papers for one in paper.entries}
        assert sorted(article["url"] for article in told["articles"]) == sorted(wanted)
        assert sorted(row[1] for row in told["dispatches"]) == sorted(wanted)
        assert {row[2] for row in told["dispatches"]} <= {"filed", "merged"}
        for article in told["articles"]:
            entry = wanted[article["url"]]
            assert entry.text[0] in article["page"], (article["url"], entry.text[0])
            assert (article["live"], article["placements"]) == (True, 1)
        assert told["faults"] == []
        assert (told["held"], told["waiting"], told["stale"]) == (0, [0, 0], 0)


class Portal:
    """A portal's data folder and the program that runs and kills its worker."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.database = folder / "broadsheet.sqlite3"
        folder.mkdir()
        shutil.copyfile(template.SQLite().template, self.database)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
        environ |= {
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "tests.settings",
            "BROADSHEET_DATA": str(folder), "BROADSHEET_SECRET_KEY": "a-key-for-tests-only-" * 4,
            "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "error", "OPENBLAS_NUM_THREADS": "1",
        }  # fmt: skip
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.flow.killed_worker", str(port), *HOSTS],
            cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.program.stdout is not None
        assert json.loads(self.program.stdout.readline()) == "ready"

    def ask(self, do: str, **facts: Any) -> dict[str, Any]:
        """One command to the program."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps({"do": do, **facts}) + "\n")
        self.program.stdin.flush()
        answer: dict[str, Any] = json.loads(self.program.stdout.readline())
        return answer

    def finish(self, ahead: float, **facts: Any) -> dict[str, Any]:
        """Work to the end undisturbed, twice for what leases of the killed still held, and report."""
        assert self.ask("finish", ahead=ahead, **facts)["ended"] == 0
        done = self.ask("report", ahead=ahead + 600)
        assert done["ended"] == 0
        told: dict[str, Any] = done["answer"]
        return told

    def end(self) -> None:
        """End the program."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.close()
        self.program.wait(10)
        self.program.stdout.close()

    def sources(self) -> None:
        """Make the three publications sources of this portal, in the file."""
        from broadsheet.core import sqlite
        from broadsheet.lib import text, urls

        database = sqlite.install().connect(self.database)
        [(rights,)] = database.execute("SELECT id FROM sources_rightsprofile WHERE name = 'Full text and link'")
        for number, host in enumerate(HOSTS, 100):
            _insert(
                database, "sources_source",
                id=number, name=host, slug=host.split(".")[0], homepage=f"http://{host}/", rights_id=rights,
                default_section="world", language="en", state="active", publishing="at-once",
                added_at=f"{BEGAN:%Y-%m-%d %H:%M:%S}", about="", country="", is_house=0, is_sample=0,
            )  # fmt: skip
            url = f"http://{host}/feed"
            _insert(
                database, "wire_feed",
                id=number, source_id=number, url=url, url_key=text.text_hash(urls.key(url)), kind="feed",
                state="active", next_pull_at=f"{BEGAN:%Y-%m-%d %H:%M:%S}", interval=900, section="", title="",
                etag="", last_modified="", body_hash="", moved_to="", moved_seen=0, failures=0, reason="", detail="",
                pulled_once=0, lease_token="",
            )  # fmt: skip
        database.commit()
        database.close()


def _insert(database: Any, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def portal(tmp_path: Path, server: WireServer, django_db_setup: None) -> Iterator[Portal]:
    assert connection.vendor == "sqlite"
    made = Portal(tmp_path / "portal", server.port)
    try:
        # What setting up left in the outbox is done first, so that the kills meet the news.
        assert made.ask("finish", straight=True)["ended"] == 0
        made.sources()
        yield made
    finally:
        made.end()


def kill_at_random_moments(portal: Portal, server: WireServer, kills: int, seed: int, longest: float) -> None:
    """So many kills, the ledger going on between them; then a clean run to the end."""
    dice = random.Random(seed)
    ledger = Ledger(server, dice)
    ahead, done = 0.0, 0
    while done < kills:
        # Some rounds find the leases of the killed still held, as a worker that starts again at once does.
        ahead += dice.choice((0, TERM, TERM))
        facts = {"straight": dice.random() < 0.7}
        ended = portal.ask("run", seconds=dice.uniform(0.01, longest), ahead=ahead, **facts)
        assert ended["killed"], f"the worker ended by itself (seed {seed}): {ended}"
        done += 1
        for _ in range(dice.randrange(3)):
            ledger.go_on()
    told = portal.finish(ahead + TERM)
    ledger.compare(told)


@pytest.mark.slow("starts a program, kills it ten times")
def test_check_78_ten_kills_at_random_moments_lose_and_double_nothing(portal: Portal, server: WireServer) -> None:
    kill_at_random_moments(portal, server, 10, seed=random.randrange(10**6), longest=0.9)


@pytest.mark.long("a hundred kills")
def test_check_78_a_hundred_kills_at_random_moments_lose_and_double_nothing(portal: Portal, server: WireServer) -> None:
    kill_at_random_moments(portal, server, 100, seed=random.randrange(10**6), longest=1.2)


def kill_each(portal: Portal, server: WireServer, where: list[dict[str, Any]] | None) -> None:
    """For each place: a fresh portal, its worker killed there, then run to the end.

    Without places: before every statement that an undisturbed worker needs.
    """
    ledger = Ledger(server, random.Random(78), first=1)
    fresh = portal.folder.parent / "fresh"
    shutil.copytree(portal.folder, fresh)
    if where is None:
        needed = portal.ask("finish", straight=True)["answer"]
        assert needed > 150
        where = [{"statement": number} for number in range(1, needed + 1)]
    for place in where:
        for entry in portal.folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.copytree(fresh, portal.folder, dirs_exist_ok=True)
        ended = portal.ask("run", seconds=20, straight=True, **place)
        assert (ended["ended"], ended["killed"]) == (-9, False), f"{place} was never reached"
        try:
            ledger.compare(portal.finish(TERM, straight=True))
        except AssertionError as wrong:
            raise AssertionError(f"killed at {place}: {wrong}") from wrong


#: Where half of something is done: each is a moment between two facts that belong together.
HALVES: list[dict[str, Any]] = [
    # Entries are stored, the feed's validators are not; both are, and nobody has looked at the entries.
    {"after": r'INSERT (OR IGNORE )?INTO "wire_dispatch"'},
    {"committed": r'INSERT (OR IGNORE )?INTO "wire_dispatch"'},
    # An article is filed, its dispatch has no fate; it has, and nothing has followed yet.
    {"after": r'INSERT INTO "articles_article"'},
    {"committed": r'UPDATE "wire_dispatch" SET .*"fate"'},
    # The outbox was worked off, and what it led to waits.
    {"committed": r'DELETE FROM "core_effect"'},
    # The front is emptied to be filled anew.
    {"after": r'DELETE FROM "editions_slot"'},
    # The row of a printed page is written, the print itself is not in its place.
    {"committed": r'(INSERT (OR IGNORE )?INTO|UPDATE) "press_page" .*"as_of"'},
]


@pytest.mark.slow("seven portals are killed and brought to their end")
def test_check_78_a_kill_between_two_halves_loses_and_doubles_nothing(portal: Portal, server: WireServer) -> None:
    kill_each(portal, server, HALVES)


@pytest.mark.long("a portal for each statement of a whole round")
def test_check_78_a_kill_before_any_statement_loses_and_doubles_nothing(portal: Portal, server: WireServer) -> None:
    kill_each(portal, server, None)

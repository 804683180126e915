"""What checks 78 and `bench.kills` share: publications that keep a ledger of what they told, a portal whose worker is
killed, and the plan of a long run of kills."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from PIL import Image

from tests import template
from tests.flow import kill_points
from tests.flow.killed_worker import IDLE
from tests.flow.origins import Publication, Told
from tests.wire_server import WireServer, answer

ROOT = Path(__file__).resolve().parents[2]
HOSTS = ("ledger.example", "kestrel.example", "coast.example")
#: Longer than any lease, so that what a killed worker held is free in the next round.
TERM = 130


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

    def tell(self, paper: Publication, *, picture: bool = False) -> None:
        """One more entry, with a picture of its own if that is wanted."""
        number = len(paper.entries)
        url = f"http://{paper.host}/p/{number}.png" if picture else ""
        title = f"Report {number} of {paper.host[:-8]}"
        paper.entries.insert(0, Told(number, title, self.words(paper, number, 0), picture=url))
        if picture:
            paper.server.script(f"{paper.host}/p/{number}.png", answer(photograph(number, paper.host), "image/png"))

    def words(self, paper: Publication, number: int, state: int) -> tuple[str, ...]:
        """A text that no other entry has, with the number of its state."""
        own = random.Random(f"{paper.host} {number}")
        names = [
            f"{own.choice('bcdfglmnprst')}{own.choice('aeiou')}{own.choice('lmnrst')}{own.choice('aeiou')}n"
            for _ in range(60)
        ]
        return (f"This is state {state} of number {number}.", " ".join(names) + ".")

    def go_on(self, *, picture: bool = False, more: int = 0) -> None:
        """Something happens at one publication: an entry more, or one told anew; with `picture` one more with one.

        `more` are further entries of the same moment.
        """
        paper = self.dice.choice(self.papers)
        for _ in range(more):
            self.tell(paper)
        if picture or self.dice.random() < 0.5:
            self.tell(paper, picture=picture)
        else:
            place = self.dice.randrange(min(len(paper.entries), CHANGED))
            old = paper.entries[place]
            state = 1 + int(old.text[0].split()[3])
            paper.entries[place] = old.changed(text=self.words(paper, old.number, state))
        self.serve(paper)

    @staticmethod
    def serve(paper: Publication) -> None:
        """The feed tells its newest entries."""
        whole, paper.entries = paper.entries, paper.entries[:WINDOW]
        paper.serve()
        paper.entries = whole

    def differences(self, told: dict[str, Any]) -> dict[str, list[str]]:
        """How a portal's report differs from the ledger, by kind: lost, doubled, unlike, faults."""
        wanted = {f"http://{paper.host}/a/{one.number}": one for paper in self.papers for one in paper.entries}
        found: dict[str, list[str]] = {"lost": [], "doubled": [], "unlike": [], "held": [], "faults": told["faults"]}
        for what, urls in (
            ("article", [article["url"] for article in told["articles"]]),
            ("dispatch", [row[1] for row in told["dispatches"]]),
            ("picture", [article["picture"] for article in told["articles"] if article["picture"]]),
        ):
            expected = {one.picture for one in wanted.values() if one.picture} if what == "picture" else set(wanted)
            found["lost"] += [f"{what} {url}" for url in sorted(expected - set(urls))]
            found["doubled"] += [f"{what} {url}" for url, times in Counter(urls).items() if times > 1]
            found["unlike"] += [f"{what} {url} was never told" for url in sorted(set(urls) - expected)]
        found["unlike"] += [f"{row}" for row in told["dispatches"] if row[2] not in {"filed", "merged"}]
        for article in told["articles"]:
            entry = wanted.get(article["url"])
            if entry is None:
                continue
            if entry.text[0] not in article["page"] or entry.text[1] not in article["page"]:
                found["unlike"].append(f"{article['url']} does not say {entry.text[0]!r}")
            if (article["live"], article["placements"]) != (True, 1):
                found["unlike"].append(f"{article['url']} live {article['live']}, placed {article['placements']} times")
            if entry.picture and "/images/" not in article["page"]:
                found["unlike"].append(f"{article['url']} shows no picture")
        if (told["held"], told["waiting"], told["stale"]) != (0, [0, 0], 0):
            found["held"].append(f"held {told['held']}, waiting {told['waiting']}, stale {told['stale']}")
        found["faults"] = found["faults"] + told["backups"] + ["files without a row"] * told["strays"]
        return found

    def compare(self, told: dict[str, Any]) -> None:
        """A portal's report says what the ledger says: each entry once, in its latest words, and nothing is broken."""
        differences = {kind: lines for kind, lines in self.differences(told).items() if lines}
        assert not differences, json.dumps(differences)[:3000]


#: Entries that a feed tells at once, as feeds do; only the newest change, so that no change is told too shortly to be
#: heard by a worker that is killed over and over.
WINDOW, CHANGED = 200, 20


def photograph(number: int, host: str) -> bytes:
    """A small picture that is like no other."""
    dice = random.Random(f"{host} {number}")
    small = Image.new("RGB", (8, 6))
    small.putdata([(dice.randrange(256), dice.randrange(256), dice.randrange(256)) for _ in range(48)])
    out = io.BytesIO()
    small.resize((400, 300), Image.Resampling.BICUBIC).save(out, "PNG")
    return out.getvalue()


class SQLiteStore:
    """The portal's database as a file of its data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fresh = folder.with_name(folder.name + "-fresh")
        self.environ: dict[str, str] = {}

    def make(self) -> None:
        """From the template."""
        shutil.copyfile(template.SQLite().template, self.folder / "broadsheet.sqlite3")

    def keep(self) -> None:
        """Remember the portal as it is now."""
        shutil.copytree(self.folder, self.fresh)

    def renew(self) -> None:
        """Back to what was remembered."""
        for entry in self.folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.copytree(self.fresh, self.folder, dirs_exist_ok=True)

    def end(self) -> None:
        """It goes with its folder."""


class PostgreSQLStore(SQLiteStore):
    """The portal's database as one of the tests' server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.copies = template.PostgreSQL()
        self.name = f"broadsheet_killed_{os.getpid()}_{time.monotonic_ns() % 10**9}"
        facts = connection.settings_dict
        user = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
        place = f"{facts['HOST'] or '127.0.0.1'}:{facts['PORT'] or 5432}"
        self.environ = {"BROADSHEET_DATABASE_URL": f"postgres://{user}@{place}/{self.name}"}

    def _copy(self, source: str, target: str) -> None:
        self.copies._ask(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        deadline = time.monotonic() + 20
        while True:
            # The server takes a moment to notice that a killed client is gone.
            try:
                self.copies._ask(f"CREATE DATABASE {target} TEMPLATE {source}")
                return
            except Exception:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def make(self) -> None:
        self._copy(self.copies.template, self.name)

    def keep(self) -> None:
        super().keep()
        self._copy(self.name, f"{self.name}_fresh")

    def renew(self) -> None:
        super().renew()
        self._copy(f"{self.name}_fresh", self.name)

    def end(self) -> None:
        for name in (self.name, f"{self.name}_fresh"):
            self.copies._ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Portal:
    """A portal's data folder, its database, and the program that runs and kills its worker."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir()
        self.folder = folder
        self.store = PostgreSQLStore(folder) if connection.vendor == "postgresql" else SQLiteStore(folder)
        self.store.make()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
        environ |= {
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "tests.settings",
            "BROADSHEET_DATA": str(folder), "BROADSHEET_SECRET_KEY": "a-key-for-tests-only-" * 4,
            "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "error", "OPENBLAS_NUM_THREADS": "1",
            **self.store.environ,
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

    def set_up(self) -> None:
        """What setting up left in the outbox is done first, so that the kills meet the news; then the sources."""
        assert self.ask("finish", straight=True)["ended"] == 0
        assert self.ask("sources", hosts=HOSTS)["ended"] == 0

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
        self.store.end()


@dataclass
class Tally:
    """What a long run of kills came to."""

    #: Kills by where they met the worker.
    kills: Counter[str] = field(default_factory=Counter)
    #: Named points that the worker did not come to; it was killed at a random moment instead.
    missed: Counter[str] = field(default_factory=Counter)
    #: Faults by kind, over all comparisons with the ledger.
    faults: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    compared: int = 0
    entries: int = 0
    pictures: int = 0
    swept: int = 0


RANDOM = "at a random moment"


class Killer:
    """Kills a portal's worker over and over while its ledger goes on, and compares the two now and then."""

    def __init__(self, portal: Portal, server: WireServer, seed: int, *, longest: float = 0.9) -> None:
        self.portal, self.longest = portal, longest
        self.dice = random.Random(seed)
        self.ledger = Ledger(server, self.dice)
        self.tally = Tally()
        self.ahead = 0.0

    def kill(self, point: str) -> bool:
        """One kill, at a named point or (RANDOM) at a random moment; False if the worker did not come to the point."""
        # Some rounds find the leases of the killed still held, as a worker that starts again at once does.
        self.ahead += self.dice.choice((0, TERM, TERM)) if point == RANDOM else TERM
        facts: dict[str, Any] = {"straight": point != RANDOM or self.dice.random() < 0.8, "ahead": self.ahead}
        do = "backup" if point in kill_points.SAVING else "run"
        if point == RANDOM:
            ended = self.portal.ask("run", seconds=self.dice.uniform(0.01, self.longest), **facts)
            assert ended["killed"], f"the worker ended by itself: {ended}"
        else:
            times = self.dice.randint(1, kill_points.MOST_TIMES.get(point, 1))
            ended = self.portal.ask(do, seconds=15, point=point, times=times, **facts)
            if ended["ended"] == IDLE:
                self.tally.missed[point] += 1
                return False
            assert ended["ended"] == -9, f"{point}: {ended}"
            point = RANDOM if ended["killed"] else point
        self.tally.kills[point] += 1
        for _ in range(self.dice.randrange(3)):
            self.ledger.go_on(picture=self.dice.random() < 0.25)
        return True

    def tell_for(self, point: str) -> None:
        """See to it that something happens that leads to the point."""
        self.ledger.go_on(picture=point in kill_points.PICTURED, more=2 if "between rows" in point else 0)

    def compare(self) -> None:
        """Let the worker come to its end and hold what the portal has against the ledger."""
        told = self.portal.finish(self.ahead + TERM, straight=True)
        self.ahead += TERM + 600
        self.tally.compared += 1
        self.tally.swept += told["swept"]
        self.tally.entries = sum(len(paper.entries) for paper in self.ledger.papers)
        self.tally.pictures = sum(bool(one.picture) for paper in self.ledger.papers for one in paper.entries)
        for kind, lines in self.ledger.differences(told).items():
            self.tally.faults[kind] += len(lines)
            self.tally.lines += lines[:5]

    def run(self, kills: int, compare_every: int, say: Callable[[str], None] = lambda line: None) -> Tally:
        """So many kills: each named point in turn for two thirds of them, random moments for the others."""
        points = [*kill_points.WORKING, *kill_points.SAVING]
        order = [points[number % len(points)] for number in range(kills * 2 // 3)]
        order += [RANDOM] * (kills - len(order))
        self.dice.shuffle(order)
        for number, point in enumerate(order, 1):
            if point != RANDOM:
                self.tell_for(point)
            if not self.kill(point):
                self.kill(RANDOM)
            if number % compare_every == 0 or number == kills:
                self.compare()
                say(f"{number} kills, {self.tally.entries} entries, faults {dict(self.tally.faults)}")
        return self.tally

"""Kills of a whole running portal, `broadsheet serve` with all its processes, while a publication keeps its ledger."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.flow.origins import Told, rss
from tests.flow.portal import Portal, descendants, eventually, is_gone
from tests.wire_server import WireServer, answer

#: Longer than the leases of what was killed: they run out by themselves.
REST = 150.0


class Tree:
    """A portal with one source on loopback; `kill` kills some or all of it, `compare` waits for its end and looks."""

    def __init__(self, folder: Path, server: WireServer, dice: random.Random) -> None:
        self.server, self.dice = server, dice
        self.host = f"localhost:{server.port}"
        self.entries: list[Told] = []
        self.kills: Counter[str] = Counter()
        self.portal = Portal(
            folder, BROADSHEET_FETCH_ALLOW="localhost=127.0.0.0/8", BROADSHEET_LOG_LEVEL="error",
            BROADSHEET_FETCH_PORTS=f"80,443,{server.port}",
        )  # fmt: skip
        self.portal.furnish()
        self.tell(3)
        self._add_source()
        self.portal.start()

    def tell(self, more: int) -> None:
        """So many entries more, and one of the others told anew."""
        for _ in range(more):
            number = len(self.entries)
            self.entries.insert(0, Told(number, f"Report {number} from the quay", self._words(number, 0)))
        place = self.dice.randrange(min(len(self.entries), 20))
        old = self.entries[place]
        state = 1 + int(old.text[0].split()[3])
        self.entries[place] = old.changed(text=self._words(old.number, state))
        body = rss(self.host, self.entries[:20])
        self.server.script("/feed", answer(body, etag=f'"{abs(hash(body))}"'))

    @staticmethod
    def _words(number: int, state: int) -> tuple[str, ...]:
        own = random.Random(number)
        words = " ".join("".join(own.choices("bcdeilmnorstu", k=own.randint(4, 9))) for _ in range(60))
        return (f"This is state {state} of number {number}.", words + ".")

    def _add_source(self) -> None:
        """Through the product's own code, on the data of a portal that does not run yet."""
        code = (
            "import broadsheet.config.settings, django; django.setup()\n"
            "from broadsheet.sources.models import RightsProfile as R\n"
            "from broadsheet.wire import services as wire\n"
            "rights = R.objects.get(name='Full text and link')\n"
            "source = wire.add_source('Quay', homepage='http://localhost/', rights=rights, default_section='world')\n"
            f"wire.add_feed(source, 'http://{self.host}/feed')\n"
        )
        facts = {"DJANGO_SETTINGS_MODULE": "broadsheet.config.settings", "BROADSHEET_DATA": str(self.portal.data)}
        subprocess.run([sys.executable, "-c", code], check=True, env=self.portal.environ | facts)

    def pull_soon(self) -> None:
        """As the desk's button does; the lease of a killed worker is ended, which takes 90 s by itself."""
        from broadsheet.core import sqlite

        database = sqlite.install().connect(self.portal.database, timeout=20)
        database.execute("UPDATE wire_feed SET next_pull_at = '2026-01-01 00:00:00', lease_until = NULL")
        database.commit()
        database.close()

    def kill(self, what: str) -> None:
        """SIGKILL to the supervisor (which takes all with it), or to all its children, or to one of them."""
        self.tell(self.dice.randint(1, 3))
        self.pull_soon()
        time.sleep(self.dice.uniform(0.0, 1.5))
        below = descendants(self.portal.pid)
        if what == "supervisor":
            assert self.portal.process is not None
            self.portal.process.kill()
            self.portal.process.wait(10)
            eventually(lambda: all(is_gone(pid) for pid in below), 20, "processes were left behind")
            self.portal.start()
        else:
            chosen = below if what == "all children" else [self.dice.choice(below)]
            for pid in chosen:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            eventually(lambda: len(descendants(self.portal.pid)) >= 3, 60, "the children did not come back")
        self.kills[what] += 1

    def compare(self) -> dict[str, list[str]]:
        """What differs from the ledger when all leases have run out: lost, doubled, unlike, held, faults."""
        self.pull_soon()
        wanted = {f"http://{self.host}/a/{one.number}": one for one in self.entries}
        state = "SELECT count(*) FROM wire_dispatch WHERE fate = 'arrived'"
        deadline = time.monotonic() + REST
        while time.monotonic() < deadline:
            filed = self.portal.rows("SELECT count(*) FROM articles_article WHERE live")[0][0]
            left = self.portal.rows("SELECT count(*) FROM core_effect")[0][0]
            if filed >= len(wanted) and not left and not self.portal.rows(state)[0][0]:
                break
            time.sleep(1)
        articles: list[tuple[str, str]] = self.portal.rows("SELECT origin_url, address FROM articles_article")
        times = Counter(url for url, _ in articles)
        found: dict[str, list[str]] = {"lost": sorted(set(wanted) - set(times))}
        found["doubled"] = [url for url, count in times.items() if count > 1]
        found["unlike"] = sorted(set(times) - set(wanted))
        for url, address in articles:
            page = self.portal.get(f"/{address}/")
            if page.status != 200 or wanted[url].text[0].encode() not in page.body:
                found["unlike"].append(f"{url} does not say {wanted[url].text[0]!r} ({page.status})")
        held = self.portal.rows("SELECT count(*) FROM wire_dispatch WHERE lease_until IS NOT NULL")[0][0]
        found["held"] = [f"{held} dispatches"] * bool(held)
        said: Any = subprocess.run(
            self.portal.command("verify"), env=self.portal.environ, capture_output=True, text=True, check=False
        )
        found["faults"] = [] if said.returncode == 0 else said.stdout.splitlines()[-5:]
        return {kind: lines for kind, lines in found.items() if lines}

    def end(self) -> None:
        """Nothing of it stays."""
        self.portal.end()
        shutil.rmtree(self.portal.data, ignore_errors=True)


def kill_trees(folder: Path, server: WireServer, kills: int, seed: int) -> tuple[Counter[str], dict[str, list[str]]]:
    """So many kills in turn of supervisor, all children, one child; (kills by kind, what differs afterwards)."""
    tree = Tree(folder, server, random.Random(seed))
    try:
        for number in range(kills):
            tree.kill(("supervisor", "all children", "supervisor", "one process")[number % 4])
        return tree.kills, tree.compare()
    finally:
        tree.end()

"""Check 78: the worker is killed at random moments and before every single statement, while the origins keep a ledger
of what they told. At the end each entry is there exactly once, in its latest words, and every invariant holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow import kill_points
from tests.flow.killing import RANDOM, TERM, Killer, Ledger, Portal
from tests.wire_server import WireServer


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def portal(tmp_path: Path, server: WireServer, django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    with django_db_blocker.unblock():  # a server is asked for a copy of the template
        made = Portal(tmp_path / "portal", server.port)
        try:
            made.set_up()
            yield made
        finally:
            made.end()


def kill(portal: Portal, server: WireServer, kills: list[str] | int, longest: float = 0.9) -> None:
    """Kills at these points, or so many at all of them, the ledger going on between; nothing is lost or doubled."""
    seed = random.randrange(10**6)
    killer = Killer(portal, server, seed, longest=longest)
    if isinstance(kills, int):
        killer.run(kills, compare_every=kills)
    else:
        for point in kills:
            # A busy machine may settle everything before the point is passed often enough.
            for _ in range(3):
                killer.tell_for(point)
                if killer.kill(point):
                    break
        killer.compare()
    tally = killer.tally
    assert (tally.lines, +tally.faults) == ([], {}), f"seed {seed}"
    if not isinstance(kills, int):
        assert set(tally.kills) == set(kills), f"seed {seed}: never reached {dict(tally.missed)}"


@pytest.mark.slow("starts a program, kills it ten times")
def test_check_78_ten_kills_at_random_moments_lose_and_double_nothing(portal: Portal, server: WireServer) -> None:
    kill(portal, server, [RANDOM] * 10)


@pytest.mark.long("starts a program, kills it at every named point")
def test_check_78_a_kill_at_every_named_point_loses_and_doubles_nothing(portal: Portal, server: WireServer) -> None:
    kill(portal, server, [*kill_points.WORKING, *kill_points.SAVING])


@pytest.mark.long("a thousand kills")
def test_check_78_a_thousand_kills_lose_and_double_nothing(portal: Portal, server: WireServer) -> None:
    kill(portal, server, 1000)


def kill_each(portal: Portal, server: WireServer, where: list[dict[str, Any]] | None) -> None:
    """For each place: a fresh portal, its worker killed there, then run to the end.

    Without places: before every statement that an undisturbed worker needs.
    """
    ledger = Ledger(server, random.Random(78), first=1)
    portal.store.keep()
    if where is None:
        needed = portal.ask("finish", straight=True)["answer"]
        assert needed > 150
        where = [{"statement": number} for number in range(1, needed + 1)]
    for place in where:
        portal.store.renew()
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


@pytest.mark.long("seven portals are killed and brought to their end")
def test_check_78_a_kill_between_two_halves_loses_and_doubles_nothing(portal: Portal, server: WireServer) -> None:
    kill_each(portal, server, HALVES)


@pytest.mark.long("a portal for each statement of a whole round")
def test_check_78_a_kill_before_any_statement_loses_and_doubles_nothing(portal: Portal, server: WireServer) -> None:
    kill_each(portal, server, None)

"""Many readers at once, one print; the others are not kept waiting where there is an older one."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.press.filestore import FileStore
from broadsheet.press.flights import Busy, Flights
from broadsheet.press.printing import Printed
from broadsheet.press.store import MemoryStore, NullStore
from tests.pure.press.press_kit import BODY, House, a_print


def at_once(count: int, what: Callable[[], object]) -> list[object]:
    """Run `what` in so many threads that start together."""
    gate = threading.Barrier(count)
    results: list[object] = []

    def run() -> None:
        gate.wait()
        try:
            results.append(what())
        except Exception as problem:  # noqa: BLE001  the test looks at it
            results.append(problem)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("on_disk", [True, False])
def test_check_70_fifty_readers_of_a_missing_page_are_one_build(tmp_path: Path, on_disk: bool) -> None:
    store = FileStore(tmp_path / "s") if on_disk else MemoryStore()
    flights = Flights(tmp_path / "f" if on_disk else None)
    builds = []

    def make() -> Printed:
        found = store.get("/a/")  # as the press does: somebody may have printed it just before
        if found is not None:
            return found.printed
        builds.append(1)
        time.sleep(0.01)
        store.put("/a/", a_print())
        return a_print()

    results = at_once(50, lambda: flights.single("/a/", store, make))
    assert results == [a_print()] * 50
    assert len(builds) == 1


def test_check_70_while_a_page_is_printed_others_get_the_stale_one_at_once() -> None:
    house = House()
    house.ask()
    house.change("/a/", "new " + BODY)
    house.builds.clear()
    started, go_on = threading.Event(), threading.Event()

    def slow(path: str) -> None:
        started.set()
        go_on.wait(5)

    house.before_build = slow
    first: list[bytes] = []
    leader = threading.Thread(target=lambda: first.append(house.ask().body))
    leader.start()
    started.wait(5)
    times = []
    for _ in range(49):
        begin = time.monotonic()
        assert house.ask().body == BODY.encode()
        times.append(time.monotonic() - begin)
    go_on.set()
    leader.join()
    assert first == [("new " + BODY).encode()]
    assert house.builds == ["/a/"]
    assert max(times) < 0.02
    assert house.ask().body == first[0]


def test_check_70_a_killed_printer_holds_nobody_up(tmp_path: Path) -> None:
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:

        def hang() -> None:
            os.write(tell, b"x")
            time.sleep(60)

        Flights(tmp_path).single("/a/", MemoryStore(), hang)
        os._exit(1)
    os.read(ready, 1)
    flights = Flights(tmp_path, wait=0.02)
    with flights.attempt("/a/") as mine:
        assert not mine
    with pytest.raises(Busy, match="/a/"):
        flights.single("/a/", NullStore(), lambda: None)
    stale = MemoryStore()
    stale.put("/a/", a_print(body="old"))
    assert flights.single("/a/", stale, lambda: None) == a_print(body="old")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert flights.single("/a/", NullStore(), a_print) == a_print()
    os.close(ready)
    os.close(tell)


def test_those_who_wait_for_a_page_that_is_not_there_do_not_all_look() -> None:
    flights = Flights()
    builds = []

    def make() -> None:
        builds.append(1)
        time.sleep(0.01)

    assert at_once(20, lambda: flights.single("/a/", MemoryStore(), make)) == [None] * 20
    assert len(builds) == 1
    assert flights.single("/a/", MemoryStore(), a_print) == a_print()  # it may be there later


def test_what_is_not_there_is_remembered_within_bounds() -> None:
    flights = Flights()
    for n in range(1100):
        assert flights.single(f"/{n}/", MemoryStore(), lambda: None) is None
    assert len(flights._not_found) <= 1024


def test_a_build_that_fails_frees_the_flight() -> None:
    flights = Flights()

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        flights.single("/a/", MemoryStore(), fail)
    assert flights.single("/a/", MemoryStore(), a_print) == a_print()

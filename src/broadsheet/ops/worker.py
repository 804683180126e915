"""The worker: one loop that pulls, files, places, prints. All its database writes happen in this one thread.

Threads fetch and the jail's children read; they hand plain data back. So one worker process never waits for its own
locks on SQLite, and several of them share the work by leases.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections

from broadsheet.core import clock, queue
from broadsheet.ops import wiring
from broadsheet.ops.sample import living
from broadsheet.ops.schedule import Clockwork
from broadsheet.press import services as press
from broadsheet.wire import doors, errands
from broadsheet.wire import services as wire

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.2
FILE_AT_ONCE = 50
# The door's own manners: two at once and a second apart for every host.
PER_HOST = 2
SPACING_SECONDS = 1.0


class Worker:
    """The loop's state: threads that fetch, and what they still owe."""

    def __init__(self) -> None:
        self.threads = settings.BROADSHEET.fetch_threads
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="fetch")
        self.pulls: dict[Future[errands.PullOutcome], str] = {}
        self.pages: set[Future[errands.PageOutcome]] = set()
        self.clockwork = Clockwork()
        self.arrived = threading.Event()

    def turn(self) -> int:
        """One round of everything; returns how much there was to do."""
        done = self.clockwork.run_due()
        done += self._pull()
        done += self._read_pages()
        done += wire.file_arrived(FILE_AT_ONCE)
        done += queue.run_due()
        done += press.reprint(20)
        if not done:
            done += press.add_brotli(10)
        return done

    def _submit(self, function: Any, *args: Any) -> Future[Any]:
        future = self.pool.submit(function, *args)
        future.add_done_callback(lambda _: self.arrived.set())
        return future

    def _pull(self) -> int:
        done = [future for future in self.pulls if future.done()]
        for future in done:
            del self.pulls[future]
        if done:
            wire.record([future.result() for future in done])
        # Twice as many claimed as threads: the next errand waits at the thread, not in the database.
        room = self.threads * 2 - len(self.pulls)
        if room > 0:
            self._send_out(wire.claim_due(room))
        return len(done)

    def _send_out(self, claimed: list[errands.PullErrand]) -> None:
        """Give errands to threads, two a host at most; the others of that host stand back, one behind the other.

        So a host with a thousand feeds, or one that answers slowly, never holds the threads that other hosts need.
        """
        busy = Counter(self.pulls.values())
        for errand in claimed:
            host = errand.host
            busy[host] += 1
            if busy[host] > PER_HOST:
                wire.stand_back(errand, seconds=(busy[host] - PER_HOST) * SPACING_SECONDS)
                continue
            future = self._submit(errands.pull, errand, doors.door(), doors.jail(), clock.now())
            self.pulls[future] = host

    def _read_pages(self) -> int:
        done = {future for future in self.pages if future.done()}
        self.pages -= done
        for future in done:
            wire.record_page(future.result())
        room = self.threads - len(self.pages)
        if room > 0:
            for errand in wire.claim_pages(room):
                self.pages.add(
                    self._submit(errands.read_page, errand, doors.door(), doors.jail(), clock.now(), doors.AGENT_NAME)
                )
        return len(done)

    def close(self) -> None:
        """Let running fetches go: their leases run out, nothing was recorded of them."""
        self.pool.shutdown(wait=False, cancel_futures=True)


def main(stop: threading.Event) -> None:
    """Work until `stop` is set. A database that is away is waited for."""
    wiring.connect()
    living.open_origin()
    press.sweep(whole=True)
    worker = Worker()
    untold = living.is_on()
    try:
        while not stop.is_set():
            try:
                busy = worker.turn()
            except DatabaseError as error:
                log.error("the database is away; trying again", error=str(error))
                close_old_connections()
                stop.wait(2)
                continue
            if not busy:
                if untold and not worker.pulls and not worker.pages:
                    untold = living.tell()
                worker.arrived.wait(IDLE_SECONDS)
            worker.arrived.clear()
    finally:
        worker.close()
        living.close_origin()
        doors.close()


def drain(limit_seconds: float = 60) -> None:
    """Work in this thread until nothing is due any more, or the time is over (`broadsheet pull`, tests, set-up)."""
    worker = Worker()
    end = time.monotonic() + limit_seconds
    try:
        while time.monotonic() < end:
            if not worker.turn() and not worker.pulls and not worker.pages:
                return
            if worker.pulls or worker.pages:
                worker.arrived.wait(IDLE_SECONDS)
                worker.arrived.clear()
    finally:
        worker.close()

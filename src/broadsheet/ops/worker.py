"""The worker: one loop that pulls, files, places, prints. All its database writes happen in this one thread.

Threads fetch and the jail's children read; they hand plain data back. So one worker process never waits for its own
locks on SQLite, and several of them share the work by leases.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections

from broadsheet.core import clock, queue, trouble
from broadsheet.ops import wiring
from broadsheet.ops.sample import living
from broadsheet.ops.schedule import Clockwork
from broadsheet.press import services as press
from broadsheet.wire import doors, errands, queries
from broadsheet.wire import services as wire
from broadsheet.wire.catchup import Pace
from broadsheet.wire.lanes import Lanes

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.2
FILE_AT_ONCE = 50
# The door's own manners: two at once and a second apart for every host.
PER_HOST = 2
HUBS_AT_ONCE = 2
# Pages that are given a time in their host's line, beyond those that threads are free for.
LINED_UP = 48
SPACING_SECONDS = 1.0
# How long the worker waits for the end of a trouble of the machine, and how often it says so, in seconds.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
SAY_AGAIN = 300.0


class Worker:
    """The loop's state: threads that fetch, and what they still owe.

    With a `pace` feeds that became due in an outage are caught up with at that pace, else as fast as can be.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self.threads = settings.BROADSHEET.fetch_threads
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="fetch")
        self.pulls: dict[Future[errands.PullOutcome], str] = {}
        self.pages: dict[Future[errands.PageOutcome], str] = {}
        self.lanes = Lanes(PER_HOST, SPACING_SECONDS)
        self.in_line_until = 0.0
        self.hubs: set[Future[errands.HubOutcome]] = set()
        self.clockwork = Clockwork()
        self.arrived = threading.Event()
        self.pace = pace
        self.usual, self.usual_until = 0.0, 0.0

    def turn(self) -> int:
        """One round of everything; returns how much there was to do."""
        done = self.clockwork.run_due()
        done += self._pull()
        done += self._read_pages()
        done += self._ask_hubs()
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
        if self.pace is not None:
            room = min(room, self.pace.allowed(self._usual_rate(), time.monotonic()))
        if room > 0:
            sent = self._send_out(wire.claim_due(room))
            if self.pace is not None:
                self.pace.spent(sent)
        return len(done)

    def _usual_rate(self) -> float:
        """Polls a second in the usual course, reckoned once a minute."""
        if time.monotonic() >= self.usual_until:
            self.usual, self.usual_until = queries.usual_rate(), time.monotonic() + 60
        return self.usual

    def _send_out(self, claimed: list[errands.PullErrand]) -> int:
        """Give errands to threads, two a host at most; the others of that host stand back, one behind the other.

        So a host with a thousand feeds, or one that answers slowly, never holds the threads that other hosts need.
        Returns how many were given.
        """
        sent = 0
        busy = Counter(self.pulls.values())
        for errand in claimed:
            host = errand.host
            busy[host] += 1
            if busy[host] > PER_HOST:
                wire.stand_back(errand, seconds=(busy[host] - PER_HOST) * SPACING_SECONDS)
                continue
            future = self._submit(errands.pull, errand, doors.door(), doors.jail(), clock.now())
            self.pulls[future] = host
            sent += 1
        return sent

    def _read_pages(self) -> int:
        done = [future for future in self.pages if future.done()]
        for future in done:
            del self.pages[future]
            wire.record_page(future.result())
        room = self.threads - len(self.pages)
        waits = []
        out = Counter(self.pages.values())
        for errand in wire.claim_pages(room + LINED_UP) if room > 0 else ():
            host = errand.host
            busy = doors.door().polite_wait(host) if len(self.pages) < self.threads else SPACING_SECONDS
            seconds = self.lanes.wait(host, out, time.monotonic(), busy=busy, has_place=errand.has_place)
            if seconds > 0:
                waits.append((errand, seconds))
                continue
            out[host] += 1
            future = self._submit(errands.read_page, errand, doors.door(), doors.jail(), clock.now(), doors.AGENT_NAME)
            self.pages[future] = host
        wire.wait_for_host(waits)
        if waits:
            last = time.monotonic() + max(seconds for _, seconds in waits)
            self.in_line_until = max(self.in_line_until, last)
        return len(done) + len(waits)

    def _ask_hubs(self) -> int:
        """Wishes to hubs, few at once: none is urgent, and one that hangs must not hold the threads of pulls."""
        done = {future for future in self.hubs if future.done()}
        self.hubs -= done
        for future in done:
            wire.record_hub(future.result())
        room = HUBS_AT_ONCE - len(self.hubs)
        if room > 0:
            for errand in wire.claim_hubs(room):
                self.hubs.add(self._submit(errands.ask_hub, errand, doors.door()))
        return len(done)

    @property
    def is_out(self) -> bool:
        """Whether threads are still out for something, or pages stand in the line of their host."""
        return bool(self.pulls or self.pages or self.hubs) or time.monotonic() < self.in_line_until

    def close(self) -> None:
        """Let running fetches go: their leases run out, nothing was recorded of them."""
        self.pool.shutdown(wait=False, cancel_futures=True)


class Patience:
    """How the worker waits for the end of a trouble of the machine: longer and longer, and it says so seldom."""

    def __init__(self) -> None:
        self.pause = 0.0
        self.said = ""
        self.say_again = 0.0

    def met(self, error: Exception) -> float:
        """Seconds to wait after this error. Raises it again where it is no trouble of the machine."""
        sentence = trouble.of(error)
        if not sentence and not isinstance(error, DatabaseError):
            raise error
        self.pause = min(max(self.pause * 2, SHORTEST_PAUSE), LONGEST_PAUSE)
        sentence = sentence or "The database refuses our work."
        if sentence != self.said or time.monotonic() >= self.say_again:
            words = f"{sentence} The worker waits and goes on by itself; nothing is lost."
            log.error(words, error=str(error), kind=type(error).__name__)
            self.said, self.say_again = sentence, time.monotonic() + SAY_AGAIN
        close_old_connections()
        return self.pause

    def over(self) -> None:
        """A turn went well."""
        if self.said:
            log.warning("The worker goes on: the trouble is over.", trouble=self.said)
            self.pause, self.said = 0.0, ""


NICE = 10


def give_way() -> None:
    """Let readers go first on a machine they share: this process and its jail get what the web leaves.

    Without it a worker that parses as fast as two cores allow makes every reader wait for its time slice.
    """
    with contextlib.suppress(OSError):
        os.nice(NICE)


def main(stop: threading.Event) -> None:
    """Work until `stop` is set. Trouble of the machine, a full disk or a database that is away, is waited for."""
    wiring.connect()
    living.open_origin()
    worker = Worker(Pace())
    untold = living.is_on()
    patience, swept = Patience(), False
    try:
        while not stop.is_set():
            try:
                if not swept:
                    press.sweep(whole=True)
                    swept = True
                busy = worker.turn()
            except (DatabaseError, OSError) as error:
                stop.wait(patience.met(error))
                continue
            patience.over()
            if not busy:
                if untold and not worker.is_out:
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
            if not worker.turn() and not worker.is_out:
                return
            if worker.is_out:
                worker.arrived.wait(IDLE_SECONDS)
                worker.arrived.clear()
    finally:
        worker.close()

"""The one counting process: takes reader events from the front doors and writes them down in batches."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from contextlib import suppress

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from broadsheet.core import clock
from broadsheet.trends import rules, services
from broadsheet.trends.counter import Counted, ReadCounter
from broadsheet.trends.pulse import socket_path

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 5.0
FLUSH_READS = 1000
MAX_WAITING = 1000


def main(stop: threading.Event) -> None:
    """Count until `stop` is set; what was counted is written before the end."""
    address = socket_path(settings.BROADSHEET.run_dir)
    inlet = _listen(address)
    counter = ReadCounter()
    waiting: list[tuple[str, Counted]] = []
    last = time.monotonic()
    while not stop.is_set():
        _take(inlet, counter)
        if counter.taken >= FLUSH_READS or time.monotonic() - last >= FLUSH_SECONDS:
            waiting = _write(waiting, counter)
            last = time.monotonic()
    _write(waiting, counter)
    inlet.close()


def _listen(address: str) -> socket.socket:
    if not address.startswith("\0"):
        os.makedirs(os.path.dirname(address), exist_ok=True)
        with suppress(FileNotFoundError):
            os.unlink(address)
    inlet = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    inlet.bind(address)
    inlet.settimeout(0.5)
    return inlet


def _take(inlet: socket.socket, counter: ReadCounter) -> None:
    """One datagram: `KIND ARTICLE VISITOR [NETWORK]`, or `refused WHY`."""
    try:
        words = inlet.recv(256).decode("ascii").split(" ")
        if words[0] == "refused":
            (why,) = words[1:]
            if why not in rules.REFUSALS:
                raise ValueError(why)
            counter.refuse(why, clock.now())
            return
        kind, article, visitor, *network = words
        if kind not in rules.KINDS or len(network) > 1:
            raise ValueError(kind)
        counter.add(int(article), visitor, clock.now(), kind, "".join(network))
    except TimeoutError:
        return
    except ValueError:
        log.warning("a beacon was not readable")


def _write(waiting: list[tuple[str, Counted]], counter: ReadCounter) -> list[tuple[str, Counted]]:
    """Write batches; what the database does not take now waits, bounded, under its token."""
    counted = counter.batch()
    if counted:
        waiting.append((secrets.token_hex(16), counted))
    left = []
    for token, batch in waiting[-MAX_WAITING:]:
        try:
            services.record(token, batch)
        except DatabaseError as error:
            log.warning("reads wait to be written", error=str(error))
            close_old_connections()
            left.append((token, batch))
    return left

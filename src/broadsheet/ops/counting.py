"""The one counting process: takes read beacons from the front doors and writes them down in batches."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from datetime import datetime

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from broadsheet.core import clock
from broadsheet.trends import services
from broadsheet.trends.counter import ReadCounter
from broadsheet.trends.pulse import socket_path

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 3.0
FLUSH_READS = 1000
MAX_WAITING = 1000


def main(stop: threading.Event) -> None:
    """Count until `stop` is set; what was counted is written before the end."""
    address = socket_path(settings.BROADSHEET.run_dir)
    inlet = _listen(address)
    counter = ReadCounter()
    waiting: list[tuple[str, datetime, dict[int, int]]] = []
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
    try:
        article, _, visitor = inlet.recv(128).decode("ascii").partition(" ")
        counter.add(int(article), visitor, clock.now())
    except TimeoutError:
        return
    except (ValueError, UnicodeDecodeError):
        log.warning("a beacon was not readable")


def _write(
    waiting: list[tuple[str, datetime, dict[int, int]]], counter: ReadCounter
) -> list[tuple[str, datetime, dict[int, int]]]:
    """Write batches; what the database does not take now waits, bounded, under its token."""
    for hour, reads in counter.batches().items():
        waiting.append((secrets.token_hex(16), hour, reads))
    left = []
    for token, hour, reads in waiting[-MAX_WAITING:]:
        try:
            services.record(token, hour, reads)
        except DatabaseError as error:
            log.warning("reads wait to be written", error=str(error))
            close_old_connections()
            left.append((token, hour, reads))
    return left

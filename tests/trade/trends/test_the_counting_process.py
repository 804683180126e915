"""The counting process with a real socket: from a beacon at the front door to a tally in the database."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connections

from broadsheet.core import clock
from broadsheet.ops import counting
from broadsheet.trends import services
from broadsheet.trends.counter import Counted, ReadCounter
from broadsheet.trends.models import Attention, ReadTally, Refusal
from broadsheet.trends.pulse import Pulse, socket_path
from broadsheet.trends.rules import READ
from tests.make import NOW, make_article


def beacon(article_id: int) -> dict[str, Any]:
    import io

    body = str(article_id).encode()
    return {
        "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "HTTP_SEC_FETCH_SITE": "same-origin",
        "HTTP_USER_AGENT": "Mozilla/5.0", "REMOTE_ADDR": "203.0.113.9",
    }  # fmt: skip


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.02)


@pytest.mark.slow("a thread with a socket and a real commit")
@pytest.mark.django_db(transaction=True)
def test_reads_travel_from_the_front_door_to_the_tally(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = make_article()
    settings.BROADSHEET = SimpleNamespace(run_dir=tmp_path / "run")
    monkeypatch.setattr(counting, "FLUSH_SECONDS", 0.05)
    stop = threading.Event()

    def run() -> None:
        try:
            counting.main(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    address = socket_path(tmp_path / "run")
    until(lambda: Path(address).exists())
    pulse = Pulse(address, "secret")
    for _ in range(5):
        assert pulse(beacon(article.pk)) == 204
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.sendto(b"not a number at all", address)
        other.sendto(b"\xff\xfe", address)
        other.sendto(b"comment", address)
        other.sendto(b"refused nonsense", address)
        other.sendto(b"glance 1 somebody net", address)
        other.sendto(b"refused crawler", address)
        other.sendto(f"share {article.pk} somebody-else net".encode(), address)
        other.sendto(f"read {article.pk} somebody-else".encode(), address)
    until(lambda: sum(ReadTally.objects.values_list("reads", flat=True)) == 2)
    until(lambda: Attention.objects.filter(kind="share", article=article).exists())
    until(lambda: set(Refusal.objects.values_list("why", "n")) == {("flood", 4), ("crawler", 1)})
    # What came last is written before the end.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.sendto(f"read {article.pk} a-third net".encode(), address)
        time.sleep(0.1)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert sum(ReadTally.objects.values_list("reads", flat=True)) == 3
    pulse.close()


@pytest.mark.django_db
def test_a_database_that_is_away_makes_batches_wait_under_their_token(monkeypatch: pytest.MonkeyPatch) -> None:
    article = make_article()
    counter = ReadCounter()
    counter.add(article.pk, "ann", NOW)
    real = services.record

    def away(*_: Any) -> int:
        raise OperationalError("database is away")

    monkeypatch.setattr(services, "record", away)
    monkeypatch.setattr(counting, "close_old_connections", lambda: None)
    waiting = counting._write([], counter)
    assert len(waiting) == 1
    counter.add(article.pk, "bob", NOW)
    waiting = counting._write(waiting, counter)
    assert len(waiting) == 2
    monkeypatch.setattr(services, "record", real)
    assert counting._write(waiting, counter) == []
    # Delivered again, as after a kill between commit and forgetting: nothing is counted twice.
    assert counting._write(waiting, counter) == []
    assert ReadTally.objects.get().reads == 2


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def away(token: str, *_: Any) -> int:
        tried.append(token)
        raise OperationalError("away")

    monkeypatch.setattr(services, "record", away)
    monkeypatch.setattr(counting, "close_old_connections", lambda: None)
    many = [(str(number), Counted(Counter({(NOW, READ, 1): 1}))) for number in range(counting.MAX_WAITING + 50)]
    left = counting._write(many, ReadCounter())
    assert len(left) == counting.MAX_WAITING
    assert left[-1][0] == many[-1][0]
    assert clock.now() is not None

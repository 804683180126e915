"""The worker's loop: from a due feed to the paper in a few turns, errors waited for, and a clean end."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import OperationalError

from broadsheet.articles.models import Article
from broadsheet.core.models import Effect
from broadsheet.lib.http import Fetched
from broadsheet.ops import schedule, worker
from broadsheet.ops.sample import living
from broadsheet.wire import doors
from broadsheet.wire.models import Dispatch, Feed
from tests.make import make_rights, make_source
from tests.trade.wire.newswire import item, rss


class Calm:
    """A door and a jail without network or children."""

    def fetch(self, url: str, kind: str = "feed", **_: Any) -> Fetched:
        if kind == "robots":
            return Fetched(url=url, status=200)
        if kind == "page":
            return Fetched(url=url, status=200, body=b"<p>page</p>")
        return Fetched(url=url, status=200, body=rss(item(1), item(2, text="Short.")))

    def run(self, job: str, **given: Any) -> Any:
        from broadsheet.copydesk import jobs

        data, blob = jobs.JOBS[job](**given)
        return jobs.revived(job, data, blob)

    def polite_wait(self, host: str) -> float:
        return 0.0

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "door", Calm)
    monkeypatch.setattr(doors, "jail", Calm)
    monkeypatch.setattr(doors, "close", lambda: None)
    monkeypatch.setattr(schedule, "TIMERS", ())


def a_feed() -> Feed:
    from broadsheet.core import clock
    from tests.make import NOW

    assert abs((clock.now() - NOW).days) < 400, "the sample entries' dates have grown too old"
    source = make_source(homepage="http://gazette.test/", rights=make_rights(fetch_pages=True))
    return Feed.objects.create(source=source, url="http://gazette.test/f", url_key="f", next_pull_at=clock.now())


@pytest.mark.slow("the worker waits for its threads")
@pytest.mark.django_db
def test_draining_brings_what_is_due_into_the_paper() -> None:
    from broadsheet.core import clock
    from tests.make import NOW

    Effect.objects.all().delete()
    with clock.shifted(NOW - clock.now()):
        a_feed()
        worker.drain(5)
        assert Article.objects.filter(live=True).count() == 2
        assert not Dispatch.objects.filter(fate="arrived").exists()


@pytest.mark.django_db
def test_draining_ends_when_its_time_is_over() -> None:
    began = time.monotonic()
    worker.drain(0)
    assert time.monotonic() - began < 0.5


@pytest.mark.django_db
def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    turns: list[str] = []

    def turn(self: worker.Worker) -> int:
        turns.append("turn")
        if len(turns) == 1:
            raise OperationalError("away")
        if len(turns) == 3:
            stop.set()
        return len(turns) - 2

    waited: list[float] = []
    monkeypatch.setattr(stop, "wait", lambda seconds: waited.append(seconds))
    monkeypatch.setattr(worker.Worker, "turn", turn)
    monkeypatch.setattr(worker, "close_old_connections", lambda: turns.append("closed"))
    worker.main(stop)
    assert turns == ["turn", "closed", "turn"] + ["turn"] * (len(turns) - 3)
    assert waited == [worker.SHORTEST_PAUSE]
    assert living._origin is None

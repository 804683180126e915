"""Check 81: an effect or a dispatch that meets a full disk is not at fault; it is done when there is room again."""

from __future__ import annotations

import errno
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from broadsheet.core import clock, queue, trouble
from broadsheet.core.models import Effect
from tests.make import NOW
from tests.trade.core.conftest import Work

FULL = OperationalError("database or disk is full")


@pytest.mark.parametrize("outside", [False, True])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), FULL, OSError(errno.EIO, "I/O")])
def test_check_81_trouble_costs_an_effect_no_attempt(work: Work, error: Exception, outside: bool) -> None:
    wrong: list[Exception] = [error]

    def run(payload: dict[str, Any]) -> None:
        if wrong:
            raise wrong[0]
        work.done.append(payload["n"])

    work.name("write", run, outside=outside)
    for number in range(2):
        queue.defer("write", {"n": number})
    for turn in range(queue.ATTEMPTS + 1):
        with clock.frozen(NOW + turn * queue.LEASE), pytest.raises(type(error)):
            queue.run_due()
    assert set(Effect.objects.values_list("attempts", flat=True)) == {0}
    wrong.clear()
    with clock.frozen(NOW + (queue.ATTEMPTS + 2) * queue.LEASE):
        queue.run_due()
    assert sorted(work.done) == [0, 1]
    assert not Effect.objects.exists()


def test_an_effect_that_is_wrong_by_itself_is_counted_as_before(work: Work) -> None:
    def run(_: dict[str, Any]) -> None:
        raise OperationalError("no such table: nowhere")

    work.name("write", run)
    queue.defer("write", {"n": 1})
    assert queue.run_due() == 0
    effect = Effect.objects.get()
    assert (effect.attempts, effect.due_at - NOW) == (1, timedelta(seconds=2))


@pytest.mark.django_db
def test_check_81_the_worker_waits_longer_and_longer_and_says_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import structlog
    from structlog.testing import capture_logs

    from broadsheet.ops import worker

    monkeypatch.setattr(worker, "log", structlog.get_logger("check-81"))
    patience = worker.Patience()
    with capture_logs() as lines:
        waits = [patience.met(OSError(errno.ENOSPC, "No space left on device")) for _ in range(8)]
        patience.over()
        patience.over()
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (worker.SHORTEST_PAUSE, worker.LONGEST_PAUSE)
    assert [line["event"] for line in lines] == [
        f"{trouble.FULL} The worker waits and goes on by itself; nothing is lost.",
        "The worker goes on: the trouble is over.",
    ]
    with pytest.raises(FileNotFoundError):
        patience.met(FileNotFoundError(errno.ENOENT, "No such file"))

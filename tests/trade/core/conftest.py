from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broadsheet.core import clock, queue
from broadsheet.core.models import Effect
from tests.make import NOW

Runner = Callable[[dict[str, Any]], None]


class Work:
    """Effects for tests: what was done, in order, and runners that are forgotten afterwards."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def name(self, name: str, run: Runner | None = None, *, outside: bool = False) -> None:
        """Register a runner; without one it notes the payload's `n`."""
        queue.register(name, run or (lambda payload: self.done.append(payload.get("n"))), outside=outside)


@pytest.fixture
def work(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """An empty outbox at a moment that stands still."""
    Effect.objects.all().delete()
    monkeypatch.setattr(queue, "_runners", dict(queue._runners))
    with clock.frozen(NOW):
        made = Work()
        made.name("note")
        yield made

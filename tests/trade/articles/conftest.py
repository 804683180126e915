from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.utils import timezone

from broadsheet.core import clock, events
from broadsheet.core.models import Effect
from tests.make import NOW


@pytest.fixture
def still(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock stands at a Tuesday morning, for Wagtail too; nothing waits in the outbox."""
    Effect.objects.all().delete()
    monkeypatch.setattr(timezone, "now", lambda: clock.now())
    with clock.frozen(NOW):
        yield


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[events.Event]:
    """Every event that is announced, in order."""
    heard: list[events.Event] = []
    real = events.announce_all

    def announce_all(told: Sequence[events.Event]) -> Any:
        heard.extend(told)
        return real(told)

    monkeypatch.setattr(events, "announce_all", announce_all)
    return heard

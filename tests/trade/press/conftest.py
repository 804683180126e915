from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from broadsheet.press import services, setup
from broadsheet.press.printing import Printer
from tests.trade.press.newsroom import Newsroom


@pytest.fixture
def room(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A press of its own on a disk, and a pretended newsroom that its builders read.

    Tests that need no real commit run inside one transaction, which is much faster; there what
    waits for the commit is done at once.
    """
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):

        def at_once(function: Callable[[], Any], **_: Any) -> None:
            function()

        monkeypatch.setattr(transaction, "on_commit", at_once)
    # A tool that sets up logging for itself in this process switches off all loggers it finds.
    monkeypatch.setattr(services.log, "disabled", False)
    press = setup.on_disk(tmp_path / "press", layout="test", public=True)
    press.printer = Printer()
    setup.configure(press)
    yield Newsroom(press)
    setup.configure(None)
    press.generation.close()

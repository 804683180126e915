from __future__ import annotations

import pytest

from broadsheet.press import frontdoor


@pytest.fixture(autouse=True)
def _log_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that sets up logging for itself in this process switches off all loggers it finds."""
    monkeypatch.setattr(frontdoor.log, "disabled", False)

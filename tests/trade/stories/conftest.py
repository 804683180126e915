from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.stories.services import writers
from tests.trade.articles.conftest import announced, still

__all__ = ["announced", "still"]


@pytest.fixture(autouse=True)
def _fresh_writers() -> Iterator[None]:
    """No writer of another test is in memory."""
    writers.forget()
    yield
    writers.forget()

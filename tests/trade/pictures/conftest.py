from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet.core import clock
from broadsheet.core.models import Effect
from tests.make import NOW


@pytest.fixture
def media(db: None, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """An empty media folder, an empty outbox, and a clock that stands."""
    settings.MEDIA_ROOT = str(tmp_path)
    Effect.objects.all().delete()
    with clock.frozen(NOW):
        yield tmp_path

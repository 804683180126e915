"""What benches share that measure inside a portal of their own: its folder and settings, and how figures are shown."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def folder_of_its_own() -> Iterator[None]:
    """The settings of a portal without the sample in a new folder, which goes afterwards. Before Django is set up."""
    folder = tempfile.mkdtemp(prefix="broadsheet-bench-")
    os.environ.setdefault("BROADSHEET_DATA", folder)
    os.environ |= {
        "BROADSHEET_SAMPLE": "no", "BROADSHEET_LOG_LEVEL": "warning",
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }  # fmt: skip
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def show(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """Figures by name: one JSON object, or a line each."""
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:58} {value:>12,}" if isinstance(value, int) else f"{name:58} {value:>12,.3f}")

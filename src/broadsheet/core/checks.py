"""System checks of the base: a wrong machine is told in one sentence, before anything starts."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.db import connection

from broadsheet.core import sqlite


@checks.register(checks.Tags.database)
def check_sqlite(**kwargs: Any) -> list[checks.CheckMessage]:
    """Say plainly when SQLite is too old for WAL and therefore runs slower."""
    if connection.vendor != "sqlite" or sqlite.is_safe_for_wal(sqlite.version()):
        return []
    found = ".".join(map(str, sqlite.version()))
    return [
        checks.Warning(
            f"SQLite {found} can corrupt a database in WAL mode, so the slower rollback journal is used.",
            hint="Install the pysqlite3 wheel (0.6.1 or newer), or use PostgreSQL.",
            id="broadsheet.W001",
        )
    ]

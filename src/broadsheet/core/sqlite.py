"""Guard against the SQLite WAL-reset bug, which can corrupt a database that two connections share.

The bug lives in 3.7.0 to 3.51.2 and is fixed in 3.51.3 and the backports 3.50.7 and 3.44.6 (SQLite's
own page on WAL names it). Debian 12's Python carries 3.40.1, so the `pysqlite3` wheel, which brings its own SQLite,
takes the standard module's place before Django loads. Two copies of SQLite must never open the same file in
one process (POSIX locks would break), hence: swap once, everywhere, first thing.
Where no wheel fits, the database runs on a rollback journal: slower, but sound.
"""

from __future__ import annotations

import sys
from types import ModuleType

FIXED = (3, 51, 3)
BACKPORTS = {(3, 50): 7, (3, 44): 6}


def is_safe_for_wal(version: tuple[int, int, int]) -> bool:
    """Whether a SQLite of this version may use WAL with more than one connection."""
    if version >= FIXED:
        return True
    patch = BACKPORTS.get(version[:2])
    return patch is not None and version[2] >= patch


def install() -> ModuleType:
    """Put pysqlite3 in the place of the standard module, if its wheel is there. Idempotent."""
    current = sys.modules.get("sqlite3")
    if current is not None and current.__name__ == "pysqlite3":
        return current
    module: ModuleType
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        import sqlite3

        return sqlite3
    if "django.db.backends.sqlite3.base" in sys.modules:
        raise RuntimeError("SQLite was chosen before the guard ran; import broadsheet.config.settings first.")
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
    module = pysqlite3
    return module


def version() -> tuple[int, int, int]:
    """Version of the SQLite library that Django will use."""
    return tuple(install().sqlite_version_info[:3])


def options(*, busy_seconds: float = 5) -> dict[str, object]:
    """Django's OPTIONS for our SQLite: immediate transactions, full sync, foreign keys, no memory mapping.

    The statements run on every new connection. `synchronous=FULL` because an acknowledged change must survive a
    power cut; foreign keys are switched on by Django itself.
    """
    journal = "WAL" if is_safe_for_wal(version()) else "DELETE"
    statements = [
        f"PRAGMA journal_mode={journal}",
        "PRAGMA synchronous=FULL",
        f"PRAGMA busy_timeout={int(busy_seconds * 1000)}",
        "PRAGMA mmap_size=0",
        "PRAGMA cache_size=-8000",
        "PRAGMA temp_store=MEMORY",
        "PRAGMA journal_size_limit=67108864",
    ]
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": busy_seconds,
        "init_command": ";".join(statements),
    }

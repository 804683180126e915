"""Check 80: which SQLite may use WAL, and what the guard asks of every connection."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from broadsheet.core import sqlite


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), False),
        ((3, 40, 1), False),  # Debian 12
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 3), False),
        ((3, 46, 1), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 1), False),  # pysqlite3-binary 0.5.4
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((3, 53, 4), True),  # pysqlite3 0.6.1
        ((4, 0, 0), True),
    ],
)
def test_check_80_versions(version: tuple[int, int, int], safe: bool) -> None:
    assert sqlite.is_safe_for_wal(version) is safe


def test_check_80_an_unsafe_sqlite_gets_the_rollback_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "version", lambda: (3, 40, 1))
    unsafe = sqlite.options()
    monkeypatch.setattr(sqlite, "version", lambda: (3, 51, 3))
    safe = sqlite.options()
    assert "journal_mode=DELETE" in str(unsafe["init_command"])
    assert "journal_mode=WAL" in str(safe["init_command"])
    for found in (unsafe, safe):
        assert found["transaction_mode"] == "IMMEDIATE"
        assert "synchronous=FULL" in str(found["init_command"])


def test_check_80_the_swap_comes_before_django_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", ModuleType("sqlite3"))
    monkeypatch.setitem(sys.modules, "django.db.backends.sqlite3.base", ModuleType("base"))
    with pytest.raises(RuntimeError, match="before the guard ran"):
        sqlite.install()


def test_check_80_without_the_wheel_the_standard_module_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    standard = ModuleType("sqlite3")
    monkeypatch.setitem(sys.modules, "sqlite3", standard)
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    assert sqlite.install() is standard

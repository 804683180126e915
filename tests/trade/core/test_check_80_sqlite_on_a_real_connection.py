"""Check 80 on a real connection: the swapped module, the pragmas, immediate transactions, eight writers."""

from __future__ import annotations

import sys
import threading
import time

import pytest
from django.db import DatabaseError, connection, connections, transaction

from broadsheet.core import facts, sqlite

pytestmark = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="on SQLite only")


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_check_80_what_every_connection_has() -> None:
    expected = {
        "journal_mode": "wal" if sqlite.is_safe_for_wal(sqlite.version()) else "delete",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "mmap_size": 0,
    }
    assert {name: pragma(name) for name in expected} == expected
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db
def test_check_80_django_uses_the_swapped_module_and_nothing_else_does_otherwise() -> None:
    from django.db.backends.sqlite3 import base

    module = sqlite.install()
    assert base.Database is sys.modules["sqlite3.dbapi2"]
    assert sys.modules["sqlite3"] is module
    assert base.Database.sqlite_version_info[:3] == sqlite.version()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        assert tuple(map(int, cursor.fetchone()[0].split("."))) == sqlite.version()
    # A second copy of the library in one process would break the locks of the first. (Measuring coverage brings one,
    # for a file of its own.)
    if "coverage" not in sys.modules:
        assert "_sqlite3" not in sys.modules or module.__name__ == "sqlite3"


@pytest.mark.django_db
def test_check_80_the_wheel_is_safe_where_it_fits() -> None:
    pytest.importorskip("pysqlite3")
    assert sqlite.is_safe_for_wal(sqlite.version())
    assert pragma("journal_mode") == "wal"


@pytest.mark.slow("eight threads write for two seconds")
@pytest.mark.django_db(transaction=True)
def test_check_80_eight_writers_never_see_a_lock() -> None:
    wrong: list[BaseException] = []
    written = [0] * 8
    end = time.monotonic() + 2

    def write(number: int) -> None:
        try:
            while time.monotonic() < end:
                with transaction.atomic():
                    # Read, then write: with a deferred transaction this is where «locked» comes from.
                    value = facts.get(f"writer-{number}", 0)
                    facts.put(f"writer-{number}", value + 1)
                written[number] += 1
        except DatabaseError as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert min(written) > 0
    assert [facts.get(f"writer-{number}") for number in range(8)] == written

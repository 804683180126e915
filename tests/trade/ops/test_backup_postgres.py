"""Backup and restore on PostgreSQL: one snapshot, exact counts, a used database refused."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from broadsheet.config import options
from broadsheet.core import facts
from broadsheet.ops.backup import POSTGRES_NAME, backup, restore
from broadsheet.ops.errors import OperatorError

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("'sqlite' in settings.DATABASES['default']['ENGINE']", reason="PostgreSQL's form"),
    pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed"),
    pytest.mark.slow("starts pg_dump and pg_restore"),
]


def test_check_84_what_was_dropped_comes_back(tmp_path: Path) -> None:
    facts.put("witness", "was here")
    made = backup(tmp_path, now=NOW)
    assert made.database == "postgresql"
    assert POSTGRES_NAME in made.files
    assert made.rows["articles_section"] == 9
    facts.drop("witness")
    target = options.load(
        {
            "BROADSHEET_DATA": str(tmp_path / "new"),
            "BROADSHEET_SECRET_KEY": "0123456789abcdef" * 4,
            "BROADSHEET_DATABASE_URL": settings.BROADSHEET.database_url,
        }
    )
    with pytest.raises(OperatorError, match="already has"):
        restore(Path(made.archive), target)
    assert facts.get("witness") is None
    restore(Path(made.archive), target, force=True)
    assert facts.get("witness") == "was here"


def test_a_sqlite_place_is_not_given_a_postgres_archive(tmp_path: Path) -> None:
    made = backup(tmp_path, now=NOW)
    target = options.load({"BROADSHEET_DATA": str(tmp_path / "new"), "BROADSHEET_SECRET_KEY": "0123456789abcdef" * 4})
    with pytest.raises(OperatorError, match="same kind"):
        restore(Path(made.archive), target)

"""Check 78: what a killed backup left, a copy of the whole database, goes with the next; a running one is spared."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from broadsheet.ops import backup


def test_check_78_leftovers_go_and_a_running_backup_is_spared(tmp_path: Path) -> None:
    for name in (".backup-dead", ".backup-alive"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "database.sqlite3").write_bytes(b"x")
    (tmp_path / "broadsheet-20260101T000000Z.tar.gz").write_bytes(b"x")
    handle = os.open(tmp_path / ".backup-alive", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        backup._clear_up(tmp_path)
    finally:
        os.close(handle)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        ".backup-alive", "broadsheet-20260101T000000Z.tar.gz",
    ]  # fmt: skip

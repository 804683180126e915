"""Backup of a live portal, and restore: everything comes back verified, nothing that is there is lost."""

from __future__ import annotations

import io
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from broadsheet.config import options
from broadsheet.core import facts, sqlite
from broadsheet.ops import lock
from broadsheet.ops.backup import MANIFEST, SQLITE_NAME, backup, restore
from broadsheet.ops.errors import OperatorError

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
on_sqlite = pytest.mark.skipif("settings.DATABASES['default']['ENGINE'].endswith('postgresql')", reason="SQLite's form")
pytestmark = [pytest.mark.django_db(transaction=True), on_sqlite]


@pytest.fixture
def media() -> Path:
    folder: Path = settings.BROADSHEET.media_dir / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a é.webp").write_bytes(b"picture" * 1000)
    return folder


def target(folder: Path) -> options.Options:
    return options.load({"BROADSHEET_DATA": str(folder), "BROADSHEET_SECRET_KEY": "0123456789abcdef" * 4})


def rows(database: Path) -> int:
    connected = sqlite.install().connect(database)
    try:
        count: int = connected.execute("SELECT count(*) FROM articles_section").fetchone()[0]
        return count
    finally:
        connected.close()


def test_check_84_a_portal_comes_back_whole(tmp_path: Path, media: Path) -> None:
    facts.put("witness", "was here")
    made = backup(tmp_path / "backups", now=NOW)
    assert Path(made.archive).name == "broadsheet-20261124T030000Z.tar.gz"
    assert Path(made.archive).stat().st_mode & 0o077 == 0
    assert made.rows["articles_section"] == 9
    back = restore(Path(made.archive), target(tmp_path / "new"))
    assert (back.rows, back.files) == (made.rows, made.files)
    assert rows(tmp_path / "new" / "broadsheet.sqlite3") == 9
    assert (tmp_path / "new" / "media" / "pictures" / "a é.webp").read_bytes() == b"picture" * 1000
    assert not (tmp_path / "new" / "secret-key").exists()
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [Path(made.archive).name]


def test_check_84_a_backup_of_a_database_being_written_is_one_moment(tmp_path: Path) -> None:
    """Two facts change together all the time; the copy never shows one without the other."""
    import threading

    sqlite3, stop = sqlite.install(), threading.Event()
    name = connection.settings_dict["NAME"]

    def write() -> None:
        writing = sqlite3.connect(name, timeout=30, isolation_level=None)
        for number in range(100_000):
            if stop.is_set():
                break
            writing.execute("BEGIN IMMEDIATE")
            for key in ("left", "right"):
                writing.execute("INSERT OR REPLACE INTO core_fact VALUES (?, ?, '2026-11-24')", (key, number))
            writing.execute("COMMIT")
        writing.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            made = backup(tmp_path, now=NOW.replace(second=number))
            restore(Path(made.archive), target(tmp_path / f"new{number}"))
            copied = sqlite3.connect(tmp_path / f"new{number}" / "broadsheet.sqlite3")
            values = copied.execute("SELECT value FROM core_fact WHERE name IN ('left', 'right')").fetchall()
            copied.close()
            assert len(set(values)) <= 1
    finally:
        stop.set()
        writer.join(10)


def test_the_key_is_saved_on_request_only(tmp_path: Path) -> None:
    made = backup(tmp_path, now=NOW, with_key=True)
    restore(Path(made.archive), target(tmp_path / "new"))
    assert (tmp_path / "new" / "secret-key").read_text().strip() == settings.SECRET_KEY


def test_a_directory_in_use_is_refused_and_with_force_moved_aside(tmp_path: Path) -> None:
    made = backup(tmp_path, now=NOW)
    data = tmp_path / "portal"
    data.mkdir()
    (data / "broadsheet.sqlite3").write_bytes(b"precious")
    (data / "secret-key").write_text("kept")
    with pytest.raises(OperatorError, match="already holds a portal"):
        restore(Path(made.archive), target(data))
    restore(Path(made.archive), target(data), force=True)
    [aside] = tmp_path.glob("portal.before-*")
    assert (aside / "broadsheet.sqlite3").read_bytes() == b"precious"
    assert (data / "secret-key").read_text() == "kept"
    assert rows(data / "broadsheet.sqlite3") == 9


def test_a_running_portal_is_never_restored_over(tmp_path: Path) -> None:
    held = lock.claim(tmp_path / "portal")
    with pytest.raises(OperatorError, match="A running Broadsheet"):
        restore(tmp_path / "any.tar.gz", target(tmp_path / "portal"), force=True)
    os.close(held)


def rewritten(archive: Path, change: dict[str, bytes]) -> Path:
    """The archive with some members replaced or added, under a name of its own."""
    out = archive.with_name(f"changed-{len(list(archive.parent.iterdir()))}.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(out, "w:gz") as new:
        bodies = {member.name: old.extractfile(member).read() for member in old}  # type: ignore[union-attr]
        for name, body in (bodies | change).items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            new.addfile(info, io.BytesIO(body))
    return out


def test_a_changed_archive_is_refused_before_anything_is_touched(tmp_path: Path, media: Path) -> None:
    archive = Path(backup(tmp_path, now=NOW).archive)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[:-5000])
    for bad, why in (
        (rewritten(archive, {"media/pictures/a é.webp": b"other"}), "is not what was saved"),
        (rewritten(archive, {"../../escape": b"x"}), "something foreign"),
        (rewritten(archive, {"media/../../escape": b"x"}), "something foreign"),
        (rewritten(archive, {"media/extra": b"x"}), "is not what was saved"),
        (rewritten(archive, {SQLITE_NAME: b"SQLite format 3\0"}), "is not what was saved"),
        (rewritten(archive, {MANIFEST: b'{"format": 99}'}), "no manifest of a format"),
        (cut, "cannot be read"),
        (tmp_path / "none.tar.gz", "There is no file"),
    ):
        with pytest.raises(OperatorError, match=why):
            restore(bad, target(tmp_path / "new"))
        assert not (tmp_path / "new").exists()
        assert not (tmp_path.parent / "escape").exists()
    restore(rewritten(archive, {}), target(tmp_path / "new"))  # rewriting alone is no reason


def test_a_target_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="could not be written"):
        backup(tmp_path / "file", now=NOW)

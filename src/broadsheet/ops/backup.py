"""Backup of a live portal into one file, and restore from it.

In the archive: the database as of one moment, kept pictures and uploads, a manifest with row counts and
SHA-256 of every file, and the signing key if asked for. Printed pages are not in it: they are printed anew.

The database is copied before the pictures, so every picture a row names was there when the copying of pictures
began; one removed meanwhile is left out, one added meanwhile is one too many, and `verify` knows both.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from broadsheet import __version__
from broadsheet.core import sqlite
from broadsheet.ops import lock
from broadsheet.ops.errors import OperatorError

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_NAME, POSTGRES_NAME, KEY_NAME = "database.sqlite3", "database.dump", "secret-key"
# Level 3 packs a news database to nearly the size of level 6 in half the time.
GZIP_LEVEL = 3
BLOCK = 1 << 20
_SCRATCH = ".backup-"


@dataclass
class Manifest:
    """What an archive holds. ``rows`` by table, ``files`` by archive name (bytes, SHA-256)."""

    version: str
    made_at: str
    database: str
    rows: dict[str, int]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT
    archive: str = ""

    @property
    def total_rows(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())


def backup(target: Path, *, now: datetime, with_key: bool = False) -> Manifest:
    """Write ``target``/broadsheet-<time>.tar.gz from the running portal; needs the framework loaded.

    The file appears under its name only when it is complete and on the disk. Raises OperatorError when the
    target cannot be written or the copied database is damaged.
    """
    from django.conf import settings

    name = f"broadsheet-{now:%Y%m%dT%H%M%SZ}.tar.gz"
    try:
        target.mkdir(parents=True, exist_ok=True)
        _clear_up(target)
        with tempfile.TemporaryDirectory(dir=target, prefix=_SCRATCH) as scratch, _held(Path(scratch)):
            copied, rows, kind = _copy_database(Path(scratch))
            manifest = Manifest(__version__, now.isoformat(), kind, rows, archive=str(target / name))
            draft = Path(scratch) / name
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                _pack(out, manifest, copied, settings.BROADSHEET, with_key=with_key)
                out.flush()
                os.fsync(out.fileno())
            os.replace(draft, target / name)
            _sync_directory(target)
    except OSError as problem:
        raise OperatorError(
            f"The backup could not be written in {target} ({problem.strerror or problem}).",
            "Check that the directory can be written and has room.",
        ) from problem
    return manifest


def restore(archive: Path, options: Any, *, force: bool = False) -> Manifest:
    """Put the portal of ``archive`` where ``options`` (config.options.Options) say; returns its manifest.

    Everything is unpacked beside the target and verified (hashes, integrity, row counts) before anything
    there is touched. A target that holds a portal is refused; with ``force`` it is moved aside, never deleted.
    """
    data: Path = options.data
    _refuse_running(data)
    if not force and _is_in_use(data):
        raise OperatorError(
            f"{data} already holds a portal.", "Name an empty directory with --data, or add --force to move it aside."
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".restore-") as scratch:
        unpacked = Path(scratch) / "portal"
        unpacked.mkdir(mode=0o750)
        manifest = _unpack(archive, unpacked)
        kind = "sqlite" if options.database_url.startswith("sqlite:") else "postgresql"
        if manifest.database != kind:
            raise OperatorError(
                f"The archive holds a {manifest.database} database and BROADSHEET_DATABASE_URL names {kind}.",
                "Restore into the same kind of database.",
            )
        if kind == "sqlite":
            _check_sqlite(unpacked / SQLITE_NAME, manifest)
        else:
            _restore_postgres(unpacked / POSTGRES_NAME, options.database_url, force=force)
        _put_in_place(unpacked, options, manifest)
    return manifest


@contextmanager
def _held(scratch: Path) -> Iterator[None]:
    """Lock a folder while it is in use; the kernel lets go of it for a process that was killed."""
    handle = os.open(scratch, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _clear_up(target: Path) -> None:
    """Remove what backups left that were killed: a copy of the whole database each."""
    for scratch in target.glob(f"{_SCRATCH}*"):
        handle = os.open(scratch, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(scratch, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


# The database


def _copy_database(scratch: Path) -> tuple[Path, dict[str, int], str]:
    """A consistent copy of the live database, its row counts, and its kind."""
    from django.db import connection

    if connection.vendor == "sqlite":
        copy = scratch / SQLITE_NAME
        return copy, _copy_sqlite(Path(connection.settings_dict["NAME"]), copy), "sqlite"
    copy = scratch / POSTGRES_NAME
    return copy, _dump_postgres(connection, copy), "postgresql"


def _copy_sqlite(source: Path, copy: Path) -> dict[str, int]:
    sqlite3 = sqlite.install()
    reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)
    writing = sqlite3.connect(copy)
    try:
        # All pages in one step: one snapshot, and no start from the beginning when others write meanwhile.
        reading.backup(writing, pages=-1)
        writing.execute("PRAGMA journal_mode=DELETE")
        return _examine_sqlite(writing)
    finally:
        writing.close()
        reading.close()


def _examine_sqlite(database: Any) -> dict[str, int]:
    """Row counts by table; raises OperatorError when the file is damaged."""
    answer = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if answer != "ok":
        raise OperatorError(f"The database is damaged: {answer}", "Keep older backups, and restore the last good one.")
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    # Names come from the database's own catalogue, quoted.
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}  # noqa: S608


def _check_sqlite(path: Path, manifest: Manifest) -> None:
    sqlite3 = sqlite.install()
    database = sqlite3.connect(path)
    try:
        rows = _examine_sqlite(database)
    finally:
        database.close()
    if rows != manifest.rows:
        raise OperatorError("The row counts of the archive do not fit its database.", "Use another backup.")


def _dump_postgres(connection: Any, copy: Path) -> dict[str, int]:
    """pg_dump and row counts from one exported snapshot."""
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _postgres_tool(
            "pg_dump", ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={copy}"], connection
        )
        rows = {}
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            rows[name] = cursor.fetchone()[0]
    return rows


def _restore_postgres(dump: Path, url: str, *, force: bool) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        used = connection.introspection.table_names(cursor)
    if used and not force:
        raise OperatorError(
            f"The database already has {len(used)} tables.", "Name an empty one, or add --force to replace them."
        )
    connection.close()
    clean = ["--clean", "--if-exists"] if used else []
    name = f"--dbname={connection.settings_dict['NAME']}"
    _postgres_tool("pg_restore", [*clean, "--no-owner", "--single-transaction", name, str(dump)], connection)


def _postgres_tool(tool: str, arguments: list[str], connection: Any) -> None:
    """Run a PostgreSQL program against the configured server; the password never shows in a process list."""
    import subprocess

    facts = connection.settings_dict
    environ = dict(os.environ)
    for variable, key in (("HOST", "HOST"), ("PORT", "PORT"), ("USER", "USER"), ("PASSWORD", "PASSWORD")):
        if facts[key]:
            environ["PG" + variable] = str(facts[key])
    environ["PGDATABASE"] = facts["NAME"]
    try:
        done = subprocess.run([tool, *arguments], env=environ, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise OperatorError(f"{tool} is not installed.", "apt install postgresql-client") from None
    if done.returncode != 0:
        line = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise OperatorError(f"{tool} failed: {line}", "Is it at least as new as the server?")


# The archive


class _Hashing:
    """Reads through to a file and hashes what passes."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.sum, self.size = source, hashlib.sha256(), 0

    def read(self, amount: int = -1) -> bytes:
        block = self.source.read(amount)
        self.sum.update(block)
        self.size += len(block)
        return block


def _pack(out: IO[bytes], manifest: Manifest, copied: Path, options: Any, *, with_key: bool) -> None:
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=GZIP_LEVEL) as tar:
        _add(tar, copied, copied.name, manifest)
        for path in sorted(options.media_dir.rglob("*")):
            if path.is_file() and not path.is_symlink():
                _add(tar, path, f"media/{path.relative_to(options.media_dir).as_posix()}", manifest)
        if with_key:
            key = tarfile.TarInfo(KEY_NAME)
            _add_bytes(tar, key, options.secret_key.encode() + b"\n", manifest)
        written = asdict(manifest) | {"archive": ""}
        _add_bytes(tar, tarfile.TarInfo(MANIFEST), json.dumps(written, indent=1).encode(), None)


def _add(tar: tarfile.TarFile, path: Path, name: str, manifest: Manifest) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # removed since the directory was listed
    with file:
        info = tar.gettarinfo(arcname=name, fileobj=file)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        hashing = _Hashing(file)
        tar.addfile(info, hashing)  # type: ignore[arg-type]
    manifest.files[name] = (hashing.size, hashing.sum.hexdigest())


def _add_bytes(tar: tarfile.TarFile, info: tarfile.TarInfo, body: bytes, manifest: Manifest | None) -> None:
    info.size, info.mode = len(body), 0o600
    tar.addfile(info, io.BytesIO(body))
    if manifest is not None:
        manifest.files[info.name] = (len(body), hashlib.sha256(body).hexdigest())


def _unpack(archive: Path, into: Path) -> Manifest:
    """Unpack and verify. Only plain files under names we write ourselves are taken."""
    found: dict[str, tuple[int, str]] = {}
    written = None
    with _reading(archive) as tar:
        for member in tar:
            source = tar.extractfile(member) if member.isreg() else None
            if source is None or not _is_ours(member.name):
                raise OperatorError(f"The archive holds something foreign: {member.name!r}.", "Use another backup.")
            if member.name == MANIFEST:
                written = json.loads(source.read())
                continue
            target = into / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            hashing = _Hashing(source)
            with target.open("xb") as out:
                shutil.copyfileobj(hashing, out, BLOCK)  # type: ignore[misc]
            found[member.name] = (hashing.size, hashing.sum.hexdigest())
    if written is None or written.get("format") != FORMAT:
        raise OperatorError("The archive has no manifest of a format known here.", "Use the version that made it.")
    manifest = Manifest(**written)
    manifest.files = {name: (size, sum_) for name, (size, sum_) in manifest.files.items()}
    manifest.archive = str(archive)
    if found != manifest.files:
        differing = sorted(dict(found.items() ^ manifest.files.items()))
        raise OperatorError(f"The archive is damaged: {differing[0]} is not what was saved.", "Use another backup.")
    return manifest


@contextmanager
def _reading(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            yield tar
    except FileNotFoundError:
        raise OperatorError(f"There is no file {archive}.", "broadsheet backup DIR makes one.") from None
    except (tarfile.TarError, EOFError, OSError, ValueError) as problem:
        raise OperatorError(f"The archive cannot be read: {problem}.", "Use another backup.") from problem


def _is_ours(name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        return False
    return name in {SQLITE_NAME, POSTGRES_NAME, KEY_NAME, MANIFEST} or (
        path.parts[0] == "media" and len(path.parts) > 1
    )


# The place


def _is_in_use(data: Path) -> bool:
    return data.is_dir() and any(entry.name not in {"run", "secret-key"} for entry in data.iterdir())


def _refuse_running(data: Path) -> None:
    pid = lock.holder(data)
    if pid is not None:
        raise OperatorError(f"A running Broadsheet (process {pid}) uses {data}.", "End it first.")


def _put_in_place(unpacked: Path, options: Any, manifest: Manifest) -> None:
    data: Path = options.data
    if data.exists() and any(data.iterdir()):
        moment = datetime.fromisoformat(manifest.made_at)
        aside = data.with_name(f"{data.name}.before-{moment:%Y%m%dT%H%M%S}-{os.getpid()}")
        data.rename(aside)
        key = aside / "secret-key"
        if key.exists() and not (unpacked / KEY_NAME).exists():
            shutil.copy2(key, unpacked / KEY_NAME)
    if (unpacked / POSTGRES_NAME).exists():
        (unpacked / POSTGRES_NAME).unlink()
    else:
        from broadsheet.config.readers import sqlite_path

        place = Path(sqlite_path(options.database_url))
        if place.parent == data:
            (unpacked / SQLITE_NAME).rename(unpacked / place.name)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                place.rename(place.with_name(place.name + ".before"))
            shutil.move(unpacked / SQLITE_NAME, place)
    if data.exists():
        data.rmdir()
    unpacked.rename(data)
    _sync_directory(data.parent)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

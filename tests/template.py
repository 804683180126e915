"""One migrated and furnished database, built once for a state of the code and copied for every test process.

Wagtail's migrations take seconds; a copy takes milliseconds. The copy is keyed by a hash of everything that shapes it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.db import connection, connections

ROOT = Path(__file__).resolve().parent.parent
SHAPING = (
    "**/migrations/*.py",
    "**/models.py",
    "ops/settingup.py",
    "pages/services.py",
    "pages/texts/*",
    "desk/groups.py",
    "desk/apps.py",
    "core/sqlite.py",
)


def _key() -> str:
    import django
    import wagtail

    digest = hashlib.sha256(f"{django.__version__} {wagtail.__version__} {connection.vendor}".encode())
    package = ROOT / "src" / "broadsheet"
    for pattern in SHAPING:
        for path in sorted(package.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _build() -> None:
    from django.core.management import call_command

    from broadsheet.core.models import Effect
    from broadsheet.ops import settingup
    from broadsheet.press.models import Clock, Key

    call_command("migrate", verbosity=0, interactive=False)
    settingup.furnish()
    # Whether listeners were named by then hangs on which test came first; a template is the same every time.
    for model in (Effect, Key, Clock):
        model.objects.all().delete()


class SQLite:
    """Template and copies as files."""

    def __init__(self) -> None:
        self.name = str(connection.settings_dict["NAME"])
        folder = Path(tempfile.gettempdir()) / f"broadsheet-templates-{os.getuid()}"
        folder.mkdir(exist_ok=True)
        self.template = folder / f"{_key()}.sqlite3"

    def prepare(self) -> None:
        """Build the template if this state of the code has none yet; processes wait for one another."""
        with (self.template.with_suffix(".lock")).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.template.exists():
                _build()
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connections.close_all()
                draft = self.template.with_suffix(f".{os.getpid()}")
                shutil.copyfile(self.name, draft)
                draft.rename(self.template)
        self.renew()

    def renew(self) -> None:
        """Begin again from the template."""
        connections.close_all()
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(self.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.name)

    def end(self) -> None:
        """The folder goes with the process."""
        connections.close_all()


class PostgreSQL:
    """Template and copies as databases of one server."""

    def __init__(self) -> None:
        self.template = f"broadsheet_template_{_key()}"
        self.name = f"broadsheet_test_{os.getpid()}"

    def _ask(self, sql: str) -> list[Any]:
        import psycopg

        settings = connection.settings_dict
        link = psycopg.connect(
            dbname="postgres",
            user=settings["USER"] or None,
            password=settings["PASSWORD"] or None,
            host=settings["HOST"] or None,
            port=settings["PORT"] or None,
            autocommit=True,
        )
        with link, link.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def _use(self, name: str) -> None:
        connections.close_all()
        for settings in (connection.settings_dict, connections.settings["default"]):
            settings["NAME"] = name

    def prepare(self) -> None:
        """Build the template database if there is none of this key; processes wait for one another."""
        with (Path(tempfile.gettempdir()) / f"{self.template}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._ask(f"SELECT 1 FROM pg_database WHERE datname = '{self.template}'"):
                draft = f"{self.template}_draft"
                self._ask(f"DROP DATABASE IF EXISTS {draft}")
                self._ask(f"CREATE DATABASE {draft}")
                self._use(draft)
                _build()
                connections.close_all()
                self._ask(f"ALTER DATABASE {draft} RENAME TO {self.template}")
            self._use(self.name)
            self._renew()

    def _renew(self) -> None:
        connections.close_all()
        self._ask(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self._ask(f"CREATE DATABASE {self.name} TEMPLATE {self.template}")

    def renew(self) -> None:
        """Begin again from the template; a template cannot be copied by two at once."""
        with (Path(tempfile.gettempdir()) / f"{self.template}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._renew()

    def end(self) -> None:
        """Drop the copy."""
        connections.close_all()
        self._ask(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def of_vendor() -> SQLite | PostgreSQL:
    """The template of the database in use."""
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()

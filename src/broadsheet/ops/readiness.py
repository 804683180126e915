"""Whether this program and its database fit together, and the steps that make them fit."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def pending_migrations() -> int:
    """How many migrations the database has still before it."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def prepare(say: Callable[[str], None]) -> None:
    """Bring database, tables of the cache and furniture up to this version.

    Idempotent; says a line only for what it really did.
    """
    for directory in (settings.BROADSHEET.media_dir, settings.BROADSHEET.run_dir):
        directory.mkdir(parents=True, exist_ok=True)
    steps = pending_migrations()
    if steps:
        say(f"Bringing the database up to date ({steps} steps) …")
        _migrate()
    from broadsheet.ops import printedclean, printedfor, settingup

    if settingup.furnish():
        say("A new newspaper: sections, standing pages and rights profiles were set up.")
    if printedfor.settle():
        say("Address, language or time zone changed: every page will be printed anew.")
    if dropped := printedclean.settle():
        say(f"The cleaner of texts was made safer: {dropped} printed pages were thrown away.")


def add_sample() -> int:
    """Put the sample edition into a portal that has no sources but its own; returns how many sources it added."""
    from broadsheet.ops.sample import living
    from broadsheet.sources.models import Source

    return 0 if Source.objects.filter(is_house=False).exists() else living.install()


def _migrate() -> None:
    is_new_file = connection.vendor == "sqlite" and not connection.introspection.table_names()
    if is_new_file:
        # Nothing acknowledged can be lost yet: waiting for the disk after each of 186 steps would only take time.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if is_new_file:
        connection.close()  # the next one syncs again
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def collect_static() -> bool:
    """Gather and compress the static files of all rooms; False when they were already in place.

    Compressing them takes seconds, so a stamp of names, sizes and times tells whether anything changed.
    """
    root: Path = settings.STATIC_ROOT
    stamp, now = root / ".stamp", _static_stamp()
    if stamp.exists() and stamp.read_text() == now:
        return False
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)
    return True


def _static_stamp() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def first_link() -> str:
    """A fresh address that makes the first administrator, or "" when there is one already."""
    from broadsheet.accounts import services

    if services.has_administrator():
        return ""
    return str(settings.BROADSHEET.site_url + services.new_setup_link())

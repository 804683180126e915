"""``backup`` and ``restore``."""

from __future__ import annotations

import argparse
from pathlib import Path

from broadsheet.ops.context import Context


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    save = commands.add_parser(
        "backup",
        help="save database and pictures into one file",
        description="Save database and pictures into DIR/broadsheet-<time>.tar.gz, while the portal runs.",
    )
    save.add_argument("directory", type=Path, metavar="DIR")
    save.add_argument("--with-key", action="store_true", help="also save the signing key (keep the file secret)")
    save.set_defaults(run=run_backup, django=True)
    bring = commands.add_parser(
        "restore",
        help="bring a saved portal back",
        description="Bring the portal of FILE back into the data directory. Everything is verified first.",
    )
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--force", action="store_true", help="move a portal that is there aside")
    bring.set_defaults(run=run_restore)


def run_backup(arguments: argparse.Namespace) -> int:
    """Save, remember when, and say what is in the file."""
    from broadsheet.core import clock, facts
    from broadsheet.ops import doctor
    from broadsheet.ops.backup import backup

    now = clock.now()
    manifest = backup(arguments.directory, now=now, with_key=arguments.with_key)
    facts.put(doctor.LAST_BACKUP, {"at": now.isoformat(), "file": manifest.archive, "rows": manifest.total_rows})
    size = Path(manifest.archive).stat().st_size
    arguments.context.say(f"Saved {manifest.archive} ({size / 1e6:.1f} MB).")
    arguments.context.say(f"  {manifest.total_rows} rows in {len(manifest.rows)} tables, {len(manifest.files)} files")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Restore, and say what came back."""
    context: Context = arguments.context
    options = context.options
    if not options.database_url.startswith("sqlite:"):
        context.django()
    from broadsheet.ops.backup import restore

    manifest = restore(arguments.file, options, force=arguments.force)
    context.say(f"Restored the portal of {manifest.made_at[:16]} (version {manifest.version}) into {options.data}.")
    context.say(
        f"  {manifest.total_rows} rows in {len(manifest.rows)} tables, {len(manifest.files)} files, all verified"
    )
    context.say("  Pages are printed anew when the portal starts: broadsheet serve")
    return 0

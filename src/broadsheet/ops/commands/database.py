"""``migrate`` and ``check``: the database and the program's own checks."""

from __future__ import annotations

import argparse
import os

from broadsheet.ops.context import Context
from broadsheet.ops.errors import OperatorError


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    migrate = commands.add_parser(
        "migrate",
        help="bring the database up to date",
        description="Bring the database up to date. broadsheet serve does this by itself.",
    )
    migrate.set_defaults(run=run_migrate)
    check = commands.add_parser(
        "check",
        help="check program, settings and migrations",
        description="Run the framework's checks and look for model changes without a migration.",
    )
    check.add_argument("--deploy", action="store_true", help="check as for a public site, with an invented address")
    check.set_defaults(run=run_check)


def run_migrate(arguments: argparse.Namespace) -> int:
    context: Context = arguments.context
    context.options.data.mkdir(parents=True, exist_ok=True)
    context.django()
    from broadsheet.ops import readiness

    readiness.prepare(context.say)
    readiness.collect_static()
    context.say("The database is up to date.")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    context: Context = arguments.context
    if arguments.deploy and "BROADSHEET_SITE_URL" not in os.environ:
        os.environ["BROADSHEET_SITE_URL"] = "https://news.example.org"
    context.django()
    from django.core.management import CommandError, call_command
    from django.core.management.base import SystemCheckError

    try:
        call_command("check", deploy=arguments.deploy, fail_level="WARNING")
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    except SystemCheckError as error:
        raise OperatorError(str(error)) from error
    except (CommandError, SystemExit) as error:
        raise OperatorError("Models and migrations differ.", "Run makemigrations and commit the result.") from error
    return 0

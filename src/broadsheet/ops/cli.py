"""The command line ``broadsheet``. Each command lives in ``ops/commands/`` under its noun.

A command module has ``register(commands)``, which adds its parsers and sets ``run`` to a function of the
parsed arguments that returns the exit status. ``arguments.context`` is the
:class:`~broadsheet.ops.context.Context`. With ``django=True`` the framework is loaded and the database
proven to be up to date before ``run`` is called. Modules import the framework inside functions only, so
that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence

from broadsheet import __version__
from broadsheet.ops import commands as command_modules
from broadsheet.ops.context import Context
from broadsheet.ops.errors import OperatorError

EPILOG = """\
first steps:
  broadsheet serve                        start; the first start prints the link that makes the admin
  broadsheet sources add URL              take in a publication
  broadsheet pull                         fetch everything that is due, now
  broadsheet doctor                       find out what is wrong, with a hint for each thing
  broadsheet backup DIR                   save everything that cannot be made again

Settings are environment variables: broadsheet settings. Help of a command: broadsheet COMMAND --help.
"""


def parser() -> argparse.ArgumentParser:
    """The parser with every command."""
    top = argparse.ArgumentParser(
        prog="broadsheet",
        description="A self-hosted news portal: feeds and editors go in, a newspaper comes out.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"Broadsheet {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for module in sorted(pkgutil.iter_modules(command_modules.__path__), key=lambda m: m.name):
        if not module.name.startswith("_"):
            found = importlib.import_module(f"{command_modules.__name__}.{module.name}")
            found.register(commands)
    _add_data(top)
    return top


def _add_data(to: argparse.ArgumentParser) -> None:
    """Let --data stand before and after the command and its verb."""
    to.allow_abbrev = False
    to.add_argument(
        "--data",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="where everything is kept (or BROADSHEET_DATA; default ./broadsheet-data)",
    )
    for action in to._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _add_data(command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when it worked, 1 when it failed, 2 when it was asked wrongly."""
    known = parser()
    arguments = known.parse_args(argv)
    if "data" in arguments:
        os.environ["BROADSHEET_DATA"] = arguments.data
    if arguments.command is None:
        known.print_help()
        return 0
    arguments.context = Context()
    try:
        if getattr(arguments, "django", False):
            arguments.context.database()
        return int(arguments.run(arguments) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (a pager, head): that is no failure of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost place: said in a sentence
        return complain(error)


def complain(error: Exception) -> int:
    """Say in one sentence what failed and what to do; the traceback only on request."""
    if os.environ.get("BROADSHEET_TRACEBACK", "").lower() in {"1", "yes", "true", "on"}:
        traceback.print_exception(error)
    name = type(error).__name__
    if isinstance(error, OperatorError):
        lines, code = [error.sentence, error.hint], error.code
    elif name == "OptionsError":
        lines, code = ["The settings cannot be used:", *str(error).splitlines()], 2
    elif name in {"OperationalError", "DatabaseError", "InterfaceError"}:
        hint = "broadsheet doctor says more; BROADSHEET_DATABASE_URL names the database."
        lines, code = [f"The database did not answer: {_first_line(error)}.", hint], 1
    else:
        hint = "Run it again with BROADSHEET_TRACEBACK=1 to see where."
        lines, code = [f"Something unexpected went wrong: {name}: {_first_line(error)}", hint], 1
    print(f"broadsheet: {lines[0]}", file=sys.stderr)
    for line in lines[1:]:
        if line:
            print(f"  {line}", file=sys.stderr)
    return code


def _first_line(error: Exception) -> str:
    return (str(error).strip() or "no further word").splitlines()[0].rstrip(".")


if __name__ == "__main__":
    sys.exit(main())

"""``doctor``: examine the installation."""

from __future__ import annotations

import argparse

from broadsheet.ops.context import Context


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="find out what is wrong, with a hint for each thing",
        description="Examine the installation. Exit code 1 when something does not work.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """One line for each examination."""
    context: Context = arguments.context
    context.django()
    from broadsheet.ops import doctor

    worst = 0
    for name, finding in doctor.all_findings():
        context.say(f"{finding.health:4}  {name:10}  {finding.sentence}")
        if finding.health is not doctor.Health.WELL and finding.hint:
            context.say(f"                  {finding.hint}")
        worst += finding.health is doctor.Health.WRONG
    return 1 if worst else 0

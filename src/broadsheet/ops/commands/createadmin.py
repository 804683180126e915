"""``createadmin``: a one-time link that makes an administrator."""

from __future__ import annotations

import argparse

from broadsheet.ops.context import Context


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "createadmin",
        help="print a one-time link that makes an administrator",
        description="Print a one-time link that makes an administrator. An older unused link dies.",
    )
    parser.add_argument("--email", metavar="ADDRESS", help="the address the account will have")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    context: Context = arguments.context
    context.database()
    from django.conf import settings

    from broadsheet.accounts import services

    path = services.new_setup_link(arguments.email)
    context.say(f"This link makes one administrator, within {services.VALID.days} days:")
    context.say(f"  {settings.BROADSHEET.site_url}{path}")
    return 0

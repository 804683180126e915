"""``settings``: the table of settings, with the values in use."""

from __future__ import annotations

import argparse

from broadsheet.ops.context import Context


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "settings", help="list the settings", description="List every setting with its value in use."
    )
    parser.add_argument("--markdown", action="store_true", help="print the page docs/settings.md")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    context: Context = arguments.context
    from broadsheet.config import options as table

    if arguments.markdown:
        context.say(table.markdown().rstrip("\n"))
        return 0
    for option in table.table():
        value = getattr(context.options, option.name.lower())
        if option.secret:
            shown = "(set)" if value else "(not set)"
        elif isinstance(value, bool):
            shown = "yes" if value else "no"
        elif isinstance(value, tuple):
            shown = ", ".join("=".join(v) if isinstance(v, tuple) else str(v) for v in value)
        else:
            shown = f"{value} {option.unit}".strip()
        context.say(f"{option.variable} = {shown or '(empty)'}")
        context.say(f"    {option.help} Default: {option.default_shown}.")
    return 0

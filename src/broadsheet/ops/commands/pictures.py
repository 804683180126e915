"""`broadsheet pictures render`: the repair road of what pages print of pictures."""

from __future__ import annotations

import argparse
import sys


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    pictures = commands.add_parser("pictures", help="kept pictures and their renditions")
    verbs = pictures.add_subparsers(dest="verb", required=True, metavar="VERB")
    render = verbs.add_parser(
        "render", help="make the renditions that are missing",
        description="Make the renditions that are missing, or whose files are gone. The worker makes them by itself in "
        "small batches; this does it at once, and tries unreadable files again. Exit code 1: some could not be made.",
    )  # fmt: skip
    render.add_argument("--all", action="store_true", help="make all of them anew")
    render.set_defaults(run=run_render, django=True)


def run_render(arguments: argparse.Namespace) -> int:
    """Render one picture after the other, with progress."""
    from broadsheet.ops import wiring
    from broadsheet.pictures import queries, services
    from broadsheet.wire import doors
    from broadsheet.wire.services import picturing

    wiring.connect()
    ids = queries.every_id() if arguments.all else queries.in_need()
    failed = []
    try:
        for done, pk in enumerate(ids, 1):
            if not services.render(pk, picturing.draw_renditions, anew=True):
                failed.append(pk)
            if sys.stderr.isatty() or done % 100 == 0:
                print(f"\r{done} of {len(ids)} pictures", end="", file=sys.stderr, flush=True)
    finally:
        doors.close()
    if ids and (sys.stderr.isatty() or len(ids) >= 100):
        print(file=sys.stderr)
    print(f"{len(ids) - len(failed)} pictures rendered.")
    if failed:
        print(f"{len(failed)} could not be: {', '.join(map(str, failed))}. The log says why.")
    return 1 if failed else 0

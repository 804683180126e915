"""`broadsheet verify`, `press rebuild`, `sample remove`: looking after a whole portal."""

from __future__ import annotations

import argparse
import sys


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    verify = commands.add_parser(
        "verify", help="check every invariant of the portal",
        description="Check every invariant, row by row. Says what is wrong and changes nothing. Exit code 1: faults.",
    )  # fmt: skip
    verify.add_argument("invariant", nargs="*", help="only these (default: all)")
    verify.set_defaults(run=run_verify, django=True)

    press = commands.add_parser("press", help="the store of printed pages")
    verbs = press.add_subparsers(dest="verb", required=True, metavar="VERB")
    rebuild = verbs.add_parser("rebuild", help="print every known page anew")
    rebuild.set_defaults(run=run_rebuild, django=True)

    sample = commands.add_parser("sample", help="the sample edition")
    verbs = sample.add_subparsers(dest="verb", required=True, metavar="VERB")
    remove = verbs.add_parser("remove", help="remove every trace of the sample edition")
    remove.set_defaults(run=run_remove, django=True)


def run_verify(arguments: argparse.Namespace) -> int:
    """One line an invariant, a line a fault."""
    from broadsheet.ops import printedfor, wiring
    from broadsheet.ops.verify import verify

    wiring.connect()
    served = printedfor.other_site()
    if served:
        print(f"note  The portal serves {served}, these settings name another address: printed pages are not compared.")
        print("      Give this command the settings of the portal (BROADSHEET_SITE_URL or BROADSHEET_PORT).")
    total = 0
    for invariant, faults in verify(arguments.invariant or None):
        total += len(faults)
        print(f"{'ok  ' if not faults else 'FAIL'}  {invariant.name:10}  {invariant.rule}")
        for line in faults[:20]:
            print(f"        {line}")
        if len(faults) > 20:
            print(f"        and {len(faults) - 20} more")
    print("Everything holds." if not total else f"{total} faults.")
    return 1 if total else 0


def run_rebuild(arguments: argparse.Namespace) -> int:
    """Print everything, with progress."""
    from broadsheet.ops import wiring
    from broadsheet.press import services as press

    wiring.connect()

    def progress(done: int, total: int, path: str) -> None:
        if sys.stderr.isatty() or done == total or done % 500 == 0:
            print(f"\r{done} of {total} pages", end="" if done < total else "\n", file=sys.stderr, flush=True)

    print(f"{press.rebuild(progress)} pages printed.")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Remove the sample and say how much it was."""
    from broadsheet.ops import wiring
    from broadsheet.ops.sample import living

    wiring.connect()
    counts = living.remove()
    print("Removed " + ", ".join(f"{count} {noun}" for noun, count in counts.items()) + ".")
    return 0

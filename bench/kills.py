"""Check 78, counted: `./run bench kills [--kills 1000] [--trees 20] [--seed N] [--every 100] [--postgres] [--json]`.

Workers forked from a warm parent are killed at each named point in turn and at random moments, pictures and backups
among them, while three publications keep a ledger; every hundred kills the portal is held against it. Then whole
running portals are killed: the supervisor, all of its children, one process. `--postgres` needs BROADSHEET_DATABASE_URL
to name a server where databases may be made.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--trees", type=int, default=20)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--postgres", action="store_true", help="on the server of BROADSHEET_DATABASE_URL")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    import tests.environment  # noqa: F401  a data folder of its own, before any setting is read

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    import broadsheet.config.settings  # noqa: F401  the SQLite guard comes first

    django.setup()
    from tests import template

    copies = template.of_vendor()
    copies.prepare()
    try:
        figures = measure(arguments)
    finally:
        copies.end()
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:48} {value}")
    sys.exit(1 if any(figures["faults by kind"].values()) else 0)


def say(line: str) -> None:
    """Where the run stands."""
    print(line, file=sys.stderr, flush=True)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    from django.db import connection

    from tests.flow.killed_trees import kill_trees
    from tests.flow.killing import Killer, Portal
    from tests.wire_server import WireServer

    figures: dict[str, Any] = {"database": connection.vendor, "seed": arguments.seed}
    faults: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch, WireServer() as server:
        if arguments.kills:
            portal = Portal(Path(scratch) / "portal", server.port)
            try:
                portal.set_up()
                killer = Killer(portal, server, arguments.seed)
                began = time.monotonic()
                tally = killer.run(
                    arguments.kills, arguments.every, lambda line: print(line, file=sys.stderr, flush=True)
                )
                seconds = time.monotonic() - began
            finally:
                portal.end()
            figures |= {
                "kills": sum(tally.kills.values()), "kills by point": dict(tally.kills.most_common()),
                "not reached, killed at random instead": dict(tally.missed), "entries told": tally.entries,
                "pictures told": tally.pictures, "comparisons": tally.compared,
                "picture files without a row, swept": tally.swept, "seconds": round(seconds), "lines": tally.lines[:20],
            }  # fmt: skip
            faults = dict(tally.faults)
        if arguments.trees and connection.vendor == "sqlite":
            began = time.monotonic()
            kills, differences = kill_trees(Path(scratch) / "tree", server, arguments.trees, arguments.seed)
            figures |= {
                "kills of running portals": dict(kills), "their differences": differences,
                "seconds for running portals": round(time.monotonic() - began),
            }  # fmt: skip
            for kind, lines in differences.items():
                faults[kind] = faults.get(kind, 0) + len(lines)
    return figures | {"faults by kind": faults}


if __name__ == "__main__":
    main()

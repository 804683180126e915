"""`python -m tests.hostile [SCALE]`: the origin as a program of its own; prints its port and runs until it is ended."""

from __future__ import annotations

import sys
import threading

from tests.hostile import HostileOrigin


def main() -> None:
    """Serve until the process is ended."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with HostileOrigin(scale=scale) as origin:
        print(origin.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()

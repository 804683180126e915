"""A process that is tied ends with its parent, also when the parent was faster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3] / "src"


def run(code: str) -> int:
    return subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(SOURCES)}, check=False).returncode


def test_a_parent_that_has_ended_before_the_tie_is_noticed() -> None:
    assert run("import os; from broadsheet.ops import lifeline; lifeline.tie(os.getpid())") == 1


def test_a_living_parent_is_no_reason_to_end() -> None:
    assert run("import os; from broadsheet.ops import lifeline; lifeline.tie(os.getppid())") == 0


def test_the_stop_event_is_set_by_sigterm_only() -> None:
    code = (
        "import os, signal; from broadsheet.ops import lifeline; stop = lifeline.stop_event(); "
        "os.kill(os.getpid(), signal.SIGINT); os.kill(os.getpid(), signal.SIGHUP); early = stop.wait(0.05); "
        "os.kill(os.getpid(), signal.SIGTERM); raise SystemExit(early or not stop.wait(5))"
    )
    assert run(code) == 0

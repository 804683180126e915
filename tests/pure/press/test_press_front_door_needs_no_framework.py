from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "src"


def test_the_front_door_and_its_set_up_load_without_django() -> None:
    program = (
        "import sys, broadsheet.press.frontdoor, broadsheet.press.setup;"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'wagtail')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"

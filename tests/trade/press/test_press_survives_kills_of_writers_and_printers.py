"""Writers and printers are killed at random moments, all at once; no change may be lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def stress(folder: Path, rounds: int, seconds: float) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.trade.press.press_stress"]
    done = subprocess.run(
        [*command, str(folder), str(rounds), str(seconds)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.slow("starts a program and kills its children six times")
def test_no_change_is_lost_wherever_writers_and_printers_are_killed(tmp_path: Path) -> None:
    told = stress(tmp_path, 6, 0.07)
    assert told["wrong"] == []
    assert told["pages"] == 6
    assert told["stale"] == 0
    assert isinstance(told["changes"], int)
    assert told["changes"] > 0


@pytest.mark.long("a hundred kills")
def test_no_change_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    told = stress(tmp_path, 100, 0.2)
    assert (told["wrong"], told["stale"]) == ([], 0)

"""`broadsheet evaluate`: one JSON object for a folder of material, one sentence where it is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.ops import cli
from broadsheet.ops.commands import evaluate


def test_robots_are_scored_on_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "robots" / "captured").mkdir(parents=True)
    rows = [
        {"test": "one", "robots": "User-agent: *\nDisallow: /a", "agent": "Any", "url": "http://h/a", "allowed": False},
        {"test": "two", "robots": "User-agent: *\nDisallow: /a", "agent": "Any", "url": "http://h/b", "allowed": False},
    ]
    (tmp_path / "robots" / "google.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert cli.main(["evaluate", "robots", "--data", str(tmp_path)]) == 1
    assert "captured-cases.jsonl is missing" in capsys.readouterr().err
    (tmp_path / "robots" / "captured-cases.jsonl").write_text("")
    assert cli.main(["evaluate", "robots", "--data", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["google"]["right"], told["google"]["of"]) == (1, 2)


@pytest.mark.parametrize("name", list(evaluate.SETS))
def test_what_is_not_there_is_said_in_a_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", name, "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert ("is missing" if name in evaluate.FITTED else f"{evaluate.SETS[name][0]}/") in said
    assert cli.main(["evaluate", name]) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.slow("imports every reader")
@pytest.mark.parametrize("name", list(evaluate.SETS))
def test_every_set_has_its_score(name: str) -> None:
    import importlib

    assert callable(importlib.import_module(f"broadsheet.ops.evaluating.{name}").score)

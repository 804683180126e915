"""`broadsheet evaluate stories` and `broadsheet try stories`: what they print, on invented news."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from broadsheet.ops import cli
from broadsheet.ops.evaluating.stories import HEADLINES, TEXTS, adjusted_rand, bcubed
from broadsheet.ops.trying.stories import StoriesClerk
from tests.pure.rules.test_stories_machine import BRIDGE, CHESS

ROOT = Path(__file__).resolve().parents[3]


def folder(tmp_path: Path) -> Path:
    rows = [
        {"id": f"{story}{number}", "title": title, "t": 1000 + 100 * number, "story": story, "category": "b"}
        for story, titles in (("bridge", BRIDGE), ("chess", CHESS))
        for number, title in enumerate(titles)
    ]
    texts = [{**row, "text": row["title"], "order": number} for number, row in enumerate(rows)]
    for name, lines in ((HEADLINES, rows), (TEXTS, texts)):
        (tmp_path / name).write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    return tmp_path


def test_the_figures_are_one_json_object_of_the_agreed_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folder(tmp_path)
    assert cli.main(["evaluate", "stories", "--data", str(data), "--trained-on", str(data)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"job", "sets", "cpu_seconds", "settings"}
    assert told["job"] == "stories"
    assert set(told["sets"]) == {"uci", "uci_shuffled", "ecbplus"}
    for figures in told["sets"].values():
        assert figures["bcubed_p"] == 1.0
        assert 0.9 <= figures["bcubed_f1"] <= 1.0
        assert figures["stories"] == 2
    assert told["sets"]["uci"]["shuffled_within_hour_ari"] == 1.0


def test_a_missing_file_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "stories", "--data", str(tmp_path)]) == 1
    assert f"{HEADLINES} is missing" in capsys.readouterr().err
    assert cli.main(["evaluate", "stories"]) == 2


def test_bcubed_and_the_adjusted_rand_index_are_those_of_their_papers() -> None:
    # Bagga and Baldwin's own example: one response chain of 2 and 10 joined wrongly (precision 9/12 is theirs for
    # 1-5, 6-7, 8-12 with the last two joined), recall 1.
    known = [1] * 5 + [2] * 2 + [3] * 5
    precision, recall, mean = bcubed([1] * 5 + [2] * 7, known)
    assert precision == pytest.approx((5 + 2 * 2 / 7 + 5 * 5 / 7) / 12)
    assert recall == 1.0
    assert mean == pytest.approx(2 * precision / (1 + precision))
    assert adjusted_rand([1, 1, 2, 2], [5, 5, 6, 6]) == 1.0
    assert adjusted_rand([0, 0, 1, 1], [0, 0, 1, 2]) == pytest.approx(0.5714, abs=1e-4)
    assert adjusted_rand([1, 2, 3], [1, 2, 3]) == 1.0


def test_lines_are_answered_one_for_one_and_bad_ones_change_nothing() -> None:
    clerk = StoriesClerk()
    lines: list[Any] = [{"id": number, "title": title, "t": 60 * number} for number, title in enumerate(BRIDGE)]
    answers = [clerk(line) for line in lines[:2]]
    for bad in ([], {"id": 7}, {"id": 7, "title": "x", "t": "soon"}, {"id": 7, "title": "x", "text": 3}):
        assert set(clerk(bad)) == {"id", "reason"}
    answers += [clerk(line) for line in lines[2:]]
    assert [one["id"] for one in answers] == list(range(len(BRIDGE)))
    assert len({one["story"] for one in answers}) == 1
    assert all(set(one) == {"id", "story", "score", "reason", "redirects"} for one in answers)
    assert clerk({"id": 9, "title": BRIDGE[0], "t": "1970-01-01T00:10:00Z"})["story"] == answers[0]["story"]


def test_the_command_keeps_its_state_along_the_stream_and_needs_no_framework(tmp_path: Path) -> None:
    code = (
        "import sys; from broadsheet.ops import cli; status = cli.main(['try', 'stories']); "
        "sys.exit(status or 'django' in sys.modules)"
    )
    lines = "".join(json.dumps({"id": title, "title": title, "t": 1.0}) + "\n" for title in BRIDGE)
    done = subprocess.run(
        [sys.executable, "-c", code], input=lines.encode(), capture_output=True, timeout=60, check=False,
        env={"PYTHONPATH": str(ROOT / "src"), "BROADSHEET_DATA": str(tmp_path / "data"), "PATH": os.defpath},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in answers] == list(BRIDGE)
    assert len({one["story"] for one in answers}) == 1

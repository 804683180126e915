"""`broadsheet evaluate copies` on an invented folder: the numbers mean what they say."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from broadsheet.ops import cli
from broadsheet.ops.evaluating import copies


def words(seed: int, count: int = 120) -> str:
    draw = random.Random(seed)
    return " ".join(f"w{draw.randrange(3000)}" for _ in range(count))


def written(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    with gzip.open(folder / name, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six events of three topics, a text each; variants; one reprint nobody declared; headlines."""
    texts = {f"e{n}": words(n) for n in range(6)}
    stories = [
        {"id": id, "title": "", "text": told, "topic": str(n // 2), "story": id}
        for n, (id, told) in enumerate(texts.items())
    ]
    stories.append({"id": "reprint", "title": "", "text": texts["e0"], "topic": "0", "story": "e0"})
    made = [{"id": one["id"], "kind": "original", "dup_of": None, "text": one["text"]} for one in stories]
    for id, told in texts.items():
        made.append({"id": f"{id}v1", "kind": "truncated", "dup_of": id, "text": " ".join(told.split()[:60])})
        made.append({"id": f"{id}v2", "kind": "lost", "dup_of": id, "text": words(900 + int(id[1:]))})
    written(tmp_path, "stories-ecbplus-dev.jsonl.gz", stories)
    written(tmp_path, "dups-ecbplus-dev.jsonl.gz", made)
    written(tmp_path, "stories-uci-dev.jsonl.gz", [{"id": n, "title": "Stocks fall on Monday"} for n in range(4)])
    return tmp_path


def test_recall_precision_and_speed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "copies", "--data", str(folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"job", "sets", "cpu_seconds", "settings"}
    found = told["sets"]["dups_ecbplus"]
    assert told["job"] == "copies"
    assert found["recall"] == 0.5
    assert found["recall_by_kind"] == {"lost": 0.0, "truncated": 1.0}
    assert (found["precision"], found["claims_within_an_event"], found["claims_between_events"]) == (1, 1, 0)
    assert found["docs_per_cpu_s"] > 0
    assert {one["kind"] for one in found["differences"]} == {"lost"}
    assert told["sets"]["uci_headlines"]["claims"] == 0


def test_a_claim_between_events_costs_precision(folder: Path) -> None:
    path = folder / "dups-ecbplus-dev.jsonl.gz"
    made = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    made.append({"id": "e5v3", "kind": "truncated", "dup_of": "e5", "text": made[1]["text"]})
    written(folder, path.name, made)
    found = copies.score(folder)["sets"]["dups_ecbplus"]
    assert found["claims_between_events"] == 1
    assert found["precision"] == pytest.approx(7 / 8, abs=0.08)
    assert found["family_pairs_between_events"] >= 1


def test_the_threshold_can_be_chosen_on_another_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "copies", "--data", str(folder), "--trained-on", str(folder)]) == 0
    settings = json.loads(capsys.readouterr().out)["settings"]
    assert len(settings["choice"]["folds"]) == copies.FOLDS
    assert settings["sure_share"] == settings["choice"]["sure_share"]
    assert cli.main(["evaluate", "copies", "--data", str(folder), "--trained-on", str(folder / "nowhere")]) == 1


@pytest.mark.slow("942 texts")
def test_the_aims_are_met_on_the_developer_half(shared_data: Path) -> None:
    found = copies.score(shared_data / "news")["sets"]
    assert found["dups_ecbplus"]["recall"] >= 0.997
    assert found["dups_ecbplus"]["claims_between_events"] == 0
    assert found["dups_ecbplus"]["family_pairs_between_events"] == 0
    assert found["uci_headlines"]["claims"] == 0

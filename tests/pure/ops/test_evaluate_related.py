"""`broadsheet evaluate related` on an invented folder."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broadsheet.ops import cli
from broadsheet.ops.evaluating import related


def written(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    with gzip.open(folder / name, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three stories of six headlines, two words in common each; one headline that says another story's words."""
    rows = [
        {"id": f"{story}{n}", "title": f"{story}boat {story}quay word{story}{n}", "story": story}
        for story in "abc"
        for n in range(6)
    ]
    rows[0]["title"] = "bboat bquay stray"
    written(tmp_path, "stories-uci-dev.jsonl.gz", rows)
    written(tmp_path, "desks-reddit2013-dev.jsonl.gz", [{"id": n, "title": f"other news {n}"} for n in range(9)])
    return tmp_path


def test_the_five_nearest_are_counted(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(related, "embedder", lambda: None)
    assert cli.main(["evaluate", "related", "--data", str(folder), "--trained-on", str(folder)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"job", "sets", "cpu_seconds", "settings"}
    found = told["sets"]["uci"]
    # c: 6 x 5 right; a: 5 x 4 right; b: 6 x 4 right at least, the stray one may stand among its five.
    assert 74 / 90 - 0.001 <= found["words"] <= 80 / 90
    assert (found["texts"], found["stories"]) == (18, 3)
    assert "p_at_5_32_bytes" not in found, "no vectors, no codes"


def test_vectors_are_scored_where_there_are_any(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def embed(texts: Any) -> Any:
        made = np.zeros((len(texts), 256), np.float32)
        for row, text in enumerate(texts):
            made[row] = np.random.default_rng(sum(text[:2].encode())).normal(size=256)
        return made

    monkeypatch.setattr(related, "embedder", lambda: embed)
    found = related.score(folder)["sets"]["uci"]
    # Who begins alike is equal here. c: 6 x 5 right; a: 5 x 4; b: 6 x 4 or 5, as the stray one falls; that one: none.
    assert found["p_at_5_32_bytes"] == pytest.approx(77 / 90, abs=3 / 90 - 0.001)
    assert {"vectors", "mix", "p_at_5"} <= set(found)

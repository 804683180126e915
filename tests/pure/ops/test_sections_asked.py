"""`broadsheet try sections` and `broadsheet evaluate sections`: their contracts, on invented lines."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from broadsheet.copydesk.sections import vectors
from broadsheet.ops import cli
from broadsheet.ops.errors import OperatorError
from broadsheet.ops.evaluating import sections as scoring
from broadsheet.ops.trying import sections as asking


@pytest.fixture(autouse=True)
def _words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same whether or not a table of vectors is installed."""
    monkeypatch.setattr(vectors, "installed", lambda: None)


def test_a_line_is_answered_in_the_words_of_the_contract() -> None:
    desk = asking.taught_by(None)
    line = {"id": 4, "title": "Goalkeeper saves a penalty", "labels": ["Football"], "url": None, "source": "a.example"}
    answer = desk.answer(line)
    assert list(answer) == ["id", "section", "second", "confidence", "abstained", "reasons"]
    assert (answer["id"], answer["section"], answer["abstained"]) == (4, "sports", False)
    assert any(one.startswith("the source files it under “Football” (+") for one in answer["reasons"])
    assert 1 <= len(answer["reasons"]) <= 5
    json.dumps(answer)


@pytest.mark.parametrize(
    "line", [[], None, {"id": 1}, {"title": 3}, {"title": "x", "labels": "y"}, {"title": "x", "labels": [1]}]
)
def test_a_line_of_another_form_is_refused_and_the_next_is_answered(line: Any) -> None:
    desk = asking.taught_by(None)
    assert desk.answer(line)["reason"].startswith("bad_request: ")
    assert "section" in desk.answer({"title": "x"})


def test_it_learns_from_a_file_and_answers_in_its_spelling(tmp_path: Path) -> None:
    taught = tmp_path / "taught.jsonl"
    rows = [{"title": f"Kelpie number {n}", "section": "Travel"} for n in range(30)]
    taught.write_text("\n".join(map(json.dumps, rows)))
    assert asking.taught_by(taught).answer({"id": 1, "title": "Kelpie"})["section"] == "Travel"
    assert asking.taught_by(None).answer({"id": 1, "title": "Kelpie"})["confidence"] < 0.5


@pytest.mark.parametrize("line", ["{", '{"title": "x"}', '{"title": "x", "section": "Gardens"}'])
def test_a_line_that_cannot_be_learned_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"title": "x", "section": "tech"}\n' + line)
    with pytest.raises(OperatorError, match="line 2"):
        asking.taught_by(tmp_path / "t.jsonl")
    with pytest.raises(OperatorError, match="cannot be read"):
        asking.taught_by(tmp_path / "none.jsonl")


def material(folder: Path) -> Path:
    words = {"Sports": "goalkeeper", "Crypto": "bitcoin", "Business": "shares", "Celebrity": "actress", "Tech": "phone"}
    desks = [
        {"id": f"{name}{n}", "title": f"{word} {n} today", "desk": name, "sub": "x"}
        for n in range(12)
        for name, word in words.items()
    ]
    stories = [
        {
            "id": f"u{n}",
            "title": f"{words[name]} again",
            "host": "a.example",
            "t": n,
            "story": f"s{n}",
            "category": kind,
        }
        for n in range(12)
        for kind, name in (("b", "Business"), ("e", "Celebrity"), ("t", "Tech"), ("m", "Sports"))
    ]
    folder.mkdir(exist_ok=True)
    for name, rows in (("reddit2013", desks), ("uci", stories)):
        with gzip.open(folder / scoring.FILES[name], "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


@pytest.mark.slow("fits seven times")
def test_both_sets_are_scored_in_folds_and_on_another_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = material(tmp_path / "data")
    assert cli.main(["evaluate", "sections", "--data", str(data)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["job", "sets", "cpu_seconds", "settings"]
    assert told["job"] == "sections"
    assert told["sets"]["reddit2013"]["rows"] == 60
    assert told["sets"]["uci"]["rows"] == 36
    for figures in told["sets"].values():
        assert {"accuracy", "macro_f1", "accuracy_at_80", "top2"} <= set(figures)
        assert figures["accuracy"] > 0.9
    assert cli.main(["evaluate", "sections", "--data", str(data), "--trained-on", str(data)]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["fitted_on"] == str(data)


def test_figures_are_what_they_are_called() -> None:
    assert scoring.macro_f1(["a", "a", "b", "b"], ["a", "b", "b", "b"]) == round((2 / 3 + 4 / 5) / 2, 4)
    assert {scoring.fold_of(str(number)) for number in range(100)} == set(range(scoring.FOLDS))

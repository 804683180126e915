"""`broadsheet sections`: what it prints, and the seed made anew."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import pytest

from broadsheet.articles.models import Judgement
from broadsheet.articles.services import section_learning, sectioning
from broadsheet.copydesk.sections import seed, storing, vectors
from broadsheet.ops import cli
from broadsheet.ops.commands import sections
from broadsheet.ops.errors import OperatorError
from tests import make


@pytest.fixture
def judged(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words alone, and no titles to learn from but the desk's."""
    monkeypatch.setattr(seed, "pairs", lambda: [])
    monkeypatch.setattr(vectors, "installed", lambda: None)
    monkeypatch.setattr(sectioning, "_held", None)
    make.make_sections()


def test_it_shows_learns_and_explains(judged: None, capsys: pytest.CaptureFixture[str]) -> None:
    article = make.make_article("Bitcoin wallets drained")
    told = {"section": "x", "pushes": [["label", "Hafen", 0.81]], "best": "world"}
    Judgement.objects.filter(article=article).update(reasons=told, abstained=True, confidence=0.3, second="tech")
    assert sections.run_show(argparse.Namespace()) == 0
    assert "In use: the model that ships, learned from 15407 pairs" in capsys.readouterr().out
    assert sections.run_explain(argparse.Namespace(article=article.pk)) == 0
    out = capsys.readouterr().out
    assert "judged world, second tech, confidence 0.30, by model 0; it asks the desk" in out
    assert "the source's label “Hafen” (+0.81)" in out
    assert "\nnow crypto, second " in out
    with pytest.raises(OperatorError, match="no article"):
        sections.run_explain(argparse.Namespace(article=article.pk + 1))
    sectioning.choose_section(article, article.shown_section, user=None, group="story 100000")
    assert sections.run_learn(argparse.Namespace()) == 0
    row = section_learning.SectionModel.objects.get()
    assert capsys.readouterr().out.startswith(f"Model {row.pk} learned from ")
    sections.run_show(argparse.Namespace())
    assert f"*    {row.pk}  " in capsys.readouterr().out


def test_the_seed_is_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": str(n), "title": f"Kelpie\t{n}", "desk": desk} for n, desk in enumerate(("Travel", "Tech") * 20)]
    with gzip.open(tmp_path / "desks-reddit2013-dev.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    command = ["sections", "seed", "--data", str(tmp_path), "--out", str(tmp_path / "made" / "seed.npz")]
    if vectors.installed() is None:
        assert cli.main(command) == 1
        return
    assert cli.main(command) == 0
    made = (tmp_path / "made" / "seed.npz").read_bytes()
    assert storing.unpacked(made).pairs == 40
    titles = gzip.decompress((tmp_path / "made" / "titles.tsv.gz").read_bytes()).decode().splitlines()
    assert titles[:2] == ["travel\tKelpie 0", "tech\tKelpie 1"]
    assert cli.main(command) == 0
    assert (tmp_path / "made" / "seed.npz").read_bytes() == made
    assert cli.main(["sections", "seed", "--data", str(tmp_path / "none"), "--out", "x"]) == 1
    assert "is missing" in capsys.readouterr().err

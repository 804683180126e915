"""A table of word pieces, read from two files without the package that brings them; here an invented small one."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from broadsheet.copydesk.sections import learning, vectors
from broadsheet.copydesk.sections.descriptions import Description
from broadsheet.copydesk.sections.evidence import Evidence

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
PIECES = ["<unk>", *BYTES, "▁", "a", "b", "t", "o", "at", "▁bo", "▁boat", "bo", "ot"]
MERGES = ["a t", "b o", "▁ bo", "▁bo at", "o t"]
WIDTH = 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("weights", "tokenizers"):
        (tmp_path / name).mkdir()
    model = {"vocab": {piece: number for number, piece in enumerate(PIECES)}, "merges": MERGES}
    (tmp_path / vectors._PIECES).write_text(json.dumps({"model": model}), "utf-8")
    write_table(tmp_path, np.random.default_rng(2).normal(size=(len(PIECES), WIDTH)).astype("<f2"))
    return tmp_path


def write_table(folder: Path, table: np.ndarray, kind: str = "F16") -> None:
    about = {"embedding.weight": {"dtype": kind, "shape": table.shape, "data_offsets": [0, table.nbytes]}}
    header = json.dumps(about).encode()
    (folder / vectors._TABLE).write_bytes(struct.pack("<Q", len(header)) + header + table.tobytes())


def pieces_of(pieces: vectors.Pieces, word: str) -> list[str]:
    return [PIECES[number] for number in pieces._pieces(word)]


def test_the_pair_that_was_learned_first_is_joined_first(folder: Path) -> None:
    pieces = vectors.Pieces(folder)
    assert pieces_of(pieces, "boat") == ["▁boat"]
    assert pieces_of(pieces, "bot") == ["▁bo", "t"]
    assert pieces_of(pieces, "é") == ["▁", "<0xC3>", "<0xA9>"]


def test_a_text_is_the_mean_of_its_pieces_with_length_one(folder: Path) -> None:
    pieces = vectors.Pieces(folder)
    row, none = pieces.embed(["boat bot", "  "])
    table = np.asarray(pieces._table, np.float32)
    mean = table[[PIECES.index(one) for one in ("▁boat", "▁bo", "t")]].mean(axis=0)
    assert row == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert not none.any()


def test_words_are_forgotten_when_they_are_too_many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_REMEMBERED", 3)
    pieces = vectors.Pieces(folder)
    pieces.embed(["a b t o at bo boat"])
    assert len(pieces._known) <= 3


def test_a_table_of_another_kind_is_refused(folder: Path) -> None:
    write_table(folder, np.zeros((len(PIECES), WIDTH), "<f4"), "F32")
    with pytest.raises(ValueError, match="half precision"):
        vectors.Pieces(folder)
    (folder / vectors._TABLE).write_bytes(struct.pack("<Q", 1 << 40))
    with pytest.raises(ValueError, match="no table"):
        vectors.Pieces(folder)


def test_nearness_to_a_description_is_a_reason_of_its_own(folder: Path) -> None:
    own = [Description("boats", "boat", "boat"), Description("bats", "tat", "at at")]
    judge = learning.learned([], own, pieces=vectors.Pieces(folder))
    verdict = judge.judge(Evidence("boat"))
    assert verdict.section == "boats"
    assert "it reads like the description of boat" in " ".join(push.sentence for push in verdict.reasons)


@pytest.mark.slow("reads the real table, where it is installed")
def test_the_installed_table_is_read_without_running_its_package() -> None:
    pieces = vectors.installed()
    if pieces is None:
        pytest.skip("no table of vectors is installed")
    row, near, far = pieces.embed(["The striker scored a goal", "A footballer scores", "Interest rates of the bank"])
    assert row.shape == (256,)
    assert float(row @ near) > float(row @ far) + 0.1
    assert "wordllama" not in sys.modules

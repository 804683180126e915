"""What is kept of a text in one kilobyte, with a table of vectors and without one."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.copydesk import keepsakes, likeness
from broadsheet.copydesk.sections import vectors

TEXTS = [
    ("Harbour pilots strike over night tides", "The pilots of Oro stay ashore until the board has met."),
    ("Pilots stay ashore in Oro", "The strike of the harbour pilots goes into its second night."),
    ("Bank raises its rate", "Lenders had waited for the bank's word since spring."),
]


@pytest.mark.parametrize("table", [True, False])
def test_alike_texts_have_codes_that_are_near(table: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not table:
        monkeypatch.setattr(vectors, "installed", lambda: None)
    kept = keepsakes.keep(TEXTS, keepsakes.shipped(), keepsakes.embed(TEXTS))
    assert {one.maker for one in kept} == {keepsakes.maker()} == {keepsakes.BY_TABLE if table else keepsakes.BY_WORDS}
    assert all((len(one.code), len(one.vector)) == (32, 256 if table else 0) for one in kept)
    codes = np.frombuffer(b"".join(one.code for one in kept), np.uint8).reshape(3, 32)
    places, _ = likeness.nearest(keepsakes.asking(kept[0].vector, kept[0].words), codes, 3)
    assert places.tolist() == [0, 1, 2]


def test_a_vector_of_whole_numbers_keeps_its_direction() -> None:
    row = np.random.default_rng(5).normal(size=256).astype(np.float32)
    row /= np.linalg.norm(row)
    back = keepsakes.restored(keepsakes._rounded(row))
    assert back is not None
    assert float(back @ row) > 0.999
    assert float(np.linalg.norm(back)) == pytest.approx(1)
    assert keepsakes.restored(b"") is None


def test_common_words_weigh_little_from_the_first_day_on() -> None:
    (kept,) = keepsakes.keep(TEXTS[:1], keepsakes.shipped(), None)
    assert kept.words["pilots"] > 2 * kept.words["the"]
    assert len(kept.words) <= likeness.WORDS


def test_a_text_without_words_breaks_nothing() -> None:
    (kept,) = keepsakes.keep([("", "")], keepsakes.shipped(), None)
    assert (kept.words, len(kept.code)) == ({}, 32)

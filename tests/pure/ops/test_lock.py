"""One supervisor for one data directory, and a plain word to the second."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broadsheet.ops import lock
from broadsheet.ops.errors import OperatorError


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    assert lock.holder(tmp_path) is None
    held = lock.claim(tmp_path)
    assert lock.holder(tmp_path) == os.getpid()
    with pytest.raises(OperatorError) as caught:
        lock.claim(tmp_path, patience=0)
    assert str(os.getpid()) in caught.value.sentence
    os.close(held)
    assert lock.holder(tmp_path) is None
    os.close(lock.claim(tmp_path, patience=0))


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(OperatorError) as caught:
        lock.claim(tmp_path)
    assert str(tmp_path) in caught.value.sentence

"""Check 78: a kill between a picture's file and its row leaves a file; it is swept, and verify finds what stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadsheet.core import clock
from broadsheet.ops import verify
from broadsheet.pictures import strays
from tests.make import make_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    for folder in ("original_images", "images", "documents"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "left.png").write_bytes(b"x")
    return tmp_path


def faults() -> list[str]:
    [(_, found)] = verify.verify(["pictures"])
    return [line for line in found if "belongs to no picture" in line]


def test_check_78_files_without_a_row_are_swept_and_no_others(media: Path) -> None:
    picture = make_picture()
    with clock.frozen(datetime.now(UTC)):
        assert strays.sweep() == 0, "a young file may get its row yet"
    with clock.frozen(datetime.now(UTC) + strays.GRACE + timedelta(seconds=5)):
        assert list(strays.found()) == ["original_images/left.png", "images/left.png"]
        assert strays.sweep() == 2
        assert strays.sweep() == 0
    assert picture.file.storage.exists(picture.file.name)
    assert (media / "documents" / "left.png").exists()


def test_check_78_verify_finds_a_file_that_two_sweeps_have_left(media: Path) -> None:
    with clock.frozen(datetime.now(UTC) + strays.TERM):
        assert faults() == []
    with clock.frozen(datetime.now(UTC) + 2 * strays.TERM + timedelta(seconds=5)):
        assert faults() == [
            "the file original_images/left.png belongs to no picture",
            "the file images/left.png belongs to no picture",
        ]

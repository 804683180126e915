"""Check 81: a disk that is full or can only be read is told by doctor and by the readiness answer, which stays 200."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from broadsheet.ops import doctor, room

pytestmark = pytest.mark.django_db


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "The disk is full."), (errno.EROFS, "can only be read")])
def test_check_81_readiness_and_doctor_tell_it(
    client: Client, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    assert json.loads(client.get("/health/ready").content) == {"ready": True}
    refuse(monkeypatch, number)
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert words in json.loads(answer.content)["trouble"][0]
    finding = dict(doctor.all_findings())["data"]
    assert finding.health is doctor.Health.WRONG
    assert words in finding.sentence


def test_a_folder_that_can_be_written_is_no_problem(tmp_path: Path) -> None:
    assert room.problem(tmp_path) == ""
    assert room.problem(tmp_path / "not-there") == ""
    assert list(tmp_path.iterdir()) == []

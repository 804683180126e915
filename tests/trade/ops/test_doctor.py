"""The doctor finds each thing, names it plainly, and one broken examination hides no other."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from broadsheet.core import clock, facts
from broadsheet.ops import doctor
from broadsheet.ops.doctor import Health

pytestmark = pytest.mark.django_db


def found(name: str) -> doctor.Finding:
    return doctor._examinations[name]()


@pytest.mark.slow("starts a jail")
def test_a_sound_installation_has_nothing_wrong() -> None:
    findings = dict(doctor.all_findings())
    wrong = {name: finding for name, finding in findings.items() if finding.health is Health.WRONG}
    assert not wrong
    assert len(findings) >= 11
    assert all(finding.hint for finding in findings.values() if finding.health is not Health.WELL)


def test_a_broken_examination_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.Finding:
        raise RuntimeError("no table\nmore")

    monkeypatch.setattr(doctor, "_examinations", {"a": broken, "b": lambda: doctor.well("fine")})
    [(_, first), (_, second)] = doctor.all_findings()
    assert first.sentence == "cannot be examined: RuntimeError: no table"
    assert second.health is Health.WELL


@pytest.mark.parametrize(("free", "health"), [(100 << 20, Health.WRONG), (1 << 30, "warn"), (9 << 30, "ok")])
def test_little_disk_is_said_early(monkeypatch: pytest.MonkeyPatch, free: int, health: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free))
    assert found("data").health == health


def test_an_old_backup_raises_and_a_new_one_clears() -> None:
    assert found("backup").hint
    facts.put(doctor.LAST_BACKUP, {"at": (clock.now() - timedelta(days=3)).isoformat()})
    assert found("backup").health is Health.DOUBTFUL
    facts.put(doctor.LAST_BACKUP, {"at": clock.now().isoformat()})
    assert found("backup").health is Health.WELL


def test_check_80_an_unsafe_sqlite_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("on SQLite only")
    monkeypatch.setattr("broadsheet.core.sqlite.version", lambda: (3, 40, 1))
    assert found("sqlite").health is not Health.WELL


def test_a_clock_that_went_back_is_said() -> None:
    assert found("clock").health is Health.WELL
    facts.put("clock", (clock.now() + timedelta(days=1)).isoformat())
    assert found("clock").health is Health.DOUBTFUL

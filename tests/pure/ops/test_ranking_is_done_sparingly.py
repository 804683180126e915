"""Ranking after filing: every time while it is quick, else so that it takes a tenth of the time at most."""

from __future__ import annotations

import pytest

from broadsheet.ops import sparing


@pytest.mark.parametrize(("took", "rests"), [(0.0, 0.0), (0.09, 0.0), (0.2, 1.8), (2.0, 18.0)])
def test_what_takes_long_rests_long(monkeypatch: pytest.MonkeyPatch, took: float, rests: float) -> None:
    now = [100.0]
    monkeypatch.setattr(sparing, "QUICK", 0.1)
    monkeypatch.setattr(sparing.time, "monotonic", lambda: now[0])
    one = sparing.Sparing()
    assert one.may()
    with one.timed():
        now[0] += took
    assert one.may() is (rests == 0)
    now[0] += max(0.0, rests - 0.01)
    assert one.may() is (rests == 0)
    now[0] += 0.02
    assert one.may()


def test_a_failure_rests_too(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(sparing, "QUICK", 0.1)
    monkeypatch.setattr(sparing.time, "monotonic", lambda: now[0])
    one = sparing.Sparing()

    def fail() -> None:
        with one.timed():
            now[0] += 1
            raise OSError("away")

    with pytest.raises(OSError, match="away"):
        fail()
    assert not one.may()

"""When the section judge learns: a night after the last time, by day only when no night came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.articles import rules

NOW = datetime(2026, 11, 24, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "ago", "expected"),
    [
        (3, None, True),
        (14, None, False),
        (3, timedelta(hours=24), True),
        (3, timedelta(minutes=40), False),
        (14, timedelta(hours=24), False),
        (14, timedelta(hours=49), True),
        (3, timedelta(hours=-5), True),
        (14, timedelta(hours=-5), False),
    ],
)
def test_a_night_after_the_last_time(hour: int, ago: timedelta | None, expected: bool) -> None:
    assert rules.may_learn(NOW, hour, None if ago is None else NOW - ago) is expected

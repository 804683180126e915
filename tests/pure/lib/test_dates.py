"""Dates as publishers write them, and check 20's clamp for the absurd ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib import dates

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "samples" / "dates" / "moments.txt"
ROWS = [
    tuple(part.strip() for part in line.split(" | "))
    for line in SAMPLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("written", "moment"), ROWS)
def test_a_written_date_is_read(written: str, moment: str) -> None:
    expected = None if moment == "-" else datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert dates.parse(written, now=NOW) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "x" * 300, "2026-11-24" + " " * 300, "9" * 190, "1" * 199 + "e5", "\0", "\ud800"],
)
def test_nothing_and_nonsense_are_no_date(text: str) -> None:
    assert dates.parse(text, now=NOW) in (None, datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (None, False),
        (datetime.min.replace(tzinfo=UTC), False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOW - timedelta(days=1), True),
        (NOW + timedelta(minutes=10), True),
        (NOW + timedelta(minutes=10, seconds=1), False),
        (NOW + timedelta(days=3650), False),
        (datetime.max.replace(tzinfo=UTC), False),
    ],
)
def test_check_20_an_absurd_date_becomes_the_time_of_the_fetch(moment: datetime | None, kept: bool) -> None:
    assert dates.clamp(moment, NOW) == (moment if kept else NOW)


def test_http_dates_are_written_and_read_back() -> None:
    berlin = datetime(2026, 11, 24, 11, 15, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    assert dates.http_date(berlin) == "Tue, 24 Nov 2026 10:15:00 GMT"
    assert dates.parse(dates.http_date(NOW), now=NOW) == NOW


def test_a_naive_datetime_is_taken_as_utc() -> None:
    assert dates.utc(datetime(2026, 1, 1)) == datetime(2026, 1, 1, tzinfo=UTC)
    berlin = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert dates.utc(berlin).isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.slow("many generated cases")
@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 4, 14 * 4))
def test_every_iso_and_rfc_date_is_read_back(moment: datetime, quarters: int) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
    assert dates.parse(local.isoformat(), now=NOW) == local
    written = local.strftime("%a, %d %b %Y %H:%M:%S %z")
    assert dates.parse(written, now=NOW) == local.replace(microsecond=0)


@pytest.mark.slow("many generated cases")
@given(st.text(max_size=60) | st.text(st.sampled_from("0123456789 -:/.,TZ+novago"), max_size=40))
def test_no_text_raises(text: str) -> None:
    found = dates.parse(text, now=NOW)
    assert found is None or found.utcoffset() == timedelta(0)
    assert dates.clamp(found, NOW) <= NOW + dates.TOLERANCE

"""Any bytes at all, read as a date: the short form of a run that takes minutes by hand."""

from __future__ import annotations

import pytest

from tests.fuzz import dates, driver


@pytest.mark.slow("two seconds of mutation")
def test_check_23_no_text_breaks_the_reader_of_dates() -> None:
    outcome = driver.drive("dates", dates.target, dates.SEEDS, seconds=2, scraps=dates.SCRAPS)
    assert outcome.runs > len(dates.SEEDS)
    assert not outcome.crashes, outcome.crashes[0].told


def test_check_23_the_driver_sees_what_a_harness_raises() -> None:
    def broken(data: bytes) -> None:
        if b"7" in data:
            raise ValueError("seven")

    outcome = driver.drive("broken", broken, [b"1", b"7", b"77"], runs=50, seconds=5)
    assert outcome.runs == 50
    assert [one.where.split(" ")[0] for one in outcome.crashes] == ["ValueError"]

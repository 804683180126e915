"""Check 23: addresses that were written to break us, for a second; `python -m tests.fuzz.urls` has no end."""

from __future__ import annotations

import pytest

from broadsheet.lib.http import addresses
from tests.fuzz import driver, urls


@pytest.mark.slow("a second of mutations")
def test_check_23_no_address_breaks_reading_judging_or_folding() -> None:
    outcome = driver.drive("urls", urls.target, urls.SEEDS, seconds=1, scraps=urls.SCRAPS)
    assert not outcome.crashes, outcome.crashes[0].told
    assert outcome.runs > len(urls.SEEDS)


def test_check_23_the_harness_sees_an_inner_address_that_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadsheet.lib.http.connector.may_dial", lambda host, address, allow: True)
    assert not addresses.is_public(addresses.literal("127.0.0.1"))  # type: ignore[arg-type]
    outcome = driver.drive("urls", urls.target, urls.SEEDS, runs=len(urls.SEEDS), scraps=urls.SCRAPS)
    assert outcome.crashes

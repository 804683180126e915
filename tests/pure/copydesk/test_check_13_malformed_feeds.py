"""Damaged feeds of all kinds: never a crash, never a hang, always a plain reason."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from broadsheet.lib.reasons import Reason
from tests.fuzz import driver, feeds

# What parsing alone can come to, of the reasons that a feed may carry.
OURS = {Reason.BROKEN_XML, Reason.NOT_A_FEED, Reason.WRONG_ENCODING, Reason.EMPTY, Reason.TOO_LARGE}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")


def readings(bodies: list[bytes], count: int, seed: int) -> tuple[int, set[Reason]]:
    """How many of so many damaged bodies gave a feed, and the reasons of the others."""
    dice = random.Random(seed)
    marks = (*driver.SCRAPS, *feeds.SCRAPS)
    read, reasons = 0, set()
    for _ in range(count):
        body = driver.mutated(dice.choice(bodies), dice, bodies, marks)
        began = time.process_time()
        try:
            parse_feed(body, url="https://e.org/f", content_type=None, now=feeds.NOW)
        except NotReadable as error:
            reasons.add(error.reason)
        else:
            feeds.target(body)
            read += 1
        assert time.process_time() - began < 5, body[:300]
    return read, reasons


def test_check_13_there_are_few_enough_reasons_to_learn() -> None:
    assert len(Reason) <= 20
    assert all(reason.sentence for reason in OURS)


@pytest.mark.slow("three hundred feeds, some by way of feedparser")
def test_check_13_malformed_feeds_short_form() -> None:
    read, reasons = readings(feeds.SEEDS, 300, seed=13)
    assert read > 100
    assert reasons <= OURS


@pytest.mark.long("ten thousand feeds")
def test_check_13_malformed_feeds(shared_data: Path) -> None:
    corpora = feeds.corpora()
    assert len(corpora) > 1_000
    read, reasons = readings([*feeds.SEEDS * 10, *corpora], 10_000, seed=1313)
    assert read > 3_000
    assert reasons <= OURS

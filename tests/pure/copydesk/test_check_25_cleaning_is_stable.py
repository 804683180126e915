"""Check 25: what was cleaned once is not changed by a second cleaning, and reads the same however often it is read.

The same in a real browser: tests/browser/test_check_25_a_browser_reads_it_the_same.py.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from broadsheet.copydesk import blocks, sanitise
from broadsheet.copydesk.sanitise import clean
from broadsheet.ops.evaluating import markup as judge
from tests.cleaning import BASE, OWN, lists, thrown


def stable(html: str) -> None:
    once = clean(html, base=BASE)
    assert clean(once, base=BASE) == once, html
    assert judge.settled(once), html
    # The road of every text: as blocks into the database, and as markup out of it again.
    kept = blocks.to_blocks(once)
    printed = blocks.to_html(kept)
    assert clean(printed, base=BASE) == printed, html
    assert blocks.recleaned(kept, base=BASE) is kept
    assert judge.faults(printed) == []
    assert judge.settled(printed), html


def test_our_own_corpus_is_stable() -> None:
    for html in OWN:
        stable(html)


@pytest.mark.slow("seven hundred payloads")
def test_the_payload_lists_are_stable(shared_data: Path) -> None:
    for html in lists(shared_data):
        stable(html)


@pytest.mark.slow("five hundred documents by dice")
def test_documents_thrown_by_dice_are_stable() -> None:
    dice = random.Random(25)
    for _ in range(500):
        stable(thrown(dice))


def test_markup_that_will_not_settle_is_reduced_to_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = iter(range(100))
    monkeypatch.setattr(sanitise, "_once", lambda html: f"<p>text {next(counter)}</p>")
    assert re.fullmatch(r"text \d+", clean("<p>x", base=BASE))

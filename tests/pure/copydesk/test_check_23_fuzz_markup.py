"""Check 23: markup from a fuzzer never crashes the cleaner, never leaves it unsafe or unstable, never takes long."""

from __future__ import annotations

import time

import pytest

from broadsheet.copydesk import blocks
from broadsheet.copydesk.sanitise import clean
from tests.fuzz import driver, markup


@pytest.mark.slow("a second and a half of mutations")
def test_nothing_that_a_fuzzer_makes_of_markup_does_any_harm() -> None:
    outcome = driver.drive("markup", markup.target, markup.SEEDS, seconds=1.5, scraps=markup.SCRAPS)
    assert outcome.runs > 300
    assert [crash.told for crash in outcome.crashes] == []


@pytest.mark.slow("its limit is processor time")
@pytest.mark.parametrize(
    "piece",
    "<div> <b> <p> <a_href=x> <li> <td> <table> <svg> <font> <div_dir=rtl> <ul><li> </p> <!-- <a & <img_src=x> "
    "<iframe_src=x> <blockquote> <b><p> <table><td> <select> <a_href='x".split(),
)
def test_ten_thousand_of_anything_take_no_time(piece: str) -> None:
    """Prelimits would refuse most of these in a page; the cleaner does not rely on it."""
    html = piece.replace("_", " ") * 10_000
    began = time.process_time()
    blocks.to_blocks(clean(html, base="https://e.org/"))
    # Quadratic time would be minutes. Two processes on one core's two halves each count half as much again.
    assert time.process_time() - began < 1.5


def test_fifty_thousand_nested_elements_take_less_than_a_moment() -> None:
    html = "<div>" * 50_000 + "x"
    began = time.process_time()
    assert clean(html, base="https://e.org/") == "x"
    assert time.process_time() - began < 0.2

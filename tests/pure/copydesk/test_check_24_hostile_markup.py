"""Check 24: no hostile markup leaves the cleaner alive, by the judgement of three parsers; harmless text survives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.copydesk import sanitise
from broadsheet.ops.evaluating import markup as judge
from tests.cleaning import OWN, checked, feeds, lists, pieces_of


@pytest.mark.parametrize("html", OWN, ids=lambda html: ascii(html)[1:60])
def test_our_own_corpus(html: str) -> None:
    checked(html)


@pytest.mark.slow("seven hundred payloads, each read by three parsers")
def test_the_payload_lists(shared_data: Path) -> None:
    for html in lists(shared_data):
        checked(html)


@pytest.mark.slow("two hundred and seventy whole feeds")
def test_whole_feeds_with_active_content(shared_data: Path) -> None:
    seen = 0
    for path in feeds(shared_data):
        for piece in pieces_of(path):
            seen += bool(checked(piece))
    assert seen > 100


def test_the_score_has_a_row_for_each_set_and_any_cleaner_can_be_judged(tmp_path: Path) -> None:
    folder = tmp_path / "xss"
    (folder / judge.FEEDS).mkdir(parents=True)
    for place, name in enumerate(judge.LISTS):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps({"payload": one}) + "\n" for one in OWN[place::3]))
    item = "<item><title>t</title><description>&lt;b onclick=x&gt;word&lt;/b&gt;</description></item>"
    feed = f"<rss version='2.0'><channel><title>f</title>{item}</channel></rss>"
    (folder / judge.FEEDS / "one.xml").write_text(feed)
    (folder / judge.FEEDS / "broken.xml").write_text("no feed")
    found = judge.score(tmp_path)
    assert set(found) == {*judge.LISTS, judge.FEEDS, "all"}
    assert (found["all"]["cases"], found[judge.FEEDS]["cases"]) == (len(OWN) + 1, 1)
    assert found["all"]["unsafe"] == found["all"]["unstable"] == found["all"]["letters_lost"] == 0
    assert found["all"]["letters"] > 200
    nothing = judge.score(tmp_path, clean=lambda html: html)
    assert nothing["all"]["unsafe"] > 150
    assert nothing[judge.FEEDS]["unsafe"] == 1
    json.dumps(found)


@pytest.mark.long("every outside set, judged")
def test_the_score_counts_nothing_unsafe_and_hardly_a_letter_lost(shared_data: Path) -> None:
    found = judge.score(shared_data)
    assert found["all"]["cases"] > 850
    assert found["all"]["unsafe"] == found["all"]["unstable"] == 0
    assert found["all"]["letters_lost"] < found["all"]["letters"] / 100


def test_the_judge_sees_what_is_wrong() -> None:
    """A cleaner that does nothing is caught, whatever kind of harm the markup does."""
    for html, told in (
        ("<script>x</script>", "<script>"),
        ("<p onclick=x>", "<p onclick>"),
        ("<body onload=x>", "<body onload>"),
        ("<a href='java\tscript:x'>k", "<a href="),
        ("<a href=' &#1;vbscript:x'>k", "<a href="),
        ("<img src='data:image/svg+xml,x'>", "<img src="),
        ("<img srcset='a 1x, javascript:x 2x'>", "<img srcset="),
        ("<svg><a xlink:href='javascript:x'>k", "<a xlink:href="),
        ("<p style='background: URL (x)'>", "<p style="),
        ("<form><input>", "<form>"),
        ("<iframe srcdoc=x>", "<iframe srcdoc>"),
        ("<plaintext>x", "<plaintext>"),
    ):
        assert any(one.startswith(told) for one in judge.faults(html)), html
    assert judge.faults("<p><a href='HTTPS://e.org'>k</a><a href=x:y>k</a><a href=/x>k</a>") == ["<a href='x:y'>"] * 3
    assert judge.faults("<a href='tel:+1'>k</a><img src='data:image/png;base64,R0'>") == []
    # Harmless at first sight, alive after a browser wrote it out and read it again.
    late = "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>"
    assert "<img onerror>" in judge.faults(late)
    row = judge.judged(["<b>kept</b><p onclick=x>text", "<script>x</script>"], lambda html: html.replace("k", ""))
    assert (row["cases"], row["unsafe"], row["letters"], row["letters_lost"]) == (2, 2, 8, 1)
    assert not judge.settled("<table><b>x") or judge.settled("<p>x</p>")


def test_the_list_itself_holds_nothing_that_runs_loads_or_styles() -> None:
    assert not sanitise.TAGS & judge.FORBIDDEN
    assert not set().union(*sanitise.ATTRIBUTES.values()) & judge.FORBIDDEN_ATTRIBUTES

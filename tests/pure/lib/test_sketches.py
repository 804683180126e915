"""Sketches: what two texts share, from a few numbers; the same numbers for ever; every script."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib import sketch

JAPANESE = (
    "市議会は月曜日、冬の間も夜間フェリーの運航を続けることを賛成多数で決めた。漁師や看護師が朝の暮らしを語った。"
)
THAI = "สภาเมืองลงมติเมื่อวันจันทร์ให้เรือข้ามฟากกลางคืนให้บริการต่อไปตลอดฤดูหนาว"


def story(start: int, count: int) -> str:
    return " ".join(f"word{number}" for number in range(start, start + count))


def shares(a: str, b: str) -> tuple[float, float]:
    seen = sketch.overlap(sketch.sketch(a), sketch.sketch(b))
    return seen.a_in_b, seen.b_in_a


def test_shares_are_exact_for_short_texts() -> None:
    a, b = sketch.sketch(story(0, 52)), sketch.sketch(story(0, 102))
    assert (a.total, a.length, a.complete, b.total) == (50, 52, True, 100)
    assert shares(story(0, 52), story(0, 102)) == (1, 0.5)
    assert shares(story(0, 52), story(1000, 52)) == (0, 0)
    assert sketch.overlap(a, b).alike == 0.5


def test_shares_are_close_for_long_texts() -> None:
    whole, half = sketch.sketch(story(0, 2000)), sketch.sketch(story(1000, 2000))
    assert len(whole.hashes) == sketch.SIZE
    assert not whole.complete
    assert sketch.containment(whole, half) == pytest.approx(0.5, abs=0.15)
    assert shares(story(0, 300), story(0, 2000))[0] == 1, "an abridgement is wholly in its original"
    assert shares(story(0, 300), story(0, 2000))[1] == pytest.approx(0.15, abs=0.1)


def test_dress_does_not_count() -> None:
    plain = "The council's vote, on Monday, kept the night-ferry running: 4.6 million crossings."
    for dressed in (
        plain.upper(),
        plain.replace("'", "’").replace(" ", "  \n"),
        plain.replace("ferry", "fer\u00adry").replace("council", "coun\u200bcil"),
        plain.replace("vote", "ｖｏｔｅ"),
    ):
        assert shares(plain, dressed) == (1, 1), dressed
    assert shares(plain, plain.replace("ferry", "boat"))[0] < 1
    assert shares("le café rouvre à Liège", "le cafe rouvre a Liege")[0] == 0, "accents tell words apart"


def test_a_word_is_the_same_wherever_it_stands() -> None:
    assert shares("x " * 500 + story(0, 40), story(0, 40))[1] == 1
    assert shares("«é» " * 300 + story(0, 40), story(0, 40))[1] == 1, "in a text of other codes too"


@pytest.mark.parametrize("text", [JAPANESE, THAI, JAPANESE + " " + story(0, 30)])
def test_scripts_without_spaces_have_passages_too(text: str) -> None:
    assert shares(text, text.replace("。", "！")) == (1, 1)
    half = text[: len(text) // 2]
    assert shares(half, text)[0] == pytest.approx(1, abs=0.02)
    shuffled = "".join(random.Random(1).sample(text, len(text)))
    assert shares(text, shuffled)[0] < 0.05, "the characters alone say nothing"


def test_a_character_without_spaces_is_worth_half_a_word() -> None:
    assert sketch.sketch("市議会は月曜日").length == 4
    assert sketch.sketch("市議会は月曜日").total == 2, "and six of them are a passage"
    assert shares("市議会は月曜日", "市議会は月曇日") == (0, 0), "each holds the sixth"
    assert sketch.sketch("สภาเมืองลงมติเ").total == 14 - sketch.LETTERS_UNSPACED + 1
    assert sketch.sketch("one two three").length == 3


def test_sketches_are_the_same_for_ever() -> None:
    """They are stored: a change here makes every stored one worthless."""
    assert sketch.sketch("The night ferry stays").hashes.tolist() == [6169454312237323488, 8966014340896766902]
    drawn = sketch.sketch(JAPANESE)
    again = sketch.Sketch.of_stored(drawn.stored(), drawn.total, drawn.length)
    assert again.hashes.tolist() == drawn.hashes.tolist()
    assert all(0 <= one < 2**63 for one in drawn.hashes.tolist()), "a database's big integer holds them"


def test_together_they_are_what_each_is_alone() -> None:
    texts = ["", "One.", story(0, 300), JAPANESE, "—", THAI, "two words", "三", story(5, 12), "\x00 é \ud800"]
    for together, text in zip(sketch.sketches(texts), texts, strict=True):
        alone = sketch.sketch(text)
        assert (together.hashes.tolist(), together.total) == (alone.hashes.tolist(), alone.total), text
        assert together.length == alone.length


def test_nothing_is_in_nothing() -> None:
    empty, short = sketch.sketch(""), sketch.sketch("two words")
    assert (empty.total, empty.length, short.total) == (0, 0, 1)
    assert sketch.containment(empty, short) == sketch.containment(short, empty) == 0
    assert sketch.overlap(empty, empty).alike == 0
    assert sketch.containment(short, sketch.sketch("Two, words!")) == 1
    assert shares("two words", "two words more")[0] == 0


def test_beyond_its_reach_a_sketch_says_nothing() -> None:
    whole, cut = sketch.sketch(story(0, 60)), sketch.sketch(story(0, 60), 10)
    seen = sketch.overlap(whole, cut)
    assert (seen.common, seen.of_a, seen.of_b) == (10, 10, 10)
    # The other way round, and one whose hashes all lie beyond the other's.
    assert sketch.overlap(cut, whole) == sketch.Overlap(10, 10, 10)
    beyond = sketch.Sketch(whole.hashes[20:], 40, 60)
    assert sketch.overlap(beyond, cut) == sketch.Overlap(0, 0, 10)


def test_a_text_without_end_is_looked_at_in_part() -> None:
    long = sketch.sketch("a b c d " * 100_000)
    assert long.length <= sketch.MAX_CHARACTERS
    assert len(sketch.sketches([story(0, 12_000)] * 5)) == 5


@pytest.mark.slow("many generated cases")
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_has_a_sketch(a: str, b: str) -> None:
    drawn = sketch.sketch(a)
    assert drawn.hashes.tolist() == sorted(set(drawn.hashes.tolist()))
    assert len(drawn.hashes) == min(drawn.total, sketch.SIZE)
    assert all(0 <= share <= 1 for share in shares(a, b))
    if drawn.total:
        assert shares(a, a) == (1, 1)

"""Copies: which texts are one, and which only tell of one thing; the receipt."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.copydesk import copies
from broadsheet.copydesk.copies import Text
from broadsheet.copydesk.copyshelf import Shelf
from broadsheet.lib import sketch

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAMES = "harbour council ferry winter nurse baker island pilot engine budget vote debate mayor storm cargo crew".split()
GLUE = "the of and in to after before with while under".split()


def report(seed: int, words: int = 200) -> list[str]:
    """An invented report: words of a small stock in an order of its own, as texts on one subject have."""
    draw = random.Random(seed)
    return [
        draw.choice(GLUE) if draw.random() < 0.45 else f"{draw.choice(NAMES)}{draw.randrange(40)}" for _ in range(words)
    ]


def text(id: str | int, words: list[str] | str, **facts: object) -> Text:
    told = words if isinstance(words, str) else " ".join(words)
    return Text(id, sketch.sketch(told), **facts)  # type: ignore[arg-type]


def edited(words: list[str], share: float, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    return [f"other{n}" if draw.random() < share else word for n, word in enumerate(words)]


ORIGINAL = report(1)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("verbatim", ORIGINAL),
        ("cut to two fifths", ORIGINAL[:80]),
        ("its end only", ORIGINAL[-80:]),
        ("wrapped", report(2, 30) + ORIGINAL + report(3, 20)),
        ("a word in ten edited", edited(ORIGINAL, 0.1)),
        ("a word in six edited", edited(ORIGINAL, 1 / 6)),
        ("parts in another order", ORIGINAL[100:] + ORIGINAL[:100]),
        ("a paragraph added", ORIGINAL[:100] + report(4, 60) + ORIGINAL[100:]),
    ],
)
def test_variants_are_copies_both_ways(name: str, made: list[str]) -> None:
    first, second = text("first", ORIGINAL), text("second", made)
    for new, old in ((second, first), (first, second)):
        shelf = Shelf()
        assert shelf.place(old)[0] is None
        finding, share = shelf.place(new)
        assert finding is not None, name
        assert finding.copy_of == finding.family == old.id
        assert share == finding.share > 0.4


@pytest.mark.parametrize("shared", [0, 20, 40])
def test_who_quotes_the_same_words_has_not_copied(shared: int) -> None:
    """Two reports of one thing share a statement, some phrases, no more."""
    statement = report(9, shared)
    shelf = Shelf()
    shelf.place(text("a", report(10, 90) + statement + report(11, 90)))
    finding, share = shelf.place(text("b", report(12, 90) + statement + report(13, 90)))
    assert finding is None
    assert share < 0.33


def test_headlines_are_never_alike_by_chance() -> None:
    shelf = Shelf()
    for number in range(5):
        assert shelf.place(text(number, "Stocks fall on Monday as investors await the word of the bank")) == (None, 0)
    assert shelf.place(text("teaser", " ".join(f"w{n}" for n in range(copies.MIN_WORDS - 1))))[0] is None
    assert "only its address could tell" in copies.why_none(sketch.sketch("Stocks fall on Monday"), 0)


def test_few_words_in_common_prove_nothing() -> None:
    """A brief of which only few hashes can be compared with a long text is no copy on their account."""
    brief, long = text("brief", report(20, 40)), text("long", report(21, 4000))
    seen = sketch.overlap(brief.sketch, long.sketch)
    assert seen.of_a < copies.MIN_COMMON
    inside = text("inside", report(21, 4000)[:40])
    assert copies.judge(inside, [long]) is None


def test_a_round_up_is_no_copy_of_what_it_holds() -> None:
    brief = report(30, 60)
    holds = report(31, 300) + brief + report(32, 300)
    shelf = Shelf()
    shelf.place(text("brief", brief))
    assert shelf.place(text("round-up", holds))[0] is None
    other_way = Shelf()
    other_way.place(text("round-up", holds))
    assert other_way.place(text("brief", brief))[0] is not None, "but the brief is all in it"


def test_a_source_repeats_itself() -> None:
    """Tables, weather, market reports of one source: half the words are always the same."""
    frame = report(40, 120)
    monday, tuesday = frame + report(41, 90), frame + report(42, 90)
    assert copies.judge(text("b", tuesday, source="Post"), [text("a", monday, source="Echo")]) is not None
    assert copies.judge(text("b", tuesday, source="Post"), [text("a", monday, source="Post")]) is None
    assert copies.judge(text("b", monday, source="Post"), [text("a", monday, source="Post")]) is not None


def test_the_receipt_names_share_text_source_and_time() -> None:
    old = text("x", ORIGINAL[:120], title="Ferry stays", source="Reuters", moment=NOON)
    new = text("y", ORIGINAL[:93] + report(5, 9), moment=NOON + timedelta(minutes=12, seconds=30))
    finding = copies.judge(new, [old])
    assert finding is not None
    assert finding.reason == "91 % of its passages are in “Ferry stays” (Reuters, 12 minutes earlier)."
    assert finding.share == pytest.approx(0.91)
    longer = copies.judge(text("z", ORIGINAL + report(5, 60)), [old])
    assert longer is not None
    assert longer.reason == "All of the passages of “Ferry stays” (Reuters) are in it."
    assert longer.own < longer.share == 1


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (timedelta(0), "at the same minute"),
        (timedelta(seconds=75), "1 minute earlier"),
        (timedelta(minutes=119), "119 minutes earlier"),
        (timedelta(hours=47), "47 hours earlier"),
        (timedelta(days=3), "3 days earlier"),
        (timedelta(minutes=-12), "12 minutes later"),
    ],
)
def test_the_time_between_is_told(gap: timedelta, said: str) -> None:
    finding = copies.judge(text("b", ORIGINAL, moment=NOON + gap), [text("a", ORIGINAL, moment=NOON)])
    assert finding is not None
    assert said in finding.reason


def test_the_earliest_of_equals_is_named_and_families_do_not_chain() -> None:
    shelf = Shelf()
    shelf.place(text("late", ORIGINAL, moment=NOON))
    shelf.place(text("early", ORIGINAL, moment=NOON - timedelta(hours=1)))
    third, _ = shelf.place(text("third", ORIGINAL + report(6, 12), moment=NOON + timedelta(hours=1)))
    assert third is not None
    assert (third.copy_of, third.family) == ("late", "late"), "a verbatim copy is not filed, its original stands for it"
    known = [text("b", ORIGINAL, moment=NOON, family="a"), text("a", ORIGINAL, moment=NOON - timedelta(hours=1))]
    found = copies.judge(text("c", ORIGINAL, moment=NOON), known)
    assert found is not None
    assert (found.copy_of, found.family) == ("a", "a")
    edit = copies.judge(text("c", edited(ORIGINAL, 0.2)), [text("b", edited(ORIGINAL, 0.2), family="a"), known[1]])
    assert edit is not None
    assert (edit.copy_of, edit.family) == ("b", "a"), "most like b, of the family of a"


def test_one_address_is_one_article() -> None:
    shelf = Shelf()
    shelf.place(text("a", "", title="Ferry stays"), "e.org/ferry")
    finding, _ = shelf.place(text("b", ORIGINAL), "e.org/ferry")
    assert finding is not None
    assert (finding.copy_of, finding.reason) == ("a", "It has the address of “Ferry stays”.")
    assert shelf.place(text("c", report(50)), "e.org/other")[0] is None


def test_a_text_is_no_copy_of_itself() -> None:
    assert copies.judge(text("a", ORIGINAL), [text("a", ORIGINAL)]) is None


def test_what_is_filed_is_among_what_is_asked() -> None:
    for words in (25, 200, 900, 4000):
        drawn = sketch.sketch(" ".join(report(60, words)))
        asked, filed = copies.asked(drawn), copies.filed(drawn)
        assert filed == asked[: len(filed)]
        assert len(filed) <= 48
        assert len(asked) <= 96
    crowded = set(asked[:5])
    assert copies.filed(drawn, crowded) == asked[5 : 5 + len(filed)]
    assert copies.asked(sketch.sketch("too short")) == []


def test_candidates_are_few_and_the_best_first() -> None:
    found = [["common", *range(30)], ["best", "common"], ["best"], ["best"], ["best"]]
    assert copies.candidates(found) == ["common", "best"], "single hits of a phrase are not looked at"
    assert copies.candidates([list(range(30))] * 2) == list(range(copies.WORTH_LOOKING_AT))
    assert copies.candidates([[3], [1], [2]]) == [3, 1], "of those that share one hash only two are"
    assert copies.candidates([]) == []


def test_sureness_grows_with_what_was_seen() -> None:
    assert copies.surely(0, 0) == 0
    assert copies.surely(4, 8) < copies.surely(40, 80) < copies.surely(400, 800) < 0.5
    assert copies.surely(50, 100) == pytest.approx(0.4038, abs=1e-4)


def test_the_shelf_is_bounded_by_size_and_by_days() -> None:
    shelf = Shelf(size=3)
    for number in range(10):
        shelf.place(text(number, report(number + 70)), f"e.org/{number}")
    assert len(shelf) == 3
    assert len(shelf._keys) <= 3 * 48
    assert list(shelf._addresses) == ["e.org/7", "e.org/8", "e.org/9"]
    assert shelf.place(text("again", report(70)))[0] is None, "the first was forgotten"
    assert shelf.place(text("known", report(79)))[0] is not None
    aged = Shelf()
    aged.place(text("old", ORIGINAL, moment=NOON))
    aged.place(text("new", report(2), moment=NOON + copies.WINDOW + timedelta(seconds=1)))
    assert len(aged) == 1
    assert aged.place(text("late", ORIGINAL, moment=NOON + timedelta(days=15)))[0] is None


def test_phrases_of_the_language_do_not_crowd_the_keys() -> None:
    phrase = " ".join(report(90, 30))
    shelf = Shelf()
    for number in range(copies.CROWD + 20):
        shelf.place(text(number, f"{phrase} {' '.join(report(100 + number, 100))}"))
    under = [one for one in shelf._keys.values() if isinstance(one, list)]
    assert max(map(len, under)) == copies.CROWD
    verbatim = Shelf()
    for number in range(copies.CROWD + 20):
        finding, _ = verbatim.place(text(number, ORIGINAL))
        assert finding is None or finding.copy_of == 0
    assert all(isinstance(one, int) for one in verbatim._keys.values()), "verbatim copies need no keys"

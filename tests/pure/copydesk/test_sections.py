"""The section judge: what it goes by, what it says for itself, when it asks, and how it learns; on invented texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from broadsheet.copydesk import classify
from broadsheet.copydesk.sections import features, learning, likeness, seed, storing, words
from broadsheet.copydesk.sections.descriptions import SHIPPED, Description
from broadsheet.copydesk.sections.evidence import Evidence, Pair
from broadsheet.copydesk.sections.judge import BATCH, Judge, Model

TITLES = {
    "world": "Ceasefire talks resume as troops leave the border town",
    "politics": "Senate passes the amendment after a long debate among republicans",
    "sports": "Goalkeeper saves two penalties and the coach praises the team",
    "celebrity": "Actress and singer wed after the album and the film",
    "business": "Shares fall as the central bank raises rates and profit shrinks",
    "crypto": "Bitcoin wallets drained at an exchange for altcoins",
    "gaming": "New multiplayer shooter comes to PlayStation and Xbox",
    "tech": "Smartphone maker patches software after hackers leak passwords",
    "travel": "Backpacking itinerary: hostels, trails and cheap flights",
}


@pytest.fixture(scope="module")
def cold() -> Judge:
    return learning.learned([], pieces=None)


def pairs_of(section: str, titles: Sequence[str], **known: str) -> list[Pair]:
    return [Pair(Evidence(title, **known), section) for title in titles]


def all_pushes(judge: Judge, evidence: Evidence) -> float:
    verdict = judge.judge(evidence)
    places = [judge.model.keys.index(key) for key in (verdict.section, verdict.second)]
    (heard,) = judge._listen([evidence])
    return sum(amount for _, _, amount in judge._pushes(heard, *places))


@pytest.mark.parametrize("section", TITLES)
def test_the_descriptions_alone_know_an_obvious_title(section: str, cold: Judge) -> None:
    assert cold.judge(Evidence(TITLES[section])).section == section


def test_there_is_a_description_for_every_section_of_the_paper() -> None:
    assert tuple(one.key for one in SHIPPED) == classify.SECTIONS


def test_a_publisher_makes_a_new_word_known_by_writing_it_into_a_description() -> None:
    title = "Zorblex climbs again"
    before = learning.learned([], pieces=None).judge(Evidence(title))
    edited = [replace(one, cues=f"{one.cues}, zorblex") if one.key == "crypto" else one for one in SHIPPED]
    after = learning.learned([], edited, pieces=None).judge(Evidence(title))
    assert (before.section, before.confidence) != ("crypto", after.confidence)
    assert after.section == "crypto"
    assert any(push.what == "zorblex" for push in after.reasons)


def test_a_portal_may_have_sections_of_its_own() -> None:
    own = [
        Description("harbour", "Harbour", "Ferries, boats, pilots and the harbour."),
        Description("gardens", "Gardens", "Roses, vegetables, soil and hedges."),
    ]
    assert learning.learned([], own, pieces=None).judge(Evidence("Late ferries at the harbour")).section == "harbour"
    with pytest.raises(ValueError, match="description of its own"):
        learning.learned([], [own[0], own[0]], pieces=None)
    with pytest.raises(ValueError, match="needs two"):
        learning.learned([], own[:1], pieces=None)


def test_the_sources_own_label_outweighs_a_stray_word(cold: Judge) -> None:
    title = "The game that the minister plays"
    assert cold.judge(Evidence(title, labels=("Politik",))).section == "politics"
    assert cold.judge(Evidence(title, labels=("Gaming",))).section == "gaming"
    reasons = cold.judge(Evidence(title, labels=("Politik",))).reasons
    assert reasons[0].sentence.startswith("the source files it under “Politik” (+")


def test_the_address_and_the_sources_usual_section_count(cold: Judge) -> None:
    assert cold.judge(Evidence("Monday", url="https://gazette.example/sport/monday")).section == "sports"
    assert cold.judge(Evidence("Monday", usual="travel")).section == "travel"
    # A headline in an address is no section.
    for part in ("a-game-in-the-park", "park2026"):
        pair = Pair(Evidence("Monday", url=f"https://gazette.example/{part}"), "sports")
        assert not [key for key in learning.fit([pair], pieces=None).habits.counts if "park" in key]


def test_labels_in_other_languages_speak_where_the_words_are_unknown(cold: Judge) -> None:
    assert cold.judge(Evidence("Nachtfähre verkehrt wieder", labels=("Reise",))).section == "travel"
    assert cold.judge(Evidence("夜行船が再開", labels=("スポーツ",))).section == "sports"


def test_what_says_nothing_is_left_to_a_person(cold: Judge) -> None:
    for evidence in (Evidence(""), Evidence("Qq"), Evidence("?!")):
        verdict = cold.judge(evidence)
        assert verdict.abstained
        assert verdict.confidence < 0.3
    assert not cold.judge(Evidence(TITLES["crypto"], labels=("Bitcoin",))).abstained


def test_reasons_are_at_most_five_the_strongest_first_and_the_pushes_add_up(cold: Judge) -> None:
    evidence = Evidence(
        TITLES["crypto"], labels=("Markets", "Bitcoin"), url="https://a.example/crypto/x", source="a.example"
    )
    verdict = cold.judge(evidence)
    assert len(verdict.reasons) == 5
    sizes = [abs(push.amount) for push in verdict.reasons]
    assert sizes == sorted(sizes, reverse=True)
    plain = Evidence(TITLES["tech"], labels=("Gaming",), usual="travel")
    (best, share), (_, next_share) = cold.judge(plain).scores[:2]
    assert all_pushes(cold, plain) == pytest.approx(math.log(share / next_share), abs=0.02), best


def test_shares_add_up_and_the_second_is_the_second(cold: Judge) -> None:
    verdict = cold.judge(Evidence(TITLES["business"]))
    assert [key for key, _ in verdict.scores][:2] == [verdict.section, verdict.second]
    assert sum(share for _, share in verdict.scores) == pytest.approx(1, abs=0.001)
    among = cold.judge_all([Evidence(TITLES["business"])], ["tech", "travel"])[0]
    assert {key for key, _ in among.scores} == {"tech", "travel"}
    with pytest.raises(ValueError, match="needs two"):
        cold.judge_all([Evidence("x")], ["tech"])


def test_an_article_is_judged_the_same_alone_and_in_a_batch(cold: Judge) -> None:
    many = [Evidence(f"{title} {n}") for n in range(8) for title in TITLES.values()]
    assert len(many) > BATCH
    together = cold.judge_all(many)
    assert [cold.judge(one).section for one in many] == [one.section for one in together]
    assert cold.judge(many[-1]) == together[-1]


def test_corrections_of_the_desk_are_learned() -> None:
    titles = [f"Kelpie {word} at the pier" for word in ("sleeps", "sails", "waits", "turns", "lands", "rests")]
    before = learning.learned([], pieces=None).judge(Evidence("Kelpie returns"))
    after = learning.learned(pairs_of("travel", titles * 5), pieces=None).judge(Evidence("Kelpie returns"))
    assert after.section == "travel"
    assert dict(after.scores)["travel"] > dict(before.scores)["travel"] + 0.2


def test_a_source_and_its_labels_get_a_habit() -> None:
    pairs = [Pair(Evidence(f"Note {n}", labels=("Kontor",), source="ledger.example"), "business") for n in range(12)]
    judge = learning.learned(pairs, pieces=None)
    by_source = judge.judge(Evidence("Tuesday", source="ledger.example"))
    assert by_source.section == "business"
    assert by_source.reasons[0].kind == "source"
    by_label = judge.judge(Evidence("Tuesday", labels=("kontor",)))
    assert by_label.reasons[0].sentence.startswith("the source files it under “kontor” (+")


def test_twenty_articles_of_one_story_are_not_twenty_lessons() -> None:
    pairs = [Pair(Evidence(f"Kelpie {n}"), "travel", group="one story") for n in range(20)]
    assert learning.fit(pairs, pieces=None).pairs == learning.MOST_OF_GROUP
    assert learning.fit([replace(pair, group="") for pair in pairs], pieces=None).pairs == 20


def test_a_section_that_is_gone_is_not_learned() -> None:
    assert learning.fit(pairs_of("gardens", ["Roses"]), pieces=None).pairs == 0


def many_pairs(count: int) -> list[Pair]:
    chance = np.random.default_rng(3)
    sections = sorted(TITLES)
    made = []
    for _ in range(count):
        section = sections[int(chance.integers(len(sections)))]
        chosen = chance.choice(TITLES[section].split(), 4, replace=False)
        made.append(Pair(Evidence(" ".join(chosen)), section))
    return made


@pytest.mark.slow("learns twice from two hundred pairs")
def test_the_same_pairs_give_the_same_model() -> None:
    pairs = many_pairs(200)
    one, two = (learning.fit(pairs, pieces=None) for _ in range(2))
    assert storing.packed(one) == storing.packed(two)
    other = learning.fit(many_pairs(200)[:199], pieces=None)
    assert not np.array_equal(one.table, other.table)


def test_a_stored_model_judges_as_before_and_rubbish_is_refused(cold: Judge) -> None:
    pairs = [Pair(Evidence("Note", labels=("Kontor",), source="ledger.example"), "business")] * 3
    model = learning.fit(pairs, pieces=None)
    again: Model = storing.unpacked(storing.packed(model))
    evidence = [Evidence(title, source="ledger.example") for title in TITLES.values()]
    for before, after in zip(
        Judge(model, None).judge_all(evidence), Judge(again, None).judge_all(evidence), strict=True
    ):
        assert after.section == before.section
        assert after.confidence == pytest.approx(before.confidence, abs=0.01)
    for rubbish in (b"", b"PK\x03\x04", b"x" * 100):
        with pytest.raises(ValueError):
            storing.unpacked(rubbish)


def test_going_on_from_the_counts_corrects_what_counting_each_word_alone_gets_wrong() -> None:
    # Four words that always come together are one piece of evidence; to the counts they are four.
    sections = [("kelpie pier gorse alder", 0, 110), ("kelpie pier gorse alder", 1, 80), ("heron", 1, 100)]
    rows = [features.features(title) for title, _, count in sections for _ in range(count)]
    places = np.array([place for _, place, count in sections for _ in range(count)])
    described = [features.features("one"), features.features("two")]
    once = np.ones(len(rows), np.float32)

    def loss(table: words.Matrix) -> float:
        shares = words.softmax(words.score(table, rows))
        return float(-np.log(shares[np.arange(len(rows)), places]).mean())

    assert loss(words.fit(rows, places, described, once)) < 0.95 * loss(words.counted(rows, places, described, 2, once))


@pytest.mark.slow("teaches a net")
def test_a_net_learns_what_vectors_are_like_and_is_silent_about_none() -> None:
    chance = np.random.default_rng(1)
    places = np.arange(600) % 3
    vectors = (chance.normal(size=(600, 16)) * 0.3 + np.eye(3, 16)[places]).astype(np.float32)
    net = likeness.fit(vectors[:450], places[:450], 3, np.ones(450, np.float32))
    assert net is not None
    assert (net.score(vectors[450:]).argmax(axis=1) == places[450:]).mean() > 0.9
    assert not net.score(np.zeros((1, 16), np.float32)).any()
    few = likeness.ENOUGH - 1
    assert likeness.fit(vectors[:few], places[:few], 3, np.ones(few, np.float32)) is None


def test_the_text_counts_beside_the_title(cold: Judge) -> None:
    assert cold.judge(Evidence("Monday", text=TITLES["crypto"])).section == "crypto"
    long = f"{TITLES['crypto']} " + "and so on " * 5_000
    assert len(features.features("Monday", long).words) <= 1 + features.TEXT_CHARACTERS // 2


def test_any_text_is_judged(cold: Judge) -> None:
    odd = ["\ud800", "a" * 100_000, "\x00", "🙂" * 500, "İ" * 50, "<b>x</b>", "a-b'c.d", "\u0301"]
    for title in odd:
        verdict = cold.judge(Evidence(title, text=title, labels=(title[:500],), url=title, source=title))
        assert 0 < verdict.confidence <= 1


def test_memory_does_not_grow_with_the_words_seen(cold: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "_REMEMBERED", 50)
    monkeypatch.setattr(features, "_known", {})
    for number in range(200):
        cold.judge(Evidence(f"word{number} other{number}"))
    assert len(features._known) <= 50


def test_words_of_a_language_that_was_not_learned_say_nothing() -> None:
    evidence = Evidence(TITLES["crypto"], labels=("Politik",), language="de")
    cold = learning.learned([], pieces=None)
    verdict = cold.judge(evidence)
    assert verdict.section == "politics"
    assert {push.kind for push in verdict.reasons} == {"label"}
    read = cold.judge(replace(evidence, language="en"))
    assert "word" in {push.kind for push in read.reasons}
    both = cold.judge_all([replace(evidence, language="en"), evidence])
    assert both == [read, verdict]


def test_a_language_is_known_after_enough_pairs_and_from_the_descriptions() -> None:
    title = Evidence("Kelpie schläft", language="de")
    few = [Pair(title, "travel")] * (learning.ENOUGH_OF_LANGUAGE - 1)
    assert not learning.fit(few, pieces=None).reads("de")
    enough = learning.fit([*few, few[0]], pieces=None)
    assert enough.reads("de")
    assert enough.reads("")
    assert storing.unpacked(storing.packed(enough)).languages == {"de", "en"}
    assert learning.fit([], pieces=None, languages=["de"]).languages == {"de"}


def test_a_pair_that_weighs_more_counts_for_more() -> None:
    pairs = [*pairs_of("travel", ["Kelpie"]), *pairs_of("sports", ["Kelpie"])]
    heavy = [replace(pairs[0], weight=5.0), pairs[1]]
    even = dict(learning.learned(pairs, pieces=None).judge(Evidence("Kelpie")).scores)
    told = dict(learning.learned(heavy, pieces=None).judge(Evidence("Kelpie")).scores)
    assert told["travel"] / told["sports"] > 1.1 * even["travel"] / even["sports"]


def test_what_ships_judges_at_once_and_its_titles_are_all_of_known_sections() -> None:
    model = seed.model()
    assert model.keys == classify.SECTIONS
    assert model.net is not None
    judge = Judge(model, None)
    found = judge.judge_all([Evidence(title) for title in TITLES.values()])
    assert [one.section for one in found] == list(TITLES)
    titles = seed.pairs()
    assert len(titles) == model.pairs
    assert {pair.section for pair in titles} == set(classify.SECTIONS)

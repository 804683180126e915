"""Names read from texts, their kinds and short forms; what becomes a topic; finding, ranking, keywords."""

from __future__ import annotations

import pytest

from broadsheet.copydesk import topics
from broadsheet.copydesk.topics import Gazetteer, Kind, Known, Named, Use, Where
from broadsheet.copydesk.topics.keywords import likelihood_ratio
from broadsheet.copydesk.topics.stream import Stream

LEAD = (
    "The German Chancellor Angela Merkel met Mario Draghi of the European Central Bank (ECB) in Frankfurt on Monday. "
    "Merkel said that the ECB and the Federal Reserve had talked. Scientists disagree. The Fed's Janet Yellen and the "
    "University of Oxford were there. U.S. President Barack Obama flew to New York. Ursula von der Leyen agreed."
)


def read(text: str, headline: str = "", language: str = "en") -> dict[str, Named]:
    return {one.fold: one for one in topics.named(headline, "", text, language)}


def test_names_are_runs_of_capitals_without_titles_and_calendar() -> None:
    found = read(LEAD)
    assert {"angela merkel", "european central bank", "frankfurt", "federal reserve", "janet yellen"} <= set(found)
    assert {"university of oxford", "new york", "barack obama"} <= set(found)
    assert not {"monday", "german", "german chancellor angela merkel", "chancellor", "the", "us president"} & set(found)


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("He saw Chancellor Olga Brandtner there.", "olga brandtner", "P"),
        ("They asked Ursula von der Leyen twice.", "ursula von der leyen", "P"),
        ("A talk at the University of Oxford ended.", "university of oxford", "O"),
        ("Shares of Harbour Lines Ltd fell.", "harbour lines", "O"),
        ("Fans of Elvane FC sang.", "elvane", "O"),
        ("The train to Slovakia was late.", "slovakia", "L"),
        ("A storm on Lake Orvane passed.", "lake orvane", "L"),
        ("It was made in Tavrel and sold.", "tavrel", "l"),
        ("They read Silent Running again.", "silent running", ""),
    ],
)
def test_kinds_by_evidence(text: str, name: str, kind: str) -> None:
    assert read(text)[name].kind == kind


def test_short_forms_stand_for_long_ones_of_the_same_text() -> None:
    found = read(LEAD)
    meant = {one.fold: one.means for one in found.values() if one.means}
    assert meant == {"merkel": "angela merkel", "ecb": "european central bank", "fed": "federal reserve"}
    defined = read("The Harbour Pilots Association (HarPA) met. HarPA was glad.")
    assert defined["harpa"].means == "harbour pilots association"


def test_what_only_begins_a_sentence_is_marked_so() -> None:
    found = read("Tavrel won. They said that Orvane lost.")
    assert (found["tavrel"].inside, found["orvane"].inside) == (False, True)


def test_a_word_that_the_text_also_writes_small_is_no_name() -> None:
    assert "tavrels" not in read("They bought Tavrels there. Cheap tavrels are good.")


def test_a_headline_in_capitals_tells_only_where_a_name_of_the_text_is() -> None:
    found = read("They met Olga Brandtner there.", headline="Olga Brandtner Wants Ferries Back Before Winter Ends")
    assert list(found) == ["olga brandtner"]
    assert found["olga brandtner"].where == Where.HEADLINE


def test_german_nouns_are_no_names() -> None:
    found = read(
        "Der Bürgermeister sprach mit der Presse über den Hafen in Berlin, sagte Angela Merkel.", language="de"
    )
    assert set(found) == {"berlin", "angela merkel"}


def test_scripts_without_case_give_what_is_quoted() -> None:
    assert set(read("他们看了《流浪地球》和别的电影。", language="zh")) == {"流浪地球"}
    assert read("وصل الوزير إلى المدينة", language="ar") == {}


def test_names_that_own_and_initials() -> None:
    found = read("Profit of McDonald's rose. They asked John F. Kennedy about Men's Wearhouse and U.S. trade.")
    assert {"mcdonald", "john f kennedy", "men s wearhouse", "us"} <= set(found)
    uses = [Use("McDonald's", f"v{n}") for n in range(6)]
    assert topics.shown_as(uses) == "McDonald's"
    assert topics.shown_as([*uses[:2], Use("McDonald", "v")]) == "McDonald"


def test_three_voices_make_a_topic_and_copies_of_one_voice_do_not() -> None:
    uses = [Use("Port Elvane", voice, kind="l") for voice in ("a", "b", "b")]
    assert topics.decide(uses) is None
    made = topics.decide([*uses, Use("Port Elvane", "c", kind="L")])
    assert made == topics.Topical("Port Elvane", Kind.PLACE, 3)


def test_a_single_word_must_stand_inside_sentences() -> None:
    outside = [Use("Tavrel", voice, inside=False) for voice in "abc"]
    assert topics.decide(outside) is None
    assert topics.decide([*outside, Use("Tavrel", "d"), Use("Tavrel", "e")]) is not None


def test_everyday_words_become_topics_by_labels_only() -> None:
    assert topics.decide([Use("Future", voice) for voice in "abcd"]) is None
    made = topics.decide([Use("future", voice, kind="T") for voice in "abc"])
    assert made == topics.Topical("Future", Kind.THEME, 3)


def test_what_mostly_means_another_is_its_alias() -> None:
    uses = [Use("ECB", voice, means="european central bank") for voice in "abc"]
    assert topics.decide(uses) == topics.Alias("european central bank")


def test_the_gazetteer_takes_the_longest_and_minds_capitals() -> None:
    known = Gazetteer(
        [
            Known("New York", "new york", "place"),
            Known("New York Times", "new york times", "organisation"),
            Known("WHO", "world health organization", "organisation"),
            Known("tidal power", "tidal power", "theme"),
            Known("São Paulo", "são paulo", "place"),
        ]
    )
    found = known.find(
        "The New York Times on Tidal Power", "", "Those who live in Sao Paulo, or in new york. Tidal power."
    )
    assert {one.fold: (one.where, one.times) for one in found} == {
        "new york times": (Where.HEADLINE, 1), "tidal power": (Where.HEADLINE, 2), "são paulo": (Where.TEXT, 1),
    }  # fmt: skip
    assert [one.fold for one in known.find("The WHO's plan", "", "")] == ["world health organization"]


def test_ranking_prefers_headline_then_label_and_the_rare() -> None:
    names = [
        Named("Text", "text", Where.TEXT), Named("Common", "common", Where.HEADLINE),
        Named("Rare", "rare", Where.HEADLINE), Named("Label", "label", Where.LABEL),
    ]  # fmt: skip
    assert [one.name for one in topics.ranked(names, {"common": 4000})] == ["Rare", "Label", "Common", "Text"]
    assert len(topics.ranked([Named(str(n), str(n), Where.TEXT) for n in range(20)], {})) == topics.MOST


def test_keywords_weigh_rare_words_and_keep_pairs_that_belong_together() -> None:
    text = (
        "tidal power rises. tidal power pays. the board met the board of many. tidal power again and other words here"
    )
    found = [one.words for one in topics.keywords(text, {"board": 900, "words": 900, "many": 900}, 1000)]
    assert found[0] == "tidal power"
    assert "tidal" not in found


def test_likelihood_ratio_of_dunning() -> None:
    # The pair that never misses weighs much; one as frequent as by chance weighs nothing.
    assert likelihood_ratio(10, 10, 10, 1000) > 100
    assert likelihood_ratio(10, 100, 100, 1000) == pytest.approx(0, abs=1e-6)
    assert likelihood_ratio(0, 5, 5, 100) == 0


def test_a_stream_finds_its_topics_again_under_their_other_names() -> None:
    stream = Stream()
    for voice in "abc":
        stream.take(voice, "", "", "They met Angela Merkel there. Then Merkel left.", "en")
    stream.promote()
    assert {one.name: one.aliases for one in stream.topics.values()} == {"Angela Merkel": ["Merkel"]}
    about = stream.take("d", "Merkel goes home", "", "", "en")
    assert [one.fold for one in about] == ["angela merkel"]

"""Small decisions: language, reading time, topics, sections."""

from __future__ import annotations

import pytest

from broadsheet.copydesk import classify, language, readingtime, topics


@pytest.mark.slow("loads the language model")
@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("The council voted on Monday to keep the night ferry running through the winter months ahead.", None, "en"),
        (
            "Der Stadtrat stimmte am Montag dafür, die Nachtfähre auch in den Wintermonaten fahren zu lassen.",
            "en",
            "de",
        ),
        ("Le conseil municipal a voté lundi pour maintenir le ferry de nuit pendant les mois d'hiver.", None, "fr"),
        ("Hamburg", "de-DE", "de"),
        ("Hamburg", None, ""),
        ("", None, ""),
        ("", "nonsense tag!", ""),
        ("東京の天気は晴れです", "en", "ja"),
        ("市议会周一投票", None, "zh"),
        ("서울 시의회가 월요일에", None, "ko"),
        ("Η Αθήνα ψήφισε", None, "el"),
        ("Городской совет проголосовал в понедельник за сохранение ночного парома зимой.", None, "ru"),
        ("Byrådet stemte mandag for at holde natfærgen i gang hele vinteren igennem, siger borgmesteren.", "da", "da"),
        ("Ein kurzer Satz auf Deutsch, ja", None, "de"),
    ],
)
def test_language(text: str, hint: str | None, expected: str) -> None:
    assert language.detect(text, hint) == expected


@pytest.mark.parametrize(
    ("count", "name", "expected"),
    [
        (0, "en", 1),
        (238, "en", 1),
        (239, "en-GB", 2),
        (238, None, 1),
        (1000, "de", 6),
        (255, "zh", 1),
        (256, "zh", 2),
        (901, "th", 2),
    ],
)
def test_reading_time(count: int, name: str | None, expected: int) -> None:
    assert readingtime.minutes(count, name) == expected


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        (["World/Europe/Ukraine", "Uncategorized", "Ukraine"], ["Europe", "Ukraine"]),
        (["News", "2026", "Sports", "#Ferries", "ferries"], ["Ferries"]),
        (["x" * 80, "a", "one two three four five six seven", "source:wire/abc", "deadbeef01"], []),
        (["Łódź", "São Paulo; Rio"], ["Łódź", "São Paulo", "Rio"]),
        ([f"Topic {chr(65 + n)}x" for n in range(20)], [f"Topic {chr(65 + n)}x" for n in range(12)]),
        ([], []),
    ],
)
def test_topics(categories: list[str], expected: list[str]) -> None:
    assert topics.from_categories(categories) == expected


@pytest.mark.parametrize(
    ("word", "section"),
    [
        ("Technology", "tech"),
        ("Fußball", "sports"),
        ("personal-finance", "business"),
        ("middle_east", "world"),
        ("经济", "business"),
        ("Some odd label", None),
        ("", None),
    ],
)
def test_publishers_words_for_sections(word: str, section: str | None) -> None:
    assert classify.named(word) == section


def test_where_words_for_sections_stand() -> None:
    assert classify.labels(["News / Sport", "Ferries, boats"]) == ["News", "Sport", "Ferries", "boats"]
    assert classify.path_parts("https://travel.e.org/de/wirtschaft/ein-artikel") == [
        "de", "wirtschaft", "ein-artikel", "travel",
    ]  # fmt: skip
    assert classify.path_parts("not an address") == []
    assert classify.path_parts(None) == []


def test_every_section_has_words() -> None:
    assert set(classify._SECTION_OF.values()) == set(classify.SECTIONS)

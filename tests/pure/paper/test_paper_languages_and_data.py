"""Languages say so where they differ from the page, and data blocks cannot be closed from within."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paper.languages import tongue
from broadsheet.paper.reading import Reading, reading
from broadsheet.paper.structured import script


@pytest.mark.parametrize(
    ("language", "attributes"),
    [
        ("en", ""),
        ("en-GB", ""),
        ("", ""),
        ("fr", ' lang="fr" dir="ltr"'),
        ("ar", ' lang="ar" dir="rtl"'),
        ("he-IL", ' lang="he-IL" dir="rtl"'),
        ("fa", ' lang="fa" dir="rtl"'),
        ("ur", ' lang="ur" dir="rtl"'),
        ('x"><b>', ' lang="x&quot;&gt;&lt;b&gt;" dir="ltr"'),
    ],
)
def test_only_foreign_texts_say_their_language(language: str, attributes: str) -> None:
    assert tongue(language).attributes == attributes


@given(st.text())
def test_a_data_block_ends_where_it_should(text: str) -> None:
    block = script({"headline": text, "more": "</script><!--"})
    inner = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set("<>&\u2028\u2029") & set(inner)
    assert json.loads(inner)["headline"] == text


def test_reading_time_in_words() -> None:
    assert Reading(1, 1).line == "1 minute, 1 word"
    assert Reading(6, 1380).line == "6 minutes, 1,380 words"
    assert reading("", "en").line == ""
    assert reading("word " * 239, "en") == Reading(2, 239)

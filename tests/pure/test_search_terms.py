"""The words of the index and of a query: what they are, and that nothing typed can break them."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.articles.search_terms import (
    MAX_QUERY,
    MAX_WANTED,
    Query,
    counters,
    fold,
    marked,
    parse,
    snippet,
    terms,
)


def wanted(text: str) -> list[tuple[str, ...]]:
    return [one.terms for one in parse(text).wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Minister's co-op, 2026", ["the", "minister", "s", "co", "op", "2026"]),
        ("Crème BRÛLÉE naïve", ["creme", "brulee", "naive"]),
        ("Straße ﬁn", ["strasse", "fin"]),
        ("北京大学", ["北京", "京大", "大学", "学"]),
        ("学", ["学"]),
        ("iPhone15发布会", ["iphone15", "发布", "布会", "会"]),
        ("ตลาด", ["ตล", "ลา", "าด", "ด"]),
        ("Привет, ёлка", ["привет", "елка"]),
        ("हिन्दी समाचार", ["हिन्दी", "समाचार"]),
        ("snake_case", ["snake", "case"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
        ("🙂 — …", []),
        ("", []),
    ],
)
def test_terms_of_scripts_with_and_without_spaces(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_term_is_cut_where_it_is_no_word() -> None:
    assert terms("x" * 5000) == ["x" * 64]


def test_words_are_all_wanted_quotes_are_phrases_and_minus_is_unwanted() -> None:
    query = parse('harbour "salt road" -ferry -"mail boat" tide')
    assert wanted('harbour "salt road" -ferry -"mail boat" tide') == [("harbour",), ("salt", "road"), ("tide",)]
    assert [one.terms for one in query.unwanted] == [("ferry",), ("mail", "boat")]


def test_only_a_last_word_outside_quotes_is_a_beginning() -> None:
    assert [one.prefix for one in parse("salt road").wanted] == [False, True]
    assert not parse('"salt road').wanted[0].prefix
    assert not parse("salt roa").wanted[1].prefix, "three letters begin half the dictionary"
    assert not parse("salt road ").wanted[1].prefix, "a space says that the word is whole"
    assert not parse("salt -road").unwanted[0].prefix


def test_whole_words_takes_the_last_word_as_it_stands() -> None:
    query = parse("salt road")
    assert query.open_ended
    assert not query.whole_words().open_ended
    assert parse("学").whole_words().wanted[0].prefix, "a single character is only ever a beginning"


def test_quoted_phrase_of_a_script_without_spaces_follows_the_index() -> None:
    assert wanted('"北京 上海"') == [("北京", "京", "上海")]
    row = terms("北京 上海")
    phrase = list(wanted('"北京 上海"')[0])
    assert any(row[at : at + len(phrase)] == phrase for at in range(len(row)))


@pytest.mark.parametrize("quote", ["“salt road”", "„salt road“", "«salt road»", "＂salt road＂", '"salt road'])
def test_quotes_of_all_kinds_and_open_ones(quote: str) -> None:
    assert wanted(quote) == [("salt", "road")]


@pytest.mark.parametrize("text", ["", "   ", '"', '""', "-", "--", "***", "^", ":", "\0", "🙂", "-salt", "()"])
def test_nothing_to_look_for_is_false(text: str) -> None:
    assert not parse(text)


def test_what_looks_like_syntax_is_words() -> None:
    assert wanted("NEAR(a b, 5) AND headline:salt*") == [("near", "a"), ("b",), ("5",), ("and",), ("headline", "salt")]


def test_a_query_is_bounded() -> None:
    assert len(parse(" ".join(f"w{n}" for n in range(500))).wanted) == MAX_WANTED
    assert sum(len(one.text) for one in parse("x" * 10_000).wanted) <= MAX_QUERY


@given(st.text(max_size=80))
@settings(max_examples=30, deadline=None)
def test_any_text_at_all_gives_terms_of_letters_and_digits_only(text: str) -> None:
    query: Query = parse(text)
    for one in (*query.wanted, *query.unwanted):
        assert one.terms
        assert all(term and not set(term) & set("\"'\\:*^()-+&|!<>\0 ") for term in one.terms)
    assert "<script" not in snippet(text, query)
    assert len(counters(query)) == len(query.wanted)
    assert terms(fold(text)) == terms(text)


@given(st.text(alphabet="abé ßİ北京学\"-'<&", max_size=30), st.text(alphabet="abé ßİ北京学", max_size=30))
@settings(max_examples=30, deadline=None)
def test_marks_add_nothing_but_themselves(text: str, asked: str) -> None:
    made = marked(text, parse(asked))
    assert unescape(made.replace("<mark>", "").replace("</mark>", "")) == text


def test_snippet_marks_hits_and_escapes_the_rest() -> None:
    assert marked("A <b>Salt</b> road & salty", parse("salt ")) == (
        "A &lt;b&gt;<mark>Salt</mark>&lt;/b&gt; road &amp; salty"
    )
    assert marked("Crème brûlée", parse("creme ")) == "<mark>Crème</mark> brûlée"
    assert marked("在北京大学", parse("北京")) == "在<mark>北京</mark>大学"
    assert marked("salted roads", parse("salt road")) == "salted <mark>roads</mark>"


def test_snippet_begins_near_the_first_hit_and_shows_where_it_was_cut() -> None:
    text = "word " * 200 + "harbour " + "word " * 200
    made = snippet(text, parse("harbour"))
    assert made.startswith("… ")
    assert made.endswith("…")
    assert "<mark>harbour</mark>" in made
    assert len(made) < 300

"""Check 18's text rules, words, hashes, visible text of markup, excerpts."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.lib import html, text
from broadsheet.lib.reasons import Reason


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  two   words \n here\t", "two words here"),
        ("a\x00b\x07c\x7f\x80\x9f", "abc"),
        ("e\u0301", "é"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("\u2066x\u2069\u200e\u200f\u061c", "x"),
        ("soft\u00adhyphen\u200bzero\ufeff", "softhyphenzero"),
        ("\ud83d\ude00", "😀"),
        ("lone \ud800 one", "lone \ufffd one"),
        ("non\u00a0breaking\u2003spaces", "non breaking spaces"),
        ("line\u2028para\u2029next\x85", "line para next"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\ufdd0\uffff\U0010ffff", ""),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_check_18_tidy(raw: str, clean: str) -> None:
    assert text.tidy(raw) == clean


@pytest.mark.slow("many generated cases")
@given(
    st.text(st.characters(), max_size=80)
    | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "L", "Zs"]), max_size=40)
)
def test_check_18_tidy_text_is_valid_nfc_utf8_and_stays_as_it_is(raw: str) -> None:
    clean = text.tidy(raw)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert text.tidy(clean) == clean
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in clean)
    assert not any(
        unicodedata.bidirectional(character).endswith(("O", "E", "I")) and unicodedata.category(character) == "Cf"
        for character in clean
    )


def test_words() -> None:
    assert text.words("Don't stop, it's 12.5 well-known a_b!") == [
        "Don't", "stop", "it's", "12.5", "well-known", "a", "b",
    ]  # fmt: skip
    assert text.words("日本語 is Japanese") == ["日", "本", "語", "is", "Japanese"]
    assert text.words("हिन्दी में") == ["हिन्दी", "में"]
    assert text.words("iPhone17発売") == ["iPhone17", "発", "売"]
    assert text.words("ภาษาไทย x")[-1] == "x"
    assert text.words("か\u3099き") == ["か\u3099", "き"]
    assert text.words("") == text.words("…—!") == []


@pytest.mark.parametrize(
    ("value", "direction"),
    [
        ("ar", "rtl"), ("ar-EG", "rtl"), ("he_IL", "rtl"), ("az-Arab", "rtl"), ("fa", "rtl"),
        ("en", "ltr"), ("az", "ltr"), ("de-DE", "ltr"), ("", "ltr"), ("12 34", "ltr"),
        ("שלום עולם, hello", "rtl"), ("Hello שלום everybody", "ltr"), ("القاهرة", "rtl"),
    ],
)  # fmt: skip
def test_direction(value: str, direction: str) -> None:
    assert text.direction(value) == direction


def test_copies_that_differ_in_dress_only_have_one_hash() -> None:
    dressed = [
        "“Foo”—bar’s ﬁne.",
        '"foo" - BAR\'S fine',
        "Foo: bar's   fine!\n",
        "Foo\u00a0bar's fine",
    ]
    assert len({text.text_hash(value) for value in dressed}) == 1
    assert text.text_hash("resume") != text.text_hash("résumé")
    assert text.text_hash("e\u0301") == text.text_hash("é")
    assert len(text.text_hash("")) == 64
    assert text.text_hash("lone \ud800") == text.text_hash("lone \ufffd")


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("plain", "plain"),
        ("a &lt; b &amp;amp; c", "a < b &amp; c"),
        ("2 < 3 and 4 > 1", "2 < 3 and 4 > 1"),
        ("<p>One</p><p>two<br>three</p>", "One\ntwo\nthree"),
        ("<p>fo<b>ur</b> <i>five</i></p>", "four five"),
        ("one\n<b>line</b>\nonly", "one line only"),
        ("<div>a<script>x()</script><style>p{}</style>b</div>", "ab"),
        ("<p>a<!-- hidden -->b</p>", "ab"),
        ("<ul><li>a<li>b</ul>tail", "a\nb\ntail"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("<title>no</title><iframe>no</iframe><noscript>no</noscript>yes", "yes"),
        ("a<b", "a"),
        ("&nbsp;x&#0;&#x202e;y", "x\ufffdy"),
        ("<p>\x00a\ud800b</p>", "a?b"),
        ("", ""),
        ("<!-- only -->", ""),
        ("<", "<"),
    ],
)
def test_the_visible_text_of_markup(markup: str, seen: str) -> None:
    assert html.text_of(markup) == seen


@pytest.mark.slow("large hostile inputs")
@pytest.mark.parametrize(
    "markup",
    ["<div>" * 50_000, "<!--" * 100_000, "<a " * 100_000, "<a title='" * 50_000, "&" * 100_000,
     "<p x=" + "y" * 1_000_000 + ">z", "<b>" * 20_000 + "</b>" * 20_000],
    ids=["deep", "comments", "tags", "quotes", "ampersands", "attribute", "formatting"],
)  # fmt: skip
def test_check_17_slow_inputs_are_not_slow_here(markup: str) -> None:
    start = time.process_time()
    html.text_of(markup)
    html.links(markup)
    assert time.process_time() - start < 1


@pytest.mark.slow("many generated cases")
@given(st.text(max_size=80) | st.text(st.sampled_from("<>/!-=\"' abp&;\0\n"), max_size=60))
def test_any_markup_has_a_tidy_text_and_safe_links(markup: str) -> None:
    for line in html.text_of(markup).split("\n"):
        assert text.tidy(line) == line
    html.links(f"<a href={markup}>", "https://a.test/")


def test_links() -> None:
    markup = (
        '<a href=" /x ">1</a><a href="javascript:x">2</a><a href="http://e.test/?a=1&amp;b">3</a>'
        '<a href="/x">4</a><a name="n">5</a><map><area href="//m.test"></map>'
    )
    found = ["https://s.test/x", "http://e.test/?a=1&b", "https://m.test/"]
    assert html.links(markup, "https://s.test/a") == found
    assert html.links("no links") == html.links("") == []


def test_an_excerpt_ends_with_a_sentence_where_one_ends_late_enough() -> None:
    told = "Mr. Smith went home. He was tired and wanted sleep. Then the U.S. said no to him."
    assert html.excerpt(told, 12, "en") == "Mr. Smith went home. He was tired and wanted sleep."
    assert html.excerpt(told, 8, "en") == "Mr. Smith went home. He was tired and…"
    assert html.excerpt("It came from the U.S. and elsewhere", 5, "en") == "It came from the U.S…"
    assert html.excerpt(told, 100, "en") == told
    assert html.excerpt("one, two, three", 2, "en") == "one, two…"
    assert html.excerpt("", 5, "en") == html.excerpt("x", 0, "en") == ""


def test_an_excerpt_counts_characters_where_words_have_no_spaces() -> None:
    told = "東京で大きな地震がありました。被害はまだ分かっていません。"
    assert html.excerpt(told, 10, "ja") == "東京で大きな地震がありました。"
    assert html.excerpt(told, 3, "zh-Hans") == "東京で大きな…"
    assert html.excerpt(told, 100, "ja") == told


@pytest.mark.slow("many generated cases")
@given(st.text(max_size=300), st.integers(0, 30))
def test_an_excerpt_is_never_longer_than_asked(told: str, words: int) -> None:
    assert len(html.excerpt(told, words, "en").split()) <= words


def test_escape() -> None:
    assert html.escape('<a b="c">&\'') == "&lt;a b=&quot;c&quot;&gt;&amp;&#x27;"


def test_check_13_there_are_at_most_twenty_reasons_with_a_sentence_each() -> None:
    sentences = {reason.sentence for reason in Reason}
    assert len(Reason) == len(sentences) <= 20
    assert all(sentence.endswith(".") and sentence.count(".") == 1 for sentence in sentences)

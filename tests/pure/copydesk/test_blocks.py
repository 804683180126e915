"""Blocks: every word is kept, printing and reading again changes nothing."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.copydesk import blocks, markup
from broadsheet.copydesk.blocks import compose, to_blocks, to_html
from broadsheet.copydesk.sanitise import clean

BASE = "https://e.org/a/"
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "markup"


def letters(html: str) -> Counter[str]:
    """All letters and digits that a reader sees."""
    return Counter(re.sub(r"\W", "", unescape(re.sub(r"<[^>]*>", " ", html))))


def proved(html: str) -> list[blocks.Block]:
    cleaned = clean(html, base=BASE)
    found = to_blocks(cleaned)
    printed = to_html(found)
    assert letters(printed) == letters(cleaned)
    assert to_blocks(printed) == found
    assert clean(printed, base=BASE) == printed
    assert Counter(re.sub(r"\W", "", blocks.text(found))) == letters(printed)
    json.dumps(found)
    return found


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.html")), ids=lambda path: path.stem)
def test_a_sample_gives_the_blocks_beside_it(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))
    assert proved(sample.read_text("utf-8")) == expected


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        ("loose text", ["paragraph"]),
        ("<p>a</p>b<p>c</p>", ["paragraph"] * 3),
        ("<p> <br>&nbsp;</p><h2></h2><ul><li> </li></ul><blockquote></blockquote><pre> </pre>", []),
        ("<b>x<p>y</p>z</b>", ["paragraph"] * 3),
        ("<a href=x><h2>T</h2><img src=y></a>", ["heading", "picture"]),
        ("<h2><p>x</p></h2><h2>a<img src=y></h2>", ["heading", "heading", "picture"]),
        ("<p>a<img src=x>b</p>", ["paragraph", "picture", "paragraph"]),
        ("<img src=x width=1 height=1><img><img src=x width=0>", ["picture"]),
        ("<table><tr><td><p>a</p><p>b</p></table>", ["paragraph", "paragraph"]),
        ("<table><tr><td><table><tr><td>a<td>b</table></table>", ["table"]),
        ("<table><caption>C</caption><tr><td>a</table>", ["table"]),
        ("<table><tr><td> <td></table>", []),
        ("<table><caption></caption><tr><td>a</table>", ["paragraph"]),
        ("<figure><pre>x</pre><figcaption>c</figcaption></figure>", ["code", "paragraph"]),
        ("<figure><img src=a><img src=b><figcaption><p>c</p></figcaption></figure>", ["picture", "picture"]),
        (
            "<figure><img src=a><figcaption><p>c</p><p>d</p></figcaption></figure>",
            ["picture", "paragraph", "paragraph"],
        ),
        ("<figure><figcaption>c</figcaption></figure>", ["paragraph"]),
        ("<figcaption>loose</figcaption><li>loose</li>", ["paragraph", "paragraph"]),
        ("<ul>text<li>a</li><ul><li>b</li></ul><p>c</p></ul>", ["list"]),
        ("<ul><ul><li>b</li></ul></ul>", ["list"]),
        ("<blockquote>x<cite>who</cite></blockquote>", ["quote"]),
        ("<blockquote><cite>who</cite></blockquote>", ["quote"]),
        (
            "<dl><dt>t</dt><dd>d</dd><dt><b>u</b></dt><dt><strong>v</strong></dt><dt><p>w</p></dt></dl>",
            ["paragraph"] * 5,
        ),
        ("<p><a href='https://youtu.be/dQw4w9WgXcQ'>Film</a></p>", ["embed"]),
        ("<p>See <a href='https://youtu.be/dQw4w9WgXcQ'>Film</a></p>", ["paragraph"]),
        ("<p><a href='https://youtu.be/dQw4w9WgXcQ'></a><a href='https://e.org/'>x</a></p>", ["paragraph"]),
        ("<p><a name=x>anchor</a> text</p>", ["paragraph"]),
        ("<hr><br><hr>", ["rule", "rule"]),
        ("<pre>\n  a\n\n b\n</pre>", ["code"]),
        ("", []),
    ],
)
def test_kinds(html: str, kinds: list[str]) -> None:
    assert [block["type"] for block in proved(html)] == kinds


def test_language_and_direction_stay_with_their_blocks() -> None:
    html = (
        '<p dir="rtl" lang="ar">سلام</p><h2 dir="rtl">ن</h2><ul lang="de"><li dir="rtl">x</li></ul>'
        '<blockquote dir="rtl"><p>q</p></blockquote><table lang="fr"><tr><td>a<td>b</table><p><bdi dir="rtl">y</bdi></p>'
        '<p lang="de"><bdi dir="rtl">z</bdi></p><p><bdi>n</bdi></p><p><bdi dir="rtl">a</bdi>b<bdi dir="rtl">c</bdi></p>'
    )
    found = proved(html)
    printed = to_html(found)
    for kept in (
        '<p lang="ar" dir="rtl">',
        '<h2 dir="rtl">',
        '<ul lang="de">',
        '<blockquote dir="rtl">',
        '<table lang="fr">',
    ):
        assert kept in printed
    assert found[0]["value"] == '<bdi lang="ar" dir="rtl">سلام</bdi>'


def test_spans_headers_and_captions_of_tables() -> None:
    table = proved(
        "<table><caption>C</caption><caption>D</caption><thead><tr><th>a<th>b</thead><tr><td colspan=2>c<tr><td rowspan=0>d<td>e<ul><li>f</ul></table>"
    )[0]["value"]
    assert table["head"] == [[{"html": one, "header": True, "colspan": 1, "rowspan": 1} for one in "ab"]]
    assert table["rows"][0] == [{"html": "c", "header": False, "colspan": 2, "rowspan": 1}]
    assert table["rows"][1][0]["rowspan"] == 1
    assert table["rows"][1][1]["html"] == "e<ul><li>f</li></ul>"


def test_captions_and_credits() -> None:
    value = proved(
        "<figure><img src=a alt=' x  y ' width=0><figcaption>Cap <b>b</b> <small>AP</small> <small> </small></figcaption></figure>"
    )[0]["value"]
    assert value == {
        "url": "https://e.org/a/a",
        "alt": "x y",
        "caption": "Cap <b>b</b>",
        "credit": "AP",
        "width": None,
        "height": None,
    }
    assert (
        proved("<figure><img src=a><figcaption><small>AP &amp; co</small></figcaption></figure>")[0]["value"]["credit"]
        == "AP & co"
    )


def test_the_paper_prints_pictures_and_embeds_its_own_way() -> None:
    found = compose("<img src=a><iframe src='https://vimeo.com/12345'></iframe>", base=BASE)
    printed = to_html(found, picture=lambda value: f"[{value['url']}]", embed=lambda value: f"({value['provider']})")
    assert printed == "[https://e.org/a/a](vimeo)"


def test_text_and_words() -> None:
    found = compose("<p>One two<br>three</p><ul><li>four</li></ul><pre>five\n six</pre>", base=BASE)
    assert blocks.text(found) == "One two\nthree\nfour\nfive\nsix"
    assert blocks.words(found) == 6


PIECES = st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<ul>", "</ul>", "<li>", "</li>", "<blockquote>", "</blockquote>", "<h2>", "</h2>",
    "<figure>", "</figure>", "<figcaption>", "</figcaption>", "<img src=a.png>", "<table>", "</table>", "<tr>", "<td>", "<th>", "<caption>",
    "</caption>", "<pre>", "</pre>", "<br>", "<hr>", "<a href=x>", "</a>", "<cite>", "</cite>", "<small>", "</small>", "<bdi dir=rtl>",
    "</bdi>", "<p lang=de>", "<dl>", "<dt>", "<dd>", "</dl>", "<strong>", "</strong>", "<thead>", "<a href='https://youtu.be/dQw4w9WgXcQ'>",
    "x", "y ", " z", "&nbsp;", "&lt;", "&amp;nbsp;", "\n"])  # fmt: skip


@pytest.mark.slow("three hundred generated documents")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, min_size=1, max_size=16))
def test_no_word_is_lost_and_blocks_are_stable(pieces: list[str]) -> None:
    proved("".join(pieces))


@pytest.mark.long("twenty thousand generated documents")
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, min_size=1, max_size=24))
def test_no_word_is_lost_and_blocks_are_stable_long(pieces: list[str]) -> None:
    proved("".join(pieces))


@pytest.mark.slow("thirty-five whole pages")
def test_no_word_of_real_pages_is_lost(shared_data: Path) -> None:
    pages = sorted((shared_data / "pages").rglob("*.html.gz"))
    for path in pages[::9]:
        proved(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))


def test_the_reader_of_clean_markup_stays_safe_on_any_other() -> None:
    for html in ("<p>a</b></p>", "</p>x", "<p", "a<b", '<p title="x>y">z', "<p><b>x</p>y", "<P>x</P>"):
        assert to_html(to_blocks(html)) is not None
    root = markup.read('<p lang="en">a<b>b</b></p>')
    assert [one.tag for one in root.walk()] == ["", "p", "b"]
    assert markup.write(root) == '<p lang="en">a<b>b</b></p>'

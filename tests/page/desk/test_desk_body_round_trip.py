"""Opening a body at the desk and saving it unchanged leaves every stored and printed byte as it was."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from broadsheet.articles import tables
from broadsheet.articles.models import Article
from broadsheet.copydesk import blocks
from broadsheet.desk import bodies
from tests import make
from tests.page.desk.editor import STREAM, body_fields, form_of

BASE = "https://paper.example/"
EVERYTHING = """
<p>One <a href="https://a.example/x?b=1&amp;c=2" rel="external">link</a> &amp; <abbr title="Port Authority">PA</abbr>,
<em>em</em> <strong>strong</strong>
<q>quoted</q> <time datetime="2026-11-24">today</time> x<sup>2</sup> <small>s</small></p>
<p lang="ar" dir="rtl">مرحبا <em>بالعالم</em></p>
<h2 lang="fr">Un <i>titre</i></h2><h4>Small</h4>
<ul><li>a<ul><li>b <b>c</b><ol><li>d</li></ol></li></ul></li><li><p>e</p><p>f</p></li></ul>
<ol><li>one</li></ol>
<blockquote lang="de"><p>Q1</p><ul><li>in it</li></ul><p>Q2</p>
<p><cite>Someone, <a href="https://s.example/">who</a></cite></p></blockquote>
<table><caption>Votes <em>cast</em></caption><thead><tr><th>Town</th><th>A | B</th></tr></thead>
<tbody><tr><th>Oro</th><td>1,204 <b>x</b><br>y</td></tr><tr><td colspan="2">both</td></tr></tbody></table>
<figure><img src="https://a.example/p.jpg" alt="A &quot;boat&quot;" width="100" height="50">
<figcaption>Cap <em>e</em> <small>Cred</small></figcaption></figure>
<p><a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">A film</a></p>
<pre>  a
   b &lt;c&gt;</pre><hr><p>Last<br>line &nbsp; with spaces</p>
"""


def passed_through(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The body as the form gives it back when nobody touched it."""
    returned = STREAM.clean(STREAM.value_from_datadict(body_fields(raw), {}, "body"))
    return bodies.settle(raw, STREAM.get_prep_value(returned), STREAM, base=BASE)


def test_a_body_of_every_kind_comes_back_as_it_was() -> None:
    raw = blocks.compose(EVERYTHING, base="https://a.example/")
    assert {block["type"] for block in raw} == set(STREAM.child_blocks)
    assert passed_through(raw) == raw


def test_binding_to_the_desks_blocks_and_storing_again_changes_nothing() -> None:
    raw = blocks.compose(EVERYTHING, base="https://a.example/")
    value = STREAM.to_python(raw)
    assert [child.value for child in value]
    assert STREAM.get_prep_value(value) == raw


@pytest.mark.django_db
def test_saving_unchanged_over_http_leaves_the_stored_bytes(as_editor: Client) -> None:
    article = make.make_article(body=blocks.compose(EVERYTHING, base="https://a.example/"))
    before = json.dumps(list(Article.objects.get(pk=article.pk).body.raw_data))
    printed = blocks.to_html(article.body.raw_data)
    data = form_of(Article.objects.get(pk=article.pk), standfirst="Only this changed.", **{"action-publish": "yes"})
    assert as_editor.post(f"/desk/articles/edit/{article.pk}/", data).status_code == 302
    after = Article.objects.get(pk=article.pk)
    assert after.standfirst == "Only this changed."
    assert json.dumps(list(after.body.raw_data)) == before
    assert blocks.to_html(after.body.raw_data) == printed
    assert after.kept_fields == ["standfirst"]


@pytest.mark.parametrize(
    "every",
    [pytest.param(40, marks=pytest.mark.slow("ten whole pages")), pytest.param(1, marks=pytest.mark.long("all pages"))],
)
def test_bodies_of_real_pages_come_back_as_they_were(shared_data: Path, every: int) -> None:
    pages = sorted((shared_data / "pages").rglob("*.html.gz"))
    assert len(pages) > 200
    for path in pages[::every]:
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        raw = blocks.compose(html, base="https://a.example/")
        assert passed_through(raw) == raw, path.name


def test_only_the_touched_block_changes_and_keeps_its_direction() -> None:
    raw = blocks.compose('<p>One <abbr title="x">A</abbr></p><p lang="ar" dir="rtl">مرحبا</p><p>Three</p>', base=BASE)
    returned = STREAM.get_prep_value(STREAM.value_from_datadict(body_fields(raw), {}, "body"))
    returned[1]["value"] = '<p data-block-key="k">مرحبا بكم</p>'
    settled = bodies.settle(raw, returned, STREAM, base=BASE)
    assert settled[0] == raw[0]
    assert settled[2] == raw[2]
    assert settled[1]["value"] == '<bdi lang="ar" dir="rtl">مرحبا بكم</bdi>'


def test_new_paragraphs_added_and_dropped_blocks_do_not_disturb_the_others() -> None:
    raw = blocks.compose("".join(f'<p>Line {n} <abbr title="x">A</abbr></p>' for n in range(6)), base=BASE)
    returned = STREAM.get_prep_value(STREAM.value_from_datadict(body_fields(raw), {}, "body"))
    del returned[4]
    returned.insert(2, {"type": "paragraph", "value": "<p>New one</p><p>and two</p>"})
    settled = bodies.settle(raw, returned, STREAM, base=BASE)
    values = [block["value"] for block in settled]
    assert values[2:4] == ["New one", "and two"]
    assert [value for value in values if "abbr" in value] == [raw[n]["value"] for n in (0, 1, 2, 3, 5)]


@pytest.mark.parametrize(
    "written",
    [
        "<p>x<script>alert(1)</script><img src=x onerror=alert(1)></p>",
        '<p><a href="javascript:alert(1)">x</a></p>',
        '<p><a href="&#106;avascript:alert(1)" onclick="x()">x</a><svg onload=alert(1)></p>',
        '<p style="position:fixed"><iframe srcdoc="<script>1</script>"></iframe>x</p>',
    ],
)
def test_what_staff_type_goes_through_the_cleaner(written: str) -> None:
    settled = bodies.settle([], [{"type": "paragraph", "value": written}], STREAM, base=BASE)
    html = blocks.to_html(settled)
    assert "x" in html
    for bad in ("script", "onerror", "onclick", "onload", "iframe", "style", "svg"):
        assert bad not in html.lower()


def test_an_embed_with_a_hostile_address_is_dropped() -> None:
    value = {"provider": "", "url": "javascript:alert(1)", "title": "x"}
    assert bodies.settle([], [{"type": "embed", "value": value}], STREAM, base=BASE) == []


def test_a_table_is_typed_as_lines_and_unchanged_cells_keep_their_markup() -> None:
    raw = blocks.compose(
        "<table><tr><th>Town</th><th>Votes</th></tr><tr><td>Oro</td><td>1 <b>x</b></td></tr>"
        '<tr><td>Una</td><td><a href="https://a.example/">2</a></td></tr></table>',
        base=BASE,
    )
    lines = tables.to_lines(raw[0]["value"])
    assert lines == "Town | Votes\n---\nOro | 1 x\nUna | 2"
    typed = tables.from_lines(lines.replace("Oro | 1 x", "Oro | 3") + "\nVel | 4 \\| 5")
    settled = bodies.settle(raw, [{"type": "table", "value": typed}], STREAM, base=BASE)
    rows = settled[0]["value"]["rows"]
    assert [[cell["html"] for cell in row] for row in rows] == [
        ["Oro", "3"],
        ["Una", raw[0]["value"]["rows"][1][1]["html"]],
        ["Vel", "4 | 5"],
    ]
    assert "rel=" in rows[1][1]["html"]


def test_tables_survive_their_own_lines() -> None:
    for text in ("# Caption\nA | B\n---\n1 | a \\| b\n2 | c", "\\# | Name\n---\n1 | - \n- | -".replace(" \n", "\n")):
        assert tables.to_lines(tables.from_lines(text)) == text
    assert tables.from_lines("") == {"caption": "", "head": [], "rows": [], "lang": "", "dir": ""}
    assert [cell["html"] for cell in tables.from_lines("a\tb <i>")["rows"][0]] == ["a", "b &lt;i&gt;"]

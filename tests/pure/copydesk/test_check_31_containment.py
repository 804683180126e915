"""Check 31: whatever a text holds, everything outside its own box is as it would be without it.

Judged on the tree of a standard HTML5 parser; in a real browser and by its layout in
tests/browser/test_check_31_the_box_holds.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from broadsheet.copydesk import blocks
from broadsheet.copydesk.sanitise import clean
from broadsheet.paper.body import body_html
from tests.cleaning import BASE, OWN, lists

PAGE = (
    "<!doctype html><html><head><title>t</title></head><body class=inner><header><h1>H</h1></header><main id=main>"
    '<article><div id="box">{}</div><p id=next>after</p></article><aside><ul><li>one<li>two</ul></aside></main>'
    "<footer><form action=/search/><input name=q></form><table><tr><td>f</table></footer></body></html>"
)
OPEN = [
    "<plaintext>all of it",
    "<p>a<!-- open",
    "<textarea>a",
    "<title>a",
    "<style>a",
    "<xmp>a",
    "<script>a",
    "<noscript>a",
    "<template>a",
    "<select>a",
    "<table><tr><td>a",
    "<table><caption>a",
    "<button>a",
    "<a href='/x",
    "<svg>a",
    "<math>a",
    "<b><i><u>a",
    "<ul><li>a",
    "<h2>a",
    "<pre>a",
    "<blockquote>a",
    "</div></article></main></body></html>a",
    "</p></p>a",
    "</div><div id=box>a",
    "</main><main id=main>a",
    "<form><form>a",
    "<frameset><frame>",
    "<body class=x>a",
    "<html lang=xx>a",
    "<head><base href=//x.example>",
    "<p",
    "<p title='",
    "&",
    "&#",
    "&#x",
    "<",
    "</",
    "<!",
    "<?",
    "<![CDATA[",
    "]]>",
    "-->",
    "w" * 1_000_000,
    "&nbsp;" * 1000,
    "<br>" * 1000,
    "\u202e\u2066rtl",
    "<bdi>" * 50,
    "<a>" * 50,
]


def outside(html: str) -> str:
    """The page around the box, as a browser has it."""
    tree = LexborHTMLParser(PAGE.format(html))
    boxes = tree.css("[id=box]")
    assert len(boxes) == 1
    for child in list(boxes[0].iter(include_text=True)):
        child.remove()
    return tree.html or ""


EMPTY = outside("")


def contained(html: str) -> None:
    cleaned = clean(html, base=BASE)
    assert outside(cleaned) == EMPTY, html[:300]
    assert outside(body_html(blocks.to_blocks(cleaned))) == EMPTY, html[:300]


@pytest.mark.parametrize("html", OPEN, ids=lambda html: ascii(html)[1:30])
def test_nothing_that_is_left_open_or_closed_too_often_reaches_out(html: str) -> None:
    contained(html)


def test_the_look_at_the_outside_sees_what_reaches_out() -> None:
    reaching = [html for html in OPEN if len(html) < 100 and _reaches(html)]
    assert len(reaching) > 20
    assert {"<plaintext>all of it", "<p>a<!-- open", "<a href='/x", "</div></article></main></body></html>a"} <= {
        *reaching
    }


def _reaches(html: str) -> bool:
    try:
        return outside(html) != EMPTY
    except AssertionError:
        return True


def test_our_own_corpus_stays_inside() -> None:
    for html in OWN:
        contained(html)


@pytest.mark.slow("seven hundred payloads")
def test_the_payload_lists_stay_inside(shared_data: Path) -> None:
    for html in lists(shared_data):
        contained(html)


@pytest.mark.parametrize("html", OPEN, ids=lambda html: ascii(html)[1:30])
def test_what_is_opened_is_closed_in_order(html: str) -> None:
    open_: list[str] = []
    for closing, tag in re.findall(r"<(/?)([a-z][a-z0-9]*)", clean(html, base=BASE)):
        if closing:
            assert open_.pop() == tag
        elif tag not in ("br", "hr", "img"):
            open_.append(tag)
    assert open_ == []


def test_text_is_kept() -> None:
    for html, text in (
        ("<div><p>one <span>two</span></p>three", "<p>one two</p>three"),
        ("<table><tr><td>a</table>b<p>c", "<table><tbody><tr><td>a</td></tr></tbody></table>b<p>c</p>"),
        ("w" * 1_000_000, "w" * 1_000_000),
    ):
        assert clean(html, base=BASE) == text

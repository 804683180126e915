"""Check 27: addresses in a text are http, https or mailto as a browser reads them, and no base makes them otherwise."""

# ruff: noqa: E501 - spellings stay on one line
from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import ada_url
import pytest

from broadsheet.copydesk import blocks
from broadsheet.copydesk.parse import parse_feed
from broadsheet.copydesk.sanitise import clean
from broadsheet.paper.body import body_html
from tests.cleaning import BASE, OWN, elements, unlisted

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOSTILE_BASES = (
    "javascript:alert(1)//", "data:text/html,", "", "not an address", "file:///etc/", "java\tscript:alert(1)//",
    "blob:https://e.org/1", "https://user:secret@e.org/", "//", "mailto:a@b.example", "about:srcdoc", "view-source:https://e.org/",
)  # fmt: skip
WRITTEN = ("x", "/x", "//h.example/x", "?q", "#f", "", ".", "javascript:alert(1)", ":alert(1)", "\\\\h.example\\x")


def addresses(html: str) -> list[str]:
    return [value for _, attributes in elements(html) for name, value in attributes.items() if name in ("href", "src")]


@pytest.mark.parametrize(
    "spelling",
    [
        "javascript:{}", "JAVASCRIPT:{}", " javascript:{}", "\x00javascript:{}", "\x1bjavascript:{}", "java\tscript:{}",
        "java\nscript:{}", "j\ra\nv\tascript:{}", "javascript&colon;{}", "javascript&#x3a;{}", "javascript&#58;{}",
        "&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;{}", "&#x6A&#x61&#x76&#x61script:{}", "java&Tab;script:{}",
        "java&NewLine;script:{}", "javascript\t:{}", "&nbsp;javascript:{}", "\u2028javascript:{}", "data:text/html,{}", "vbscript:{}",
        "DATA:image/svg+xml,{}", "blob:https://e.org/{}", "view-source:https://e.org/{}", "feed:https://e.org/{}", "tel:{}", "x:{}",
    ],
)  # fmt: skip
def test_no_other_scheme_in_any_spelling(spelling: str) -> None:
    for written in (spelling.format("alert(1)"), spelling.format("//e.org/%0aalert(1)")):
        cleaned = clean(f'<a href="{written}">k</a><img src="{written}">', base=BASE)
        for address in addresses(cleaned):
            # Some spellings are relative paths to a browser: then they lead to the publisher and nowhere else.
            assert ada_url.URL(address).protocol in ("http:", "https:"), written
            assert ada_url.URL(address).hostname in ("e.org",), written


@pytest.mark.parametrize("base", HOSTILE_BASES)
def test_a_hostile_base_is_harmless(base: str) -> None:
    for written in WRITTEN:
        cleaned = clean(f"<a href='{written}'>k</a><img src='{written}'>", base=base)
        assert unlisted(cleaned) == []
        assert "secret" not in cleaned


@pytest.mark.parametrize("base", [base for base in HOSTILE_BASES if "\t" not in base])
def test_a_hostile_xml_base_is_harmless(base: str) -> None:
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}"><title>F</title><entry xml:base="{base}">
      <title>T</title><id>1</id><link href="x"/><content type="html" xml:base="{base}">&lt;a href="x"&gt;k&lt;/a&gt;
      &lt;img src="y"&gt;</content></entry></feed>"""
    (entry,) = parse_feed(feed.encode(), url="https://feed.example/f", content_type=None, now=NOW).entries
    cleaned = clean(entry.content_html or "", base=entry.base or "https://feed.example/f")
    assert unlisted(cleaned) == []
    assert entry.url is None or entry.url.startswith(("https://", "http://"))
    assert "secret" not in (entry.url or "") + cleaned


def test_what_is_let_through_is_what_a_browser_goes_to() -> None:
    for html in OWN:
        for address in addresses(clean(html, base=BASE)):
            read = ada_url.URL(address)
            assert read.protocol in ("http:", "https:", "mailto:")
            assert read.href == address  # nothing is left for a browser to read otherwise
            assert not read.username
            assert not read.password


def test_pictures_in_a_text_never_bring_an_address_of_others_to_a_page() -> None:
    """Only kept pictures are shown, and those from an address of our own; so a text prints none at all."""
    pieces = [
        "<figure><img src='https://outside.example/a.png' alt='x'><figcaption>c</figcaption></figure>",
        "<p>a<img src='//outside.example/b.png'>b</p>", "<ul><li>a<img src='https://outside.example/c.png'></ul>",
        "<blockquote>q<img src='https://outside.example/d.png'></blockquote>",
        "<table><tr><td>a<td><img src='https://outside.example/e.png'></table>",
        "<h2>h<img src='https://outside.example/f.png'></h2>", "<pre>p<img src='https://outside.example/g.png'></pre>",
        "<a href='https://e.org/'><img src='https://outside.example/h.png'></a>",
        "<table><caption>c<img src='https://outside.example/i.png'></caption><tr><td>a<td>b</table>",
        "<dl><dt>t<img src='https://outside.example/j.png'><dd>d</dl>",
    ]  # fmt: skip
    for html in pieces:
        made = blocks.compose(html, base=BASE)
        printed = body_html(made)
        sources = [
            value
            for tag, attributes in elements(printed)
            for name, value in attributes.items()
            if tag == "img" and name == "src"
        ]
        assert sources == [], html
        assert not re.search(r"outside\.example", unescape(printed)), html

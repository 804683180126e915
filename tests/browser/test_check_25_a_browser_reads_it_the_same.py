"""Check 25 in Chromium: what the cleaner gave comes out of `innerHTML` as it went in, twice, and nothing of it acts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadsheet.copydesk import blocks, sanitise
from broadsheet.copydesk.sanitise import clean
from broadsheet.paper.body import body_html
from tests.browser.hostile_house import CHROMIUM, ORIGIN, reader
from tests.cleaning import BASE, OWN, feeds, lists, pieces_of

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed: nothing was looked at"),
    pytest.mark.slow("starts a browser"),
]

# Each piece alone in a box: parsed, written out, parsed again, written out again; then what its tree holds.
READ = """([pieces, tags, attributes]) => pieces.map(html => {
  const apart = document.implementation.createHTMLDocument('');
  const box = apart.createElement('div'), other = apart.createElement('section');
  box.innerHTML = html;
  const once = box.innerHTML;
  other.innerHTML = once;
  const twice = other.innerHTML;
  box.innerHTML = twice;
  const odd = [];
  for (const e of box.querySelectorAll('*')) {
    if (!tags.includes(e.localName) || e.namespaceURI !== 'http://www.w3.org/1999/xhtml') odd.push(e.localName);
    for (const a of e.attributes) if (!attributes.includes(a.name)) odd.push(e.localName + ' ' + a.name);
    if (e.hasAttribute('href') && !/^(https?|mailto):$/.test(e.protocol)) odd.push('href ' + e.href);
    if (e.hasAttribute('src') && !/^https?:/.test(e.src)) odd.push('src ' + e.src);
  }
  return [once, twice, box.innerHTML, odd];
})"""
# All of them at once in the live document, as pages print them.
LIVE = "pieces => { for (const html of pieces) { const box = document.createElement('div'); box.innerHTML = html; document.body.append(box); } }"  # noqa: E501


def looked_at(cleaned: list[str]) -> None:
    attributes = sorted({*set().union(*sanitise.ATTRIBUTES.values()), "rel"})
    with reader() as window:
        window.look("/blank/", b"<!doctype html><title>blank</title>")
        found: list[Any] = window.page.evaluate(READ, [cleaned, sorted(sanitise.TAGS), attributes])
        for html, (once, twice, thrice, odd) in zip(cleaned, found, strict=True):
            assert (once, twice, thrice) == (html, html, html)
            assert odd == [], html
        window.page.evaluate(LIVE, [body_html(blocks.to_blocks(html)) for html in cleaned])
        window.page.wait_for_timeout(200)
        assert window.page.evaluate("window.__marks") == []
        assert window.page.url == ORIGIN + "/blank/"
        assert window.seen.everything == []


def test_our_own_corpus_and_all_lists_read_the_same_and_do_nothing(shared_data: Path) -> None:
    pieces = [*OWN, *lists(shared_data)]
    for feed in feeds(shared_data):
        pieces += pieces_of(feed)
    cleaned = list(dict.fromkeys(clean(html, base=BASE) for html in pieces))
    assert len(cleaned) > 300
    looked_at(cleaned)


def test_the_browser_sees_what_is_wrong() -> None:
    wrong = ["<p onclick=x>a</p>", '<a href="javascript:x">k</a>', "<svg></svg>", "<p><script>x</script></p>"]
    with reader() as window:
        window.look("/blank/", b"<!doctype html><title>blank</title>")
        found = window.page.evaluate(READ, [[*wrong, "<table><b>x</table>"], ["p", "a", "b", "table"], ["href"]])
        assert [bool(odd) for *_, odd in found] == [True, True, True, True, False]
        assert found[-1][0] != "<table><b>x</table>"

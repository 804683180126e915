"""Any bytes as markup: what leaves the cleaner is listed, safe, stable, kept as blocks without a change, and quick.

What holds of every text of the paper is asked of every input: checks 25, 26 and 27 at once, by a standard HTML5 parser
and by two others.
"""

from __future__ import annotations

import sys

from tests.fuzz import driver

with driver.watched():
    from broadsheet.copydesk import blocks
    from broadsheet.copydesk.sanitise import clean
    from broadsheet.ops.evaluating import markup as judge
    from tests.cleaning import BASE, OWN, unlisted

SEEDS = [html.encode("utf-8", "surrogatepass") for html in OWN] + [
    b"<div dir=rtl lang=ar><h1>T</h1><p>one <b>two</b></p><ul><li>a<li>b<ol><li>c</ol></ul></div>",
    b"<figure><img data-src=/a.png width=10><figcaption>c <small>AP</small></figcaption></figure>",
    b"<table><caption>c</caption><thead><tr><th scope=col>a<th>b<tbody><tr><td colspan=2>c</table>",
    b"<blockquote><p>q<p><cite>w</cite></blockquote><pre><code>a\n b</code></pre><dl><dt>t<dd>d</dl><hr>",
    b"<p><iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ' title=t></iframe><a href='/x?a=1&amp;b'>k</a></p>",
]
SCRAPS = (
    b"<script>", b"</script>", b"<style>", b"</style>", b"<svg>", b"<math>", b"<mtext>", b"<table>", b"</table>",
    b"<select>", b"<template>", b"<noscript>", b"<title>", b"<textarea>", b"<plaintext>", b"<form>", b"<b><p>", b"</b>",
    b"<!--", b"-->", b"--!>", b"<![CDATA[", b"]]>", b"javascript:", b"&colon;", b"&Tab;", b"&#0;", b"&lt;", b"&amp;lt;",
    b" onerror=alert(1) ", b" href=", b" src=", b" srcset=", b" data-src=", b" dir=rtl", b" lang=en", b"<iframe src=",
    b"<div dir=ltr>", b"<img ", b"<h1>", b"<li>", b"<td>", b"<a href=x>", b"<div>" * 40, b"<b>" * 40, b"\xe2\x80\xae",
    b"\xcc\xb8", b"\xc2\xa0",
)  # fmt: skip


def target(data: bytes) -> None:
    html = data.decode("utf-8", "surrogatepass") if _decodes(data) else data.decode("latin-1")
    once = clean(html, base=BASE)
    assert clean(once, base=BASE) == once, once
    assert unlisted(once) == [], once
    assert judge.faults(once) == [], once
    assert judge.settled(once), once
    kept = blocks.to_blocks(once)
    printed = blocks.to_html(kept)
    assert clean(printed, base=BASE) == printed, printed
    assert blocks.to_blocks(printed) == kept, printed
    assert "<img" not in blocks.to_html(kept, picture=lambda value: ""), printed
    blocks.text(kept).encode()


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(driver.main("markup", target, SEEDS, SCRAPS))

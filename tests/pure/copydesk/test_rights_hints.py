"""What a publication says of its rights: found wherever machines may read it, told in plain sentences."""

from __future__ import annotations

import json
import time

import pytest

from broadsheet.copydesk import rightshints
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.rightshints import Hint
from broadsheet.wire.errands import may_fetch

URL = "https://gazette.example/news/1"
RSL = "https://gazette.example/license.xml"


def page(*head: str, body: str = "") -> list[Hint]:
    html = f"<!doctype html><html><head>{''.join(head)}</head><body>{body}</body></html>"
    return rightshints.of_document(html.encode(), url=URL)


def feed(*channel: str, names: str = "") -> list[Hint]:
    body = (
        f'<?xml version="1.0"?><rss version="2.0" {names}><channel><title>x</title>{"".join(channel)}</channel></rss>'
    )
    return rightshints.of_document(body.encode(), url=URL)


def told(hints: list[Hint]) -> list[tuple[str, str, str]]:
    return [(hint.kind, hint.url, hint.where) for hint in hints]


@pytest.mark.parametrize(
    ("markup", "kind", "url"),
    [
        ('<link rel="license" href="/terms">', "licence", "https://gazette.example/terms"),
        ('<link rel="license" type="application/rsl+xml" href="/license.xml">', "rsl", RSL),
        ('<meta name="dcterms.license" content="https://a.example/l">', "licence", "https://a.example/l"),
        ('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="/p">', "tdm",
         "https://gazette.example/p"),
        ('<meta name="robots" content="noai, max-snippet: 50">', "directive", ""),
        ('<meta name="copyright" content="© The Gazette">', "rights", ""),
        ('<script type="application/ld+json">{"@graph":[{"license":{"@id":"https://a.example/l"}}]}</script>',
         "licence", "https://a.example/l"),
        ('<script type="application/rsl+xml"><rsl><content><license><permits type="usage">search</permits>'
         '<prohibits type="usage">ai-train</prohibits><payment type="crawl"/></license></content></rsl></script>',
         "rsl", ""),
    ],
)  # fmt: skip
def test_a_page_says_it_in_its_head(markup: str, kind: str, url: str) -> None:
    assert told(page(markup)) == [(kind, url, "document" if "rsl>" in markup else "page")]


def test_a_link_in_the_text_to_creative_commons_is_a_licence_by_name() -> None:
    hints = page(body='<a href="https://creativecommons.org/licenses/by-sa/4.0/deed.de">so</a>')
    assert [hint.says for hint in hints] == ["Creative Commons BY-SA 4.0."]
    hints = page(body='<a rel="license" href="http://creativecommons.org/publicdomain/zero/1.0/">so</a>')
    assert hints[0].says == "Creative Commons zero (public domain) 1.0."


def test_terms_of_really_simple_licensing_are_told_in_short() -> None:
    hint = feed(
        '<rsl:content url="/"><rsl:license><rsl:permits type="usage">search</rsl:permits>'
        '<rsl:prohibits type="usage">ai-train</rsl:prohibits><rsl:payment type="crawl"/></rsl:license></rsl:content>',
        names='xmlns:rsl="https://rslstandard.org/rsl"',
    )[0]
    assert (hint.kind, hint.says) == (
        "rsl", "Really Simple Licensing: permits search; forbids ai-train; payment: crawl.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "names", "kind", "url"),
    [
        ("<copyright>© 2026 The Gazette</copyright>", "", "rights", ""),
        ("<cc:license>https://creativecommons.org/licenses/by/4.0/</cc:license>",
         'xmlns:cc="http://backend.userland.com/creativeCommonsRssModule"', "licence",
         "https://creativecommons.org/licenses/by/4.0/"),
        ('<cc:license rdf:resource="https://a.example/l"/>',
         'xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"', "licence",
         "https://a.example/l"),
        ('<atom:link rel="license" href="/l"/>', 'xmlns:atom="http://www.w3.org/2005/Atom"', "licence",
         "https://gazette.example/l"),
    ],
)  # fmt: skip
def test_a_feed_says_it_in_its_elements(inner: str, names: str, kind: str, url: str) -> None:
    assert told(feed(inner, names=names)) == [(kind, url, "feed")]


def test_headers_say_it_too() -> None:
    headers = {
        "link": f'</style.css>; rel="preload", <{RSL}>; rel="license"; type="application/rsl+xml"',
        "x-robots-tag": "otherbot: noindex, noai, max-snippet:-1",
        "tdm-reservation": "1",
    }
    assert told(rightshints.of_headers(headers, URL)) == [
        ("rsl", RSL, "headers"), ("directive", "", "headers"), ("tdm", "", "headers"),
    ]  # fmt: skip
    assert rightshints.of_headers({"tdm-reservation": "0"}, URL)[0].says == "It does not reserve text and data mining."
    assert rightshints.of_headers({}, URL) == []


def test_robots_say_who_is_shut_out_and_name_licences_and_sitemaps() -> None:
    robots = (
        f"License: {RSL}\nContent-Signal: search=yes, ai-train=no\nSitemap: /sitemap.xml\n"
        "Sitemap: https://gazette.example/news-sitemap.xml # fresh\nUser-agent: GPTBot\nUser-agent: CCBot\n"
        "Disallow: /\nUser-agent: Broadsheet\nDisallow: /news/\n"
    )
    hints = rightshints.of_robots(robots, URL, "Broadsheet", may_fetch)
    says = [hint.says for hint in hints]
    assert says[0] == "It asks Broadsheet not to read this address."
    assert "GPTBot, CCBot" in says[1]
    assert "ClaudeBot" not in says[1]
    assert ("rsl", RSL, "robots.txt") in told(hints)
    assert "It signals: search=yes, ai-train=no." in says
    assert rightshints.sitemaps_of(robots, URL) == [
        "https://gazette.example/news-sitemap.xml", "https://gazette.example/sitemap.xml",
    ]  # fmt: skip
    assert rightshints.of_robots("", URL, "Broadsheet", may_fetch) == []


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/news/1", ["tdm"]),
        ("/free/1", []),
        ("/other", []),
        ("/end", ["tdm"]),
        ("/endless", []),
        ("/a/b/c.pdf", ["tdm"]),
        ("/a/c.pdf.html", []),
        ("/pdf/x", []),
        ("/a/c/x", []),
    ],
)
def test_the_file_of_reservations_goes_by_path_and_its_first_rule_counts(path: str, kinds: list[str]) -> None:
    rules = [
        {"location": "/free/*", "tdm-reservation": 0.5},
        {"location": "/news/", "tdm-reservation": 1, "tdm-policy": "https://gazette.example/policy.json"},
        {"location": "/end$", "tdm-reservation": 1},
        {"location": "/a/*c*.pdf$", "tdm-reservation": 1},
    ]
    hints = rightshints.of_tdmrep(json.dumps(rules).encode(), path)
    assert [hint.kind for hint in hints] == kinds
    if path == "/news/1":
        assert hints[0].url == "https://gazette.example/policy.json"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1, null]", b"{}", b"[" * 100_000, b'[{"location": 5}]'])
def test_nonsense_in_the_file_of_reservations_says_nothing(body: bytes) -> None:
    assert rightshints.of_tdmrep(body, "/") == []


def test_hostile_documents_are_read_in_bounds() -> None:
    began = time.perf_counter()
    nested = '{"a":' * 900 + '{"license":"https://a.example/l"}' + "}" * 900
    many = "".join(f'<a rel="license" href="/l{n}">x</a>' for n in range(500))
    assert page(f'<script type="application/ld+json">{nested}</script>') == []
    assert len(page(body=many)) == rightshints.MAX_HINTS
    assert page('<script type="application/ld+json">' + "[" * 50_000 + "</script>") == []
    assert rightshints.of_headers({"link": "<" * 20_000 + ";=" * 5000}, URL) == []
    stars = json.dumps([{"location": "*a" * 400 + "$", "tdm-reservation": 1}]).encode()
    assert rightshints.of_tdmrep(stars, "a" * 5000 + "b") == []
    with pytest.raises(NotReadable):
        rightshints.of_document(b"just words", url=URL)
    assert time.perf_counter() - began < 5


def test_addresses_that_run_something_are_no_licences() -> None:
    assert page('<link rel="license" href="javascript:alert(1)">', '<link rel="license" href="data:text/html,x">') == []

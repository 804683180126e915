"""Check 30: what a stranger wrote comes out of every surface as exactly what it was, and as nothing else.

Each surface is read again by a strict reader of its own kind, and the very words must be in their place. There is no
CSV and no mail with a stranger's words yet; both have to join when they come.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import structlog
from django.conf import settings
from django.test import Client
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from broadsheet.articles import search
from broadsheet.articles.models import Article
from broadsheet.config import logs
from broadsheet.core import clock
from broadsheet.pages.models import Brand
from broadsheet.press.services import print_page
from broadsheet.syndication import notices
from broadsheet.wire import opml
from broadsheet.wire.models import Feed
from tests import make

#: Everything that ends something somewhere: elements, attributes, comments, sections, strings, headers, templates.
WORDS = (
    "</script><script>alert(1)</script> </title></textarea></style> \" ' ` <!-- --> ]]> <![CDATA[ <?x ?> & &amp; &lt; "
    "%22%3E %0d%0aSet-Cookie: {{ 7*7 }} {% debug %} ${7*7} \\u003c \\\" \\ =cmd|' /C calc'!A0 +1 @x \u2028 \u2029 é 新"
    " 🛥 end"
)
SITE = settings.BROADSHEET.site_url
DC = "{http://purl.org/dc/elements/1.1/}"
ATOM = "{http://www.w3.org/2005/Atom}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"


def cut(length: int) -> str:
    """The words, cut to what a field holds."""
    return WORDS[:length].rstrip()


@pytest.fixture(autouse=True)
def _at_noon(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path)
    with clock.frozen(make.NOW):
        yield


@pytest.fixture
def article(db: None) -> Article:
    """Every field of it, and of all that goes with it, is the words."""
    brand = Brand.objects.get()
    brand.name, brand.tagline, brand.publisher = cut(80), cut(160), cut(160)
    brand.footer_text, brand.copyright_text = cut(600), cut(160)
    brand.save()
    rights = make.make_rights("full", licence_name=cut(120), pictures="kept", canonical="here")
    source = make.make_source(cut(200), rights=rights, about=WORDS, owner=make.make_owner(cut(200)))
    source.slug = "hostile"
    source.save()
    picture = make.make_picture(400, alternative=cut(300), caption=WORDS, credit=cut(200))
    made = make.make_article(
        cut(300),
        source=source, topics=[make.make_topic(cut(120), description=WORDS)], picture=picture, standfirst=WORDS,
        byline=cut(300), address="world-news/hostile", body=[{"type": "code", "value": {"text": WORDS}}],
    )  # fmt: skip
    story = make.make_story([made], slug="hostile")
    make.make_heat(story, 2.5, cut(200))
    make.make_edition({"lead": [made]})
    search.index(made.pk, made.headline, made.standfirst, WORDS)
    return made


def body_of(path: str) -> bytes:
    found = print_page(path)
    assert found is not None, path
    return found.body


def tree(path: str) -> LexborHTMLParser:
    return LexborHTMLParser(body_of(path).decode())


def text(root: Any, selector: str) -> list[str]:
    return [" ".join(one.text(deep=True).split()) for one in root.css(selector)]


def squeezed(words: str) -> str:
    return " ".join(words.split())


def attributes(root: Any, selector: str, name: str) -> list[str]:
    return [one.attributes[name] for one in root.css(selector)]


def test_text_and_attributes_of_the_article_page(article: Article) -> None:
    root = tree(article.path)
    assert text(root, "h1") == [squeezed(article.headline)]
    (title,) = text(root, "title")
    assert squeezed(article.headline).startswith(title.partition("…")[0].strip())
    assert attributes(root, "meta[property='og:title']", "content") == [article.headline]
    assert attributes(root, "meta[property='og:site_name']", "content") == [cut(80)]
    (description,) = attributes(root, "meta[name='description']", "content")
    assert WORDS.startswith(description.removesuffix("…"))
    assert text(root, "pre > code") == [squeezed(WORDS)]
    assert root.css_first("pre > code").text(deep=True) == WORDS
    images = attributes(root, "figure img", "alt")
    assert images[0] == cut(300)
    shown = squeezed(root.body.text(deep=True))
    for words in (article.standfirst, article.byline, article.source.name, cut(120), cut(200), WORDS):
        assert squeezed(words) in shown
    kinds = {one.attributes.get("type") or one.attributes.get("src", "") for one in root.css("script")}
    assert all(kind == "application/ld+json" or kind.startswith("/static/") for kind in kinds)
    assert root.css("style") == []


def test_structured_data_cannot_close_its_element_and_says_what_was_written(article: Article) -> None:
    news, crumbs = (
        json.loads(one.text(deep=True)) for one in tree(article.path).css("script[type='application/ld+json']")
    )
    assert news["headline"] == article.headline[:110]
    assert news["description"] == WORDS
    assert news["author"] == {"@type": "Person", "name": article.byline}
    assert news["publisher"]["name"] == cut(80)
    assert news["sourceOrganization"]["name"] == article.source.name
    assert (news["image"]["caption"], news["image"]["creditText"]) == (cut(300), cut(200))
    assert crumbs["itemListElement"][-1]["name"] == article.headline


def test_the_link_to_share_by_mail_holds_one_subject_and_one_body(article: Article) -> None:
    (href,) = [one for one in attributes(tree(article.path), "a", "href") if one.startswith("mailto:")]
    parts = urlsplit(href)
    assert parts.path == ""
    assert parse_qs(parts.query, strict_parsing=True) == {"subject": [article.headline], "body": [SITE + article.path]}
    assert "\n" not in href
    assert " " not in href


def test_lists_say_it_too(article: Article) -> None:
    name = make.make_section("world").name
    for path in ("/", "/world-news/", "/latest/", "/trending/", "/stories/hostile/", "/sources/hostile/", "/sources/"):
        root = tree(path)
        shown = squeezed(root.body.text(deep=True))
        assert squeezed(cut(80)) in shown, path
        if path != "/sources/":
            assert squeezed(article.headline) in shown, path
        assert name in shown
    assert squeezed(article.source.name) in squeezed(tree("/sources/").body.text(deep=True))
    topic = article.topics.get()
    assert text(tree(topic.path), "h1") == [squeezed(topic.name)]


def test_what_was_searched_for_and_what_was_found(article: Article, client: Client) -> None:
    for query in (WORDS[:200], "alert"):
        root = LexborHTMLParser(client.get(f"/search/?q={quote(query)}").content.decode())
        assert attributes(root, "main input[name='q']", "value") == [squeezed(query)]
    assert squeezed(article.headline) in squeezed(root.body.text(deep=True))
    assert "alert" in text(root, "mark")
    assert root.css("main script") + root.css("main style") == []


@pytest.mark.parametrize("path", ["/feed.{}", "/latest/feed.{}", "/world-news/feed.{}", "/sources/hostile/feed.{}"])
def test_feeds_in_all_three_forms(article: Article, path: str) -> None:
    rss = etree.fromstring(body_of(path.format("rss")))
    (item,) = rss.iter("item")
    assert item.findtext("title") == article.headline
    assert item.findtext(f"{DC}creator") == article.byline
    assert item.findtext("source") == article.source.name
    assert item.findtext("category", "") in {article.shown_section.name, cut(120)}
    assert LexborHTMLParser(item.findtext("description") or "").body.text(deep=True) == WORDS  # type: ignore[union-attr]
    encoded = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert LexborHTMLParser(encoded or "").css_first("pre > code").text(deep=True) == WORDS  # type: ignore[union-attr]
    assert item.findtext(f".//{MEDIA}description") == cut(300)
    atom = etree.fromstring(body_of(path.format("atom")))
    (entry,) = atom.iter(f"{ATOM}entry")
    assert (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary")) == (article.headline, WORDS)
    assert cut(120) in [one.get("term") for one in entry.iter(f"{ATOM}category")]
    feed = json.loads(body_of(path.format("json")))
    (one,) = feed["items"]
    assert (one["title"], one["summary"], one["authors"]) == (article.headline, WORDS, [{"name": article.byline}])
    assert cut(120) in one["tags"]
    assert LexborHTMLParser(one["content_html"]).css_first("pre > code").text(deep=True) == WORDS


def test_sitemaps_opensearch_and_manifest(article: Article) -> None:
    news = etree.fromstring(body_of("/news-sitemap.xml"))
    assert [one.text for one in news.iter(f"{NEWS}title")] == [article.headline]
    assert {one.text for one in news.iter(f"{NEWS}name")} == {cut(80)}
    assert etree.fromstring(body_of("/sitemap.xml")).tag.endswith(("sitemapindex", "urlset"))
    found = etree.fromstring(body_of("/opensearch.xml"))
    assert found.findtext(f"{OPENSEARCH}LongName") == cut(80)[:48]
    manifest = json.loads(body_of("/manifest.webmanifest"))
    assert (manifest["name"], manifest["description"]) == (cut(80), cut(160))


def test_a_contact_address_cannot_begin_a_field_of_its_own() -> None:
    lines = notices.security(SITE, "a@b.example\r\nCanonical: https://outside.example/", now=make.NOW).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Contact", "Expires", "Canonical"]


def test_a_list_of_feeds_reads_back_as_what_it_was(article: Article) -> None:
    address = "https://x.example/" + quote(WORDS)[:400]
    feed = Feed.objects.create(source=article.source, url=address, url_key="k", title=cut(300), next_pull_at=make.NOW)
    written = opml.export([feed], title=WORDS)
    root = etree.fromstring(written.encode())
    assert squeezed(root.findtext("head/title") or "") == squeezed(WORDS)
    (outline,) = (one for one in root.iter("outline") if one.get("xmlUrl"))
    assert outline.get("xmlUrl") == address
    # White space in an attribute is one space to every reader of XML.
    assert squeezed(outline.get("text") or "") in {squeezed(article.source.name), squeezed(cut(300))}
    assert [line.url for line in opml.preview(written.encode())] == [address]


@pytest.mark.parametrize(
    "path",
    ["/%0d%0aSet-Cookie:%20a=b", "/x\r\nSet-Cookie: a=b", "/world-news/hostile%0d%0aX: y", "/search/?q=%0d%0aX:%20y"],
)
def test_no_address_begins_a_header(article: Article, client: Client, path: str) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert "X" not in answer.headers
    assert not any("\r" in value or "\n" in value for value in answer.headers.values())


@pytest.mark.parametrize("shape", ["plain", "json"])
def test_a_line_of_the_log_stays_one_line_and_paints_no_terminal(shape: str) -> None:
    forged = f"title\r\n2026-11-24 [critical] forged\x1b[2J\x1b]0;owned\x07\x9b31m\u2028\u2029\x85{WORDS}"
    formatter = logs.formatter(shape)
    record = logging.LogRecord("broadsheet.x", logging.WARNING, __file__, 1, "said %s", (forged,), None)
    record.feed = forged
    own = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
    lines = [formatter.format(record)]
    event: Any = {"event": forged, "feed": forged, "level": "warning"}
    args, extra = own(None, "warning", event)
    wrapped = logging.LogRecord("broadsheet.x", logging.WARNING, __file__, 1, args[0], (), None)
    vars(wrapped).update(extra["extra"])
    lines.append(formatter.format(wrapped))
    for line in lines:
        assert not any(ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0 or sign in "\u2028\u2029" for sign in line), line
        assert "forged" in line

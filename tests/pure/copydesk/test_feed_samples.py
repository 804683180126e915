"""Every kind of feed gives what stands beside its sample, through JSON and pickle as well."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import ParsedFeed, discover, parse_feed, parse_section
from broadsheet.lib.reasons import Reason

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "feeds"
URL = "https://feed.example/dir/feed.xml"


def read(body: bytes | str, content_type: str | None = None, url: str = URL) -> ParsedFeed:
    return parse_feed(body if isinstance(body, bytes) else body.encode(), url=url, content_type=content_type, now=NOW)


def rss(items: str, head: str = "") -> str:
    return f'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>{head}{items}</channel></rss>'


@pytest.mark.parametrize("sample", [*sorted(SAMPLES.glob("*.xml")), SAMPLES / "feed.json"], ids=lambda path: path.name)
def test_a_sample_gives_the_object_beside_it(sample: Path) -> None:
    expected = json.loads((SAMPLES / f"{sample.name}.expected.json").read_text("utf-8"))
    feed = read(sample.read_bytes())
    assert feed.as_json() == expected
    assert ParsedFeed.from_json(json.loads(json.dumps(expected))) == feed
    assert pickle.loads(pickle.dumps(feed)) == feed


def test_a_section_page_gives_its_headlines_in_order() -> None:
    sample = SAMPLES / "section.html"
    feed = parse_section(sample.read_bytes(), url="https://plain.example/world/")
    assert feed.as_json() == json.loads((SAMPLES / "section.html.expected.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \n\x00", Reason.EMPTY),
        (b"hello", Reason.NOT_A_FEED),
        (b"<!DOCTYPE html><html><body>a page</body></html>", Reason.NOT_A_FEED),
        (b"<opml><body/></opml>", Reason.NOT_A_FEED),
        (b'{"a": 1}', Reason.NOT_A_FEED),
        (b'{"items": [', Reason.NOT_A_FEED),
        (b"[1]", Reason.NOT_A_FEED),
        (b"\x1f\x8bnot really", Reason.WRONG_ENCODING),
        (b"<x " * 300_000, Reason.TOO_LARGE),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><title>&nope</title>', Reason.BROKEN_XML),
    ],
)
def test_what_is_no_feed_has_a_plain_reason(body: bytes, reason: Reason) -> None:
    with pytest.raises(NotReadable) as caught:
        read(body)
    assert caught.value.reason == reason
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.reason, again.detail) == (caught.value.reason, caught.value.detail)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss("", "<title>Quiet</title>")).entries == []


def test_only_the_newest_are_read_whatever_their_order() -> None:
    moments = [NOW - timedelta(hours=hour) for hour in range(700)]
    items = [
        f"<item><title>{n}</title><pubDate>{one:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n, one in enumerate(moments)
    ]
    feed = read(rss("".join(reversed(items))))
    assert [entry.title for entry in feed.entries] == [str(n) for n in reversed(range(500))]
    assert "newest 500" in feed.problems[0]
    data = {"items": [{"id": n, "date_published": one.isoformat()} for n, one in enumerate(reversed(moments))]}
    assert [entry.key for entry in read(json.dumps(data)).entries][-1] == "699"
    places = [
        f"<url><loc>https://e.org/{n}</loc><lastmod>{one.isoformat()}</lastmod></url>" for n, one in enumerate(moments)
    ]
    sitemap = read(f"<urlset>{''.join(reversed(places))}</urlset>")
    assert len(sitemap.entries) == 500
    assert sitemap.entries[0].url == "https://e.org/0"


def test_undated_floods_keep_the_head_of_the_feed() -> None:
    feed = read(rss("".join(f"<item><title>{n}</title></item>" for n in range(600))))
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(500)]


def test_keys_are_bounded_and_told_apart() -> None:
    long = "g" * 5000
    feed = read(rss(f"<item><guid>{long}</guid></item><item><guid>{long}h</guid></item><item><title>a</title></item>"))
    keys = [entry.key for entry in feed.entries]
    assert len(set(keys)) == 3
    assert all(len(key.encode()) <= 2048 for key in keys)
    assert keys[0].startswith("long:")
    assert keys[2].startswith("text:")


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>https://e.org/a</link><guid>https://e.org/b</guid>", "https://e.org/a"),
        ("<guid>https://e.org/b</guid>", "https://e.org/b"),
        ("<guid isPermaLink='false'>https://e.org/b</guid>", None),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>https://user:pass@e.org/a</link>", "https://e.org/a"),
        ("<link>https://e.org/a/../b c</link>", "https://e.org/b%20c"),
        ('<link href="https://e.org/c"/>', "https://e.org/c"),
        ('<atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="https://e.org/d"/>', "https://e.org/d"),
        ('<fb:origLink xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0">https://e.org/o</fb:origLink><link>https://f.example/1</link>', "https://e.org/o"),
    ],
)  # fmt: skip
def test_where_an_entry_leads(item: str, url: str | None) -> None:
    assert read(rss(f"<item>{item}</item>")).entries[0].url == url


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("A &lt;b&gt;bold&lt;/b&gt; move", "A bold move"),
        ("The &lt;canvas&gt; element", "The <canvas> element"),
        ("1 &lt; 2 &amp;amp; 3", "1 < 2 & 3"),
        ("<![CDATA[Caf&eacute; &#8211; bar]]>", "Café – bar"),
        ("Two\n lines\u202e", "Two lines"),
        ("x &lt;script&gt;alert(1)&lt;/script&gt; y &lt;wbr&gt; &lt;z", "x y <z"),
    ],
)
def test_titles_are_plain_text(title: str, plain: str) -> None:
    assert read(rss(f"<item><title>{title}</title></item>")).entries[0].title == plain


def test_pictures_in_every_dress() -> None:
    feed = read(
        rss(
            '<item><media:content url="https://e.org/a.jpg"/><media:credit>One</media:credit></item>'
            '<item><media:content url="https://e.org/b.mp4" type="video/mp4" fileSize="9">'
            '<media:thumbnail url="https://e.org/b.jpg" width="8" height="x"/></media:content></item>'
            "<item><image><url>https://e.org/c.png</url></image></item>"
            '<item><media:content url="javascript:x"/><enclosure type="image/gif"/></item>'
            '<item><media:group><media:thumbnail url="https://e.org/d.jpg"/><media:credit>Two</media:credit></media:group>'
            '<enclosure url="https://e.org/d.jpg" type="image/jpeg"/></item>'
        )
    )
    pictures = [[(one.url, one.width, one.credit) for one in entry.pictures] for entry in feed.entries]
    assert pictures == [
        [("https://e.org/a.jpg", None, "One")],
        [("https://e.org/b.jpg", 8, "")],
        [("https://e.org/c.png", None, "")],
        [],
        [("https://e.org/d.jpg", None, "")],
    ]
    assert feed.entries[1].enclosures[0].length == 9


@pytest.mark.parametrize(
    ("said", "caption", "alternative"),
    [
        ("<media:title>The boat leaves</media:title><media:description>A white ferry</media:description>", "The boat leaves", "A white ferry"),
        ("<media:description>A white ferry</media:description><media:title>The boat leaves</media:title>", "The boat leaves", "A white ferry"),
        ("<media:description>The boat leaves</media:description>", "The boat leaves", ""),
        ("<media:title>The boat leaves</media:title>", "The boat leaves", ""),
        ("<media:title> </media:title><media:description>The boat leaves</media:description>", "The boat leaves", ""),
        ("<media:title>A &lt;b&gt;boat&lt;/b&gt;</media:title><media:description>Salt &amp;amp; spray</media:description>", "A boat", "Salt & spray"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_a_picture_with_title_and_description_has_caption_and_alternative(
    said: str, caption: str, alternative: str
) -> None:
    media = f'<media:content url="https://e.org/a.jpg" medium="image">{said}</media:content>'
    (picture,) = read(rss(f"<item>{media}</item>")).entries[0].pictures
    assert (picture.caption, picture.alternative) == (caption, alternative)


def test_people_in_every_dress() -> None:
    people = {
        "<author>a@b.example (Ann Lee)</author>": ["Ann Lee"],
        "<author><name>Bo Ek</name></author>": ["Bo Ek"],
        '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Von Ida Moe</dc:creator>': ["Ida Moe"],
        "<author>desk@b.example</author>": [],
    }
    for markup, names in people.items():
        assert read(rss(f"<item>{markup}</item>")).entries[0].authors == names


def test_undeclared_prefixes_and_unquoted_attributes_are_read_by_convention() -> None:
    feed = read(
        "<rss rss:version=2.0>\n<rss:channel><rss:item><rss:title>One</rss:title></rss:item></rss:channel></rss>"
    )
    assert [entry.title for entry in feed.entries] == ["One"]


def test_the_fall_back_reads_what_the_fast_reader_cannot() -> None:
    feed = read("<CHANNEL BASE='http://e.org/'><ITEM HREF='a'><TITLE>Cdf</TITLE></ITEM></CHANNEL>")
    assert [entry.title for entry in feed.entries] == ["Cdf"]
    broken = read(
        "<rss><channel><title>t</title></channel></rss><item><title>Late</title><link>https://e.org/l</link></item>"
    )
    assert broken.problems


def test_gzip_under_another_name_is_opened_and_bounded() -> None:
    import gzip

    assert read(gzip.compress(rss("<item><title>In</title></item>").encode())).entries[0].title == "In"
    with pytest.raises(NotReadable) as caught:
        read(gzip.compress(b" " * (21 * 1024 * 1024)))
    assert caught.value.reason == Reason.TOO_LARGE


def test_atom_odd_forms() -> None:
    feed = read(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>T</title>'
        '<content mode="base64">PGI+eDwvYj4=</content></entry>'
        '<entry><id>https://e.org/x</id><content src="https://e.org/y"/><summary type="html">&lt;i&gt;s&lt;/i&gt;</summary></entry></feed>'
    )
    assert feed.entries[0].content_html == "<b>x</b>"
    assert feed.entries[1].content_html is None
    assert feed.entries[1].summary_html == "<i>s</i>"
    single = read(
        '<entry xmlns="http://www.w3.org/2005/Atom"><title>Alone</title><link rel="alternate" type="text/plain" href="https://e.org/t"/></entry>'
    )
    assert (single.entries[0].title, single.entries[0].url) == ("Alone", "https://e.org/t")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 23 Nov 2026 08:15:00 -0330", "2026-11-23T11:45:00+00:00"),
        ("23 Nov 2026 08:15:00 GMT", "2026-11-23T08:15:00+00:00"),
        ("Mon, 31 Feb 2026 08:15:00 GMT", None),
        ("2026-11-23T08:15:00+01:00", "2026-11-23T07:15:00+00:00"),
        ("2026-13-41T08:15:00Z", None),
        ("x" * 300, None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    published = read(rss(f"<item><pubDate>{text}</pubDate></item>")).entries[0].published
    assert (published.isoformat() if published else None) == expected


def test_discovery_prefers_the_head_and_falls_back_to_links() -> None:
    head = """<head><base href="/sub/"><link rel="alternate" type="application/rss+xml" title="All" href="all.xml">
    <link rel="alternate" type="application/feed+json" href="feed:https://e.org/f.json"><link rel="stylesheet" href="a.css">
    <link rel="alternate" type="text/html" href="/de/"></head><body><a href="/rss">x</a></body>"""
    found = discover(head, url="https://e.org/")
    assert [(one.url, one.title, one.kind) for one in found] == [
        ("https://e.org/sub/all.xml", "All", "rss"),
        ("https://e.org/f.json", "", "json"),
    ]
    linked = discover(
        '<a href="/atom.xml">Feed</a><a href="#rss">no</a><a href="feed://e.org/rss">R</a>', url="https://e.org/"
    )
    assert [(one.url, one.kind) for one in linked] == [("https://e.org/atom.xml", "atom"), ("http://e.org/rss", "rss")]
    assert discover("", url="https://e.org/") == []


def test_a_page_without_a_list_is_not_a_feed() -> None:
    with pytest.raises(NotReadable):
        parse_section("<p>No links here.</p>", url="https://e.org/")
    with pytest.raises(NotReadable):
        parse_section(b"", url="https://e.org/")


def test_rarely_seen_forms() -> None:
    feed = read(
        '<rss><channel xml:lang="sv"><title>T</title><ttl>x</ttl>'
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="alternate" href="https://e.org/home"/>'
        "<item xml:base='https://b.example/x/'><link>y</link><description>a <b xmlns='http://www.w3.org/1999/xhtml'>c</b> d<!-- e -->f</description>"
        '<author><name/></author><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="enclosure" type="image/png" href="/i.png"/></item>'
        "</channel></rss>"
    )
    entry = feed.entries[0]
    assert (feed.language, feed.home_url, feed.ttl_minutes) == ("sv", "https://e.org/home", None)
    assert (entry.url, entry.base) == ("https://b.example/x/y", "https://b.example/x/")
    assert entry.summary_html == "a <b>c</b> df"
    assert entry.pictures[0].url == "https://b.example/i.png"
    assert read("<rss><channel><item><title/></item></channel></rss>", url="https://e.org/").entries[0].title == ""
    bare = read(
        "<feed><title>T</title><entry><title type='html'>&lt;b&gt;</title><author>Jo</author><content mode='base64'>!</content></entry></feed>"
    )
    assert bare.entries[0].authors == ["Jo"]
    dated = read(
        rss(
            "<item><pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><unknown:x xmlns:unknown='urn:x'>1</unknown:x></item>"
        )
    )
    assert dated.entries[0].published == datetime(2026, 11, 23, 9, tzinfo=UTC)
    hub = read('{"items": [], "hubs": [{"url": "javascript:x"}, {"url": "https://hub.example/"}]}')
    assert hub.hubs == [("https://hub.example/", URL)]


def test_section_pages_in_other_dress() -> None:
    page = (
        "<body><div role=main><a href='/2026/11/23/one-two-three-four'>The first of three long headlines here</a>"
        "<a href='https://[bad'>The second of three long headlines here</a><a href='/world/'>The page itself under its own address</a>"
        "<div class='related-links'><a href='/2026/11/23/related-story'>A related story that is left out here</a></div>"
        "<article><header><h2><a href='/c-d-e-f'>東京都知事が新しい橋を開通させた</a></h2></header></article>"
        f"<a href='/2026/1/x'>{'far too long ' * 40}</a><a href='/2026/11/23/a.pdf'>A file that is no article of this site</a></div></body>"
    )
    found = parse_section(page, url="https://e.org/world/")
    assert [entry.title for entry in found.entries] == [
        "The first of three long headlines here",
        "東京都知事が新しい橋を開通させた",
    ]

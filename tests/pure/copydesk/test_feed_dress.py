"""What publishers put around the news: bases, hubs, pictures, files, people, ids, in all the dresses seen."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadsheet.copydesk.entries import Entry
from broadsheet.copydesk.parse import ParsedFeed, parse_feed

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://feed.example/dir/feed.xml"
SPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
)


def read(body: bytes | str, url: str = URL) -> ParsedFeed:
    return parse_feed(body if isinstance(body, bytes) else body.encode(), url=url, content_type=None, now=NOW)


def rss(items: str, head: str = "", attributes: str = "") -> ParsedFeed:
    return read(f'<rss version="2.0" {SPACES} {attributes}><channel>{head}{items}</channel></rss>')


def item(markup: str, attributes: str = "") -> Entry:
    return rss(f"<item {attributes}>{markup}</item>").entries[0]


def atom(entries: str, head: str = "", attributes: str = "") -> ParsedFeed:
    return read(
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" {attributes}>{head}{entries}</feed>'
    )


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("https://b.example/x/", "https://b.example/x/y"),
        ("/up/", "https://feed.example/up/y"),
        ("//other.example/", "https://other.example/y"),
        ("javascript:alert(1)//", "https://feed.example/dir/y"),
        ("data:text/html,x", "https://feed.example/dir/y"),
        ("file:///etc/", "https://feed.example/dir/y"),
        ("vbscript:x", "https://feed.example/dir/y"),
        ("http://[bad", "https://feed.example/dir/y"),
        ("https://user:secret@b.example/", "https://b.example/y"),
        ("", "https://feed.example/dir/y"),
        ("x" * 9000, "https://feed.example/dir/y"),
    ],
)
def test_a_base_is_context_for_links_and_never_more(base: str, link: str) -> None:
    body = '<link href="y"/><content type="html">&lt;a href="y"&gt;z&lt;/a&gt;</content>'
    for feed in (
        atom(f"<entry>{body}</entry>", attributes=f'xml:base="{base}"'),
        atom(f'<entry xml:base="{base}">{body}</entry>'),
    ):
        assert feed.entries[0].url == link
        assert (feed.entries[0].base or "").startswith("https://")
    assert rss("<item><link>y</link></item>", attributes=f'xml:base="{base}"').entries[0].url == link
    assert rss(f'<item xml:base="{base}"><link>y</link></item>').entries[0].url == link


@pytest.mark.parametrize(
    ("head", "hubs"),
    [
        ('<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://feed.example/a"/>', [("https://hub.example/", "https://feed.example/a")]),
        ('<atom:link rel="hub" href="https://hub.example/"/>', [("https://hub.example/", URL)]),
        ('<atom:link rel="HUB alternate" href="/hub"/>', [("https://feed.example/hub", URL)]),
        ('<link rel="hub" href="https://hub.example/"/><link rel="self" href="s"/>', [("https://hub.example/", "https://feed.example/dir/s")]),
        ('<atom:link rel="hub" href="javascript:x"/>', []),
        ('<atom:link rel="hub" href="https://a.example/"/><atom:link rel="hub" href="https://a.example/"/><atom:link rel="hub" href="https://b.example/"/>', [("https://a.example/", URL), ("https://b.example/", URL)]),
        ("".join(f'<atom:link rel="hub" href="https://{n}.example/"/>' for n in range(50)), [(f"https://{n}.example/", URL) for n in range(5)]),
    ],
)  # fmt: skip
def test_hubs_and_topic_of_web_sub(head: str, hubs: list[tuple[str, str]]) -> None:
    assert rss("", head).hubs == hubs
    assert atom("", head.replace("atom:", "")).hubs == hubs


def test_a_link_that_is_for_something_else_is_not_where_it_leads() -> None:
    feed = rss(
        '<item><link rel="self" href="/self"/><link rel="replies" href="/r"/><link>/a</link></item>',
        '<link rel="self" href="/me"/><link>https://home.example/</link>',
    )
    assert feed.home_url == "https://home.example/"
    assert feed.entries[0].url == "https://home.example/a"
    assert item('<link rel="self" href="/self"/>').url is None
    entry = atom(
        '<entry><link rel="edit" href="/e"/><link rel="alternate" type="application/json" href="/j"/><link href="/h"/></entry>'
    ).entries[0]
    assert entry.url == "https://feed.example/h"


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        ("<ttl>90</ttl>", 90),
        ("<ttl>-1</ttl>", None),
        ("<ttl>1e9</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 15),
        ("<sy:updatePeriod> Daily </sy:updatePeriod>", 1440),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 60),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
    ],
)
def test_how_often_it_wants_to_be_asked(head: str, minutes: int | None) -> None:
    assert rss("", head).ttl_minutes == minutes


@pytest.mark.parametrize(
    ("markup", "pictures"),
    [
        ('<media:content url="/a.jpg" medium="image" width="640" height="480"/>', ["a.jpg"]),
        ('<media:group><media:content url="/s.jpg" type="image/jpeg"/><media:content url="/l.jpg" type="image/jpeg"/></media:group>', ["s.jpg", "l.jpg"]),
        ('<media:thumbnail url="/t.jpg"/><media:content url="/a.jpg" medium="image"/>', ["a.jpg", "t.jpg"]),
        ('<media:content url="/v.mp4" type="video/mp4"><media:thumbnail url="/v.jpg"/></media:content>', ["v.jpg"]),
        ('<media:content url="/no-hint.webp?w=9"/>', ["no-hint.webp?w=9"]),
        ('<enclosure url="/e.png" type="image/png" length="5"/>', ["e.png"]),
        ('<enclosure url="/e.png"/>', ["e.png"]),
        ('<itunes:image href="/i.png"/>', ["i.png"]),
        ('<itunes:image url="/i.png"/>', ["i.png"]),
        ('<itunes:link rel="image" href="/i.png"/>', ["i.png"]),
        ("<image>/plain.png</image>", ["plain.png"]),
        ("<image><url>/u.png</url></image>", ["u.png"]),
        ('<media:content url="data:image/png;base64,x"/><itunes:image href="javascript:x"/><enclosure url="" type="image/png"/>', []),
        ('<media:content url="/a.jpg"/><enclosure url="/a.jpg" type="image/jpeg"/><media:thumbnail url="/a.jpg"/>', ["a.jpg"]),
    ],
)  # fmt: skip
def test_pictures(markup: str, pictures: list[str]) -> None:
    found = [one.url.removeprefix("https://feed.example/") for one in item(markup).pictures]
    assert found == pictures


def test_files_that_go_with_an_entry_are_named_once() -> None:
    entry = item(
        '<enclosure url="/e.mp3" type="audio/mpeg" length="9"/><media:content url="/e.mp3" type="audio/mpeg"/><atom:link rel="enclosure" href="/f.pdf"/><media:content url="/f.pdf" type="application/pdf" fileSize="7"/>'
    )
    assert [(one.url, one.type, one.length) for one in entry.enclosures] == [
        ("https://feed.example/e.mp3", "audio/mpeg", 9),
        ("https://feed.example/f.pdf", "application/pdf", 7),
    ]


@pytest.mark.parametrize(
    ("markup", "authors"),
    [
        ("<dc:creator>Ann Lee</dc:creator><dc:creator>Bo Ek</dc:creator>", ["Ann Lee", "Bo Ek"]),
        ("<dc:author>Ann Lee</dc:author>", ["Ann Lee"]),
        ("<author>ann@a.example (Ann Lee)</author>", ["Ann Lee"]),
        ("<author>Ann Lee &lt;ann@a.example&gt;</author>", ["Ann Lee"]),
        ("<author>mailto:ann@a.example</author><itunes:author>Ann Lee</itunes:author>", ["Ann Lee"]),
        (
            "<atom:author><atom:name>Ann Lee</atom:name><atom:email>ann@a.example</atom:email></atom:author>",
            ["Ann Lee"],
        ),
        ("<dc:contributor>Bo Ek</dc:contributor>", []),
        ("<dc:creator>By Ann Lee</dc:creator><author>desk@a.example (Desk)</author>", ["Ann Lee"]),
    ],
)
def test_people(markup: str, authors: list[str]) -> None:
    assert item(markup).authors == authors


def test_contributors_of_atom_are_no_authors() -> None:
    feed = atom(
        "<entry><contributor><name>Bo Ek</name></contributor></entry><entry><author><name>Ida Moe</name></author></entry>",
        "<author><name>The Desk</name></author>",
    )
    assert [entry.authors for entry in feed.entries] == [["The Desk"], ["Ida Moe"]]


@pytest.mark.parametrize(
    ("markup", "identity", "url"),
    [
        ("<guid>https://e.org/1</guid>", "https://e.org/1", "https://e.org/1"),
        (
            '<guid isPermaLink="true">https://e.org/1</guid><link>https://e.org/2</link>',
            "https://e.org/1",
            "https://e.org/2",
        ),
        ('<guid isPermaLink="FALSE">https://e.org/1</guid>', "https://e.org/1", None),
        ("<guid>post-17</guid>", "post-17", None),
        ("<guid>tag:e.org,2026:17</guid>", "tag:e.org,2026:17", None),
        ("<guid>javascript:alert(1)</guid>", "javascript:alert(1)", None),
        ("<link>https://e.org/2</link>", "", "https://e.org/2"),
        ("<guid> </guid><link>https://e.org/2</link>", "", "https://e.org/2"),
    ],
)
def test_ids_and_where_they_lead(markup: str, identity: str, url: str | None) -> None:
    entry = item(markup)
    assert (entry.id, entry.url) == (identity, url)
    assert entry.key.startswith(identity or (url or "text:"))


def test_a_stored_entry_of_another_version_is_still_read() -> None:
    data = item("<title>T</title><guid>g</guid>").as_json()
    data.pop("id")
    data["shoe_size"] = 44
    assert Entry.from_json(data).title == "T"
    feed = rss("<item/>").as_json() | {"later": 1}
    assert ParsedFeed.from_json(feed).kind == "rss"


def test_the_first_date_that_can_be_read_counts() -> None:
    entry = item("<pubDate>soon</pubDate><dc:date>2026-11-23T08:00:00Z</dc:date>")
    assert entry.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    later = atom(
        "<entry><published>?</published><issued>2026-11-23</issued><updated>x</updated><modified>2026-11-24</modified></entry>"
    )
    assert later.entries[0].published == datetime(2026, 11, 23, tzinfo=UTC)
    assert later.entries[0].updated == datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ('<content type="application/octet-stream">PGI+eDwvYj4=</content>', "<b>x</b>"),
        ('<content type="application/json">{"a": 1}</content>', '{"a": 1}'),
        ('<content type="video/mp4">AAAAIGZ0eXA/////</content>', None),
        ('<content type="text/plain">1 &lt; 2</content>', "1 &lt; 2"),
        ('<content type="application/xhtml+xml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>', "<div><p>x</p></div>"),
        ('<content type="html">&lt;p&gt;x&lt;/p&gt;</content>', "<p>x</p>"),
    ],
)  # fmt: skip
def test_contents_of_atom_by_type(content: str, html: str | None) -> None:
    assert atom(f"<entry>{content}</entry>").entries[0].content_html == html


def test_the_description_of_a_film_stands_for_the_entry() -> None:
    group = "<media:group><media:title>F</media:title><media:description>1 &lt; 2</media:description></media:group>"
    assert atom(f"<entry><title>F</title>{group}</entry>").entries[0].summary_html == "1 &lt; 2"
    assert item(group).summary_html == "1 &lt; 2"
    assert item(f"<description>Own</description>{group}").summary_html == "Own"


def test_languages_of_feed_and_content() -> None:
    feed = rss(
        '<item><content:encoded xml:lang="de">x</content:encoded></item><item xml:lang="fr_CH"/><item><dc:language>pt-br</dc:language></item><item/>',
        "<language>en_us</language>",
    )
    assert feed.language == "en-US"
    assert [entry.language for entry in feed.entries] == ["de", "fr-CH", "pt-BR", None]
    spoken = atom('<entry xml:lang="fr"><content xml:lang="it">x</content></entry>', attributes='xml:lang="sv"')
    assert (spoken.language, spoken.entries[0].language) == ("sv", "it")


def test_gzip_in_gzip_in_parts_and_torn() -> None:
    import gzip

    body = f"<rss {SPACES}><channel><item><title>In</title></item></channel></rss>".encode()
    assert read(gzip.compress(gzip.compress(body))).entries[0].title == "In"
    assert read(gzip.compress(body[:20]) + gzip.compress(body[20:])).entries[0].title == "In"
    assert read(gzip.compress(body)[:-9]).entries[0].title == "In"
    assert read(gzip.compress(body) + b"\x00\x00junk").entries[0].title == "In"


def test_an_entry_from_a_list_of_tags_and_of_categories() -> None:
    assert item(
        "<tags>one, two</tags><category>three</category><category/><dc:subject>two</dc:subject>"
    ).categories == ["one", "two", "three"]

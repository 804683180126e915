"""What is sent out: rights in every form of feed, hostile words in every form, sitemaps, and the small files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from lxml import etree
from protego import Protego

from broadsheet.core import clock
from broadsheet.press.printing import Printer, Sheet, print_sheet
from broadsheet.stories.models import Placement
from broadsheet.syndication import notices, printing, sitemaps
from broadsheet.syndication.entries import Channel, printable
from broadsheet.syndication.feeds import FORMS as MAKERS
from tests import make

pytestmark = pytest.mark.django_db

FORMS = ("rss", "atom", "json")
SITE = settings.BROADSHEET.site_url
SM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"

printer = Printer()
printing.register(printer)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.frozen(make.NOW):
        yield


def sheet(path: str) -> Sheet:
    """What the builder of `path` makes, proven fit for the press."""
    match = printer.match(path)
    assert match is not None, path
    made = match.build()
    assert isinstance(made, Sheet), path
    print_sheet(path, made)
    return made


def raw(path: str) -> bytes:
    body = sheet(path).body
    return body.encode() if isinstance(body, str) else body


def read(where: str, form: str) -> list[dict[str, str]]:
    """The entries of a feed as a strict reader sees them, in the same words for all three forms."""
    body = raw(f"{where}feed.{form}")
    if form == "json":
        return [_from_json(item) for item in json.loads(body)["items"]]
    root = etree.fromstring(body)
    return [_from_rss(item) for item in root.iter("item")] + [_from_atom(item) for item in root.iter(f"{ATOM}entry")]


def _from_json(item: dict[str, Any]) -> dict[str, str]:
    return {
        "title": item["title"],
        "url": item["url"],
        "summary": item.get("summary", ""),
        "text": item.get("content_html", ""),
        "author": item["authors"][0]["name"],
        "origin": item.get("external_url", ""),
        "rights": item["_broadsheet"]["rights"],
    }


def _from_rss(item: etree._Element) -> dict[str, str]:
    dc = "{http://purl.org/dc/elements/1.1/}"
    return {
        "title": item.findtext("title", ""),
        "url": item.findtext("guid", ""),
        "summary": item.findtext("description", ""),
        "text": item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded", ""),
        "author": item.findtext(f"{dc}creator", ""),
        "origin": item.findtext(f"{dc}source", ""),
        "rights": item.findtext(f"{dc}rights", ""),
    }


def _from_atom(item: etree._Element) -> dict[str, str]:
    links = {link.get("rel"): link.get("href", "") for link in item.findall(f"{ATOM}link")}
    return {
        "title": item.findtext(f"{ATOM}title", ""),
        "url": links["alternate"],
        "summary": item.findtext(f"{ATOM}summary", ""),
        "text": item.findtext(f"{ATOM}content", ""),
        "author": item.findtext(f"{ATOM}author/{ATOM}name", ""),
        "origin": links.get("via", ""),
        "rights": item.findtext(f"{ATOM}rights", ""),
    }


def everywhere() -> dict[str, str]:
    """One article of each right, on all lists; the addresses of those lists by name."""
    topic = make.make_topic("Harbours")
    for text in ("headline", "excerpt", "full"):
        source = make.make_source(f"The {text}", rights=make.make_rights(text=text, excerpt_words=6))
        article = make.make_article(
            f"Of {text}",
            source=source,
            standfirst="",
            body="One two three four five six seven <b>hidden</b> words.",
            topics=[topic],
        )
        make.make_story([article], slug=f"story-{text}")
    return {"front": "/", "latest": "/latest/", "section": "/world-news/", "topic": "/topics/harbours/"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("where", ["front", "latest", "section", "topic", "source", "story"])
def test_rights_matrix_of_profile_and_feed(where: str, form: str) -> None:
    lists = everywhere()
    if where in lists:
        entries = read(lists[where], form)
    else:
        stem = "/sources/the-" if where == "source" else "/stories/story-"
        entries = [read(f"{stem}{text}/", form)[0] for text in ("headline", "excerpt", "full")]
    seen = {entry["title"]: entry for entry in entries}
    assert set(seen) == {"Of headline", "Of excerpt", "Of full"}
    assert seen["Of headline"]["summary"] == seen["Of headline"]["text"] == ""
    assert "One two three four five six" in seen["Of excerpt"]["summary"]
    assert "seven" not in seen["Of excerpt"]["summary"]
    assert seen["Of excerpt"]["text"] == ""
    assert "seven <b>hidden</b> words." in seen["Of full"]["text"]
    for name, entry in seen.items():
        assert entry["url"].startswith(f"{SITE}/world-news/of-")
        assert entry["origin"].startswith("https://origin.example/")
        assert f"The {name.removeprefix('Of ')}" in entry["rights"]


def test_nothing_hidden_by_rights_stands_anywhere_in_the_bytes() -> None:
    everywhere()
    for form in FORMS:
        for text in ("headline", "excerpt"):
            assert b"hidden" not in raw(f"/sources/the-{text}/feed.{form}")


@pytest.mark.parametrize("form", FORMS)
def test_check_55_nothing_unpublished_is_sent_out(form: str) -> None:
    shown = make.make_article("Shown")
    make.make_article("A copy", copy_of=shown, address=None)
    make.make_article("A draft", live=False)
    make.make_article("Withdrawn", withdrawn_at=make.NOW)
    make.make_article("Embargoed", source=make.make_source(rights=make.make_rights(embargo_minutes=600)))
    make.make_article("Expired", source=make.make_source(rights=make.make_rights(expiry_days=1)), age=timedelta(days=2))
    for where in ("/", "/latest/", "/world-news/"):
        assert [entry["title"] for entry in read(where, form)] == ["Shown"]


CORPUS = [
    "<script>alert(1)</script>", "]]><x/>", "]]>]]&gt;", "&lt;b&gt; &amp;amp; &#0;", "<!--", "<![CDATA[x]]>", "<?xml?>",
    "<!DOCTYPE x [<!ENTITY e 'x'>]>&e;", '" onload="x', "' x='", "\0\x01\x08\x0b\x1f", "\ufffe\uffff", "\ud800",
    "a\r\nb\tc", "\u2028\u2029", "\x85\x9f", "</title></item></channel></rss>", "</entry>", '"},{"title":"x', "\\u0000",
    "🙂 é 北京 שלום", "%s {0} {{x}} {% x %}", "javascript:alert(1)", "AT&T > IBM < x", "&", "<", "",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_check_30_hostile_words_come_out_as_words(form: str) -> None:
    source = make.make_source("Bad & <b>Sons</b>", about="</channel>\x0b")
    topic = make.make_topic("Tag <i>&</i> \x0b")
    expected = {}
    for number, hostile in enumerate(CORPUS):
        # No database stores a lone surrogate; the corpus has it for `printable` alone.
        text = f"{number} {hostile}".encode("utf-8", "ignore").decode().replace("\0", "")
        make.make_article(
            text, source=source, standfirst=text, byline=text, topics=[topic], address=f"world-news/n{number}"
        )
        expected[f"/world-news/n{number}/"] = printable(text)
    entries = read("/latest/", form)
    assert len(entries) == len(CORPUS)
    for entry in entries:
        wanted = expected[entry["url"].removeprefix(SITE)].replace("\r\n", "\n")
        got = {name: entry[name].replace("\r\n", "\n") for name in ("title", "author", "summary")}
        assert got["title"] == got["author"] == wanted
        if form == "rss":
            assert "<script" not in got["summary"]
            assert got["summary"].startswith("<p>")
        else:
            assert got["summary"] == wanted
        assert "<script" not in entry["text"]


@pytest.mark.parametrize("form", FORMS)
def test_printable_text_holds_nothing_that_xml_cannot(form: str) -> None:
    bad = "".join(map(chr, range(0x20))) + "\x7f\ufffe\ud800\udfff!"
    channel = Channel(bad, bad, SITE, "/", "en", bad)
    body = MAKERS[form].render(channel, [])
    if form == "json":
        assert json.loads(body)["title"] == "\t\n\r\x7f!"
    else:
        etree.fromstring(body)


def test_a_common_reader_understands_the_xml_forms() -> None:
    source = make.make_source("The Gazette", rights=make.make_rights(licence_name="CC BY 4.0"))
    topic = make.make_topic("Harbours")
    article = make.make_article(
        "Tide & time", source=source, topics=[topic], byline="Ada Pell", standfirst="In short.", language="en",
        updated_at=make.NOW,
    )  # fmt: skip
    for form in ("rss", "atom"):
        feed = feedparser.parse(raw(f"/feed.{form}"))
        assert not feed.bozo
        assert feed.version == {"rss": "rss20", "atom": "atom10"}[form]
        [own] = [link.href for link in feed.feed.links if link.rel == "self"]
        assert own == f"{SITE}/feed.{form}"
        [entry] = feed.entries
        assert entry.author == "Ada Pell"
        assert entry.link == f"{SITE}{article.path}"
        assert [tag.term for tag in entry.tags] == ["World News", "Harbours"]
        assert entry.published_parsed[:5] == (2026, 11, 24, 7, 40)
        assert entry.source.title == "The Gazette"
        assert "The pilot boat" in entry.content[-1].value
        assert "In short." in entry.summary
    ident = feedparser.parse(raw("/feed.atom")).entries[0].id
    assert ident == f"tag:{urlsplit(SITE).hostname},2026:article/{article.pk}"
    assert f'<guid isPermaLink="true">{SITE}{article.path}</guid>'.encode() in raw("/feed.rss")


def test_json_feed_has_what_version_1_1_asks_for() -> None:
    make.make_article("One", source=make.make_source(rights=make.make_rights(text="headline")))
    feed = json.loads(raw("/feed.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{SITE}/feed.json"
    assert feed["language"] == "en"
    [item] = feed["items"]
    assert item["content_text"] == "One"
    assert item["external_url"].startswith("https://origin.example/")
    assert item["date_published"] == "2026-11-24T07:40:00Z"


@pytest.mark.parametrize("form", FORMS)
def test_empty_feeds_are_whole_feeds(form: str) -> None:
    make.make_sections()
    for where in ("/", "/latest/", "/travel/"):
        assert read(where, form) == []
    assert sheet(f"/latest/feed.{form}").last_modified is None


def test_unknown_lists_have_no_feed() -> None:
    for path in ("/nowhere/feed.rss", "/topics/x/feed.atom", "/sources/x/feed.json", "/stories/x/feed.rss"):
        match = printer.match(path)
        assert match is not None
        assert match.build() is None
    assert printer.match("/latest/feed.xml") is None
    assert printer.match("/sitemaps/0.xml") is None


def test_newest_first_thirty_of_them_and_the_front_tells_a_story_once() -> None:
    source = make.make_source()
    told = [make.make_article(f"Told {n}", source=source, age=timedelta(minutes=n)) for n in range(3)]
    make.make_story(told)
    for number in range(40):
        make.make_article(f"Other {number}", source=source, age=timedelta(hours=1, minutes=number))
    latest = [entry["title"] for entry in read("/latest/", "json")]
    assert latest[:4] == ["Told 0", "Told 1", "Told 2", "Other 0"]
    assert len(latest) == 30
    front = [entry["title"] for entry in read("/", "json")]
    assert front[:3] == ["Told 0", "Other 0", "Other 1"]
    assert len(front) == 30
    assert Placement.objects.count() == 3


def test_a_feed_carries_the_keys_of_its_list_and_of_everything_in_it() -> None:
    article = make.make_article("One", topics=[make.make_topic("Tides")])
    each = {f"article:{article.pk}", f"rights:{article.source_id}", "brand"}
    topic = article.topics.get().pk
    for path, own in (
        ("/feed.rss", {"latest", "edition:front"}),
        ("/latest/feed.atom", {"latest"}),
        ("/world-news/feed.json", {"section:world"}),
        ("/topics/tides/feed.rss", {f"topic:{topic}"}),
        (f"{article.source.path}feed.rss", {f"source:{article.source_id}"}),
    ):
        assert each | own <= sheet(path).keys, path


def test_equal_facts_give_equal_bytes_at_any_time() -> None:
    everywhere()
    paths = [*(f"/feed.{form}" for form in FORMS), "/sitemap.xml", "/robots.txt", "/.well-known/security.txt"]
    before = [raw(path) for path in paths]
    with clock.frozen(make.NOW + timedelta(hours=3)):
        assert [raw(path) for path in paths] == before


@pytest.mark.parametrize("path", ["/feed.rss", "/latest/feed.json", "/world-news/feed.atom", "/topics/tides/feed.rss"])
def test_queries_do_not_grow_with_the_articles(path: str) -> None:
    topic = make.make_topic("Tides")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            sheet(path)
        return len(seen)

    def some(count: int) -> None:
        for _ in range(count):
            make.make_story([make.make_article(topics=[topic])])

    some(3)
    few = queries()
    some(20)
    assert queries() == few <= 7


def _images(form: str) -> list[dict[str, str]]:
    """Address and size of each entry's picture."""
    body = raw(f"/latest/feed.{form}")
    if form == "json":
        items = [item for item in json.loads(body)["items"] if "image" in item]
        return [{"url": one["image"], **{k: str(v) for k, v in one["_broadsheet"]["image"].items()}} for one in items]
    media = "{http://search.yahoo.com/mrss/}"
    return [
        {
            "url": one.get("url", ""),
            "width": one.get("width", ""),
            "height": one.get("height", ""),
            "alt": one.findtext(f"{media}description", ""),
        }
        for one in etree.fromstring(body).iter(f"{media}content")
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_carries_the_widest_jpeg_with_its_size_and_words(form: str) -> None:
    rights = make.make_rights(pictures="kept")
    make.make_article(source=make.make_source(rights=rights), picture=make.make_picture(1000, alternative="A < pier"))
    (image,) = _images(form)
    assert image["url"].startswith(f"{SITE}/media/images/")
    assert image["url"].endswith(".jpg")
    assert (image["width"], image["height"], image["alt"]) == ("1000", "500", "A < pier")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", ["rights", "expired", "not rendered"])
def test_a_feed_carries_no_picture_that_may_or_can_not_be_shown(form: str, case: str) -> None:
    expired = make.NOW - timedelta(days=1) if case == "expired" else None
    picture = make.make_picture(rendered=case != "not rendered", expires_at=expired)
    rights = make.make_rights(pictures="none" if case == "rights" else "kept")
    make.make_article(source=make.make_source(rights=rights), picture=picture)
    assert _images(form) == []


def test_links_of_our_own_within_a_text_are_made_absolute() -> None:
    make.make_article("One", body='See <a href="/about/">us</a> and <a href="https://a.example/">them</a>.')
    text = read("/", "rss")[0]["text"]
    assert f'href="{SITE}/about/"' in text
    assert 'href="https://a.example/"' in text


# Sitemaps.


def locations(path: str) -> list[str]:
    return [loc.text.removeprefix(SITE) for loc in etree.fromstring(raw(path)).iter(f"{SM}loc")]


def test_sitemap_lists_only_what_is_canonical_here() -> None:
    here = make.make_rights(canonical="here")
    own = make.make_article("Own", source=make.make_source(rights=here))
    make.make_article("Theirs")
    make.make_article("Draft", source=own.source, live=False)
    make.make_article("Gone", source=own.source, withdrawn_at=make.NOW)
    make.make_article("Copy", source=own.source, copy_of=own, address=None)
    over = make.make_source(rights=make.make_rights(canonical="here", expiry_days=1))
    make.make_article("Expired", source=over, age=timedelta(days=2))
    make.make_standing("imprint", "Imprint")
    listed = locations("/sitemap.xml")
    articles = [path for path in listed if path.count("/") == 3]
    assert articles == [own.path]
    assert {"/", "/world-news/", "/imprint/"} <= set(listed)
    assert len(listed) == len(set(listed))


def test_a_large_sitemap_is_cut_by_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "SPAN", 4)
    source = make.make_source(rights=make.make_rights(canonical="here"))
    paths = [make.make_article(source=source).path for _ in range(11)]
    for _ in range(8):
        make.make_article()  # canonical elsewhere: spans without anything of ours are not named
    files = locations("/sitemap.xml")
    assert files[0] == "/sitemaps/pages.xml"
    assert 3 <= len(files) - 1 <= 4
    assert sorted(path for name in files[1:] for path in locations(name)) == sorted(paths)
    assert not set(locations(files[0])) & set(paths)
    last = printer.match("/sitemaps/999999.xml")
    assert last is not None
    assert last.build() is None
    assert {"/sitemap.xml", *files} <= set(printer.all_paths())


def test_news_sitemap_has_two_days_and_only_our_own() -> None:
    source = make.make_source(rights=make.make_rights(canonical="here"))
    new = make.make_article("New & <fresh>", source=source, language="zh-Hant", age=timedelta(hours=47))
    make.make_article("Old", source=source, age=timedelta(hours=49))
    make.make_article("Theirs")
    root = etree.fromstring(raw("/news-sitemap.xml"))
    assert [loc.text for loc in root.iter(f"{SM}loc")] == [f"{SITE}{new.path}"]
    assert root.findtext(f".//{NEWS}title") == "New & <fresh>"
    assert root.findtext(f".//{NEWS}language") == "zh-tw"
    assert root.findtext(f".//{NEWS}publication_date") == "2026-11-22T09:40:00Z"


def test_news_sitemap_names_at_most_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sitemaps.NEWS_LIMIT == 1000
    monkeypatch.setattr(sitemaps, "NEWS_LIMIT", 2)
    source = make.make_source(rights=make.make_rights(canonical="here"))
    for _ in range(3):
        make.make_article(source=source)
    assert len(locations("/news-sitemap.xml")) == 2


# Small files.


def test_robots_closes_live_pages_and_names_the_sitemaps() -> None:
    rules = Protego.parse(raw("/robots.txt").decode())
    assert list(rules.sitemaps) == [f"{SITE}/sitemap.xml", f"{SITE}/news-sitemap.xml"]
    for path, may in (("/", True), ("/world-news/x/", True), ("/searching/", True), ("/feed.rss", True),
                      ("/desk/x", False), ("/account/login/", False), ("/search/?q=x", False)):  # fmt: skip
        assert rules.can_fetch(f"{SITE}{path}", "anybody") is may, path


@pytest.mark.parametrize(
    ("contact", "line"), [("", f"Contact: {SITE}/contact/"), ("a@b.example", "Contact: mailto:a@b.example")]
)
def test_security_txt_has_a_contact_and_an_end_within_reach(contact: str, line: str) -> None:
    lines = notices.security(SITE, contact, now=make.NOW).splitlines()
    assert lines[0] == line
    assert lines[1] == "Expires: 2027-01-08T00:00:00Z"
    assert sheet("/.well-known/security.txt").content_type == "text/plain; charset=utf-8"


def test_no_line_can_be_smuggled_into_security_txt() -> None:
    text = notices.security(SITE, "a@b.example\r\nPolicy: https://evil.example", now=make.NOW)
    assert len(text.splitlines()) == 3


def test_ads_txt_names_no_seller() -> None:
    lines = [line for line in raw("/ads.txt").decode().splitlines() if not line.startswith("#")]
    assert lines == ["placeholder.example.com, placeholder, DIRECT, placeholder"]


def test_opensearch_and_manifest_are_well_formed() -> None:
    root = etree.fromstring(raw("/opensearch.xml"))
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert root.find(f"{space}Url").get("template") == f"{SITE}/search/?q={{searchTerms}}"
    assert len(root.findtext(f"{space}ShortName")) <= 16
    manifest = json.loads(raw("/manifest.webmanifest"))
    assert manifest["start_url"] == "/"
    assert manifest["name"]


def test_all_small_files_can_be_named_by_the_press() -> None:
    paths = set(printer.all_paths())
    assert {"/robots.txt", "/ads.txt", "/.well-known/security.txt", "/opensearch.xml", "/news-sitemap.xml"} <= paths
    for path in paths:
        assert sheet(path).keys


@override_settings(LANGUAGE_CODE="pt-br")
def test_the_language_of_the_paper_is_said() -> None:
    assert b"<language>pt-br</language>" in raw("/feed.rss")


def test_lists_are_read_from_an_index_and_not_sorted_whole() -> None:
    """SQLite's plan for the rows of a feed names one of the indexes made for it."""
    if connection.vendor != "sqlite":
        pytest.skip("how SQLite plans it")
    source = make.make_source(rights=make.make_rights(canonical="here"))
    article = make.make_article(source=source)
    for path, index in (
        ("/latest/feed.rss", "article_by_time"),
        ("/world-news/feed.rss", "article_by_section"),
        (f"{source.path}feed.rss", "article_by_source"),
        ("/news-sitemap.xml", "article_by_"),
    ):
        with CaptureQueriesContext(connection) as seen:
            sheet(path)
        [asked] = [row["sql"] for row in seen if " DESC" in row["sql"] and '"live"' in row["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
            plan = " | ".join(row[3] for row in cursor.fetchall())
        assert index in plan, (path, plan)
        assert "TEMP B-TREE FOR ORDER" not in plan, (path, plan)
    assert article.pk

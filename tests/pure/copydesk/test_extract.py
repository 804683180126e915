"""A page gives its article and what it says about itself."""

# ruff: noqa: E501 - samples of markup stay on one line
from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trafilatura
from lxml import html as lxml_html

from broadsheet.copydesk import extract
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.extract import Page, extract_page
from broadsheet.copydesk.metadata import Metadata
from broadsheet.lib.reasons import Reason

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "pages"
URL = "https://harbour.example/world/bridge-reopens"


def page(html: str, url: str = URL) -> Page:
    return extract_page(html.encode(), url=url, content_type="text/html; charset=utf-8", now=NOW)


def about(html: str) -> Metadata:
    return Metadata(lxml_html.document_fromstring(html), URL, NOW)


STORY = "".join(
    f"<p>Sentence number {n} of a story about the harbour bridge, its cables and its many painters.</p>"
    for n in range(30)
)


@pytest.mark.slow("imports the page extractor")
def test_a_sample_gives_the_object_beside_it() -> None:
    found = extract_page((SAMPLES / "article.html").read_bytes(), url=URL, content_type=None, now=NOW)
    expected = json.loads((SAMPLES / "article.expected.json").read_text("utf-8"))
    assert found.as_json() == expected
    assert Page.from_json(json.loads(json.dumps(expected))) == found


@pytest.mark.parametrize(
    ("head", "alternative"),
    [
        ('<meta property="og:image:alt" content="A ferry at a stone quay">', "A ferry at a stone quay"),
        ('<meta name="twitter:image:alt" content="A ferry">', "A ferry"),
        ('<meta name="twitter:image:alt" content="Second"><meta property="og:image:alt" content="First">', "First"),
        ('<meta property="og:image:alt" content="Salt &amp;amp;  &lt;b&gt;spray&lt;/b&gt;">', "Salt & spray"),
        (f'<meta property="og:image:alt" content="{"x" * 400}">', "x" * 300),
        ('<meta property="og:image" content="/p.jpg">', ""),
    ],
)
def test_a_page_says_what_is_to_be_seen_on_its_picture(head: str, alternative: str) -> None:
    assert about(f"<html><head>{head}</head></html>").picture_alternative() == alternative


@pytest.mark.slow("imports the page extractor")
def test_what_is_to_be_seen_goes_with_the_page() -> None:
    head = '<meta property="og:image" content="/p.jpg"><meta property="og:image:alt" content="A ferry">'
    found = page(
        f"<html><head><title>Bridge reopens</title>{head}</head><body><article>{STORY}</article></body></html>"
    )
    assert (found.picture, found.picture_alternative) == ("https://harbour.example/p.jpg", "A ferry")
    assert Page.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", Reason.EMPTY), (b"<html><body></body></html>", Reason.EMPTY), (b"<div>" * 60_000, Reason.TOO_LARGE)],
)
def test_pages_without_text_have_a_reason(body: bytes, reason: Reason) -> None:
    with pytest.raises(NotReadable) as caught:
        extract_page(body, url=URL, content_type=None, now=NOW)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("html", "wall"),
    [
        (f"<title>Bridge reopens</title><article>{STORY}</article>", "none"),
        ("<title>404 Not Found</title><article><p>There is nothing at this address, we are sorry to say.</p></article>", "error"),
        ("<title>Harbour Post</title><main><p>Please enable JavaScript and cookies in your browser to go on reading.</p></main>", "error"),
        ("<title>Harbour Post</title><main><p>The page you are looking for does not exist, or has been moved away.</p></main>", "error"),
        (f"<title>How to enable cookies</title><article>{STORY}<p>Please enable cookies.</p></article>", "none"),
        ("<title>A story</title><article><p>It begins like this and then stops.</p><p>Subscribe to continue reading this.</p></article>", "paywall"),
        ("<title>A story</title><article><p>It begins like this and then stops there.</p></article><div class='site-paywall'>x</div>", "paywall"),
        ('<title>A story</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"A story","isAccessibleForFree":"False"}</script><article><p>It begins.</p></article>', "paywall"),
        ("<title>A story</title><meta property='article:content_tier' content='locked'><article><p>It begins like this and stops.</p></article>", "paywall"),
        ("<title>A short story</title><article><p>It is all here in one short sentence.</p></article><div>x</div>", "none"),
    ],
)  # fmt: skip
def test_walls(html: str, wall: str) -> None:
    assert page(f"<html><body>{html}</body></html>").wall == wall


@pytest.mark.slow("imports the second extractor")
def test_a_short_finding_stands_where_the_second_opinion_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise ValueError("no")

    short = (
        "<title>Bridge reopens today</title><article><p>The harbour bridge is open again, a week early.</p></article>"
    )
    monkeypatch.setattr(trafilatura, "extract", fail)
    assert page(short).text == "The harbour bridge is open again, a week early."


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Bridge reopens | Harbour Post</title><h1>Bridge reopens</h1>", "Bridge reopens"),
        (
            "<title>Bridge reopens - Harbour Post</title><meta property=og:site_name content='Harbour Post'>",
            "Bridge reopens",
        ),
        (
            "<title>Harbour Post: x</title><meta property=og:title content='Bridge reopens – at last'>",
            "Bridge reopens – at last",
        ),
        (
            "<title>Harbour Post — Bridge reopens</title><meta property=og:site_name content='Harbour Post'>",
            "Bridge reopens",
        ),
        ("<h1>Only a heading here</h1>", "Only a heading here"),
        ("<title>Said in the title</title><h1>Quite another thing</h1>", "Said in the title"),
        ("<svg><title>icon</title></svg><p>x", ""),
    ],
)
def test_titles(html: str, title: str) -> None:
    assert about(f"<html><head></head><body>{html}</body></html>").title() == title


def ld(**values: object) -> str:
    return (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "H"} | values)}</script>'
    )


@pytest.mark.parametrize(
    ("html", "authors"),
    [
        (ld(author={"name": "Mira Okafor"}), ["Mira Okafor"]),
        (ld(author=[{"name": "A Bee"}, "Cee Dee", 7]), ["A Bee", "Cee Dee"]),
        ("<meta name=author content='By Ida Moe'>", ["Ida Moe"]),
        ("<meta property=article:author content='https://e.org/ida'>", []),
        ("<a rel=author href=/x>Jo Lind</a>", ["Jo Lind"]),
        ("<p>x", []),
    ],
)
def test_authors(html: str, authors: list[str]) -> None:
    assert about(html).authors() == authors


@pytest.mark.parametrize(
    ("html", "day"),
    [
        (ld(datePublished="2026-11-20T10:00:00Z"), 20),
        ("<meta property=article:published_time content=2026-11-19T10:00:00Z>", 19),
        ("<time datetime=2026-11-18>x</time>", 18),
        ("<time>x</time><span itemprop=datePublished content=2026-11-17>x</span>", 17),
        ("<meta name=date content=nonsense>", None),
        (f"<script type='application/ld+json'>{{broken</script>{ld(datePublished='2026-11-16')}", 16),
        (
            '<script type="application/ld+json">[{"@graph":[{"@type":["x","NewsArticle"],"datePublished":"2026-11-15"}]}]</script>',
            15,
        ),
    ],
)
def test_dates(html: str, day: int | None) -> None:
    found = about(html).published()
    assert (found.day if found else None) == day


def test_the_rest_that_a_page_says() -> None:
    said = about(
        "<html lang=en_gb><head><link rel=canonical href=/canon><meta property=og:image content=/p.jpg>"
        "<meta name=description content='A  bridge'><meta property=article:modified_time content=2026-11-21>"
        f"{ld(publisher={'name': 'Harbour Post'})}</head><body>x"
    )
    assert (said.canonical(), said.picture()) == ("https://harbour.example/canon", "https://harbour.example/p.jpg")
    assert (said.description(), said.language(), said.site_name()) == ("A bridge", "en-GB", "Harbour Post")
    assert said.updated() == datetime(2026, 11, 21, tzinfo=UTC)
    other = about(ld(image=[{"url": "/l.jpg"}], inLanguage="nl", description="D") + "<meta property=og:url content=/o>")
    assert (other.picture(), other.language(), other.description()) == ("https://harbour.example/l.jpg", "nl", "D")
    assert other.canonical() == "https://harbour.example/o"
    none = about("<p>x")
    assert (none.picture(), none.language(), none.canonical(), none.walled()) == (None, None, None, False)


def test_links_of_the_text_are_listed() -> None:
    found = page(
        f"<title>Bridge reopens today</title><article>{STORY}<p>See <a href='/b?x=1'>the plans of the bridge</a> for more of this.</p></article>"
    )
    assert found.links == ["https://harbour.example/b?x=1"]
    assert extract.MAX_LINKS == 200


def test_authors_and_dates_that_are_only_shown_are_found() -> None:
    shown = f"<html><body><title>Bridge reopens today</title><article><h1>Bridge reopens today</h1><p class='author'>Mira Okafor</p><p class='date'>23 November 2026</p>{STORY}</article></body></html>"
    found = page(shown)
    assert found.authors == ["Mira Okafor"]
    assert found.published == datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Mira Okafor", ["Mira Okafor"]),
        ("By Mira Okafor and Jo van der Lind", ["Mira Okafor", "Jo van der Lind"]),
        ("Von Anna Müller und Bernd Maier-Schulz, Hamburg", ["Anna Müller", "Bernd Maier-Schulz"]),
        ("Par Émilie Durand", ["Émilie Durand"]),
        ("Eine Kolumne von Nils Brandt", ["Nils Brandt"]),
        ("By the harbour it rained", []),
    ],
)
def test_a_byline_without_a_name_of_its_own_is_read(line: str, authors: list[str]) -> None:
    assert about(f"<h1>Bridge reopens today</h1><div>{line}</div>{STORY}").authors() == authors


def test_a_byline_that_names_more_of_the_same_people_wins() -> None:
    said = ld(author={"name": "Mira"}, publisher={"name": "Harbour Post"})
    assert about(f"{said}<h1>H</h1><span class=author>Mira Okafor, Jo Lind</span>").authors() == [
        "Mira Okafor",
        "Jo Lind",
    ]
    house = ld(author={"name": "Harbour Post"}, publisher={"name": "Harbour Post"})
    assert about(f"{house}<h1>H</h1><p class=byline>By Mira Okafor</p>").authors() == ["Mira Okafor"]
    assert about(house).authors() == ["Harbour Post"]


def test_people_who_are_only_referred_to_are_found() -> None:
    graph = [
        {"@type": "NewsArticle", "headline": "H", "author": {"@id": "#mira"}},
        {"@type": "Person", "@id": "#mira", "name": "Mira Okafor"},
    ]
    script = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
    assert about(script).authors() == ["Mira Okafor"]


@pytest.mark.parametrize(
    ("html", "day"),
    [
        ("<h1>H</h1><p>Veröffentlicht am 25. Januar 2022, 14:05 Uhr</p>", "2022-01-25"),
        ("<h1>H</h1><span class=fecha>3 de mayo de 2022</span>", "2022-05-03"),
        ("<h1>H</h1><div class=entry-meta>le 12 février 2020 à 10h30</div>", "2020-02-12"),
        ("<h1>H</h1><p class=date>2019年4月3日</p>", "2019-04-03"),
        ("<div class=sidebar><time datetime=2020-01-01>x</time></div><h1>H</h1><time datetime=2021-02-02>x</time>", "2021-02-02"),
        ("<h1>H</h1><p>Page last modified on 4 May 2021</p><p>The bridge, which was closed on 3 March 2019 for a long time, is open.</p>", "2021-05-04"),
        (f"{ld(datePublished='2020-05-05')}<meta property=article:published_time content=2021-06-06><h1>H</h1><time datetime=2021-06-06>x</time>", "2021-06-06"),
    ],
)  # fmt: skip
def test_the_date_for_which_most_speaks(html: str, day: str) -> None:
    found = about(f"<html><body>{html}{STORY}</body></html>").published()
    assert str(found.date() if found else None) == day


def test_a_date_in_the_address_is_better_than_none() -> None:
    page_ = lxml_html.document_fromstring(f"<html><body>{STORY}</body></html>")
    assert Metadata(page_, "https://harbour.example/2021/03/04/bridge", NOW).published() == datetime(
        2021, 3, 4, tzinfo=UTC
    )
    archived = "https://archive.example/web/20120216182711/https://harbour.example/bridge"
    assert Metadata(page_, archived, NOW).published() is None


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Bridge reopens: Harbour Post</title><h1 class=logo><a href=/>Harbour Post</a></h1><h2 class=entry-title>Bridge reopens</h2>", "Bridge reopens"),
        ("<title>Bridge reopens</title><article><h1><span class=kicker>Traffic</span> The bridge reopens at last</h1></article>", "The bridge reopens at last"),
        ("<meta property=og:title content='The bridge reopens at last'><h1>Traffic: The bridge reopens at last</h1>", "The bridge reopens at last"),
        ("<title>Home</title><h1>The bridge reopens at last</h1>", "The bridge reopens at last"),
    ],
)  # fmt: skip
def test_the_headline_is_told_from_logo_and_kicker(html: str, title: str) -> None:
    assert about(f"<html><head></head><body>{html}{STORY}</body></html>").title() == title


@pytest.mark.parametrize(
    "box",
    [
        "<div class=author-box><p>Mira Okafor writes about bridges and has a cat, of which she writes too.</p></div>",
        "<p>Sign up for our newsletter and never miss a bridge.</p>",
        "<p><a href=/x>Read also: The tunnel that nobody wanted to dig</a></p>",
        "<p>© 2026 Harbour Post. All rights reserved.</p>",
        "<h3>Related articles</h3><ul><li><a href=/a>A first other article</a></li><li><a href=/b>A second other article</a></li></ul>",
        "<h3>Das könnte Sie auch interessieren</h3><p><a href=/a>Ein anderer Artikel über Brücken</a></p>",
        "<p style='display: none'>Hidden words that nobody is meant to read, not even the patient ones.</p>",
        "<div class=cookie-notice><p>We use cookies, as everybody does, and ask you to agree to them.</p></div>",
    ],
)
def test_what_is_the_houses_and_not_the_articles_is_left_out(box: str) -> None:
    plain = page(f"<title>Bridge reopens</title><article>{STORY}</article>")
    with_box = page(f"<title>Bridge reopens</title><article>{STORY}{box}</article>")
    assert with_box.text == plain.text
    assert plain.text.count("Sentence number") == 30


def test_what_belongs_to_an_article_stays() -> None:
    parts = (
        "<h2>The cables</h2><ul><li>Steel, of the best kind there is, and a great deal of it</li><li>Zinc</li></ul>"
        "<blockquote><p>It held, said the engineer.</p></blockquote>"
        "<figure><img src=/p.jpg><figcaption>The bridge at dawn, seen from the quay.</figcaption></figure>"
        "<table><thead><tr><th>Year<th>Cars</tr></thead><tr><td>2025<td>9,000</tr></table>"
    )
    found = page(f"<title>Bridge reopens</title><article>{STORY}{parts}{STORY}</article>").text
    for words in ("The cables", "Zinc", "It held, said the engineer.", "The bridge at dawn", "9,000"):
        assert words in found


def test_a_lede_that_stands_apart_comes_first() -> None:
    lede = "After a year of works the harbour bridge carries traffic again, one week early."
    head = f"<title>Bridge reopens</title><header><h1>Bridge reopens</h1><div class=standfirst>{lede}</div></header>"
    found = page(f"{head}<div class=article-body>{STORY}</div>")
    assert found.text.startswith(lede)
    assert found.text.count(lede) == 1


def test_paragraphs_made_of_line_breaks_are_paragraphs() -> None:
    sentences = [
        f"Sentence {n} of a story about the harbour bridge, its cables and its many painters." for n in range(20)
    ]
    found = page(f"<title>Bridge reopens</title><div id=text>{'<br><br>'.join(sentences)}</div>")
    assert found.html == "".join(f"<p>{sentence}</p>" for sentence in sentences)


def test_script_and_first_picture_say_what_the_page_does_not() -> None:
    japanese = "".join(f"<p>港の橋は一週間早く再び開通した。市長は第{n}回の式典で感謝を述べた。</p>" for n in range(30))
    pictures = "<img src=/sign.png width=40 height=40><img src=/bridge.jpg width=800 height=500>"
    found = page(f"<title>港の橋が再開</title><article>{japanese}<figure>{pictures}</figure>{japanese}</article>")
    assert (found.language, found.picture) == ("ja", "https://harbour.example/bridge.jpg")
    assert page(f"<title>Bridge reopens</title><article>{STORY}</article>").language is None


@pytest.mark.slow("asks the second extractor")
def test_the_text_told_to_machines_counts_where_little_is_shown_unless_there_is_a_wall() -> None:
    told = " ".join(f"Sentence {n} of the text that is told to machines, and to nobody else." for n in range(30))
    shown = "<title>Bridge reopens</title><article><p>The harbour bridge is open again.</p></article>"
    assert "Sentence 29" in page(f"{ld(articleBody=told)}{shown}").text
    assert "Sentence 29" not in page(f"{ld(articleBody=told, isAccessibleForFree=False)}{shown}").text


def test_whose_the_picture_is() -> None:
    assert about(ld(image={"url": "/p.jpg", "creditText": "Jo Lind"})).picture_credit() == "Jo Lind"
    assert about(ld(image=[{"url": "/p.jpg", "author": {"name": "Jo Lind"}}])).picture_credit() == "Jo Lind"
    assert about(ld(image="/p.jpg")).picture_credit() == ""
    logo = f"<meta property=og:image content=/logo.png>{ld(image='/p.jpg')}"
    assert about(logo).picture() == "https://harbour.example/p.jpg"
    assert about("<meta property=og:image content=/logo.png>").picture() == "https://harbour.example/logo.png"


def test_a_page_that_was_stored_before_credits_is_still_read() -> None:
    stored = Page(title="T", text="x", html="<p>x</p>").as_json()
    del stored["picture_credit"]
    assert Page.from_json(stored).picture_credit == ""

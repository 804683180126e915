"""An article page: dates, source, rights, length, language, and what happens when it may not be shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.articles.models import Article, Judgement
from broadsheet.paper import previews
from tests import make
from tests.page.conftest import Paper
from tests.page.paper_kit import data_of, faults, page, printed, text_of, tree

LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"
WORDS = " ".join(f"word{n}" for n in range(1, 301))


def _facts(root: object) -> dict[str, str]:
    return {text_of(row.find("dt")): text_of(row.find("dd")) for row in root.xpath("//div[@class='side']//dl/div")}  # type: ignore[attr-defined]


def test_both_dates_source_original_rights_and_length(paper: Paper) -> None:
    root = tree(LEAD)
    facts = _facts(root)
    assert facts["By"] == "Mara Tidewell"
    assert facts["Source"] == "Northern Ledger"
    assert facts["Published"] == "24 Nov 2026, 12:25 +0545"
    assert facts["Updated"] == "24 Nov 2026, 13:40 +0545"
    assert facts["Reading time"] == "1 minute, 5 words"
    assert facts["Story"] == "3 independent sources, 4 articles"
    rights = root.xpath("//p[contains(@class, 'rights')]")[0]
    assert "Full text from Northern Ledger, CC BY 4.0" in text_of(rights)
    assert rights.xpath(".//a[@class='origin']/@href") == [paper.lead.origin_url]
    assert rights.xpath(".//a[contains(@rel, 'license')]/@href") == ["https://licence.example/by/4.0/"]
    for time in root.xpath("//div[@class='side']//time"):
        assert time.get("title").startswith("Tuesday, 24 Nov 2026")


def test_machines_read_the_same_facts(paper: Paper) -> None:
    root = tree(LEAD)
    found = next(one for one in data_of(root) if one["@type"] == "NewsArticle")
    assert found["headline"] == paper.lead.headline
    assert found["datePublished"] == "2026-11-24T06:40:00+00:00"
    assert found["dateModified"] == "2026-11-24T07:55:00+00:00"
    assert found["isBasedOn"] == paper.lead.origin_url
    assert found["sourceOrganization"]["name"] == "Northern Ledger"
    assert found["license"] == "https://licence.example/by/4.0/"
    assert found["author"] == {"@type": "Person", "name": "Mara Tidewell"}
    assert root.xpath("//link[@rel='canonical']/@href") == [paper.lead.origin_url]
    assert root.xpath("//meta[@property='og:url']/@content")[0].endswith(LEAD)


def test_reading_time_is_238_words_a_minute_rounded_up(db: None) -> None:
    for words, minutes in ((238, "1 minute"), (239, "2 minutes"), (663, "3 minutes")):
        article = make.make_article(f"Of {words} words", body=" ".join(["word"] * words))
        assert _facts(tree(f"/{article.address}/"))["Reading time"] == f"{minutes}, {words} words"


def test_excerpt_rights_show_so_many_words_and_no_more(db: None) -> None:
    source = make.make_source("The Kestrian", rights=make.make_rights("excerpt", excerpt_words=20))
    article = make.make_article("An excerpt", source=source, body=WORDS, standfirst="")
    markup = page(f"/{article.address}/")
    root = tree(f"/{article.address}/")
    assert "word20" in markup
    assert "word21" not in markup
    assert "Excerpt from The Kestrian" in text_of(root.xpath("//p[contains(@class, 'rights')]")[0])
    assert root.xpath("//p[@class='onward']/a/@href") == [article.origin_url]
    assert _facts(root)["Reading time"] == "1 minute, 20 words (excerpt)"


def test_standfirst_and_excerpt_together_do_not_exceed_the_excerpt(db: None) -> None:
    source = make.make_source(rights=make.make_rights("excerpt", excerpt_words=20))
    article = make.make_article(
        "Two helpings", source=source, body=WORDS, standfirst=" ".join(f"deck{n}" for n in range(20))
    )
    main = text_of(tree(f"/{article.address}/").find(".//main"))
    words = {word.strip("….") for word in main.split()}
    shown = [word for word in words if word.startswith(("deck", "word")) and word[4:].isdigit()]
    assert 0 < len(shown) <= 20


def test_headline_rights_show_a_headline(db: None) -> None:
    source = make.make_source(rights=make.make_rights("headline"))
    article = make.make_article("Only this", source=source, body=WORDS, standfirst="Secret deck")
    markup = page(f"/{article.address}/")
    assert "Only this" in markup
    assert "word1" not in markup
    assert "Secret deck" not in markup
    for path in ("/latest/", "/world-news/", source.path):
        assert "Secret deck" not in page(path)


def test_a_copy_with_an_address_of_its_own_leads_to_its_original(paper: Paper) -> None:
    other = make.make_article("Same text elsewhere", copy_of=paper.lead)
    found = printed(f"/{other.address}/")
    assert found is not None
    assert found.status == 301
    assert dict(found.headers)["Location"] == LEAD


def test_withdrawn_expired_embargoed_and_draft(db: None) -> None:
    pulled = make.make_article("Pulled", live=False, withdrawn_at=make.NOW, withdrawn_why="It mixed up two people.")
    root = tree(f"/{pulled.address}/", status=410)
    assert "It mixed up two people." in text_of(root.find(".//main"))
    assert "Pulled" not in text_of(root)
    short = make.make_source(rights=make.make_rights("full", expiry_days=1))
    old = make.make_article("Too old", source=short, age=timedelta(days=2))
    assert "that time is over" in page(f"/{old.address}/", status=410)
    late = make.make_source(rights=make.make_rights("full", embargo_minutes=90))
    soon = make.make_article("Not yet", source=late, age=timedelta(minutes=60))
    assert printed(f"/{soon.address}/") is None
    draft = make.make_article("Draft", live=False)
    assert printed(f"/{draft.address}/") is None
    assert not {"Pulled", "Too old", "Not yet", "Draft"} & set(text_of(tree("/latest/").find(".//main")).split())
    for headline in ("Pulled", "Too old", "Not yet", "Draft"):
        assert headline not in page("/latest/")


def test_a_text_from_right_to_left_says_so_on_its_own_blocks_only(paper: Paper) -> None:
    root = tree(f"/{paper.arabic.address}/")
    heading = root.find(".//h1")
    assert (heading.get("lang"), heading.get("dir")) == ("ar", "rtl")
    prose = root.xpath("//div[contains(@class, 'prose')]")[0]
    assert (prose.get("lang"), prose.get("dir")) == ("ar", "rtl")
    assert prose.xpath("./div[@class='after']")[0].get("dir") == "ltr"
    assert root.get("dir") == "ltr"
    teaser = next(one for one in tree("/latest/").xpath("//main//h2") if one.get("lang") == "ar")
    assert teaser.get("dir") == "rtl"


def test_blocks_of_every_kind_print_and_nothing_of_them_is_loaded_from_elsewhere(db: None) -> None:
    cell = {"header": False, "colspan": 1, "rowspan": 1}
    body = [
        *make.paragraphs("One <em>plain</em> line."),
        {"type": "heading", "value": {"level": 2, "text": "A heading", "lang": "", "dir": ""}},
        {"type": "list", "value": {"ordered": True, "items": ["first", "second"], "lang": "", "dir": ""}},
        {"type": "quote", "value": {"text": "<p>Said.</p>", "cite": "Somebody", "lang": "", "dir": ""}},
        {
            "type": "table",
            "value": {
                "caption": "Of boats & men",
                "head": [],
                "rows": [[{**cell, "html": "41"}]],
                "lang": "",
                "dir": "",
            },
        },
        {
            "type": "picture",
            "value": {
                "url": "https://elsewhere.example/spy.gif",
                "alt": "a",
                "caption": "",
                "credit": "",
                "width": None,
                "height": None,
            },
        },
        {
            "type": "embed",
            "value": {"provider": "youtube", "url": "https://www.youtube.com/watch?v=abcdefgh", "title": ""},
        },
        {"type": "embed", "value": {"provider": "", "url": "javascript:alert(1)", "title": "bad"}},
        {"type": "code", "value": {"text": "a < b"}},
        {"type": "rule", "value": None},
    ]
    article = make.make_article("All kinds", body=body)
    markup = page(f"/{article.address}/")
    assert faults(markup) == []
    assert "spy.gif" not in markup
    assert "javascript:" not in markup
    assert "<iframe" not in markup
    root = tree(f"/{article.address}/")
    assert root.xpath("//div[@class='embed']//a/@href") == ["https://www.youtube.com/watch?v=abcdefgh"]
    assert "hosted by YouTube" in text_of(root.xpath("//div[@class='embed']")[0])
    assert root.xpath("//div[@class='scroll']/@aria-label") == ["Table: Of boats & men"]


@pytest.mark.parametrize(
    "nasty", ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}", "a\u2028b"]
)
def test_a_hostile_headline_stays_text_everywhere(db: None, nasty: str) -> None:
    source = make.make_source(f"S {nasty}"[:150])
    article = make.make_article(
        f"Head {nasty}", source=source, standfirst=nasty, byline=nasty, address="world-news/nasty"
    )
    for path in ("/world-news/nasty/", "/world-news/", "/latest/", source.path):
        markup = page(path)
        assert faults(markup) == [], path
        root = tree(path)
        assert not root.xpath("//script[not(@src) and not(@type)] | //img[@src='x']")
    assert (
        next(one for one in data_of(tree("/world-news/nasty/")) if one["@type"] == "NewsArticle")["headline"]
        == article.headline
    )


def test_previous_and_next_are_of_the_section_and_not_of_the_story(paper: Paper) -> None:
    root = tree(f"/{paper.articles[9].address}/")
    neighbours = root.xpath("//nav[@class='turnpage']/a/@href")
    assert neighbours
    ids = [paper.known[href] for href in neighbours]
    assert {one.shown_section.key for one in Article.objects.filter(pk__in=ids)} == {"world"}
    lead_neighbours = tree(LEAD).xpath("//nav[@class='turnpage']/a/@href")
    story = {f"/{one.address}/" for one in (paper.lead, paper.second_voice)}
    assert not story & set(lead_neighbours)
    assert f"/{paper.arabic.address}/" in lead_neighbours


def test_the_receipts_say_why_it_is_here(paper: Paper) -> None:
    why = text_of(tree(LEAD).xpath("//p[contains(@class, 'why')]")[0])
    assert "Section: The source's default." in why
    assert "Story: First report of this story here." in why
    paper.lead.section = paper.lead.shown_section
    assert "Chosen by an editor" in previews.article(paper.lead, None).content.decode()  # type: ignore[arg-type]


def test_a_receipt_ends_with_one_full_stop(db: None) -> None:
    article = make.make_article("A wheel in the strait", address="world-news/a-wheel-in-the-strait")
    Judgement.objects.filter(article=article).update(reasons={"section": "the source files it under “World”."})
    make.make_story([article])
    why = text_of(tree(article.path).xpath("//p[contains(@class, 'why')]")[0])
    assert "under “World”. " in why
    assert ".." not in why


def test_a_preview_is_the_page_and_counts_no_read(paper: Paper) -> None:
    paper.lead.headline = "A draft of a headline"
    answer = previews.article(paper.lead, None)  # type: ignore[arg-type]
    body = answer.content.decode()
    assert "A draft of a headline" in body
    assert "data-article" not in body
    assert f'data-article="{paper.lead.pk}"' in page(LEAD)
    assert answer["Cache-Control"] == "private, no-store"

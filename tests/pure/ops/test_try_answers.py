"""What `broadsheet try` answers: the contract of each kind, through the wire's own jail, cleaner and door."""

# ruff: noqa: E501 - samples of markup stay on one line

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from broadsheet.copydesk.jail import Jail
from broadsheet.ops.trying import answers

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The &amp; Gazette</title>
<link>https://gazette.example/</link><description>From the coast</description><language>en-gb</language>
<item><title>Ferry returns</title><link>/news/1</link><guid isPermaLink="false">g-1</guid>
<pubDate>Mon, 23 Nov 2026 07:15:00 +0100</pubDate><dc:creator>Mira Okafor</dc:creator><category>Transport</category>
<description>&lt;p onclick="x()"&gt;It &lt;a href="/more"&gt;sails&lt;/a&gt;.&lt;script&gt;alert(1)&lt;/script&gt;</description>
<content:encoded>&lt;p&gt;The boat left at dawn.&lt;iframe src="javascript:alert(1)"&gt;&lt;/iframe&gt;</content:encoded>
<enclosure url="https://cdn.example/boat.jpg" type="image/jpeg" length="12"/></item>
<item><title>Nothing else</title></item></channel></rss>"""

PAGE = """<html lang="en"><head><title>Harbour bridge reopens</title>
<meta property="article:published_time" content="2026-11-23T08:00:00+01:00"><meta name="author" content="Mira Okafor">
<meta property="og:image" content="https://gazette.example/bridge.jpg"></head><body><article>
<h1>Harbour bridge reopens</h1>""" + "".join(
    f"<p>The harbour bridge reopened on Monday morning after {n} weeks of work on its cables, and the first to cross "
    "it was a baker's van that had waited since before dawn with its lights on.</p>"
    for n in range(3, 12)
) + "</article></body></html>"  # fmt: skip


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail() as made:
        yield made


class NoJail:
    """Stands where no job may be asked for."""

    def run(self, job: str, **arguments: Any) -> Any:
        raise AssertionError(f"{job} was asked for")


def packed(body: str | bytes) -> str:
    return base64.b64encode(body.encode() if isinstance(body, str) else body).decode()


def test_a_feed_is_answered_in_the_words_of_the_contract(jail: Jail) -> None:
    answer = answers.answer("feed", {"id": 7, "body": packed(RSS), "url": "https://gazette.example/feed"}, jail)
    assert list(answer) == ["id", "title", "url", "description", "language", "entries"]
    assert (answer["id"], answer["title"], answer["url"]) == (7, "The & Gazette", "https://gazette.example/")
    assert answer["language"].lower() == "en-gb"
    first, second = answer["entries"]
    assert set(first) == set(second) == {
        "id", "title", "url", "published", "updated", "authors", "summary_html", "content_html", "categories", "image",
        "enclosures",
    }  # fmt: skip
    assert (first["id"], first["title"], first["url"]) == ("g-1", "Ferry returns", "https://gazette.example/news/1")
    assert (first["published"], first["updated"]) == ("2026-11-23T06:15:00Z", None)
    assert (first["authors"], first["categories"]) == (["Mira Okafor"], ["Transport"])
    assert first["image"] == "https://cdn.example/boat.jpg"
    assert first["enclosures"][0]["url"] == "https://cdn.example/boat.jpg"
    assert second["content_html"] is None
    assert second["image"] is None
    assert second["id"]


def test_what_a_feed_brings_is_clean_and_its_links_absolute(jail: Jail) -> None:
    answer = answers.answer("feed", {"id": "a", "body": packed(RSS), "url": "https://gazette.example/feed"}, jail)
    first = answer["entries"][0]
    assert 'href="https://gazette.example/more"' in first["summary_html"]
    for markup in (first["summary_html"], first["content_html"]):
        assert not any(bad in markup for bad in ("script", "onclick", "iframe", "alert"))
    assert "left at dawn" in first["content_html"]


def test_many_long_texts_of_a_feed_are_cleaned_batch_by_batch(jail: Jail, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    class Watched:
        """The jail, with the sizes of the batches that went in."""

        def run(self, job: str, **arguments: Any) -> Any:
            if job == "clean_all":
                sizes.append(sum(len(markup) for markup, _ in arguments["pieces"]))
            return jail.run(job, **arguments)

    monkeypatch.setattr(answers, "_BATCH", 200)
    items = "".join(
        f"<item><guid>{n}</guid><title>T{n}</title><description>&lt;b&gt;number {n}&lt;/b&gt;</description></item>"
        for n in range(40)
    )
    body = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    entries = answers.answer("feed", {"id": 1, "body": packed(body)}, Watched())["entries"]
    assert [one["summary_html"] for one in entries] == [f"<b>number {n}</b>" for n in range(40)]
    assert len(sizes) > 3
    assert max(sizes) <= 200


def test_a_charset_of_the_headers_counts_however_the_name_is_written(jail: Jail) -> None:
    body = "<rss version='2.0'><channel><title>Паром вернулся</title><item><title>a</title></item></channel></rss>"
    request = {
        "id": 1,
        "body": packed(body.encode("iso-8859-5")),
        "headers": {"CONTENT-Type": "application/xml; charset=iso-8859-5"},
    }
    assert answers.answer("feed", request, jail)["title"] == "Паром вернулся"


@pytest.mark.slow("reads the model of languages")
def test_a_feed_that_does_not_say_its_language_is_listened_to(jail: Jail) -> None:
    german = "Die Fähre fährt wieder, nachdem sie neun Wochen lang im Hafen gelegen hat und niemand wusste warum. " * 3
    body = f"<rss version='2.0'><channel><title>x</title><item><title>Die Fähre</title><description>{german}</description></item></channel></rss>"
    assert answers.answer("feed", {"id": 1, "body": packed(body)}, jail)["language"] == "de"


@pytest.mark.slow("reads the model of languages")
def test_a_page_is_answered_in_the_words_of_the_contract(jail: Jail) -> None:
    answer = answers.answer("page", {"id": "p", "body": packed(PAGE), "url": "https://gazette.example/b"}, jail)
    assert list(answer) == ["id", "title", "text", "html", "authors", "published", "image", "language"]
    assert answer["title"] == "Harbour bridge reopens"
    assert answer["text"].count("baker's van") == 9
    assert answer["html"].startswith("<p>")
    assert (answer["authors"], answer["published"]) == (["Mira Okafor"], "2026-11-23T07:00:00Z")
    assert (answer["image"], answer["language"]) == ("https://gazette.example/bridge.jpg", "en")


@pytest.mark.slow("reads the model of languages")
def test_an_error_page_is_no_article_and_a_teaser_says_that_it_is_one(jail: Jail) -> None:
    gone = "<html><head><title>404 Page not found</title></head><body><p>We could not find it.</p></body></html>"
    answer = answers.answer("page", {"id": 1, "body": packed(gone), "url": "https://a.example/x"}, jail)
    assert set(answer) == {"id", "reason"}
    assert answer["reason"].startswith("not_an_article: ")
    teaser = PAGE[: PAGE.index("</article>")].split("after 6 weeks")[0]
    teaser += "</p><p>Subscribe now to continue reading.</p></article></body></html>"
    answer = answers.answer("page", {"id": 1, "body": packed(teaser), "url": "https://a.example/x"}, jail)
    assert answer["wall"] == "paywall"


def test_markup_comes_back_clean(jail: Jail) -> None:
    request = {"id": 1, "html": '<p style="x">a<script>b</script><a href="javascript:c">d</a><a href="/e">f</a>'}
    cleaned = answers.answer("markup", request, jail)["html"]
    assert "script" not in cleaned
    assert "style" not in cleaned
    cleaned = answers.answer("markup", request | {"url": "https://a.example/"}, jail)["html"]
    assert 'href="https://a.example/e"' in cleaned


def test_robots_are_obeyed_as_the_wire_obeys_them() -> None:
    rules = "User-agent: *\nDisallow: /private\nAllow: /private/open"
    for url, allowed in (("/private/a", False), ("/private/open", True), ("/", True)):
        request = {"id": 1, "robots": rules, "agent": "Anybody", "url": f"https://a.example{url}"}
        assert answers.answer("robots", request, NoJail()) == {"id": 1, "allowed": allowed}


@pytest.mark.parametrize(
    ("url", "resolves_to", "allowed"),
    [
        ("https://a.example/", None, True),
        ("https://a.example/", ["93.184.216.34"], True),
        ("https://a.example/", "93.184.216.34", True),
        ("https://a.example/", ["93.184.216.34", "10.0.0.1"], False),
        ("http://0x7f.1/", None, False),
        ("http://[::ffff:169.254.169.254]/", None, False),
        ("file:///etc/passwd", None, False),
    ],
)
def test_an_address_is_judged_by_spelling_and_by_what_it_is_said_to_resolve_to(
    url: str, resolves_to: object, allowed: bool
) -> None:
    answer = answers.answer("address", {"id": 1, "url": url, "resolves_to": resolves_to}, NoJail())
    assert set(answer) == {"id", "allowed", "reason"}
    assert answer["allowed"] is allowed
    assert (answer["reason"] is None) is allowed


@pytest.mark.parametrize(
    ("kind", "request_", "code"),
    [
        ("feed", {"id": 3}, "bad_request"),
        ("feed", {"id": 3, "body": "%%%"}, "bad_request"),
        ("feed", {"id": 3, "body": 5}, "bad_request"),
        ("feed", {"id": 3, "body": "", "headers": []}, "bad_request"),
        ("feed", {"id": 3, "body": ""}, "empty"),
        ("feed", {"id": 3, "body": packed("Hello")}, "not_a_feed"),
        ("feed", {"id": 3, "body": packed(b"x" * (10 * 1024 * 1024 + 1))}, "too_large"),
        ("page", {"id": 3, "body": packed("<p>x")}, "bad_request"),
        ("page", {"id": 3, "body": packed("<p>x"), "url": "no address"}, "bad_request"),
        ("markup", {"id": 3}, "bad_request"),
        ("markup", {"id": 3, "html": "x" * (5 * 1024 * 1024 + 1)}, "too_large"),
        ("robots", {"id": 3, "robots": ""}, "bad_request"),
        ("address", {"id": 3, "url": None}, "bad_request"),
        ("address", {"id": 3, "url": "http://a.example/", "resolves_to": [1]}, "bad_request"),
    ],
)
def test_a_failure_is_the_id_and_a_reason_with_a_plain_code(
    kind: str, request_: dict[str, Any], code: str, jail: Jail
) -> None:
    answer = answers.answer(kind, request_, jail)
    assert set(answer) == {"id", "reason"}
    assert answer["id"] == 3
    assert answer["reason"].startswith(f"{code}: ")


def test_what_is_no_object_has_no_id_and_a_fault_of_ours_ends_nothing() -> None:
    for request in ([1], "x", None, 7):
        assert answers.answer("markup", request, NoJail()) == {
            "id": None,
            "reason": "bad_request: The line is no JSON object.",
        }
    answer = answers.answer("markup", {"id": 1, "html": "<b>"}, NoJail())
    assert answer["reason"].startswith("fault: AssertionError")

"""OPML at the desk (check 21): staff only, previewed, bounded, told line by line, taken in when confirmed."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from broadsheet.sources.models import Source
from broadsheet.wire.models import Feed

ADDRESS = "/desk/sources/opml/"


def opml(inside: str) -> bytes:
    return (
        f'<?xml version="1.0"?><opml version="2.0"><head><title>x</title></head><body>{inside}</body></opml>'.encode()
    )


def outline(url: str, title: str = "Paper") -> str:
    return f'<outline type="rss" text="{title}" xmlUrl="{url}"/>'


def upload(client: Client, body: bytes) -> str:
    answer = client.post(ADDRESS, {"file": SimpleUploadedFile("list.opml", body, content_type="text/x-opml")})
    assert answer.status_code == 200
    return answer.content.decode()


def packed(page: str) -> str:
    found = re.search(r'name="list" value="([^"]+)"', page)
    assert found
    return found[1]


def test_check_21_nothing_is_added_before_it_is_confirmed(as_editor: Client, newsroom: Source) -> None:
    page = upload(
        as_editor,
        opml(outline("https://a.example/feed", "Alpha &lt;b&gt;") + outline("https://b.example/feed", "Beta")),
    )
    assert not Feed.objects.exists()
    assert "<b>" not in page.split("listing desk-report")[1]
    answer = as_editor.post(ADDRESS, {"list": packed(page), "section": "tech"})
    assert answer.status_code == 302
    assert sorted(Feed.objects.values_list("url", flat=True)) == ["https://a.example/feed", "https://b.example/feed"]
    assert set(Source.objects.exclude(is_house=True).values_list("default_section", flat=True)) == {"tech"}
    again = upload(as_editor, opml(outline("https://a.example/feed")))
    assert "known already" in again
    assert 'name="list"' not in again


def test_check_21_every_line_is_told_what_it_is(as_editor: Client, newsroom: Source) -> None:
    page = upload(
        as_editor,
        opml(
            outline("https://ok.example/feed")
            + outline("https://ok.example/feed")
            + outline("file:///etc/passwd")
            + outline("javascript:alert(1)")
            + outline("gopher://x.example/")
        ),
    )
    assert "<strong>1</strong> new" in page
    assert "<strong>1</strong> known already" in page
    assert "<strong>3</strong> not usable" in page
    assert page.count("is not a web address") == 3


@pytest.mark.slow("fifty thousand outlines")
@pytest.mark.parametrize(
    ("body", "word"),
    [
        pytest.param(opml(outline("https://a.example/f") * 5001), "more than 5,000 feeds", id="too-many"),
        pytest.param(
            opml("".join(f'<outline xmlUrl="https://h{n}.example/"/>' for n in range(50_000))), "feeds", id="50k"
        ),
        pytest.param(opml("<outline text='x'>" * 9_000 + "</outline>" * 9_000), "levels deep", id="deep"),
        pytest.param(b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MiB", id="too-large"),
        pytest.param(b"no xml at all", "OPML", id="no-xml"),
        pytest.param(b"<rss/>", "no OPML list", id="other-xml"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(
            b'<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            b'<opml><body><outline text="&x;" '
            b'xmlUrl="https://e.example/"/></body></opml>',
            "e.example",
            id="entity",
        ),
    ],
)
def test_check_21_hostile_lists_are_bounded(as_editor: Client, newsroom: Source, body: bytes, word: str) -> None:
    page = upload(as_editor, body)
    assert word in page
    assert "root:" not in page
    assert not Feed.objects.exists()


def test_check_21_only_for_whoever_may_add_sources(client: Client, as_contributor: Client) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert as_contributor.get(ADDRESS).headers["Location"] == "/desk/"
    as_contributor.post(ADDRESS, {"file": SimpleUploadedFile("l.opml", opml(outline("https://a.example/f")))})
    assert not Feed.objects.exists()


@pytest.mark.parametrize("forged", ["", "WyJ4Il0:1abc:deadbeef", "x" * 100])
def test_only_a_list_that_was_shown_is_taken_in(as_editor: Client, newsroom: Source, forged: str) -> None:
    answer = as_editor.post(ADDRESS, {"list": forged})
    assert answer.status_code == 302
    assert answer.headers["Location"] == ADDRESS
    assert not Feed.objects.exists()


def test_our_own_list_can_be_taken_elsewhere_and_back(as_editor: Client, newsroom: Source) -> None:
    as_editor.post(
        ADDRESS, {"list": packed(upload(as_editor, opml(outline("https://a.example/feed?x=1&amp;y=2", "A &amp; B"))))}
    )
    answer = as_editor.get("/desk/sources/opml/export/")
    assert "attachment" in answer.headers["Content-Disposition"]
    Feed.objects.all().delete()
    page = upload(as_editor, answer.content)
    assert "<strong>1</strong> new" in page
    assert "A &amp; B" in page

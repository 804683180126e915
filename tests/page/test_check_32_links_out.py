"""Check 32: links out of a text say what they are worth, and no `next` leads anybody to another site."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import ada_url
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from lxml import html
from wagtail.models import Page

from broadsheet.accounts.models import User
from broadsheet.copydesk import blocks
from broadsheet.copydesk.sanitise import REL
from broadsheet.core import clock
from tests import make
from tests.page.desk.conftest import PASSWORD, person, signed_in
from tests.page.paper_kit import tree

HOST = urlsplit(settings.BROADSHEET.site_url).hostname
HOSTILE = [
    "//outside.example/",
    "///outside.example/",
    "////outside.example",
    "/\\outside.example/",
    "\\\\outside.example/",
    "\\/outside.example/",
    "/\t/outside.example/",
    "/\n/outside.example",
    "https:outside.example",
    "https:/outside.example",
    "https:///outside.example",
    "http:outside.example",
    "https://outside.example/",
    "HTTPS://outside.example/",
    "//outside.example\\@" + (HOST or ""),
    "https://" + (HOST or "") + "@outside.example/",
    "%2F%2Foutside.example/",
    "/%2Foutside.example/",
    "/%5Coutside.example/",
    "%5C%5Coutside.example",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    " //outside.example/",
    "\x00//outside.example/",
    "\u2044\u2044outside.example/",
    "//outside\u3002example/",
    "/desk/\r\nLocation: https://outside.example/",
    "https://outside.example\r\n/desk/",
]


@pytest.fixture(autouse=True)
def _no_tries_counted() -> None:
    """How often one may try to sign in is another check's."""
    cache.clear()


def leads_away(address: str) -> bool:
    """Whether a browser on our site would go elsewhere, or do something other than go."""
    try:
        found = ada_url.URL(address, f"http://{HOST}/account/login/")
    except ValueError:
        return False
    return found.protocol not in ("http:", "https:") or found.hostname not in (HOST, "testserver")


def test_the_judge_of_addresses_sees_those_that_lead_away() -> None:
    away = [address for address in HOSTILE if leads_away(address)]
    assert len(away) >= 20
    assert not leads_away("/desk/")


@pytest.mark.parametrize("next_", HOSTILE, ids=lambda one: ascii(one)[1:40])
def test_nobody_who_signs_in_is_led_away(client: Client, db: None, next_: str) -> None:
    User.objects.create_user("reader@home.example", PASSWORD, first_name="R")
    form = client.get(f"/account/login/?next={quote(next_, safe='')}")
    root = html.document_fromstring(form.content.decode())
    assert not [one for one in root.xpath("//form/@action | //a/@href") if leads_away(one)]
    words = {"login": "reader@home.example", "password": PASSWORD, "next": next_}
    answer = client.post(f"/account/login/?next={quote(next_, safe='')}", words)
    assert answer.status_code == 302, answer.content
    assert not leads_away(answer.headers["Location"])
    again = client.get(f"/account/login/?next={quote(next_, safe='')}")
    assert not leads_away(again.headers.get("Location", "/"))
    left = client.post(f"/account/logout/?next={quote(next_, safe='')}", {"next": next_})
    assert not leads_away(left.headers.get("Location", "/"))


@pytest.fixture
def desk(db: None) -> Client:
    from broadsheet.desk import groups

    groups.ensure()
    make.make_sections()
    return signed_in(person("admin@desk.example", is_staff=True, is_superuser=True))


SCREENS = (
    "/account/reauthenticate/", "/account/2fa/", "/account/password/change/", "/desk/login/", "/desk/logout/",
    "/desk/articles/unpublish/{article}/", "/desk/articles/delete/{article}/", "/desk/pages/{page}/unpublish/",
    "/desk/pages/{page}/delete/", "/desk/pages/{page}/edit/", "/desk/bulk/articles/article/withdraw/?id={article}",
)  # fmt: skip


@pytest.mark.slow("a dozen screens, each with all spellings")
@pytest.mark.parametrize("screen", SCREENS)
def test_no_screen_takes_up_an_address_that_leads_away(desk: Client, screen: str) -> None:
    article = make.make_article()
    page = make.make_standing("led-away")
    path = screen.format(article=article.pk, page=page.pk)
    assert Page.objects.filter(pk=page.pk).exists()
    for next_ in HOSTILE[::3]:
        answer = desk.get(f"{path}{'&' if '?' in path else '?'}next={quote(next_, safe='')}")
        assert answer.status_code in (200, 302), path
        assert not leads_away(answer.headers.get("Location", "/"))
        if answer.status_code == 200:
            root = html.document_fromstring(answer.content.decode())
            found = root.xpath("//form/@action | //a/@href")
            assert not [one for one in found if leads_away(one) and "outside" in one]


@pytest.mark.slow("each spelling unpublishes an article")
def test_no_deed_at_the_desk_ends_elsewhere(desk: Client) -> None:
    for next_ in HOSTILE:
        article = make.make_article()
        answer = desk.post(f"/desk/articles/unpublish/{article.pk}/", {"next": next_, "why": "It was wrong."})
        assert answer.status_code == 302
        assert not leads_away(answer.headers["Location"])


def test_the_second_factor_is_asked_for_on_the_way_to_our_own_pages_only(db: None) -> None:
    from broadsheet.desk import groups

    groups.ensure()
    client = signed_in(person("late@desk.example", group=groups.EDITORS, factor=False))
    for path in ("//outside.example/desk/", "/desk/?next=//outside.example/", "/\\outside.example/"):
        answer: Any = client.get(path)
        assert not leads_away(answer.headers.get("Location", "/"))


def test_links_out_of_a_text_carry_no_weight_and_hand_no_window_on(db: None) -> None:
    body = blocks.compose(
        "<p><a href='https://a.example/' rel='follow me' target=_top>a</a> <a href='/b'>b</a>"
        " <a href='mailto:c@c.example'>c</a>"
        "<ul><li><a href=//d.example/>d</a></ul><blockquote><a href='https://e.example/'>e</a></blockquote>"
        "<table><tr><td><a href='https://f.example/'>f</a><td>x</table>"
        "<p><a href='https://youtu.be/dQw4w9WgXcQ'>Film</a></p>",
        base="https://publisher.example/",
    )  # fmt: skip
    article = make.make_article("Out", address="world-news/out", body=body)
    make.make_story([article])
    with clock.frozen(make.NOW):
        root = tree(article.path)
    links = root.xpath("//*[contains(concat(' ', @class, ' '), ' prose ')]//a")
    inside = [link for link in links if link.text_content() in "abcdef"]
    assert len(inside) == 6
    assert {link.get("rel") for link in inside} == {REL} == {"noopener nofollow ugc"}
    assert all(link.get("target") is None for link in inside)
    for link in root.xpath("//a[starts-with(@href, 'http')]"):
        if urlsplit(link.get("href")).hostname != HOST:
            assert "noopener" in (link.get("rel") or ""), link.get("href")

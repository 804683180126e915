"""The desk in a real browser: Wagtail's editor opens a body of every kind, and saving it leaves each byte as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from broadsheet.articles.models import Article
from broadsheet.copydesk import blocks
from broadsheet.desk import groups
from tests import make
from tests.page.desk.conftest import person, signed_in
from tests.page.desk.test_desk_body_round_trip import EVERYTHING

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="Debian's chromium is not installed: the editor was not looked at"
    ),
    pytest.mark.slow("starts a browser"),
    pytest.mark.django_db(transaction=True),
]
MENU = ".w-dropdown-button button[data-w-dropdown-target='toggle']"


def work(url: str, cookie: str, steps: Any) -> list[str]:
    """Do `steps` on a page at `url`, signed in; returns what the browser complained of."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on(
            "request", lambda ask: None if ask.url.startswith((url, "data:", "blob:")) else complaints.append(ask.url)
        )
        steps(page)
        browser.close()
    return complaints


def test_a_body_of_every_kind_survives_the_editor(live_server: Any) -> None:
    groups.ensure()
    make.make_sections()
    article = make.make_article(body=blocks.compose(EVERYTHING, base="https://a.example/"))
    before = json.dumps(list(Article.objects.get(pk=article.pk).body.raw_data))
    editor = person("editor@desk.example", group=groups.EDITORS)
    cookie = signed_in(editor).cookies[settings.SESSION_COOKIE_NAME].value
    seen: dict[str, Any] = {}

    def steps(page: Any) -> None:
        page.goto(f"{live_server.url}/desk/articles/edit/{article.pk}/")
        page.wait_for_selector("textarea.desk-table")
        seen["blocks"] = page.locator("#panel-child-text-body-section [data-streamfield-child]").count()
        page.fill("#id_standfirst", "Only this changed.")
        page.locator(MENU).last.click()
        page.locator("button[name='action-publish']").click()
        page.wait_for_url("**/desk/articles/")
        seen["list"] = page.content()

    assert work(live_server.url, cookie, steps) == []
    after = Article.objects.get(pk=article.pk)
    assert after.standfirst == "Only this changed."
    assert json.dumps(list(after.body.raw_data)) == before
    assert after.kept_fields == ["standfirst"]
    assert seen["blocks"] >= 14
    assert "updated and published" in seen["list"]


def test_somebody_writes_a_paragraph_and_it_is_printed_clean(live_server: Any) -> None:
    groups.ensure()
    make.make_sections()
    article = make.make_article(body=make.paragraphs("The first.", 'The <abbr title="x">second</abbr>.'))
    cookie = signed_in(person("editor@desk.example", group=groups.EDITORS)).cookies[settings.SESSION_COOKIE_NAME].value

    def steps(page: Any) -> None:
        page.goto(f"{live_server.url}/desk/articles/edit/{article.pk}/")
        field = page.locator(".public-DraftEditor-content").first
        field.click()
        page.keyboard.press("End")
        page.keyboard.type(" And <script>more</script>.")
        page.wait_for_timeout(300)
        page.locator(MENU).last.click()
        page.locator("button[name='action-publish']").click()
        page.wait_for_url("**/desk/articles/")

    assert work(live_server.url, cookie, steps) == []
    values = [block["value"] for block in Article.objects.get(pk=article.pk).body.raw_data]
    assert values == ["The first. And &lt;script&gt;more&lt;/script&gt;.", 'The <abbr title="x">second</abbr>.']

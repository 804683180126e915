"""The running portal in a real browser: every kind of page, wide and narrow, with and without scripts. Nobody else is
asked for anything, nothing is kept in the browser, nothing complains; and a read is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.flow.portal import BROWSER, Portal, eventually

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="Debian's chromium is not installed: the portal was not looked at"
    ),
    pytest.mark.skipif(
        settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="copies the database file"
    ),
    pytest.mark.slow("starts the whole portal and a browser"),
]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Portal]:
    """A portal with the sample edition in the paper, as after a first start."""
    made = Portal(tmp_path_factory.mktemp("browser") / "data", BROADSHEET_SAMPLE="yes", BROADSHEET_LOG_LEVEL="warning")
    made.furnish()
    try:
        made.start()
        eventually(lambda: is_full(made), 180, "the sample edition did not come in")
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all tests here; each has a profile of its own in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


def is_full(portal: Portal) -> bool:
    """Whether all that the sample's feeds tell is in the paper, and its front filled; pictures may still be drawn."""
    [[arrived, waiting, pulled]] = portal.rows(
        "SELECT (SELECT count(*) FROM wire_dispatch WHERE fate <> 'arrived'), (SELECT count(*) FROM core_effect"
        " WHERE name NOT IN ('pictures.render', 'wire.keep_picture')),"
        " (SELECT count(*) FROM wire_feed WHERE pulled_once)"
    )
    [[slots]] = portal.rows("SELECT count(*) FROM editions_slot")
    return pulled >= 18 and arrived >= 100 and waiting == 0 and slots > 3


def kinds(portal: Portal) -> dict[str, int]:
    """An address of each kind of page, with the status that it answers."""

    def one(sql: str) -> str:
        return str(portal.rows(sql)[0][0])

    article = one("SELECT address FROM articles_article WHERE live AND address IS NOT NULL ORDER BY id LIMIT 1")
    section = article.split("/")[0]
    found = {
        "/": 200, f"/{section}/": 200, f"/{article}/": 200, "/latest/": 200, "/trending/": 200, "/sources/": 200,
        "/search/": 200, "/search/?q=the": 200, "/about/": 200, "/contact/": 200, "/privacy/": 200,
        "/nothing-here/": 404,
    }  # fmt: skip
    found["/sources/" + one("SELECT slug FROM sources_source WHERE is_sample ORDER BY id LIMIT 1") + "/"] = 200
    found[
        "/topics/"
        + one(
            "SELECT t.slug FROM articles_topic t JOIN articles_articletopic a ON a.topic_id = t.id"
            " WHERE t.public LIMIT 1"
        )
        + "/"
    ] = 200
    for (slug,) in portal.rows("SELECT slug FROM stories_story WHERE live AND articles_count > 1 LIMIT 1"):
        found[f"/stories/{slug}/"] = 200
    return found


WATCH = """window.refused = [];
document.addEventListener('securitypolicyviolation', e => refused.push(e.violatedDirective + ' ' + e.blockedURI));"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_every_kind_of_page_is_quiet_private_and_fits(portal: Portal, chromium: Any, scripts: bool) -> None:
    site = f"http://127.0.0.1:{portal.port}"
    pages = kinds(portal)
    assert len(pages) >= 14
    complaints: list[str] = []
    strangers: list[str] = []
    context = chromium.new_context(java_script_enabled=scripts)
    page = context.new_page()
    _watch(page, site, complaints, strangers)
    for path, status in pages.items():
        answer = page.goto(site + path)
        assert answer is not None
        assert answer.status == status, path
        assert "set-cookie" not in answer.headers, path
        assert "content-security-policy" in answer.headers, path
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.locator("h1").count() == 1, path
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (path, width)
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        if scripts:
            assert page.evaluate("window.refused") == [], path
    assert context.cookies() == []
    context.close()
    # A page that does not exist is itself an answer of 404, which the browser remarks on.
    assert [line for line in complaints if "404 (Not Found)" not in line] == []
    assert strangers == []


def _watch(page: Any, site: str, complaints: list[str], strangers: list[str]) -> None:
    page.add_init_script(WATCH)
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda asked: None if _left(asked) else complaints.append(f"failed: {asked.url}"))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((site + "/", "data:")) else strangers.append(asked.url),
    )


def _left(asked: Any) -> bool:
    """Whether a request was broken off because the browser went on to the next page."""
    return "ERR_ABORTED" in (asked.failure or "")


def test_a_read_in_the_browser_is_counted_once(portal: Portal, chromium: Any) -> None:
    [[pk, address]] = portal.rows(
        "SELECT id, address FROM articles_article WHERE live AND address IS NOT NULL ORDER BY id DESC LIMIT 1"
    )
    count = f"SELECT coalesce(sum(reads), 0) FROM trends_readtally WHERE article_id = {pk}"
    before = portal.rows(count)[0][0]
    context = chromium.new_context(user_agent=BROWSER)
    for _ in range(2):  # the same reader comes back at once, and is not counted again
        page = context.new_page()
        page.clock.install()
        page.goto(f"http://127.0.0.1:{portal.port}/{address}/")
        with page.expect_request("**/pulse"):
            page.clock.run_for(5_500)
        page.wait_for_timeout(100)
        page.close()
    context.close()
    eventually(lambda: portal.rows(count)[0][0] > before, 12, "the read was never counted")
    assert portal.rows(count)[0][0] == before + 1

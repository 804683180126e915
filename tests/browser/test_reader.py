"""The printed paper in a real browser: no sideways scrolling, both schemes, without scripts, the beacon, the theme."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from broadsheet.core import clock
from broadsheet.press.services import print_page
from tests import make
from tests.page.conftest import build_paper

CHROMIUM = Path("/usr/bin/chromium")
STATIC = Path(__file__).resolve().parents[2] / "src" / "broadsheet" / "paper" / "static"
LEAD = "/world-news/vessin-strait-reopens-to-shipping-after-nine-days/"
PATHS = (
    "/", "/world-news/", LEAD, "/world-news/what-the-two-sides-signed/", "/stories/vessin-strait/", "/latest/",
    "/trending/", "/sources/", "/sources/northern-ledger/", "/topics/shipping/", "/about/", "/world-news/odd/",
)  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'"
)

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed: the paper was not looked at"),
    pytest.mark.slow("starts a browser"),
]


@dataclass
class Stand:
    """Hands out pages that were printed before, so that no database is needed while the browser runs."""

    pages: dict[str, bytes]
    beacons: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""


def _handler(stand: Stand) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stand.asked.append(self.path)
            if self.path.startswith("/static/"):
                file = STATIC / self.path.removeprefix("/static/")
                kind = mimetypes.guess_type(file.name)[0] or "font/woff2"
                self._answer(200, file.read_bytes(), kind)
            elif self.path in stand.pages:
                self._answer(200, stand.pages[self.path], "text/html; charset=utf-8")
            else:
                self._answer(404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/pulse":
                stand.beacons.append(body)
            self._answer(204, b"", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


def _odd_article() -> None:
    """One that tries to be wider than the page: words, names, a table and code without a place to break."""
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    cells = [[{"html": "cell" * 6, "header": False, "colspan": 1, "rowspan": 1}] * 14]
    make.make_article(
        f"{word} {word}",
        source=make.make_source(f"The Long Named Intelligencer of the Northern Coast and {word}"[:100]),
        topics=[make.make_topic(word)],
        byline=word,
        standfirst="x" * 300,
        address="world-news/odd",
        age=timedelta(minutes=1),
        body=[
            *make.paragraphs("https://www.example.org/" + "a" * 300),
            {"type": "table", "value": {"caption": "Wide", "head": [], "rows": cells, "lang": "", "dir": ""}},
            {"type": "code", "value": {"text": "y" * 300}},
        ],
    )


@pytest.fixture
def stand(db: None) -> Iterator[Stand]:
    """The small paper, printed and served on loopback."""
    with clock.frozen(make.NOW):
        build_paper(6)
        _odd_article()
        printed = {path: print_page(path) for path in PATHS}
    made = Stand({path: one.body for path, one in printed.items() if one is not None})
    assert set(made.pages) == set(PATHS)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


class Browser:
    """Chromium for the length of a `with` block."""

    def __enter__(self) -> Any:
        from playwright.sync_api import sync_playwright

        self._play = sync_playwright().start()
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        self._chromium = self._play.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        return self._chromium

    def __exit__(self, *_: object) -> None:
        self._chromium.close()
        self._play.stop()


def _watched(context: Any, troubles: list[str]) -> Any:
    page = context.new_page()
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return page


TOO_SMALL = """() => [...document.querySelectorAll(
  '.bar a, .bar summary, .tool, .btn, .pages a, .foot a, .topics a, .turnpage a')]
  .filter(e => e.getClientRects().length && !e.closest('details:not([open]) > :not(summary)'))
  .filter(e => e.getBoundingClientRect().height < 43.5)
  .map(e => e.textContent.trim() + ' ' + e.getBoundingClientRect().height)"""


def test_no_page_is_wider_than_its_window_and_targets_are_large_enough(stand: Stand) -> None:
    troubles: list[str] = []
    with Browser() as chromium:
        for width in (320, 768, 1440):
            page = _watched(chromium.new_context(viewport={"width": width, "height": 900}), troubles)
            for path in PATHS:
                page.goto(stand.url + path)
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, (path, width, wide)
                assert page.evaluate(TOO_SMALL) == [], (path, width)
    assert troubles == []


CONTRAST = """() => {
  const number = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = number(c).slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (number(c)[3] !== 0) return c; } return 'rgb(255,255,255)'; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.getClientRects().length) continue;
    const a = light(getComputedStyle(e).color), b = light(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(e.tagName + ' ' + e.className + ' ' + ratio.toFixed(2));
  }
  return bad;
}"""  # noqa: E501 - one expression a line reads better than a wrapped one


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(stand: Stand, scheme: str) -> None:
    with Browser() as chromium:
        page = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme).new_page()
        for path in PATHS:
            page.goto(stand.url + path)
            assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
            "rgb(253, 252, 249)" if scheme == "light" else "rgb(23, 21, 18)"
        )


def test_the_paper_reads_the_same_without_scripts(stand: Stand) -> None:
    with Browser() as chromium:
        context = chromium.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
        page = context.new_page()
        page.goto(stand.url + "/")
        assert page.locator("h1").count() == 1
        page.get_by_role("link", name="Vessin Strait reopens to shipping after nine days").first.click()
        assert page.url == stand.url + LEAD
        assert page.locator(".prose > p").first.is_visible()
        assert not page.locator("#theme").is_visible()
        assert not page.locator("[data-copy]").is_visible()
        page.locator("summary", has_text="Categories").click()
        assert page.locator(".mega a", has_text="Travel").is_visible()
        assert context.cookies() == []


def test_the_first_stop_of_the_tab_key_leads_to_the_news(stand: Stand) -> None:
    with Browser() as chromium:
        page = chromium.new_page()
        page.goto(stand.url + LEAD)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_chosen_theme_stays_and_is_there_before_the_page_is_drawn(stand: Stand) -> None:
    with Browser() as chromium:
        page = chromium.new_context(color_scheme="light").new_page()
        page.goto(stand.url + "/")
        page.locator("#theme label", has_text="Dark").click()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.goto(stand.url + LEAD)
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(23, 21, 18)"
        assert page.locator("#theme input[value=dark]").is_checked()
        page.locator("#theme label", has_text="Auto").click()
        assert page.evaluate("document.documentElement.dataset.theme") is None


def test_an_article_takes_the_list_of_what_is_trending_and_leaves_its_own_story_out(stand: Stand) -> None:
    line = '<li data-story="{}"><div><h2><a href="{}">{}</a></h2><small>3 sources in 2 h</small>{}</div></li>'
    meta = '<p class="meta"><b>A</b></p>'
    lines = [
        line.format("/stories/vessin-strait/", "/world-news/told-by-another/", "Told by another", meta),
        line.format("", LEAD, "This very article", meta),
        *(line.format("", f"/travel/other-{n}/", f"Other {n}", meta) for n in range(7)),
    ]
    stand.pages["/trending/"] = f"<!doctype html><ol class=trending>{''.join(lines)}</ol>".encode()
    with Browser() as chromium:
        page = chromium.new_page()
        page.goto(stand.url + LEAD, wait_until="networkidle")
        assert page.locator("[data-take] h3").all_inner_texts() == [f"Other {n}" for n in range(5)]
        # Where the list is not to be had, the way to it stays.
        del stand.pages["/trending/"]
        page.goto(stand.url + LEAD, wait_until="networkidle")
        assert page.locator("[data-take] a").get_attribute("href") == "/trending/"


FIRST_IN_THEIR_LINE = """() => [...document.querySelectorAll('.meta')].filter(line => line.children.length > 1
  && [...line.children].some((one, at) => at && one.offsetTop > line.children[at - 1].offsetTop)).map(line => {
    const edge = line.getBoundingClientRect().left;
    return [...line.children].filter((one, at) => at && one.offsetTop > line.children[at - 1].offsetTop)
      .map(one => [getComputedStyle(line).overflowX, Math.round(one.getBoundingClientRect().left - edge) < 0]);
  }).flat()"""


def test_a_dot_between_facts_is_never_left_at_the_end_of_a_line(stand: Stand) -> None:
    with Browser() as chromium:
        page = chromium.new_context(viewport={"width": 320, "height": 900}).new_page()
        page.goto(stand.url + "/")
        page.evaluate("document.querySelectorAll('.meta').forEach(line => { line.style.inlineSize = '7rem'; })")
        wrapped = page.evaluate(FIRST_IN_THEIR_LINE)
        assert wrapped
        assert all(one == ["clip", True] for one in wrapped)
        after = "[...document.querySelectorAll('.meta > *')].map(e => getComputedStyle(e, '::after').content)"
        assert set(page.evaluate(after)) == {"none"}


def test_what_is_printed_on_paper_is_the_article_in_black_on_white(stand: Stand) -> None:
    with Browser() as chromium:
        page = chromium.new_context(viewport={"width": 680, "height": 900}, color_scheme="dark").new_page()
        page.goto(stand.url + LEAD, wait_until="networkidle")
        page.emulate_media(media="print")
        for gone in (".bar", ".tools", ".rail", ".crumbs", ".share", ".topics", ".turnpage", ".foot .grid"):
            assert not any(one.is_visible() for one in page.locator(gone).all()), gone
        for kept in ("h1", ".standfirst", ".prose > p", ".side dl", ".printed"):
            assert page.locator(kept).first.is_visible(), kept
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('.prose > p')).color") == "rgb(0, 0, 0)"
        assert page.evaluate("getComputedStyle(document.querySelector('.kicker')).color") == "rgb(0, 0, 0)"
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_read_is_told_once_after_five_seconds_in_view(stand: Stand) -> None:
    with Browser() as chromium:
        page = chromium.new_page()
        page.clock.install(time=0)
        page.goto(stand.url + LEAD)
        article = page.evaluate("document.body.dataset.article")
        page.clock.pause_at(4)  # seconds; loading took some of it, so less than that was in view
        page.clock.run_for(900)
        page.wait_for_timeout(200)
        assert stand.beacons == []
        page.clock.run_for(1_300)
        page.wait_for_timeout(200)
        assert stand.beacons[:1] == [f"read {article}".encode()]
        page.locator(".prose .after").scroll_into_view_if_needed()
        page.wait_for_timeout(200)
        page.clock.run_for(60_000)
        page.wait_for_timeout(200)
        assert stand.beacons == [f"read {article}".encode(), f"end {article}".encode()]
        for _ in range(2):
            page.locator(".share a.tool").dispatch_event("click")
        page.clock.run_for(60_000)
        page.wait_for_timeout(200)
        assert stand.beacons[2:] == [f"share {article}".encode()]


def test_nothing_moves_while_the_page_loads_and_little_is_sent(stand: Stand) -> None:
    with Browser() as chromium:
        page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.add_init_script(
            "window.moved = 0; new PerformanceObserver(list => {"
            " for (const e of list.getEntries()) window.moved += e.value; })"
            ".observe({type: 'layout-shift', buffered: true});"
        )
        for path in ("/", LEAD):
            page.goto(stand.url + path, wait_until="networkidle")
            page.wait_for_timeout(200)
            assert page.evaluate("window.moved") < 0.02, path
    files = {path for path in stand.asked if path.startswith("/static/")}
    assert {path.rsplit("/", 1)[1] for path in files} <= {
        "paper.css", "site.js", "icon.svg", "favicon.png", "newsreader-latin.woff2", "newsreader-italic-latin.woff2",
    }  # fmt: skip

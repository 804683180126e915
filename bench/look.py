"""Look at every page kind of a new portal: `./run bench look [--out DIR] [--widths 360,768,1440,1920] [--readme]`.

A portal is started on an empty data folder and takes in the sample edition. When that is whole, each page kind is
opened in Debian's Chromium at every width, light and dark, then once as it is printed on paper and once without
scripts. One picture of each goes to DIR (without `--out`: none),
and a line is printed with what the page weighs, how far its layout shifted, which outside hosts it asked, what cookies
it set, and by how many pixels it is wider than the window. `--readme` renews the two pictures in docs/look instead.
`--url` looks at a portal that runs already. Exit status 1 when a page shifts, asks an outside host, sets a cookie or
is too wide.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from bench.memory import ROOT, _free_port

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb")
#: Layout shift above this is a fault; so is a page wider than the window by more than this many pixels.
MOST_SHIFT, MOST_WIDER = 0.02, 1
_SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300);
})"""
_WITHDRAW = """
import sys, django
django.setup()
from broadsheet.articles import services
from broadsheet.articles.models import Article
services.withdraw(Article.objects.get(address=sys.argv[1]), why="It was about another person of the same name.")
"""
#: How a page is looked at: on paper as wide as A4 between its margins, and in a window without scripts.
PAPER, PLAIN = "paper", "plain"
PAPER_WIDTH, PLAIN_WIDTH = 680, 1440
_LOAD_ALL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 800) {
    window.scrollTo(0, y);
    await new Promise(done => setTimeout(done, 20));
  }
  window.scrollTo(0, 0);
}"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for the pictures")
    parser.add_argument("--widths", default="360,768,1440,1920")
    parser.add_argument("--url", help="look at this portal instead of starting one")
    parser.add_argument("--paths", nargs="*", help="only these pages")
    parser.add_argument("--readme", action="store_true", help="renew docs/look/front-light.webp and front-dark.webp")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not Path(CHROMIUM).exists():
        raise SystemExit("Chromium is not installed: apt install chromium.")
    with portal(arguments.url) as (url, data):
        if arguments.readme:
            picture_for_readme(url)
            return 0
        widths = [int(width) for width in arguments.widths.split(",")]
        paths = arguments.paths or page_kinds(url)
        if not arguments.paths and data is not None:
            paths.append(withdrawn(url, data))
        figures = look(url, paths, widths, arguments.out)
    print(json.dumps(figures, indent=1) if arguments.json else table(figures))
    return 1 if any(one["faults"] for one in figures) else 0


@contextmanager
def portal(url: str | None) -> Iterator[tuple[str, Path | None]]:
    """Address and data folder of a portal with the whole sample edition in it, ended and removed afterwards.

    Of a portal that runs already, the address only.
    """
    if url:
        yield url.rstrip("/"), None
        return
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-look-"))
    port = _free_port()
    environ = os.environ | {"BROADSHEET_LOG_LEVEL": "error", "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "broadsheet.ops.cli", "serve", "--port", str(port), "--data", str(folder / "data")]
    with (folder / "log").open("w+") as log:
        running = subprocess.Popen(command, env=environ, stdout=log, stderr=subprocess.STDOUT)
        try:
            _await_whole(folder / "log", running)
            yield f"http://127.0.0.1:{port}", folder / "data"
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)
            shutil.rmtree(folder, ignore_errors=True)


def _await_whole(log: Path, running: subprocess.Popen[bytes]) -> None:
    """Until the edition is in, its pictures are drawn and the pages that show them printed."""
    deadline = time.monotonic() + 600
    while "The front page is full" not in log.read_text():
        if running.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(log.read_text())
        time.sleep(0.2)
    time.sleep(10)


def page_kinds(url: str) -> list[str]:
    """One page of every kind the paper has but the one for a withdrawn article, found by following the front."""
    front = _text(url, "/")
    section = _first(front, r'href="(/[a-z-]+/)"', skip=("/latest/", "/trending/", "/search/"))
    lead = _first(front, r'<h2[^>]*><a href="(/[a-z-]+/[a-z0-9-]+/)"')
    story = _first(front, r'href="(/stories/[a-z0-9-]+/)"')
    article = _text(url, lead)
    sources = _text(url, "/sources/")
    found = ["/", section, lead, story, _first(article, r'href="(/topics/[a-z0-9-]+/)"')]
    found += [
        _first(sources, r'href="(/sources/[a-z0-9-]+/)"', skip=("/sources/newsroom/",)),
        "/sources/",
        "/latest/",
        "/trending/",
        "/numbers/",
    ]
    found += ["/search/", "/search/?q=harbour", "/search/?q=zzzz", "/how-it-works/", "/privacy/", "/no-such-page/"]
    for language in ("ar", "es", "uk"):
        found += re.findall(
            rf'lang="{language}"[^>]*><a href="(/[a-z-]+/[a-z0-9-]+/)"', _text(url, "/latest/") + front
        )[:1]
    return list(dict.fromkeys(filter(None, found)))


def withdrawn(url: str, data: Path) -> str:
    """Withdraw the oldest article of the newest thirty, as the desk would, and wait until its page says so."""
    path = re.findall(r'<h2[^>]*><a href="(/[a-z-]+/[a-z0-9-]+/)"', _text(url, "/latest/"))[-1]
    environ = os.environ | {
        "BROADSHEET_DATA": str(data), "BROADSHEET_LOG_LEVEL": "error", "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", _WITHDRAW, path.strip("/")], env=environ, check=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            _text(url, path)
        except HTTPError as answer:
            if answer.code == 410:
                return path
        time.sleep(0.3)
    raise SystemExit(f"{path} was withdrawn and is shown all the same.")


def _text(url: str, path: str) -> str:
    with urlopen(url + path, timeout=30) as answer:
        return str(answer.read().decode())


def _first(text: str, pattern: str, skip: tuple[str, ...] = ()) -> str:
    return next((one for one in re.findall(pattern, text) if one not in skip), "")


def look(url: str, paths: list[str], widths: list[int], out: Path | None) -> list[dict[str, Any]]:
    """Open every page at every width in both schemes, on paper and without scripts; figures for each visit."""
    from playwright.sync_api import sync_playwright

    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    figures = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for width in widths:
            for scheme in ("light", "dark"):
                for path in paths:
                    figures.append(_visit(browser, url, path, width, scheme, out))
        for path in paths:
            figures.append(_visit(browser, url, path, PAPER_WIDTH, PAPER, out))
            figures.append(_visit(browser, url, path, PLAIN_WIDTH, PLAIN, out))
        browser.close()
    return figures


def _visit(browser: Any, url: str, path: str, width: int, scheme: str, out: Path | None) -> dict[str, Any]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scheme != PLAIN,
    )  # fmt: skip
    page = context.new_page()
    page.emulate_media(media="print" if scheme == PAPER else "screen")
    weighed: Counter[str] = Counter()
    outside: set[str] = set()

    def note(request: Any) -> None:
        if urlsplit(request.url).netloc != urlsplit(url).netloc:
            outside.add(urlsplit(request.url).netloc)
            return
        sizes = request.sizes()
        weighed[request.resource_type] += sizes["responseBodySize"]

    page.on("requestfinished", note)
    page.goto(url + path, wait_until="networkidle")
    first = dict(weighed)  # before the rest of the page is scrolled into view
    shift = float(page.evaluate(_SHIFT)) if scheme in ("light", "dark") else 0.0
    wider = int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    if out is not None:
        if scheme != PLAIN:
            page.evaluate(_LOAD_ALL)
            page.wait_for_load_state("networkidle")
        name = path.strip("/").replace("/", "-").replace("?", "-") or "front"
        page.screenshot(path=str(out / f"{name}-{width}-{scheme}.png"), full_page=True)
    cookies = len(context.cookies())
    context.close()
    faults = [
        *(["shifts"] if shift > MOST_SHIFT else []), *(["outside hosts"] if outside else []),
        *(["cookies"] if cookies else []), *(["too wide"] if wider > MOST_WIDER else []),
    ]  # fmt: skip
    return {
        "path": path, "width": width, "scheme": scheme, "html": first.get("document", 0),
        "css": first.get("stylesheet", 0), "script": first.get("script", 0), "font": first.get("font", 0),
        "pictures": first.get("image", 0), "shift": round(shift, 4), "outside": sorted(outside), "cookies": cookies,
        "wider": wider, "faults": faults,
    }  # fmt: skip


def table(figures: list[dict[str, Any]]) -> str:
    """Lines for people: bytes as they crossed the wire."""
    lines = [f"{'page':44} {'px':>5} {'':5} {'html':>7} {'css':>6} {'js':>5} {'font':>6} {'pict.':>8} {'shift':>7}"]
    for one in figures:
        lines.append(
            f"{one['path'][:44]:44} {one['width']:>5} {one['scheme']:5} {one['html']:>7} {one['css']:>6}"
            f" {one['script']:>5} {one['font']:>6} {one['pictures']:>8} {one['shift']:>7} {', '.join(one['faults'])}"
        )
    hosts = {host for one in figures for host in one["outside"]}
    lines.append(f"outside hosts {len(hosts)}, cookies {sum(one['cookies'] for one in figures)}, pages {len(figures)}")
    return "\n".join(lines)


def picture_for_readme(url: str) -> None:
    """The first screen of the front in both schemes, as the README shows it."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    folder = ROOT / "docs" / "look"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": 1440, "height": 1260}, color_scheme=scheme)
            page = context.new_page()
            page.goto(url + "/", wait_until="networkidle")
            raw = folder / f"{scheme}.png"
            page.screenshot(path=str(raw))
            Image.open(raw).convert("RGB").save(folder / f"front-{scheme}.webp", quality=80, method=6)
            raw.unlink()
            context.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main())

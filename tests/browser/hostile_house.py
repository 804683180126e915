"""A portal in which every word of a stranger is an attack, and a browser without a content policy that looks at it.

Pages are printed first; the browser gets them from a route, so nothing of it needs a server, and a request to any other
host is noted and ended.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import Error

from broadsheet.articles import search
from broadsheet.articles.models import Article, Version
from broadsheet.copydesk import blocks
from broadsheet.core import clock
from broadsheet.pages.models import Brand
from broadsheet.pictures.models import Picture
from broadsheet.stories.models import Placement
from broadsheet.wire.models import Dispatch, Feed
from tests import make

CHROMIUM = Path("/usr/bin/chromium")
ORIGIN = "http://paper.test"
ORDINARY = "Harbour opens"

# Whatever a payload may call leaves a mark; so does a broken global, which payloads like to set.
WATCH = """(() => {
  const marks = window.top.__marks = window.top.__marks || [];
  for (const name of ['alert', 'confirm', 'prompt', 'print'])
    window[name] = what => { marks.push(name + ' ' + what); };
  for (const name of ['xss', 'pwned', 'XSS'])
    Object.defineProperty(window, name, {set: () => marks.push('set ' + name), configurable: true});
})()"""

# What no interaction was needed to see: addresses and handlers that a click or a glance would set off.
ARMED = """() => {
  const found = [];
  const web = /^(https?|mailto|tel):$/;
  for (const e of document.querySelectorAll('*')) {
    for (const a of e.attributes) {
      if (/^on/i.test(a.name) && /alert|confirm|prompt|xss|eval/i.test(a.value)) found.push(e.tagName + ' ' + a.name);
      if (a.name === 'srcdoc') found.push(e.tagName + ' srcdoc');
    }
    if ((e.tagName === 'A' || e.tagName === 'AREA') && e.getAttribute('href') && !web.test(e.protocol)) found.push('href ' + e.href);
    if (e.tagName === 'FORM' && new URL(e.action, location).origin !== location.origin) found.push('form ' + e.action);
    if (e.tagName === 'BASE') found.push('base');
  }
  return found;
}"""  # noqa: E501 - one rule a line


@dataclass
class House:
    """What to open: pages by path, and the ids that desk screens are asked for by."""

    articles: list[Article] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)


def furnish(payloads: Iterable[str], *, every: bool = False) -> House:
    """One source, article, story, topic, picture, feed and dispatch for each payload, the payload in every field.

    `every`: all pages of all of them are to be looked at, else two for each.
    """
    make.make_sections()
    house = House()
    reports = [_report(payload, place, house, every=every) for place, payload in enumerate(payloads)]
    make.make_edition(
        {
            "lead": reports[:1],
            "second": reports[1:4],
            "brief": reports[4:5],
            "strip:politics": reports[5:7],
            "trending": reports[7:8],
            "latest": reports[8:10],
            "strip:world": reports[10:],
        }
    )
    first = reports[0].headline
    brand = Brand.objects.first()
    if brand is not None:
        for name in ("name", "tagline", "publisher", "country", "footer_text", "copyright_text"):
            longest = Brand._meta.get_field(name).max_length or 80  # type: ignore[union-attr]
            setattr(brand, name, first[:longest])
        brand.save()
    make.make_standing("hostile-page", first[:255], "<p>Who we are.</p>", summary=first[:300])
    gone = make.make_article(
        first, address="world-news/gone", live=False, withdrawn_at=make.NOW, withdrawn_why=first[:300]
    )
    make.make_story([gone])
    house.paths += ["/", "/latest/", "/trending/", "/sources/", "/world-news/", "/hostile-page/", "/world-news/gone/"]
    return house


def _report(payload: str, place: int, house: House, *, every: bool) -> Article:
    mark = make.number()
    rights = make.make_rights(
        "full", licence_name=payload[:120], licence_url="javascript:alert(1)//https://x.example/", pictures="kept"
    )
    source = make.make_source(
        f"{payload[:150]} {mark}", rights=rights, about=payload, owner=make.make_owner(f"{payload[:150]} {mark}"),
        homepage="https://x.example/" + quote(payload)[:400],
    )  # fmt: skip
    topic = make.make_topic(f"{payload[:80]} {mark}", description=payload)
    picture = _picture(payload)
    section = "politics" if 5 <= place < 9 else "world"
    article = make.make_article(
        payload[:300],
        source=source, topics=[topic], picture=picture, section=section,
        standfirst=payload[:2000], byline=payload[:300], language="en",
        age=timedelta(minutes=mark % 600 + 1), address=f"{make.make_section(section).slug}/{mark}",
        origin_url="javascript:alert(1)//https://x.example/" if place % 2 else f"https://x.example/{quote(payload)[:900]}",
        body=_body(payload),
    )  # fmt: skip
    other = make.make_article(payload[:300], source=source, body=_body(payload), address=f"world-news/other-{mark}")
    story = make.make_story([article, other], slug=f"story-{mark}")
    Placement.objects.filter(story=story).update(detail={"reason": payload, "shared": [payload]})
    make.make_heat(story, 2.5 + place, payload[:200])
    judgement: Any = article.judgement  # type: ignore[attr-defined]
    judgement.reasons = {"section": payload, payload[:50]: payload}
    judgement.save()
    fields = {"headline": payload, "standfirst": payload, "byline": payload, "body": _body(payload)}
    Version.objects.create(article=article, number=1, by="source", fields=fields, changed=["headline"], at=make.NOW)
    feed = Feed.objects.create(
        source=source, url="https://x.example/" + quote(payload)[:1500], url_key=str(mark), title=payload[:300],
        detail=payload[:300], reason="refused", next_pull_at=clock.now(),
    )  # fmt: skip
    dispatch = Dispatch.objects.create(
        feed=feed, entry_key="e", headline=payload[:300], url="javascript:alert(1)", content_hash="c", fate="spiked",
        detail=payload[:300], reason=payload[:30], payload={"title": payload, "summary_html": payload, "url": payload},
        arrived_at=clock.now(), article=article,
    )  # fmt: skip
    search.index(article.pk, article.headline, article.standfirst, blocks.text(_body(payload)))
    house.articles.append(article)
    house.numbers = {"article": article.pk, "feed": feed.pk, "dispatch": dispatch.pk, "source": source.pk,
                     "topic": topic.pk, "picture": picture.pk}  # fmt: skip
    # Each payload is in every field of every kind of row; one kind of page for each is enough, in turn.
    own = [article.path, story.path, source.path, topic.path]
    house.paths += own if every else {article.path, own[place % 4]}
    return article


def _picture(payload: str) -> Picture:
    words = {"title": payload[:255], "alternative": payload[:300], "caption": payload[:500], "credit": payload[:200]}
    return make.make_picture(400, **words, licence=payload[:120])


def _body(payload: str) -> list[dict[str, Any]]:
    """The payload through the cleaner as markup, and as the plain text of a code block."""
    composed = blocks.compose(f"<p>{ORDINARY}</p>{payload}", base="https://x.example/")
    inside = blocks.compose(f"<ul><li>{payload}</ul><blockquote>{payload}</blockquote>", base="https://x.example/")
    table = blocks.compose(f"<table><tr><td>a<td>{payload}</table>", base="https://x.example/")
    return [*composed, *inside, *table, {"type": "code", "value": {"text": payload}}]


@dataclass
class Seen:
    """What happened while pages were looked at."""

    marks: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    armed: list[str] = field(default_factory=list)

    @property
    def everything(self) -> list[str]:
        """All of it; empty when no attack came through."""
        return self.marks + self.outside + self.dialogs + self.armed


class Reader:
    """One browser window without any content policy."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.seen = Seen()
        self._served: dict[str, tuple[str, bytes]] = {}
        page.route("**/*", self._answer)
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.seen.dialogs.append(dialog.message)
        dialog.dismiss()

    def _answer(self, route: Any) -> None:
        asked = urlsplit(route.request.url)
        if f"{asked.scheme}://{asked.netloc}" != ORIGIN:
            self.seen.outside.append(route.request.url)
            route.abort()
        elif asked.path in self._served:
            kind, body = self._served[asked.path]
            route.fulfill(status=200, content_type=kind, body=body)
        elif asked.path.startswith("/static/") and (found := finders.find(asked.path.removeprefix("/static/"))):
            kind = mimetypes.guess_type(asked.path)[0] or "application/octet-stream"
            route.fulfill(status=200, content_type=kind, body=Path(str(found)).read_bytes())
        else:
            route.fulfill(status=404, content_type="text/plain", body=b"")

    def look(self, path: str, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
        """Open a page, wait until it settled, and note what it did and what it is armed with."""
        self._served[urlsplit(path).path] = (kind, body)
        try:
            self.page.goto(ORIGIN + path, wait_until="load")
            self.page.wait_for_timeout(15)
            self.seen.marks += [f"{path}: {mark}" for mark in self.page.evaluate("window.__marks || ['watch is gone']")]
            if "html" in kind:
                self.seen.armed += [f"{path}: {one}" for one in self.page.evaluate(ARMED)]
        except Error as error:  # the page went elsewhere under our hands
            self.seen.marks.append(f"{path}: {error.message.splitlines()[0]}")


@contextmanager
def reader(**options: Any) -> Iterator[Reader]:
    """Chromium with every content policy off."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        context = chromium.new_context(bypass_csp=True, **options)
        context.add_init_script(WATCH)
        try:
            yield Reader(context.new_page())
        finally:
            chromium.close()

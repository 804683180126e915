"""Publications pretended for whole-portal tests: each a host name of its own on one loopback server.

An entry is a plain dataclass; `FORMS` turns a list of them into the bytes of every kind of feed that we take.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.wire_server import WireServer, answer

#: When the pretended news happened: a little before the test, since old news is spiked.
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)

TEXT = (
    "The harbour council of Vessin voted late on Monday to open the northern quay to traffic, nine days after the "
    "strait was closed by the storm that took the outer lights.",
    "Pilots will board every ship at the second buoy until the lights are lit again, the harbour master said, and no "
    "vessel may pass after dark before the new year.",
    "Merchants on the quay, who had counted their losses since the first of the month, spoke of relief; the guild of "
    "carriers asked for the dues of the nine days to be waived.",
)


@dataclass(frozen=True)
class Told:
    """One entry as its publication tells it. `number` is its id there; `text` are its paragraphs."""

    number: int
    title: str
    text: tuple[str, ...] = TEXT
    at: datetime = BEGAN
    updated: datetime | None = None
    category: str = "World"
    #: The address of a picture that RSS, Atom and JSON Feed name with it.
    picture: str = ""

    def changed(self, **values: Any) -> Told:
        """The same entry, told anew a little later."""
        return replace(self, updated=(self.updated or self.at) + timedelta(minutes=20), **values)

    @property
    def markup(self) -> str:
        """Its paragraphs as HTML."""
        return "".join(f"<p>{html.escape(one)}</p>" for one in self.text)


def _url(host: str, told: Told) -> str:
    return f"http://{host}/a/{told.number}"


_RSS_PICTURE = '<enclosure url="{}" type="image/png" length="0"/>'
_ATOM_PICTURE = '<link rel="enclosure" type="image/png" href="{}"/>'


def _enclosed(form: str, told: Told) -> str:
    return form.format(html.escape(told.picture)) if told.picture else ""


def rss(host: str, entries: Sequence[Told]) -> bytes:
    """RSS 2.0 with full text."""
    items = "".join(
        f"<item><title>{html.escape(one.title)}</title><link>{_url(host, one)}</link>"
        f'<guid isPermaLink="false">{host}-{one.number}</guid><category>{one.category}</category>'
        f"<pubDate>{format_datetime(one.at)}</pubDate>"
        f"{_enclosed(_RSS_PICTURE, one)}"
        f"<content:encoded>{html.escape(one.markup)}</content:encoded></item>"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{host}</title><link>http://{host}/</link><description>News</description>{items}</channel></rss>"
    ).encode()


def atom(host: str, entries: Sequence[Told]) -> bytes:
    """Atom 1.0 with full text."""
    items = "".join(
        f"<entry><id>tag:{host},2026:{one.number}</id><title>{html.escape(one.title)}</title>"
        f'<link rel="alternate" href="{_url(host, one)}"/><published>{one.at.isoformat()}</published>'
        f"<updated>{(one.updated or one.at).isoformat()}</updated>"
        f"{_enclosed(_ATOM_PICTURE, one)}"
        f'<content type="html">{html.escape(one.markup)}</content></entry>'
        for one in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>tag:{host},2026:</id>'
        f"<title>{host}</title><updated>{BEGAN.isoformat()}</updated>{items}</feed>"
    ).encode()


def rdf(host: str, entries: Sequence[Told]) -> bytes:
    """RSS 1.0 with Dublin Core dates and full text."""
    items = "".join(
        f'<item rdf:about="{_url(host, one)}"><title>{html.escape(one.title)}</title><link>{_url(host, one)}</link>'
        f"<dc:date>{one.at.isoformat()}</dc:date><content:encoded>{html.escape(one.markup)}</content:encoded></item>"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f'<channel rdf:about="http://{host}/"><title>{host}</title><link>http://{host}/</link>'
        f"<description>News</description></channel>{items}</rdf:RDF>"
    ).encode()


def json_feed(host: str, entries: Sequence[Told]) -> bytes:
    """JSON Feed 1.1 with full text."""
    items = [
        {
            "id": str(one.number),
            "url": _url(host, one),
            "title": one.title,
            "content_html": one.markup,
            "date_published": one.at.isoformat(),
            **({"image": one.picture} if one.picture else {}),
        }
        for one in entries
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": host, "home_page_url": f"http://{host}/"}
    return json.dumps(feed | {"items": items}).encode()


def sitemap(host: str, entries: Sequence[Told]) -> bytes:
    """A news sitemap: headlines and addresses, the text is on the pages."""
    items = "".join(
        f"<url><loc>{_url(host, one)}</loc><news:news><news:publication><news:name>{host}</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>{one.at.isoformat()}"
        f"</news:publication_date><news:title>{html.escape(one.title)}</news:title></news:news></url>"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{items}</urlset>'
    ).encode()


def section_page(host: str, entries: Sequence[Told]) -> bytes:
    """A plain page that lists its articles."""
    items = "".join(
        f'<article><h2><a href="/a/{one.number}">{html.escape(one.title)}</a></h2>'
        f'<time datetime="{one.at.isoformat()}">today</time><p>{html.escape(one.text[0])}</p></article>'
        for one in entries
    )
    return (
        f'<!doctype html><html lang="en"><head><title>{host}</title></head><body><nav><a href="/about">About</a></nav>'
        f"<main><h1>World news</h1>{items}</main></body></html>"
    ).encode()


def article_page(host: str, told: Told) -> bytes:
    """The page of one entry."""
    return (
        f'<!doctype html><html lang="en"><head><title>{html.escape(told.title)}</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{html.escape(told.title)}">'
        f'<meta property="article:published_time" content="{told.at.isoformat()}">'
        f'<link rel="canonical" href="{_url(host, told)}"></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{html.escape(told.title)}</h1>{told.markup}</article><footer>Imprint</footer></body></html>"
    ).encode()


Form = Callable[[str, Sequence[Told]], bytes]
#: Name of the form, how it is made, the kind of feed it is for us, its media type.
FORMS: dict[str, tuple[Form, str, str]] = {
    "rss": (rss, "feed", "application/rss+xml"),
    "atom": (atom, "feed", "application/atom+xml"),
    "rdf": (rdf, "feed", "application/rdf+xml"),
    "json": (json_feed, "feed", "application/feed+json"),
    "sitemap": (sitemap, "sitemap", "application/xml"),
    "page": (section_page, "page", "text/html; charset=utf-8"),
}


@dataclass
class Publication:
    """One host of the origin server, with what it tells at the moment."""

    server: WireServer
    host: str
    form: str = "rss"
    entries: list[Told] = field(default_factory=list)

    def serve(self) -> None:
        """Let the server tell what `entries` hold now, with an ETag, pages included."""
        make, _, media = FORMS[self.form]
        body = make(self.host, self.entries)
        self.server.script(f"{self.host}/feed", answer(body, media, etag=f'"{abs(hash(body))}"'))
        for told in self.entries:
            self.server.script(f"{self.host}/a/{told.number}", answer(article_page(self.host, told), "text/html"))

    @property
    def kind(self) -> str:
        """What it is for us: feed, sitemap or page."""
        return FORMS[self.form][1]

    @property
    def feed_url(self) -> str:
        """Its one address that we poll."""
        return f"http://{self.host}/feed"

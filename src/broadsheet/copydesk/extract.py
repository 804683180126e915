"""An article's page: its text without what surrounds it, and what the page says about it.

The text is found by trafilatura (its extraction only, never its fetching); the metadata is read
by us, several sources against each other.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from lxml import etree

from broadsheet.copydesk import blocks, embeds, prelimits
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.kinds import bodies, page
from broadsheet.copydesk.kinds.common import person, when
from broadsheet.copydesk.metadata import Metadata
from broadsheet.copydesk.sanitise import clean
from broadsheet.lib.html import links
from broadsheet.lib.reasons import Reason
from broadsheet.lib.text import normal

MAX_LINKS = 200
# An article that ends after so few words, on a page that says it is not free, is a teaser.
_TEASER = 250
# Where only the name of an element speaks for a wall, the text has to be shorter still.
_GATED = 120

Wall = Literal["none", "paywall", "error"]


@dataclass(slots=True)
class Page:
    """An article as its page gives it. `html` is clean; `text` is what a reader reads of it.

    `wall` says that the text is not the article: "paywall" where the page keeps the rest for
    subscribers, "error" where it is an error page, a consent form or a robot check.
    """

    title: str
    text: str
    html: str
    authors: list[str] = field(default_factory=list)
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    picture: str | None = None
    picture_alternative: str = ""
    description: str = ""
    canonical: str | None = None
    site_name: str = ""
    wall: Wall = "none"
    links: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        for name in ("published", "updated"):
            data[name] = data[name].isoformat() if data[name] else None
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Page:
        values = dict(data)
        for name in ("published", "updated"):
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
        return cls(**values)


def extract_page(body: bytes, *, url: str, content_type: str | None = None, now: datetime) -> Page:
    """The article of a page that was fetched from `url`; raises NotReadable where it has no text."""
    body = bodies.inflated(body)
    prelimits.check(body, html=True)
    if not body.strip():
        raise NotReadable(Reason.EMPTY)
    html, _ = bodies.decoded(body, content_type, html=True)
    html = embeds.as_links(html)
    root = page.tree_of(html)
    base = page.base_of(root, url)
    about = Metadata(root, base, now)
    found = Page(title=about.title(), text="", html="")
    found.authors = about.authors()
    found.published, found.updated = about.published(), about.updated()
    found.language = about.language()
    found.picture, found.description = about.picture(), about.description()
    found.picture_alternative = about.picture_alternative()
    found.canonical, found.site_name = about.canonical(), about.site_name()
    if not found.authors or not found.published:
        _fill_in(found, root, url, now)
    gate = _has_gate(root)
    # From here on the tree is spent: the extractor takes it apart.
    article = blocks.to_blocks(clean(_body(root, base), base=base))
    article = _without_title(article, found.title)
    found.text, found.html = blocks.text(article), blocks.to_html(article)
    found.links = links(found.html, base)[:MAX_LINKS]
    found.wall = _wall(found, walled=about.walled(), gate=gate)
    if not found.text and not found.title:
        raise NotReadable(Reason.EMPTY, "The page has no text.")
    return found


def _fill_in(found: Page, root: etree._Element, url: str, now: datetime) -> None:
    """Author and date where the page does not say them to machines, from how it shows them."""
    from trafilatura.metadata import extract_metadata

    try:
        guess = extract_metadata(deepcopy(root), default_url=url, extensive=False)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, RecursionError):
        return
    if not found.authors and guess.author:
        found.authors = [name for one in guess.author.split(";") if 2 < len(name := person(one)) < 100][:10]
    if not found.published:
        found.published = when(guess.date, now)


def _body(root: etree._Element, url: str) -> str:
    """The markup of the article's text; "" where none is found."""
    import trafilatura

    try:
        found = trafilatura.extract(
            root, url=url, output_format="html", include_comments=False, include_tables=True,
            include_images=True, include_links=True, include_formatting=True, with_metadata=False,
        )  # fmt: skip
    except (etree.LxmlError, ValueError, TypeError, AttributeError, RecursionError):
        return ""
    return found or ""


def _without_title(article: list[blocks.Block], title: str) -> list[blocks.Block]:
    """The blocks without the headline, which is kept apart, at their start."""
    if not article or article[0]["type"] != "heading" or not title:
        return article
    return article[1:] if normal(blocks.text(article[:1])) == normal(title) else article


_ERROR_TITLE = re.compile(
    r"^(?:error )?(?:40[0-9]|410|50[0-9])\b|page (?:not|cannot be|can't be) found|not found$|access denied"
    r"|just a moment|attention required|are you a robot|verify you are human|seite nicht gefunden"
    r"|page introuvable|página no encontrada|pagina non trovata|forbidden$|service unavailable"
    r"|before you continue|zustimmung|cookie consent|consent required",
    re.IGNORECASE,
)
_WALL_TEXT = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep)|to (?:continue|keep) reading|subscribers? only"
    r"|already a subscriber|create a free account to|register to (?:continue|read)|sign in to continue"
    r"|jetzt weiterlesen|weiterlesen mit|nur für abonnenten|bereits abonnent|réservée? aux abonnés"
    r"|il vous reste .{1,10}% de cet article|solo para suscriptores|contenuto riservato agli abbonati",
    re.IGNORECASE,
)
_WALL_CLASS = re.compile(r"paywall|subscriber-only|metered|piano-offer|regwall", re.IGNORECASE)


def _has_gate(root: etree._Element) -> bool:
    """Whether something on the page is named as what stands before an article for subscribers."""
    return any(
        _WALL_CLASS.search(f"{one.get('class', '')} {one.get('id', '')}"[:300])
        for one in root.iter("div", "section", "aside")
    )


def _wall(found: Page, *, walled: bool, gate: bool) -> Wall:
    count = len(found.text.split()) if " " in found.text else len(found.text) // 2
    if _ERROR_TITLE.search(found.title) and count < _TEASER:
        return "error"
    if count >= _TEASER:
        return "none"
    if walled or _WALL_TEXT.search(found.text[-600:]) or (gate and count < _GATED):
        return "paywall"
    return "none"

"""An article's page: its text without what surrounds it, and what the page says about it.

The text is found by `extraction`, with trafilatura (its extraction only, never its fetching) for a
second opinion where little is found; the metadata is read several sources against each other.
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
from broadsheet.copydesk.extraction import second
from broadsheet.copydesk.extraction.body import article_of
from broadsheet.copydesk.extraction.trees import drop, text_of
from broadsheet.copydesk.kinds import bodies, page
from broadsheet.copydesk.language import detect
from broadsheet.copydesk.metadata import Metadata
from broadsheet.copydesk.sanitise import clean
from broadsheet.lib.html import links
from broadsheet.lib.reasons import Reason
from broadsheet.lib.text import normal

MAX_LINKS = 200
# An article that ends after so few words, on a page that says it is not free, is a teaser.
_TEASER = 250
# Narrower pictures are portraits and signs, and lead nothing.
_LEAD_WIDTH = 300
# Scripts that one language of news is written in, or few.
_TELLING = re.compile("[\u0370-\u03ff\u0531-\u0587\u05d0-\u05ea\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
# Where only the name of an element speaks for a wall, the text has to be shorter still.
_GATED = 120

# Where a word may be broken: browsers find such places themselves, and a search for the word does not.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]|&(?:shy|#173|#x0*ad|ZeroWidthSpace|#8203|#x0*200b);", re.IGNORECASE)

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
    picture_credit: str = ""
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
    prelimits.check_page(body)
    if not body.strip():
        raise NotReadable(Reason.EMPTY)
    html, _ = bodies.decoded(body, content_type, html=True)
    html = embeds.as_links(_UNSEEN.sub("", html))
    root = page.tree_of(html)
    base = page.base_of(root, url)
    about = Metadata(root, base, now)
    found = Page(title=about.title(), text="", html="")
    found.authors = about.authors()
    found.published, found.updated = about.published(), about.updated()
    found.language = about.language()
    found.picture, found.description = about.picture(), about.description()
    found.picture_alternative, found.picture_credit = about.picture_alternative(), about.picture_credit()
    found.canonical, found.site_name = about.canonical(), about.site_name()
    gate = _has_gate(root)
    told = "" if about.walled() else about.body()
    article = blocks.to_blocks(clean(_body(root, base, found, told), base=base))
    article = _without_title(article, found.title)
    found.text, found.html = blocks.text(article), blocks.to_html(article)
    found.picture = found.picture or _picture_in(article)
    found.language = found.language or _by_script(found.text)
    found.links = links(found.html, base)[:MAX_LINKS]
    found.wall = _wall(found, walled=about.walled(), gate=gate)
    if not found.text and not found.title:
        raise NotReadable(Reason.EMPTY, "The page has no text.")
    return found


def _body(root: etree._Element, base: str, found: Page, told: str) -> str:
    """The markup of the article's text; the tree is spent afterwards."""
    for script in list(root.iter("script")):
        drop(script)  # what they hold is told already, or, behind a wall, not for us to use
    article = article_of(deepcopy(root), found.title, found.description)
    return second.better(
        etree.tostring(article, encoding="unicode", method="html"), text_of(article),
        page=root, url=base, description=found.description, told=told,
    )  # fmt: skip


def _picture_in(article: list[blocks.Block]) -> str | None:
    """The first picture of the article that is large enough, as far as it says."""
    for block in article:
        if block["type"] == "picture" and (block["value"]["width"] or _LEAD_WIDTH) >= _LEAD_WIDTH:
            return str(block["value"]["url"])
    return None


def _by_script(text: str) -> str | None:
    """The language of a text whose script alone says it; the model for all others is not for every page."""
    start = text[:1000]
    return detect(start) or None if len(_TELLING.findall(start)) > 0.34 * len(start) else None


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
# So few words under any title are no article where they say one of these things.
_NOTICE = 60
_ERROR_TEXT = re.compile(
    r"(?:page|article|story|url) (?:you (?:are|were) looking for |you requested )?(?:was not|could not be"
    r"|cannot be|can't be|couldn't be) found"
    r"|page (?:you (?:are|were) looking for|you requested) (?:does(?: not|n't) exist|has been|is no longer"
    r"|isn't)|no longer available at this address"
    r"|(?:please )?(?:enable|turn on|activate) (?:javascript|cookies)|javascript (?:is|must be) (?:disabled"
    r"|enabled|required)|you need to enable"
    r"|checking (?:if the site connection is secure|your browser)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|unusual traffic from your"
    r"|access (?:to this page )?(?:has been|is|was) denied|you (?:don't|do not) have permission to access"
    r"|not available in your (?:region|country)"
    r"|aktivieren sie (?:bitte )?(?:javascript|cookies)|seite (?:wurde )?(?:leider )?nicht gefunden"
    r"|inhalt (?:ist )?nicht (?:mehr )?verfügbar"
    r"|page (?:demandée )?(?:est )?(?:introuvable|n'existe)|activer javascript"
    r"|página (?:solicitada )?no (?:existe|encontrada|se encuentra)",
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
    if count < _NOTICE and _ERROR_TEXT.search(found.text):
        return "error"
    if count >= _TEASER:
        return "none"
    if walled or _WALL_TEXT.search(found.text[-600:]) or (gate and count < _GATED):
        return "paywall"
    return "none"

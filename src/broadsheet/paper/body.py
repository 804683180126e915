"""An article's body as markup: the copydesk's blocks, with our own pictures only and nothing loaded from elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.template.loader import get_template

from broadsheet.copydesk import blocks, embeds
from broadsheet.lib import html
from broadsheet.pages import queries as pages

Block = dict[str, Any]


def body_html(raw: list[Block]) -> str:
    """The markup of a whole body."""
    return pages.linked("".join(_block(block) for block in raw))


def _block(block: Block) -> str:
    if block["type"] == "table":
        return _table(block)
    return _plain(block)


def _plain(block: Block) -> str:
    return blocks.to_html([block], picture=_picture, embed=_embed)


def _picture(_value: dict[str, Any]) -> str:
    """Nothing yet: a picture in a text is an address elsewhere, and only kept pictures are shown."""
    return ""


def _table(block: Block) -> str:
    """A table in a frame of its own that scrolls sideways, so that a wide one never widens the page."""
    caption = html.text_of(block["value"].get("caption", ""))
    label = html.escape(f"Table: {caption}" if caption else "Table", quote=True)
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">{_plain(block)}</div>'


def _embed(value: dict[str, Any]) -> str:
    """A labelled link to something hosted elsewhere. Nothing of it is loaded here."""
    url = str(value["url"])
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    provider = str(value["provider"] or "")
    host = embeds.NAMES.get(provider, provider) or parts.hostname
    title = str(value["title"] or "") or f"Open at {host}"
    return str(get_template("paper/parts/embed.html").render({"url": url, "host": host, "title": title}))

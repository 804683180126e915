"""Clean markup to typed blocks and back, without losing a word.

An article's body is a list of `{"type": ..., "value": ...}`:

    paragraph  inline markup, one str; one that has a language or direction of its own is
               wrapped whole in <bdi lang dir>
    heading    {"level": 2..4, "text": inline, "lang", "dir"}
    list       {"ordered": bool, "items": [markup], "lang", "dir"}; an item is inline markup,
               which further paragraphs and lists may follow
    quote      {"text": paragraphs as markup, "cite": inline, "lang", "dir"}
    table      {"caption": inline, "head": [[cell]], "rows": [[cell]], "lang", "dir"} with
               cell = {"html": markup, "header": bool, "colspan": int, "rowspan": int}
    picture    {"url", "alt", "caption": inline, "credit": plain, "width", "height"}
    code       {"text": plain}
    rule       None
    embed      {"provider", "url", "title": plain}

Every value has all its keys, so that a form which shows and stores it changes nothing. The form
is stable: `to_blocks(to_html(blocks)) == blocks` for blocks that `to_blocks` made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

from broadsheet.copydesk import markup
from broadsheet.copydesk.blockreader import Block, caption_into, picture_of, read_blocks
from broadsheet.copydesk.markup import escape_attribute, escape_text
from broadsheet.lib import text as texts

__all__ = ["Block", "compose", "recleaned", "text", "to_blocks", "to_html", "words"]

Printer = Callable[[dict[str, Any]], str]

# What an img without an address, or one too small to be seen, comes to.
_NO_PICTURE: dict[str, Any] = {"url": "", "alt": "", "caption": "", "credit": "", "width": None, "height": None}


def compose(html: str, *, base: str) -> list[Block]:
    """Outside markup, cleaned, as blocks."""
    from broadsheet.copydesk.sanitise import clean

    return to_blocks(clean(html, base=base))


def recleaned(blocks: list[Block], *, base: str) -> list[Block]:
    """Stored blocks through the cleaner of today; the very same list where it changes nothing."""
    from broadsheet.copydesk.sanitise import clean

    printed = to_html(blocks)
    cleaned = clean(printed, base=base)
    return blocks if cleaned == printed else to_blocks(cleaned)


def to_blocks(clean_html: str) -> list[Block]:
    """Blocks of markup that `sanitise.clean` returned (or `to_html`)."""
    return read_blocks(markup.read(clean_html), to_html)


def to_html(blocks: Iterable[Block], *, picture: Printer | None = None, embed: Printer | None = None) -> str:
    """The blocks as markup. `picture` and `embed` print those values otherwise: the paper shows
    only its own copies of pictures, and embeds as click-to-load. `picture` is asked for those within
    lists, quotes and tables as well."""
    printers = dict(_PRINTERS)
    if picture is not None:
        printers["picture"] = picture
    if embed is not None:
        printers["embed"] = embed
    pieces = []
    for block in blocks:
        html = printers[block["type"]](block["value"])
        if picture is not None and block["type"] != "picture" and "<img" in html:
            html = _with_pictures(html, picture)
        pieces.append(html)
    return "".join(pieces)


def _with_pictures(html: str, picture: Printer) -> str:
    """The same markup, each picture in it printed by `picture`."""
    root = markup.read(html)
    for element in list(root.walk()):
        element.children = [
            picture(value) if isinstance(child, markup.Element) and (value := _pictured(child)) else child
            for child in element.children
        ]
    return markup.write(root)


def _pictured(element: markup.Element) -> dict[str, Any] | None:
    """The picture that an element is: an img, or a figure around one."""
    if element.tag == "img":
        return picture_of(element) or dict(_NO_PICTURE)
    if element.tag != "figure":
        return None
    image = next((one for one in element.elements() if one.tag == "img"), None)
    if image is None:
        return None
    value = picture_of(image) or dict(_NO_PICTURE)
    for caption in (one for one in element.elements() if one.tag == "figcaption"):
        caption_into(value, caption)
    return value


def text(blocks: Iterable[Block]) -> str:
    """All words a reader sees, a line for a paragraph, an item or a cell."""
    lines = (_plain(to_html([block])) for block in blocks)
    return "\n".join(line for line in lines if line)


def words(blocks: Iterable[Block]) -> int:
    """How many words `text` has."""
    return len(texts.words(text(blocks)))


_BREAKING = frozenset([
    "p", "h2", "h3", "h4", "li", "td", "th", "caption", "figcaption", "figure", "blockquote", "pre", "ul", "ol",
    "table", "tr", "dt", "dd",
])  # fmt: skip


def _plain(html: str) -> str:
    pieces: list[str] = []
    _gather(markup.read(html), pieces)
    raw = unescape("".join(pieces))
    lines = (" ".join(line.split()) for line in raw.split("\n"))
    return "\n".join(line for line in lines if line)


def _gather(element: markup.Element, pieces: list[str]) -> None:
    breaks = element.tag in _BREAKING
    if breaks:
        pieces.append("\n")
    for child in element.children:
        if isinstance(child, str):
            pieces.append(child)
        elif child.tag == "br":
            pieces.append("\n")
        else:
            _gather(child, pieces)
    if breaks:
        pieces.append("\n")


def _attributes(value: dict[str, Any]) -> str:
    return "".join(f' {name}="{escape_attribute(value[name])}"' for name in ("lang", "dir") if value.get(name))


def _paragraph(value: str) -> str:
    """A paragraph whose whole text is in one <bdi lang dir> gets these on itself."""
    if value.startswith("<bdi ") and value.endswith("</bdi>"):
        root = markup.read(value)
        if len(root.children) == 1 and isinstance(root.children[0], markup.Element):
            wrapper = root.children[0]
            inner = "".join(child if isinstance(child, str) else markup.write(child) for child in wrapper.children)
            return f"<p{_attributes(wrapper.attributes)}>{inner}</p>"
    return f"<p>{value}</p>"


def _heading(value: dict[str, Any]) -> str:
    return f"<h{value['level']}{_attributes(value)}>{value['text']}</h{value['level']}>"


def _list(value: dict[str, Any]) -> str:
    tag = "ol" if value["ordered"] else "ul"
    items = "".join(f"<li>{item}</li>" for item in value["items"])
    return f"<{tag}{_attributes(value)}>{items}</{tag}>"


def _quote(value: dict[str, Any]) -> str:
    cite = f"<p><cite>{value['cite']}</cite></p>" if value["cite"] else ""
    return f"<blockquote{_attributes(value)}>{value['text']}{cite}</blockquote>"


def _table(value: dict[str, Any]) -> str:
    caption = f"<caption>{value['caption']}</caption>" if value["caption"] else ""
    head = f"<thead>{_rows(value['head'])}</thead>" if value["head"] else ""
    body = f"<tbody>{_rows(value['rows'])}</tbody>" if value["rows"] else ""
    return f"<table{_attributes(value)}>{caption}{head}{body}</table>"


def _rows(rows: list[list[dict[str, Any]]]) -> str:
    return "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)


def _cell(cell: dict[str, Any]) -> str:
    tag = "th" if cell["header"] else "td"
    spans = "".join(f' {name}="{cell[name]}"' for name in ("colspan", "rowspan") if cell[name] != 1)
    return f"<{tag}{spans}>{cell['html']}</{tag}>"


def _picture(value: dict[str, Any]) -> str:
    size = "".join(f' {name}="{value[name]}"' for name in ("width", "height") if value[name])
    image = f'<img src="{escape_attribute(value["url"])}" alt="{escape_attribute(value["alt"])}"{size}>'
    credit = f"<small>{escape_text(value['credit'])}</small>" if value["credit"] else ""
    caption = " ".join(part for part in (value["caption"], credit) if part)
    return f"<figure>{image}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _code(value: dict[str, Any]) -> str:
    return f"<pre><code>{escape_text(value['text'])}</code></pre>"


def _rule(_value: None) -> str:
    return "<hr>"


def _embed(value: dict[str, Any]) -> str:
    return (
        f'<p><a href="{escape_attribute(value["url"])}" rel="noopener nofollow ugc">'
        f"{escape_text(value['title'])}</a></p>"
    )


_PRINTERS: dict[str, Callable[[Any], str]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "list": _list,
    "quote": _quote,
    "table": _table,
    "picture": _picture,
    "code": _code,
    "rule": _rule,
    "embed": _embed,
}

"""From a tree of clean markup to typed blocks (`blocks` says what these are)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from broadsheet.copydesk import embeds
from broadsheet.copydesk.markup import Element, opening, read, squeeze, text_of, write
from broadsheet.copydesk.tables import read_table

Block = dict[str, Any]

BLOCKS = frozenset(
    [
        "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "figure", "figcaption", "img", "table",
        "caption", "thead", "tbody", "tr", "th", "td", "pre", "hr", "dl", "dt", "dd",
    ]
)  # fmt: skip
_SPACE = " \t\r\n\f"
_SMALLEST = 3  # pixels: a picture smaller than this is there to count readers


def read_blocks(root: Element, to_html: Callable[[Iterable[Block]], str]) -> list[Block]:
    """The blocks of a tree. `to_html` prints what is nested inside list items, quotes, cells."""
    return _Reader(to_html).read(root)


@dataclass
class _Reader:
    to_html: Callable[[Iterable[Block]], str]
    blocks: list[Block] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    wrappers: list[Element] = field(default_factory=list)
    # lang and dir of the paragraph being read
    marks: dict[str, str] = field(default_factory=dict)

    def read(self, root: Element) -> list[Block]:
        self.flow(root)
        self.flush()
        return self.blocks

    def inside(self, element: Element) -> list[Block]:
        """The blocks inside an element, on their own."""
        return _Reader(self.to_html).read(Element("", {}, element.children))

    def flow(self, element: Element) -> None:
        for child in element.children:
            if isinstance(child, str):
                self.line.append(child)
            elif child.tag in BLOCKS:
                self.flush()
                self.block(child)
                self.flush()
            elif child.tag == "a" and not child.get("href"):
                self.flow(child)
            elif _has_block(child):
                self.through(child)
            else:
                self.line.append(write(child))

    def through(self, element: Element) -> None:
        """An inline element around blocks: its blocks, each with the inline element inside."""
        self.flush()
        self.wrappers.append(element)
        self.flow(element)
        self.flush()
        self.wrappers.pop()

    def flush(self) -> None:
        """End the paragraph being read, if there is anything in it."""
        html = trim("".join(self.line))
        self.line = []
        if not html or not _visible(html):
            return
        for wrapper in reversed(self.wrappers):
            html = f"{opening(wrapper)}{html}</{wrapper.tag}>"
        embed = None if self.marks else _embed(html)
        if embed:
            self.add("embed", embed)
            return
        html = _marked(html, self.marks) if self.marks else _as_marked(html)
        self.add("paragraph", html)

    def block(self, element: Element) -> None:
        getattr(self, f"_{element.tag}", self._plain)(element)

    def add(self, kind: str, value: Any) -> None:
        self.blocks.append({"type": kind, "value": value})

    def _plain(self, element: Element) -> None:
        """A paragraph, or an element met outside its place (a lone li, td, figcaption)."""
        before = self.marks
        self.marks = before | marks_of(element)
        self.flow(element)
        self.flush()
        self.marks = before

    def _heading(self, element: Element) -> None:
        """A heading; what else stands in it follows it."""
        inner = self.inside(element)
        if inner and inner[0]["type"] == "paragraph":
            text = inner.pop(0)["value"]
            level = int(element.tag[1])
            self.add("heading", {"level": level, "text": text} | self.both(element))
        self.blocks.extend(inner)

    _h2 = _h3 = _h4 = _heading

    def both(self, element: Element) -> dict[str, str]:
        marks = self.marks | marks_of(element)
        return {"lang": marks.get("lang", ""), "dir": marks.get("dir", "")}

    def _ul(self, element: Element) -> None:
        items = []
        for child in _flat_items(element):
            item = self.item(child)
            if item:
                items.append(item)
        if items:
            value = {"ordered": element.tag == "ol", "items": items}
            self.add("list", value | self.both(element))

    _ol = _ul

    def item(self, element: Element) -> str:
        """The inside of a list item or a cell: its first paragraph bare, the rest as blocks."""
        return self.bare(self.inside(element))

    def bare(self, blocks: list[Block]) -> str:
        if blocks and blocks[0]["type"] == "paragraph":
            return str(blocks[0]["value"]) + self.to_html(blocks[1:])
        return self.to_html(blocks)

    def _blockquote(self, element: Element) -> None:
        inner = self.inside(element)
        cite = ""
        if len(inner) > 1 and inner[-1]["type"] == "paragraph":
            cite = _only(inner[-1]["value"], "cite")
            if cite:
                inner.pop()
        if inner:
            value = {"text": self.to_html(inner), "cite": cite}
            self.add("quote", value | self.both(element))

    def _pre(self, element: Element) -> None:
        text = text_of(element).strip("\n\r")
        if text.strip():
            self.add("code", {"text": text})

    def _hr(self, _element: Element) -> None:
        self.add("rule", None)

    def _img(self, element: Element) -> None:
        if picture := picture_of(element):
            self.add("picture", picture)

    def _figure(self, element: Element) -> None:
        """Pictures and their one caption; any other figure is read through, in its order."""
        captions = [one for one in element.elements() if one.tag == "figcaption"]
        rest = Element("", {}, [one for one in element.children if not _is(one, "figcaption")])
        inner = self.inside(rest)
        bare = all(one["type"] == "picture" and not one["value"]["caption"] for one in inner)
        if inner and bare and len(captions) == 1 and caption_into(inner[-1]["value"], captions[0]):
            self.blocks.extend(inner)
            return
        self._plain(element)

    def _table(self, element: Element) -> None:
        table = read_table(element, self.item)
        if table is None:
            self._plain(element)
        elif table["head"] or table["rows"] or table["caption"]:
            self.add("table", table | self.both(element))

    def _dt(self, element: Element) -> None:
        if _has_block(element) or _only(write(Element("", {}, element.children)).strip(), "strong"):
            self._plain(element)
            return
        self.wrappers.append(Element("strong"))
        self._plain(element)
        self.wrappers.pop()


def _marked(html: str, marks: dict[str, str]) -> str:
    return f"{opening(Element('bdi', marks))}{html}</bdi>"


def _as_marked(html: str) -> str:
    """A paragraph that is one <bdi lang dir> by itself, in the one way that we write such."""
    if not html.startswith("<bdi "):
        return html
    only = read(html).children
    if len(only) != 1 or not isinstance(only[0], Element):
        return html
    return _marked(trim(write(Element("", {}, only[0].children))), marks_of(only[0]))


def marks_of(element: Element) -> dict[str, str]:
    return {name: element.attributes[name] for name in ("lang", "dir") if element.get(name)}


def trim(html: str) -> str:
    """Inline markup with single spaces, and no space or line break at its ends."""
    html = squeeze(html).strip(_SPACE)
    changed = True
    while changed:
        changed = False
        if html.startswith("<br>"):
            html, changed = html[4:].lstrip(_SPACE), True
        if html.endswith("<br>"):
            html, changed = html[:-4].rstrip(_SPACE), True
    return html


def picture_of(element: Element) -> dict[str, Any] | None:
    """The picture of an img, or None for one without an address or too small to be seen."""
    width, height = _pixels(element.get("width")), _pixels(element.get("height"))
    if not element.get("src"):
        return None
    if any(side is not None and side < _SMALLEST for side in (width, height)):
        return None
    return {
        "url": element.get("src"),
        "alt": " ".join(element.get("alt").split()),
        "caption": "",
        "credit": "",
        "width": width,
        "height": height,
    }


def caption_into(value: dict[str, Any], caption: Element) -> bool:
    """Put a one-paragraph caption into a picture; its closing <small> is the credit."""
    if _has_block(caption):
        paragraphs = list(caption.elements())
        alone = len(paragraphs) == 1 and paragraphs[0].tag == "p"
        if not alone or _has_block(paragraphs[0]) or _loose_text(caption):
            return False
        caption = paragraphs[0]
    children = list(caption.children)
    while children and not value["credit"]:
        last = children[-1]
        if isinstance(last, str) and not last.strip(_SPACE):
            children.pop()
        elif _is(last, "small"):
            value["credit"] = " ".join(text_of(last).split())
            children.pop()
        else:
            break
    html = trim(write(Element("", {}, children)))
    value["caption"] = html if _visible(html) else ""
    return True


def _is(child: Element | str, tag: str) -> TypeGuard[Element]:
    return isinstance(child, Element) and child.tag == tag


def _loose_text(element: Element) -> bool:
    return any(isinstance(child, str) and child.strip(_SPACE) for child in element.children)


def _flat_items(element: Element) -> list[Element]:
    """The items of a list; stray children count as items, or belong to the item before them."""
    items: list[Element] = []
    for child in element.children:
        if isinstance(child, Element) and child.tag == "li":
            items.append(Element("li", child.attributes, list(child.children)))
        elif isinstance(child, Element) and child.tag in ("ul", "ol") and items:
            items[-1].children.append(child)
        elif isinstance(child, Element) or child.strip(_SPACE):
            items.append(Element("li", {}, [child]))
    return items


def _has_block(element: Element) -> bool:
    return any(child.tag in BLOCKS or _has_block(child) for child in element.elements())


def _visible(html: str) -> bool:
    """Whether there is anything to read in a piece of inline markup."""
    if "<" not in html and "&" not in html:
        return bool(html.strip())
    return bool(text_of(read(html)).strip())


def _only(html: str, tag: str) -> str:
    """The inside of a piece of markup that is one element `tag` and nothing else, else ''."""
    if not html.startswith(f"<{tag}"):
        return ""
    root = read(html)
    if len(root.children) != 1:
        return ""
    only = root.children[0]
    assert isinstance(only, Element)
    return write(Element("", {}, only.children)) if only.tag == tag and not only.attributes else ""


def _embed(html: str) -> dict[str, str] | None:
    """An embed, where a paragraph is one link to a known player and nothing else."""
    if not html.startswith("<a href="):
        return None
    root = read(html)
    if len(root.children) != 1:
        return None
    link = root.children[0]
    assert isinstance(link, Element)
    found = embeds.recognise(link.get("href")) if link.tag == "a" else None
    title = " ".join(text_of(link).split())
    if found is None or not title:
        return None
    return {"provider": found[0], "url": found[1], "title": title}


def _pixels(text: str) -> int | None:
    return int(text) if text.isdigit() and text.isascii() and int(text) else None

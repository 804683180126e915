"""A body on its way through the editor: what nobody touched stays byte for byte, what somebody wrote is cleaned.

The rich-text editor knows less markup than a newspaper prints (no direction, no `rel`, no abbreviations) and hands back
even an untouched paragraph in its own form. So each block that comes back is compared with what the editor would have
handed back unchanged; equal ones keep their stored value, the others go through the cleaner into the copy desk's form.
"""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from typing import Any

from wagtail import blocks as wagtail_blocks

from broadsheet.articles import tables
from broadsheet.articles.blocks import PlainListBlock, TableBlock
from broadsheet.copydesk import blocks as copy
from broadsheet.copydesk.sanitise import clean
from broadsheet.lib import urls
from broadsheet.pages.models import StandingPage

Raw = dict[str, Any]

PASSES = 6
_KEY = re.compile(r' data-block-key="[^"]*"')
_EMPTY = re.compile(r"<(p|li)>(?:\s|&nbsp;|<br ?/?>)*</\1>")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)
_PAGE_LINK = re.compile(r'<a (?:[^>]*?)linktype="page"(?:[^>]*?)>')
_ID = re.compile(r'\bid="(\d+)"')
_WRAPPED = re.compile(r'<bdi((?: (?:lang|dir)="[^"]*")+)>(.*)</bdi>', re.DOTALL)


def settle(before: list[Raw], after: list[Raw], stream: wagtail_blocks.StreamBlock, *, base: str) -> list[Raw]:
    """The blocks to store: those of `before` wherever `after` (what the form returned) did not change them.

    `base` is the address that relative links are read against.
    """
    was = [_mark(stream, block) for block in before]
    now = [_mark(stream, block) for block in after]
    result: list[Raw] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            result += [_bare(block) for block in before[i1:i2]]
            continue
        old = list(before[i1:i2])
        for block in after[j1:j2]:
            match = next((one for one in old if one["type"] == block["type"]), None)
            if match is not None:
                old.remove(match)
            result += rewritten(block, match, base=base)
    return result


def _bare(block: Raw) -> Raw:
    return {"type": block["type"], "value": block["value"]}


def _mark(stream: wagtail_blocks.StreamBlock, block: Raw) -> str:
    child = stream.child_blocks.get(block["type"])
    seen = settled_echo(child, block["value"]) if child is not None else block["value"]
    return json.dumps([block["type"], seen], sort_keys=True, ensure_ascii=False)


def settled_echo(block: wagtail_blocks.Block, value: Any) -> Any:
    """A value after as many passes through the editor as it takes until a further one changes nothing.

    One pass is not enough to compare by: what the editor returns need not be what it would return the next time.
    """
    for _ in range(PASSES):
        seen = echo(block, value)
        if seen == value:
            break
        value = seen
    return value


def echo(block: wagtail_blocks.Block, value: Any) -> Any:
    """A stored value as the editor would return it untouched."""
    match block:
        case wagtail_blocks.RichTextBlock():
            return _rich(block, value or "")
        case TableBlock():
            return tables.to_lines(tables.from_lines(value if isinstance(value, str) else tables.to_lines(value)))
        case wagtail_blocks.StructBlock():
            return {name: echo(child, (value or {}).get(name)) for name, child in block.child_blocks.items()}
        case PlainListBlock():
            return [echo(block.child_block, one) for one in value or ()]
        case wagtail_blocks.BooleanBlock():
            return bool(value)
        case wagtail_blocks.StaticBlock():
            return None
        case _:
            return str(value if value is not None else "").replace("\r\n", "\n").strip()


def _rich(block: wagtail_blocks.RichTextBlock, html: str) -> str:
    converter = block.field.widget.converter
    shown = block.value_for_form(block.to_python(html))
    return _KEY.sub("", converter.to_database_format(converter.from_database_format(shown)))


def rewritten(block: Raw, old: Raw | None, *, base: str) -> list[Raw]:
    """A block that somebody wrote, in the copy desk's own form: one block or more, or none when it is empty."""
    kind, value = block["type"], block["value"]
    before = old["value"] if old else None
    if kind == "rule":
        return [{"type": "rule", "value": None}]
    if kind == "code":
        text = value["text"].replace("\r\n", "\n").strip("\n")
        return [{"type": "code", "value": {"text": text}}] if text.strip() else []
    if kind == "embed":
        link = urls.safe_link(value["url"], base) if value["url"] else None
        return [{"type": "embed", "value": {**value, "url": link}}] if link else []
    if kind == "paragraph":
        return _paragraphs(value, before, base)
    if kind == "table":
        value = tables.keep_markup(dict(value), before) if before else value
    elif kind == "picture":
        value = {**value, "caption": _inline(value["caption"])}
    elif kind == "heading":
        value = {**value, "text": _inline(value["text"])}
    elif kind == "quote":
        value = {**value, "text": _flow(value["text"]), "cite": _inline(value["cite"])}
    elif kind == "list":
        value = {**value, "items": [_item(one) for one in value["items"]]}
    return copy.to_blocks(clean(copy.to_html([{"type": kind, "value": value}]), base=base))


def _paragraphs(value: str, before: str | None, base: str) -> list[Raw]:
    made = copy.to_blocks(clean(_flow(value), base=base))
    wrapper = _WRAPPED.fullmatch(before or "")
    if wrapper is None:
        return made
    for block in made:
        if block["type"] == "paragraph" and not block["value"].startswith("<bdi"):
            block["value"] = f"<bdi{wrapper[1]}>{block['value']}</bdi>"
    return made


def _flow(html: str) -> str:
    """Editor markup without its keys, empty paragraphs and page numbers in links."""
    return _EMPTY.sub("", _PAGE_LINK.sub(_page_link, _KEY.sub("", html or "")))


def _page_link(match: re.Match[str]) -> str:
    """Links to standing pages are stored as their addresses: the paper knows nothing of page numbers."""
    found = _ID.search(match[0])
    page = StandingPage.objects.filter(pk=found[1]).first() if found else None
    return f'<a href="/{page.slug}/">' if page else "<a>"


def _inline(html: str) -> str:
    """Editor markup for a place that holds one line: paragraphs become lines of it."""
    flow = _flow(html)
    parts = [part.strip() for part in _ONE_PARAGRAPH.findall(flow)]
    return "<br>".join(part for part in parts if part) if parts else flow


def _item(html: str) -> str:
    """A list item: its first paragraph bare, what follows as it is."""
    flow = _flow(html)
    first = _ONE_PARAGRAPH.match(flow)
    return first[1] + flow[first.end() :] if first else flow

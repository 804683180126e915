"""Cheap limits that are looked at before any parser sees a body (acceptance check 17).

One pass over the raw bytes with a compiled pattern. It need not be exact: it must be fast, must
never refuse an honest feed, and must catch what makes parsers slow: nesting, node floods, huge
attributes. Everything it lets through is still read inside the jail.
"""

from __future__ import annotations

import re

from broadsheet.copydesk.errors import NotReadable
from broadsheet.lib.reasons import Reason

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 256
# In pages, tags that were never closed count as nested: no honest page has so many.
MAX_HTML_DEPTH = 1_024
MAX_NODES = 200_000
MAX_ATTRIBUTE = 64 * 1024
# Pages of today keep whole data sets and pictures in attributes; libxml2 reads those in one go.
MAX_HTML_ATTRIBUTE = 512 * 1024
# Of an article's page, opening and closing ones: what is read out of it takes more passes than a feed does. The largest
# of several hundred captured pages has 19,437.
MAX_PAGE_TAGS = 60_000
MAX_ENTITIES = 200_000
MAX_ATTRIBUTES = 1_000

# A tag with more than this many bytes is looked at closely; nearly none has.
_LONG_TAG = 4 * 1024

# No pattern here may scan past the next "<": unclosed tags would make it quadratic.
_TAG = re.compile(rb"<(/?)([A-Za-z_][^\s/<>]*)([^<>]*)>")
_ATTRIBUTE = re.compile(rb"=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)")
_VOID = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
# Tags that HTML closes by itself: an unclosed one is no nesting.
_LOOSE = frozenset(b"p li dt dd td th tr tbody thead tfoot option optgroup colgroup caption rt rp body html".split())


def check_page(body: bytes) -> None:
    """Raise NotReadable where an article's page is over a limit: those of `check`, and that of its tags."""
    check(body, html=True)
    if body.count(b"<") > MAX_PAGE_TAGS:
        raise NotReadable(Reason.TOO_LARGE, f"More than {MAX_PAGE_TAGS} tags.")


def check(body: bytes, *, html: bool = False) -> None:
    """Raise NotReadable where a body is over a limit.

    `html` counts nesting as HTML does: void elements and tags that need no closing do not nest.
    """
    if len(body) > MAX_BYTES:
        raise NotReadable(Reason.TOO_LARGE, f"{len(body)} bytes, the limit is {MAX_BYTES}.")
    body = _shape(body)
    check_nodes(body)
    _check_entities(body)
    _check_tags(body, html)


def check_bulk(body: bytes) -> None:
    """What has to be known before a strict XML parser sees a body; a good deal faster than `check`.

    Nesting is left to that parser, whose own limit is the same, and the number of elements to `check_nodes`, since
    a flood of entries can be thinned.
    """
    if len(body) > MAX_BYTES:
        raise NotReadable(Reason.TOO_LARGE, f"{len(body)} bytes, the limit is {MAX_BYTES}.")
    body = _shape(body)
    _check_entities(body)
    for piece in [one for one in body.split(b"<") if len(one) > _LONG_TAG]:
        if piece[:1].isalpha() and not -1 < (end := piece.find(b">")) <= _LONG_TAG:
            _check_attributes(piece[:end] if end > 0 else piece, MAX_ATTRIBUTE)


def check_nodes(body: bytes | str) -> None:
    """Raise NotReadable where there are too many elements."""
    if is_flood(body):
        raise NotReadable(Reason.TOO_LARGE, f"More than {MAX_NODES} elements.")


def is_flood(body: bytes | str) -> bool:
    """Whether there are more elements than any parser is to be given."""
    return (body.count("<") if isinstance(body, str) else body.count(b"<")) > MAX_NODES


def _shape(body: bytes) -> bytes:
    """The ASCII bytes of UTF-16 and UTF-32, which have the same shape; other bodies as they are."""
    if b"\x00<" in body[:64] or b"<\x00" in body[:64]:
        return body.replace(b"\x00", b"")
    return body


def _check_entities(body: bytes) -> None:
    if body.count(b"&") > MAX_ENTITIES and _entities(body) > MAX_ENTITIES:
        raise NotReadable(Reason.TOO_LARGE, f"More than {MAX_ENTITIES} entities.")


def _entities(body: bytes) -> int:
    """Entities that have to be looked up: not the five of XML, not numbers."""
    known = sum(body.count(name) for name in (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;"))
    return body.count(b"&") - known - body.count(b"&#")


def _without_sections(body: bytes) -> bytes:
    """The body without comments and character data sections, in linear time."""
    kept = []
    place = 0
    while (start := body.find(b"<!", place)) >= 0:
        if body.startswith(b"<!--", start):
            end = body.find(b"-->", start)
        elif body.startswith(b"<![CDATA[", start):
            end = body.find(b"]]>", start)
        else:
            kept.append(body[place : start + 2])
            place = start + 2
            continue
        kept.append(body[place:start])
        if end < 0:
            return b"".join(kept)
        place = end + 3
    kept.append(body[place:])
    return b"".join(kept)


def _check_tags(body: bytes, html: bool) -> None:
    depth = deepest = 0
    body = _without_sections(body)
    for closing, name, rest in _TAG.findall(body):
        if closing:
            if depth and not (html and name.lower() in _LOOSE):
                depth -= 1
            continue
        if len(rest) > _LONG_TAG:
            _check_attributes(rest, MAX_HTML_ATTRIBUTE if html else MAX_ATTRIBUTE)
        if rest.endswith(b"/") and not html:
            continue
        if html and (name.lower() in _VOID or name.lower() in _LOOSE):
            continue
        depth += 1
        if depth > deepest:
            deepest = depth
    limit = MAX_HTML_DEPTH if html else MAX_DEPTH
    if deepest > limit:
        raise NotReadable(Reason.TOO_LARGE, f"Elements nested deeper than {limit}.")


def _check_attributes(rest: bytes, longest: int) -> None:
    """One long tag: neither too many attributes nor one that is too long."""
    values = _ATTRIBUTE.findall(rest)
    if len(values) > MAX_ATTRIBUTES:
        raise NotReadable(Reason.TOO_LARGE, f"An element with more than {MAX_ATTRIBUTES} attributes.")
    if any(len(value) > longest for value in values):
        raise NotReadable(Reason.TOO_LARGE, f"An attribute longer than {longest} bytes.")

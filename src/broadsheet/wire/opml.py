"""OPML, the list format of feed readers: reading a stranger's file line by line, and writing our own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from django.db import transaction
from lxml import etree

from broadsheet.lib import text, urls
from broadsheet.sources.models import RightsProfile
from broadsheet.wire.models import Feed
from broadsheet.wire.services.feeds import NotUsable, add_feed, add_source, checked_address

MAX_BYTES = 2 * 1024 * 1024
MAX_OUTLINES = 5000
MAX_DEPTH = 20


class NotOPML(Exception):
    """The file as a whole cannot be read; the message says why in one sentence."""


@dataclass(frozen=True)
class Line:
    """One outline of the file: `state` is "new", "known" or "unusable", `why` a plain sentence for the last two."""

    number: int
    title: str
    url: str
    homepage: str
    folder: str
    state: str
    why: str = ""


def preview(body: bytes) -> list[Line]:
    """What an import would do, line by line; nothing is written. Raises NotOPML."""
    known = set(Feed.objects.values_list("url_key", flat=True))
    lines = []
    for number, outline in enumerate(_outlines(body), start=1):
        line = _weighed(number, outline, known)
        if line.state == "new":
            known.add(text.text_hash(urls.key(line.url)))
        lines.append(line)
    return lines


@dataclass(frozen=True)
class _Outline:
    line: int
    title: str
    url: str
    homepage: str
    folder: str


def _outlines(body: bytes) -> list[_Outline]:
    if len(body) > MAX_BYTES:
        raise NotOPML(f"The file is larger than {MAX_BYTES // 1024 // 1024} MiB.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise NotOPML(f"The file is not XML that can be read ({str(problem)[:120]}).") from None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise NotOPML("The file is XML, but no OPML list.")
    found: list[_Outline] = []
    # No recursion: a file ten thousand levels deep must not end the process.
    stack = [(element, 1, "") for element in reversed(list(root.iter("body", "BODY")))]
    while stack:
        element, depth, folder = stack.pop()
        if depth > MAX_DEPTH + 1:
            raise NotOPML(f"The list is nested more than {MAX_DEPTH} levels deep.")
        title = text.tidy(element.get("title") or element.get("text") or "")[:200]
        address = element.get("xmlUrl") or element.get("xmlurl") or element.get("xmlURL")
        if address:
            if len(found) >= MAX_OUTLINES:
                raise NotOPML(f"The list has more than {MAX_OUTLINES:,} feeds; split it.")
            homepage = element.get("htmlUrl") or element.get("htmlurl") or ""
            found.append(_Outline(element.sourceline or 0, title, address.strip(), homepage.strip(), folder))
        children = [one for one in element if isinstance(one.tag, str) and one.tag.lower() == "outline"]
        # In the order of the file: what lies inside an outline comes before its next neighbour.
        stack.extend((child, depth + 1, title or folder) for child in reversed(children))
    return found


def _weighed(number: int, outline: _Outline, known: set[str]) -> Line:
    def line(state: str, url: str, why: str = "") -> Line:
        home = urls.safe_link(outline.homepage) if outline.homepage else ""
        return Line(number, outline.title or url, url, home or "", outline.folder, state, why)

    try:
        address = checked_address(outline.url)
    except NotUsable as problem:
        return line("unusable", urls.without_credentials(outline.url)[:200], str(problem))
    if text.text_hash(urls.key(address)) in known:
        return line("known", address, "It is on our list, or stands in this file before.")
    return line("new", address)


@transaction.atomic
def take_in(lines: Iterable[Line], *, rights: RightsProfile | None = None, default_section: str = "") -> int:
    """Add the new lines of a preview as sources with one feed each; returns how many were added.

    Outlines of one host become feeds of one source.
    """
    by_home: dict[str, object] = {}
    added = 0
    for line in lines:
        if line.state != "new":
            continue
        parsed = urls.parse(line.homepage or line.url)
        home = urls.registrable(parsed.host) if parsed else line.url
        source = by_home.get(home)
        if source is None:
            source = add_source(line.title, homepage=line.homepage, rights=rights, default_section=default_section)
            by_home[home] = source
        try:
            add_feed(source, line.url, title=line.title)  # type: ignore[arg-type]
        except NotUsable:
            # Somebody added it between preview and confirmation: that is what was wanted.
            continue
        added += 1
    return added


def export(feeds: Iterable[Feed], *, title: str) -> str:
    """Our list of feeds as OPML, a folder a section."""
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        folders.setdefault(feed.section or feed.source.default_section or "unsorted", []).append(feed)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<opml version="2.0">']
    lines.append(f"<head><title>{_escaped(text.tidy(title))}</title></head>")
    lines.append("<body>")
    for folder in sorted(folders):
        lines.append(f"<outline text={quoteattr(folder)} title={quoteattr(folder)}>")
        for feed in folders[folder]:
            name = text.tidy(feed.source.name)
            lines.append(
                f'<outline type="rss" text={quoteattr(name)} title={quoteattr(name)} '
                f"xmlUrl={quoteattr(feed.url)} htmlUrl={quoteattr(feed.source.homepage)}/>"
            )
        lines.append("</outline>")
    lines += ["</body>", "</opml>", ""]
    return "\n".join(lines)


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

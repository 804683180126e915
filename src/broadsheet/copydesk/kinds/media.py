"""Pictures of an entry: Media RSS (flat, grouped, nested), iTunes images, plain image elements."""

from __future__ import annotations

from html import escape

from lxml import etree

from broadsheet.copydesk.entries import Entry, Picture
from broadsheet.copydesk.kinds.common import MAX_LIST, PICTURE, enclose, link, name_of, number, plain
from broadsheet.lib.text import tidy

Fields = dict[str, list[etree._Element]]


def read(entry: Entry, fields: Fields, base: str) -> None:
    """Add the pictures that an entry's fields name: whole pictures first, then thumbnails."""
    thumbnails: list[etree._Element] = []
    for element in _contents(fields):
        _content(entry, element, base)
        thumbnails.extend(one for one in element if name_of(one) == "media:thumbnail")
    thumbnails.extend(fields.get("media:thumbnail", ()))
    for group in fields.get("media:group", ()):
        thumbnails.extend(one for one in group if name_of(one) == "media:thumbnail")
    for element in thumbnails[:MAX_LIST]:
        address = link(element.get("url") or element.text, base)
        if address:
            entry.pictures.append(Picture(address, number(element.get("width")), number(element.get("height"))))
    for name in ("itunes:image", "image", "image:image"):
        for element in fields.get(name, ())[:MAX_LIST]:
            inner = next((one.text for one in element if name_of(one).endswith("url")), None)
            if address := link(element.get("href") or element.get("url") or inner or element.text, base):
                entry.pictures.append(Picture(address))
    for element in fields.get("itunes:link", ())[:MAX_LIST]:
        if element.get("rel", "").lower() == "image" and (address := link(element.get("href"), base)):
            entry.pictures.append(Picture(address))
    _shared(entry, fields)


def described(fields: Fields) -> str:
    """The description of a group of media, which stands for the entry's own where it has none (as of films)."""
    for group in fields.get("media:group", ()):
        for one in group:
            if name_of(one) == "media:description" and (text := (one.text or "").strip()):
                return text if one.get("type") == "html" else escape(text, quote=False)
    return ""


def _contents(fields: Fields) -> list[etree._Element]:
    found = list(fields.get("media:content", ()))
    for group in fields.get("media:group", ()):
        found.extend(one for one in group if name_of(one) == "media:content")
    return found[:MAX_LIST]


def _content(entry: Entry, element: etree._Element, base: str) -> None:
    address = link(element.get("url"), base)
    if address is None:
        return
    kind = tidy(element.get("type", "")).lower()[:100]
    medium = element.get("medium", "").lower()
    if medium == "image" or kind.startswith("image") or (not kind and PICTURE.search(address)):
        picture = Picture(address, number(element.get("width")), number(element.get("height")))
        picture.type = kind if kind.startswith("image/") else ""
        titled = described = ""
        for child in element:
            name = name_of(child)
            if name == "media:credit":
                picture.credit = picture.credit or plain(child.text)
            elif name == "media:description":
                described = plain(child.text)
            elif name == "media:title":
                titled = plain(child.text)
        # With both, the title is what is printed below and the description what is to be seen.
        picture.caption, picture.alternative = (
            (titled, described) if titled and described else (titled or described, "")
        )
        entry.pictures.append(picture)
    else:
        enclose(entry, address, kind or medium, element.get("fileSize"))


def _shared(entry: Entry, fields: Fields) -> None:
    """Credit and caption that stand beside a single picture belong to it."""
    if len(entry.pictures) != 1:
        return
    picture = entry.pictures[0]
    groups = fields.get("media:group", ())
    beside = [*fields.get("media:credit", ()), *(one for group in groups for one in group)]
    for element in beside:
        if name_of(element) == "media:credit" and not picture.credit:
            picture.credit = plain(element.text)

"""How safe a cleaner of markup is, how stable, how much it loses, and how long it takes.

The judge reads what a cleaner returned as a browser would: with a standard HTML5 parser (lexbor), then once more after
that tree was written out, and a third time, since markup that changes its meaning on the way through a browser is how
cleaners are got round. The cleaner is a parameter, so that another can be judged in the same run.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from broadsheet.copydesk.sanitise import clean as our_clean
from broadsheet.core import clock

Clean = Callable[[str], str]

BASE = "https://publisher.example/news/"
LISTS = ("dompurify", "htmlsanitizer", "payloads")
FEEDS = "feedparser-sanitize"
#: How often what a browser made of the markup is written out and read again.
ROUNDS = 3
EXAMPLES = 5

# Elements that run, load or restyle, or that take what a reader types; and what would swallow the rest of the page.
FORBIDDEN = frozenset(
    "script style iframe frame frameset object embed applet base meta link template noscript portal fencedframe "
    "plaintext xmp noembed noframes animate animatemotion animatetransform animatecolor set handler foreignobject use "
    "form input button textarea select option optgroup datalist keygen isindex fieldset output".split()
)
FORBIDDEN_ATTRIBUTES = frozenset("srcdoc formaction form ping http-equiv autofocus contenteditable".split())
ADDRESSES = frozenset(
    "href xlink:href src action poster background cite longdesc data usemap codebase archive classid profile manifest "
    "icon lowsrc dynsrc code srcset imagesrcset".split()
)
SCHEMES = frozenset("http https ftp mailto tel sms".split())
#: What never shows as text to a reader, so that losing it is no loss.
UNSEEN = frozenset(
    "script style template noscript head title iframe object embed applet svg math select textarea audio video canvas "
    "button datalist noembed noframes frameset".split()
)

_ENDS = "".join(map(chr, range(0x21)))
_DROPPED = str.maketrans("", "", "\t\r\n")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_PICTURE_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif)[;,]", re.IGNORECASE)
_STYLE = re.compile(r"url\s*\(|expression|behaviou?r|-moz-binding|@import|\\", re.IGNORECASE)
_EVENT = re.compile(r"on\w", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")


def score(data: Path, clean: Clean | None = None) -> dict[str, Any]:
    """A row of figures for each set of `data/xss`, and their sum under `all`; `clean` defaults to our own.

    `unsafe` and `unstable` count outputs; `letters` is the harmless text of the inputs, `letters_lost` what of it is
    not in the outputs; `seconds` is the cleaner's time alone. `examples` holds a few inputs whose output was unsafe.
    """
    clean = clean or _ours
    rows = {name: judged(pieces, clean) for name, pieces in _sets(data / "xss")}
    total: dict[str, Any] = {
        name: sum(row[name] for row in rows.values())
        for name in ("cases", "unsafe", "unstable", "letters", "letters_lost", "seconds")
    }
    return rows | {"all": total}


def judged(pieces: list[str], clean: Clean) -> dict[str, Any]:
    """One row of `score`, over these pieces of markup."""
    seconds = 0.0
    unsafe: list[str] = []
    unstable = letters = lost = 0
    for piece in pieces:
        began = time.perf_counter()
        cleaned = clean(piece)
        seconds += time.perf_counter() - began
        if faults(cleaned):
            unsafe.append(piece)
        unstable += clean(cleaned) != cleaned or not settled(cleaned)
        before, after = _letters(_harmless(piece)), _letters(_harmless(cleaned))
        letters += before.total()
        lost += (before - after).total()
    return {
        "cases": len(pieces),
        "unsafe": len(unsafe),
        "unstable": unstable,
        "letters": letters,
        "letters_lost": lost,
        "seconds": round(seconds, 4),
        "examples": unsafe[:EXAMPLES],
    }


def _ours(html: str) -> str:
    return our_clean(html, base=BASE)


def _sets(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for name in LISTS:
        lines = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
        yield name, [str(json.loads(line)["payload"]) for line in lines if line.strip()]
    yield FEEDS, list(_in_feeds(folder / FEEDS))


def _in_feeds(folder: Path) -> Iterator[str]:
    """What the feeds hold as markup: every summary and every full text, as our parser hands them on."""
    now = clock.now()
    for path in sorted(folder.glob("*.xml")):
        try:
            feed = parse_feed(path.read_bytes(), url=BASE, content_type=None, now=now)
        except NotReadable:
            continue
        for entry in feed.entries:
            yield from filter(None, (entry.summary_html, entry.content_html))


def faults(html: str) -> list[str]:
    """What in a piece of markup a browser would act on, in plain words; empty for a safe one.

    Judged on the tree of an HTML5 parser, and again each time that tree was written out and parsed anew.
    """
    found: list[str] = []
    for _ in range(ROUNDS):
        tree = _document(html)
        for element in _elements(tree):
            found += _element_faults(element)
        html = _inner(tree)
    return found


def settled(html: str) -> bool:
    """Whether the tree that a browser builds stays the same when it is written out and read twice more."""
    first = _inner(_document(html))
    second = _inner(_document(first))
    return first == second == _inner(_document(second))


def _document(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(f"<!DOCTYPE html><html><head></head><body>{html}")


def _inner(tree: LexborHTMLParser) -> str:
    body = tree.body
    return (body.inner_html or "") if body is not None else ""


def _elements(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    root = tree.root
    if root is not None:
        yield from (node for node in root.traverse(include_text=False) if node.is_element_node)


def _element_faults(element: LexborNode) -> Iterator[str]:
    tag = (element.tag or "").lower()
    if tag in FORBIDDEN:
        yield f"<{tag}>"
    for name, value in element.attributes.items():
        name, value = name.lower(), value or ""
        if _EVENT.match(name) or name in FORBIDDEN_ATTRIBUTES:
            yield f"<{tag} {name}>"
        elif name == "style" and _STYLE.search(value):
            yield f"<{tag} style={value[:80]!r}>"
        elif name in ADDRESSES and not _harmless_address(tag, name, value):
            yield f"<{tag} {name}={value[:80]!r}>"


def _harmless_address(tag: str, name: str, value: str) -> bool:
    """Whether a browser would follow an address by the web, by mail or by phone, or not at all."""
    candidates = value.split(",") if name.endswith("srcset") else [value]
    return all(_one_address(tag, one) for one in candidates)


def _one_address(tag: str, value: str) -> bool:
    read = value.strip(_ENDS).translate(_DROPPED)
    scheme = _SCHEME.match(read)
    if scheme is None or scheme[1].lower() in SCHEMES:
        return True
    return tag == "img" and bool(_PICTURE_DATA.match(read))


def _harmless(html: str) -> str:
    """The text that a reader would see: all but what stands in elements that never show any."""
    root = _document(html).root
    if root is None:
        return ""
    pieces: list[str] = []
    todo: list[LexborNode] = [root]
    while todo:
        node = todo.pop()
        if node.is_text_node:
            pieces.append(node.text_content or "")
        elif node.is_element_node and (node.tag or "").lower() in UNSEEN:
            continue
        todo.extend(reversed(list(node.iter(include_text=True))))
    return "".join(pieces)


def _letters(text: str) -> Counter[str]:
    return Counter(_NO_LETTER.sub("", text))

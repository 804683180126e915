"""Markup that strangers might send: our own corpus, outside lists, generated documents, and what is wrong in an answer.

Two judges that share nothing: `ops.evaluating.markup` reads with a standard HTML5 parser and knows what is dangerous;
`unlisted` reads with two other parsers and knows what is allowed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import strategies as st
from lxml import html as lxml_html

from broadsheet.copydesk import sanitise
from broadsheet.copydesk.errors import NotReadable
from broadsheet.copydesk.parse import parse_feed
from broadsheet.copydesk.sanitise import clean
from broadsheet.ops.evaluating import markup as judge

BASE = "https://e.org/a/b"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
OWN = [
    json.loads(line)
    for line in (Path(__file__).parent / "samples" / "markup" / "hostile.jsonl").read_text("utf-8").splitlines()
]


def lists(data: Path) -> list[str]:
    """The payloads of the outside lists."""
    found = []
    for name in judge.LISTS:
        for line in (data / "xss" / f"{name}.jsonl").read_text("utf-8").splitlines():
            found.append(str(json.loads(line)["payload"]))
    assert len(found) > 700
    return found


def feeds(data: Path) -> list[Path]:
    """Whole feeds with active content."""
    found = sorted((data / "xss" / "feedparser-sanitize").glob("*.xml"))
    assert len(found) > 250
    return found


def pieces_of(feed: Path) -> Iterator[str]:
    """Whatever strings the entries of a feed come to: markup and plain text alike."""
    try:
        parsed = parse_feed(feed.read_bytes(), url=BASE, content_type=None, now=NOW)
    except NotReadable:
        return
    yield parsed.title
    yield parsed.description
    for entry in parsed.entries:
        yield from (entry.title, entry.summary_html, entry.content_html or "", *entry.authors, *entry.categories)


class _Reader(HTMLParser):
    """A second, different parser's view of the result."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def elements(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and attributes of every element as the standard library sees them, as libxml2 does, and as libxml2 does
    once more after it wrote them out."""
    reader = _Reader()
    reader.feed(html)
    assert not reader.odd
    yield from reader.found
    tree = lxml_html.fragment_fromstring(html, create_parent="section")
    for one in tree.iterdescendants():
        yield str(one.tag), dict(one.attrib)
    again = lxml_html.fragment_fromstring(lxml_html.tostring(tree, encoding="unicode"), create_parent="section")
    for one in again.iterdescendants():
        if one.tag != "section":
            yield str(one.tag), dict(one.attrib)


def unlisted(html: str) -> list[str]:
    """What is in a cleaned piece that is not on the list."""
    found = []
    for tag, attributes in elements(html):
        if tag not in sanitise.TAGS:
            found.append(tag)
        listed = sanitise.ATTRIBUTES["*"] | sanitise.ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        found += [f"{tag} {name}" for name in attributes if name not in listed]
        for name in ("href", "src"):
            value = re.sub(r"[\t\r\n]", "", attributes.get(name, "https://")).strip()
            schemes = r"https?://|mailto:" if tag == "a" else "https?://"
            if not re.match(schemes, value, re.IGNORECASE):
                found.append(f"{tag} {name}={value}")
        if tag == "a" and "href" in attributes and attributes.get("rel") != sanitise.REL:
            found.append(f"a rel={attributes.get('rel')}")
    return found


def checked(html: str) -> str:
    """The markup cleaned, found safe by every judge, and the same after a second cleaning."""
    once = clean(html, base=BASE)
    assert unlisted(once) == [], html
    assert judge.faults(once) == [], html
    assert judge.settled(once), html
    assert clean(once, base=BASE) == once, html
    assert clean(once, base="https://other.example/") == once, html
    return once


_TAGS = [
    *sorted(sanitise.TAGS),
    *"div span script style svg math h1 form iframe noscript template mtext mglyph title plaintext select font".split(),
    *"x-y textarea xmp foreignobject annotation-xml option body head frameset section center desc".split(),
]
_NAMES = (
    "href src dir lang id class style onload title alt width colspan srcdoc data-src srcset rel scope datetime "
    "xlink:href action formaction onerror name"
).split()
_VALUES = [
    "x", "/y?a=1&b=2", "javascript:alert(1)", "java\tscript:alert(1)", "&#106;avascript:x", "https://e.org/", "rtl",
    "en", "2", '"><script>', "</style><img src=x onerror=alert(1)>", "'", "`", "&quot;", "data:text/html,x",
    "//o.example",
]  # fmt: skip
_ODDS = [
    "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?", "<", "</", "&lt;script&gt;", "&#0;", "\x00", "<!x>", "word", " ",
]  # fmt: skip
_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


def _tag(name: str, quote: str, values: Iterable[tuple[str, str]]) -> str:
    return f"<{name}{''.join(f' {one}={quote}{value}{quote}' for one, value in values)}>"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Tags in any order with any attributes, words and odd ends between them."""
    pieces = []
    for _ in range(draw(st.integers(1, 12))):
        kind = draw(st.integers(0, 5))
        if kind == 0:
            pieces.append(draw(_WORDS))
        elif kind == 1:
            pieces.append(f"</{draw(st.sampled_from(_TAGS))}>")
        elif kind == 2:
            pieces.append(draw(st.sampled_from(_ODDS)))
        else:
            values = st.tuples(st.sampled_from(_NAMES), st.sampled_from(_VALUES))
            quote = draw(st.sampled_from(["'", '"', ""]))
            pieces.append(_tag(draw(st.sampled_from(_TAGS)), quote, draw(st.lists(values, max_size=3))))
    return "".join(pieces)


def thrown(dice: random.Random) -> str:
    """The same kind of document by dice: no shrinking, and ten times as fast."""
    pieces = []
    for _ in range(dice.randint(1, 14)):
        match dice.randrange(6):
            case 0:
                pieces.append(chr(dice.choice((dice.randrange(1, 0x250), dice.randrange(0x2000, 0xD800)))))
            case 1:
                pieces.append(f"</{dice.choice(_TAGS)}>")
            case 2:
                pieces.append(dice.choice(_ODDS))
            case _:
                values = [(dice.choice(_NAMES), dice.choice(_VALUES)) for _ in range(dice.randrange(4))]
                pieces.append(_tag(dice.choice(_TAGS), dice.choice(("'", '"', "")), values))
    return "".join(pieces)

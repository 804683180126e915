"""Small helpers for markup: its visible text, its links, escaping, and excerpts of plain text.

Nothing here cleans markup for display; that is the work of the copydesk.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator

from lxml import etree, html

from broadsheet.lib import text as plain
from broadsheet.lib.urls import safe_link

# Elements whose content a reader never sees as text.
_HIDDEN_WORDS = (
    "script style template noscript head title iframe object embed svg math select textarea audio video canvas"
)
_HIDDEN = frozenset(_HIDDEN_WORDS.split())
_LINES_WORDS = (
    "address article aside blockquote br caption dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody "
    "tfoot thead tr ul"
)
_LINES = frozenset(_LINES_WORDS.split())
_CELLS = frozenset(("td", "th", "option"))
# Stands for the edge of a block until the text is squeezed; no HTML parser lets it through.
_EDGE = "\x00"
_MAX_CHARACTERS = 10 * 1024 * 1024

escape = entities.escape


def _tree(markup: str) -> html.HtmlElement:
    """The markup as a tree, read forgivingly."""
    wrapped = f"<html><body><div>{markup[:_MAX_CHARACTERS]}</div></body></html>"
    data = wrapped.encode("utf-8", "replace").replace(b"\0", b"")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    # Wrapped as it is, there is always a document, however broken the markup.
    return html.document_fromstring(data, parser=parser)


def _pieces(root: html.HtmlElement) -> Iterator[str]:
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else "script"
        edge = _EDGE if name in _LINES else " " if name in _CELLS else ""
        if event == "start":
            hidden += name in _HIDDEN
            if not hidden:
                yield edge
                yield element.text or ""
        else:
            hidden -= name in _HIDDEN
            if not hidden:
                yield edge
                yield element.tail or ""


def text_of(markup: str) -> str:
    """What a reader sees of the markup: entities resolved, one line for each block, no scripts.

    The result is tidy text; lines are separated by a single newline, and empty ones left out.
    """
    if "<" not in markup:
        return plain.tidy(entities.unescape(markup) if "&" in markup else markup)
    lines = map(plain.tidy, _squeezed(_tree(markup)).split("\n"))
    return "\n".join(line for line in lines if line)


def _squeezed(root: html.HtmlElement) -> str:
    # Newlines in the source are mere spaces; only the edges of blocks make lines.
    return "".join(piece if piece == _EDGE else piece.replace("\n", " ") for piece in _pieces(root)).replace(
        _EDGE, "\n"
    )


def links(markup: str, base: str | None = None) -> list[str]:
    """The http, https and mailto addresses of all links, absolute, each once, in their order."""
    if "<" not in markup:
        return []
    found: dict[str, None] = {}
    for element in _tree(markup).iter("a", "area"):
        written = (element.get("href") or "").strip()
        if written and (address := safe_link(written, base)):
            found[address] = None
    return list(found)


# Languages written without spaces between words: an excerpt of them counts characters, of which
# about two make a word.
_SPACELESS_LANGUAGES = frozenset(("zh", "ja", "th", "lo", "km", "my", "yue", "wuu"))
_SENTENCE_END = re.compile(r"[.!?…](?:[\"'”’»)\]]*)(?=\s|\Z)|[。！？](?:[」』”）]*)")
_NO_SENTENCE_END = re.compile(
    r"(?:^|[\s(])(?:[A-ZÀ-Þ]|Mr|Mrs|Ms|Dr|Prof|St|Gen|Gov|Sen|Rep|Lt|Col|Jr|Sr|vs|etc|e\.g|i\.e|"
    r"approx|No|Nr|bzw|ca|z\.B|u\.a|M|Mme|Sr|Sra|U\.S|U\.K|a\.m|p\.m)\.\Z"
)
ELLIPSIS = "…"


def excerpt(text: str, words: int, language: str = "") -> str:
    """The first ``words`` words of plain text, ending with a sentence where one ends late enough.

    Chinese, Japanese, Thai and their kin count two characters as a word. A text that is short
    enough comes back whole; a cut one ends at a sentence within its last 40 %, else with an
    ellipsis. Never more than ``words`` words.
    """
    flat = plain.tidy(text)
    if words <= 0 or not flat:
        return ""
    cut = _cut(flat, words, language)
    if cut >= len(flat):
        return flat
    head = flat[:cut].rstrip()
    for match in reversed(list(_SENTENCE_END.finditer(head))):
        if match.end() < len(head) * 0.6:
            break
        if not _NO_SENTENCE_END.search(head[: match.end()]):
            return head[: match.end()]
    return head.rstrip(" ,;:.-–—(„“\"'") + ELLIPSIS


def _cut(text: str, words: int, language: str) -> int:
    """Where the first ``words`` words of a text end."""
    if language.lower().replace("_", "-").split("-")[0] in _SPACELESS_LANGUAGES:
        return min(len(text), words * 2)
    for count, match in enumerate(re.finditer(r"\S+", text), start=1):
        if count == words:
            return match.end()
    return len(text)

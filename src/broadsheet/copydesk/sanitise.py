"""The one cleaner for outside markup: a tight allow-list, absolute links, nothing that runs.

`clean` gives markup that a browser reads the same way every time: it is a fixed point of the
HTML parsing algorithm under our allow-list, which is what mutation attacks need broken. The
parsing and filtering are nh3's (html5ever); before it stand three textual passes that only ever
remove or rename tags: a cap on nesting (nh3 takes quadratic time in it), embeds and lazy pictures
made plain, `h1` made `h2`.
"""

from __future__ import annotations

import re
import threading
import unicodedata

import nh3

from broadsheet.copydesk import direction, embeds, flatten
from broadsheet.copydesk.kinds.common import link
from broadsheet.copydesk.markup import escape_text
from broadsheet.lib import urls

CLEANER: int = 1
"""Version of the cleaner: stored with what it cleaned; raise it when the output may differ."""

MINIMUM: int = 1
"""The oldest version whose output may be shown as it stands: raise it to CLEANER when a hole was closed.

What an older version cleaned is cleaned again whenever it is shown, until the worker has cleaned the row itself, and
every page printed before is thrown away at the next start."""

REL = "noopener nofollow ugc"

TAGS = frozenset(
    [
        "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "q", "cite", "figure", "figcaption", "img",
        "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "code", "em", "strong", "i", "b",
        "u", "s", "sub", "sup", "small", "br", "hr", "a", "time", "abbr", "dl", "dt", "dd", "bdi",
    ]
)  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "time": {"datetime"},
    "abbr": {"title"},
}
# Elements that go with all that is in them: what they hold was never meant to be read as text.
DROPPED = frozenset(
    [
        "script", "style", "template", "noembed", "noframes", "iframe", "object", "embed", "applet",
        "audio", "video", "canvas", "svg", "math", "select", "textarea", "button", "datalist", "head",
        "title", "noscript", "frameset",
    ]
)  # fmt: skip
_PASSES = 4

_H1 = re.compile(r"<(/?)h1(?=[\s>/])", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_NUMBER = re.compile(r"[0-9]{1,5}")
_DATETIME = re.compile(r"[0-9A-Za-z:.+ -]{1,40}")
# Characters that no text needs: controls, what is not a character, overrides of direction.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_here = threading.local()


def clean(html: str, *, base: str) -> str:
    """Outside markup made safe to print inside an article; links are made absolute by `base`.

    `clean(clean(x)) == clean(x)`. Text is kept, whatever it was wrapped in; scripts, styles,
    forms' insides and the like go entirely. Pictures keep their own addresses: whoever prints
    them replaces those. Never raises on any str.
    """
    if html.isascii() and html.isprintable() and "<" not in html and "&" not in html:
        return escape_text(html)
    _here.base = base
    if _SURROGATE.search(html):
        # Halves of a pair are joined; a lone one is no character and could not be stored.
        html = html.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if direction.sets_marks(html):
        html = direction.handed_down(_WRAPPING.clean(_prepared(html)))
    before = _once(html)
    if before == html:
        return html
    for _ in range(_PASSES):
        after = _once(before)
        if after == before:
            return after
        before = after
    # Markup that will not settle is made for mischief: its text is kept and nothing else.
    return nh3.clean(before, tags=set()).strip()


def _once(html: str) -> str:
    html = _UNWANTED.sub("", _CLEANER.clean(_prepared(html)))
    # Normal form C, but for the one mark that would melt into the signs of markup ("<" and it
    # make "≮").
    return html if html.isascii() or "\u0338" in html else unicodedata.normalize("NFC", html)


def _prepared(html: str) -> str:
    """The passes over the text that come before any parser; see the head of this module."""
    return flatten.flatten(_H1.sub(r"<\1h2", embeds.as_links(html)))


def _attribute(tag: str, name: str, value: str) -> str | None:
    """What becomes of one attribute; None drops it."""
    if name in ("href", "src"):
        return _address(tag, value)
    if name == "dir":
        value = value.strip().lower()
        return value if value in ("ltr", "rtl", "auto") else None
    if name == "lang":
        return value if _LANGUAGE.fullmatch(value) else None
    if name in ("width", "height", "colspan", "rowspan"):
        return value if _NUMBER.fullmatch(value) else None
    if name == "scope":
        return value if value in ("row", "col", "rowgroup", "colgroup") else None
    if name == "datetime":
        return value if _DATETIME.fullmatch(value) else None
    return value  # alt, title: plain text


def _address(tag: str, value: str) -> str | None:
    """The absolute address, if a reader may be given it; pictures have no mailto."""
    return link(value, _here.base) or (urls.safe_link(value, _here.base) if tag != "img" else None)


def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(DROPPED),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        link_rel=REL,
        url_schemes={"http", "https", "mailto"},
    )


_CLEANER = _cleaner(TAGS)
# A first pass that leaves wrappers in; what it gives always goes through the other as well.
_WRAPPING = _cleaner(TAGS | direction.WRAPPERS)

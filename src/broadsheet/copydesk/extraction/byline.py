"""Who wrote an article: the names in what a page says to machines, and in the bylines it shows."""

from __future__ import annotations

import re

from broadsheet.copydesk.extraction.around import is_away, is_in_article
from broadsheet.copydesk.extraction.lines import is_line
from broadsheet.copydesk.extraction.trees import Node, names_of, text_of
from broadsheet.copydesk.kinds.common import plain
from broadsheet.lib.text import normal

MOST = 20
_LONGEST = 60

_BY = (
    r"(?:written|posted|published|reported|authored|created|story|words|text|article|review|erstellt|geschrieben"
    r"|veröffentlicht"
    r"|verfasst|publié|écrit|publicado|escrito|scritto|pubblicato|beitrag|artikel|ein artikel|ein gastbeitrag"
    r"|eine kolumne|kolumne)?\s*"
    r"(?:by|von|vom|par|por|di|da|door|av|af|przez)\b"
)
_LEAD = re.compile(
    rf"^\W*(?:{_BY}|(?:text|autor(?:in|en|innen|es)?|authors?|auteurs?|autore|words|story|foto und text|byline"
    rf"|verfasser|redaktion)\s*[:|])\s*[:|]?\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:[,;|/·•、・\n]|&(?!\w)| and | und | et | y | e | og | och | en | i | with | mit | sowie "
    r"|\b(?:illustrat\w+|photo\w*|edited|text|fotos?)"
    r" (?:by|von)\b)\s*",
    re.IGNORECASE,
)
_MONTHS = "jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
# What follows a name in a byline that is shown: a date, a place, a role, a link to follow.
_TAIL = re.compile(
    rf"\s*(?:\d|[(\[@]|https?:|[-–—•|] |\b(?:(?:am|um|le|el|il|on|den|vom) \d+|(?:on )?(?:{_MONTHS})\w*\.? \d+"
    rf"|on (?:mon|tue|wed|thu|fri|sat|sun)"
    r"|updated|published|posted|follow|e-?mail|is an?|for|from|shares|view|last|aktualisiert|(?:special|staff"
    r"|senior|chief|contributing) "
    r"|contributor|correspondent|editor|reporter|redakteur\w*|autorin|autor|author)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_SUFFIX = re.compile(r"(?:ph\.?\s?d|m\.?d|m\.?a|m\.?sc|b\.?a|jr|sr|esq|rn|dr|prof|mba|ii|iii)\.?", re.IGNORECASE)
_NEWSROOM = re.compile(
    r"\b(?:gmbh|inc|ltd|llc|ag|verlag|redaktion|redacci[óo]n|r[ée]daction|redazione|redactie|newsroom|editorial"
    r"|staff|news desk|press)\b"
    r"|\.(?:com|de|net|org|tn|cl|at|it|fr|ch|co)\b",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    [
        "admin", "administrator", "anonymous", "author", "authors", "autor", "by", "editor", "fail", "guest", "home",
        "none", "null",
        "undefined", "unknown", "user", "username", "von", "webmaster", "wordpress", "test",
    ]
)  # fmt: skip
_CALLED = re.compile(
    r"by-?line|authors?(?:-?names?)?(?:\b|_)|authorname|\bautor(?:in|en|es)?(?:\b|_)|\bauteurs?(?:\b|_)"
    r"|\bautore(?:\b|_)|writer|writtenby"
    r"|\breporter|\bjournalist|\bcontributors?(?:\b|_)|verfasser|redakteur|\bfirma\b|\bcreator(?:\b|_)",
    re.IGNORECASE,
)
_NOT_CALLED = re.compile(
    r"avatar|image|img|photo|picture|bio\b|biograph|desc|about|social|follow|twitter|count|archive|more|date"
    r"|title\b|icon|job|role|comment",
    re.IGNORECASE,
)
_CAPITAL = r"[A-ZÀ-ÞŁŚŻČŠŽ][\w.'’-]*"
_SMALL = r"(?: (?:de|del|della|di|von|van|der|den|la|le|bin|al|el|zu|dos|da|du)){0,2}"
_NAME = rf"{_CAPITAL}{_SMALL}(?: {_CAPITAL}){{1,3}}"
_LINE = re.compile(
    rf"\s*(?:By|BY|(?:Eine? \w+ )?[Vv]on|VON|Par|Por|Di|Door|Av|Af|Text:|Autor(?:in)?:|Author:|Written by"
    rf"|Posted by|[-–] Redaktion:)\s+"
    rf"({_NAME}(?:(?:,| and| und| et| y| e| &) {_NAME}){{0,4}})(?:\s*[,|·•–—(@\d-].*)?"
    r"|\s*Posted by (\w{3,30})(?:\s*[,|·•–—(@-].*)?",
)
_STARTS = re.compile(r"\W{0,4}(?:By|BY|Eine? |[Vv]on|VON|Pa?or?|Par|Di|Door|A[vf]|Text|Aut|Writ|Post|Redak)")
_LONGEST_LINE = 160
_PLAINLY = 5
_MAILBOX = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")
_HANDLE = re.compile(r"[\w.]+")
_TAGS = (
    "a", "span", "p", "div", "address", "li", "strong", "b", "em", "h3", "h4", "h5", "h6", "cite", "td", "dd",
    "small", "i",
)  # fmt: skip


def names_in(text: str, *, shown: bool = False) -> list[str]:
    """The names in what a page says of its author, or in a byline that it shows; [] for none."""
    text = plain(text)[:600]
    if text.startswith(("http:", "https:", "//", "www.")):
        return []
    text = _LEAD.sub("", _MAILBOX.sub("", text).strip(" ()<>,;|-\"'"), count=1)
    found: list[str] = []
    for piece in _AND.split(text):
        name = _LEAD.sub("", piece, count=1)
        if shown and not _HANDLE.fullmatch(name):
            name = _TAIL.sub("", name)
        name = name.strip(" .,:;|-–—_*\"'“”„" + ("()" if shown else ""))
        if found and _SUFFIX.fullmatch(name):
            found[-1] += f", {name}"  # a doctor is no author of his own
        elif _is_name(name):
            found.append(name)
    return list(dict.fromkeys(found))[:MOST]


def _is_name(name: str) -> bool:
    if not 1 < len(name) <= _LONGEST or len(name.split()) > 6 or _SUFFIX.fullmatch(name):
        return False
    return normal(name) not in _NOBODY and any(character.isalpha() for character in name)


def authors(said: list[list[str]], root: Node, houses: set[str]) -> list[str]:
    """The authors of an article.

    `said` are the names that the page gives to machines, most trusted source first; `houses` the
    folded names of the site and its publisher, which count only where nobody else is named. A
    byline that is shown wins where it names the same people more fully, or plainly is the
    article's.
    """
    shown, points = _shown(root)
    people = [names for names in said if any(not _is_house(one, houses) for one in names)]
    if shown and any(not _is_house(one, houses) for one in shown):
        for names in people:
            if _words(names) <= _words(shown) and len(shown) <= len(names) + 4:
                return _without(shown, houses)
            if _words(shown) <= _words(names):
                return _without(names, houses)
        if not people or points >= _PLAINLY:
            return _without(shown, houses)
    if people:
        return _without(people[0], houses)
    return shown or next((names for names in said if names), [])


def _words(names: list[str]) -> set[str]:
    return set(" ".join(map(normal, names)).split())


def _without(names: list[str], houses: set[str]) -> list[str]:
    return [one for one in names if normal(one) not in houses] or names


def _is_house(name: str, houses: set[str]) -> bool:
    squeezed = normal(name).replace(" ", "")
    return any(squeezed == house.replace(" ", "") for house in houses) or bool(_NEWSROOM.search(name))


def _shown(root: Node) -> tuple[list[str], int]:
    """The names in the best byline that a page shows, and how plainly it is one."""
    best: tuple[int, list[str]] = (0, [])
    written: list[str] = []
    for node in root.iter(*_TAGS):
        points = _byline_points(node)
        if points > best[0]:
            names = names_in(_byline_text(node), shown=True)
            if names and len(names) <= 8:
                best = (points, names)
        elif not written and not points:
            written = _written_line(node)
    if written and (not best[1] or best[0] < 3):
        return written, 2
    return best[1], best[0]


def _byline_points(node: Node) -> int:
    rel, prop = node.get("rel") or "", node.get("itemprop") or ""
    called = f"{node.get('class') or ''} {node.get('id') or ''} {node.get('data-testid') or ''}".strip()
    up = node.getparent()
    if not called and up is not None:
        called = names_of(up)
    called = called[:300]
    marked = "author" in rel.split() or "author" in prop
    address = node.tag == "address" and is_in_article(node)
    if not marked and not address and not (called and _CALLED.search(called) and not _NOT_CALLED.search(called)):
        return 0
    text = text_of(node)
    if not 1 < len(text) <= _LONGEST_LINE or (is_away(node) and not address):
        return 0
    return (
        1
        + (2 * marked or not address)
        + is_in_article(node)
        + 2 * bool(_LEAD.match(text))
        + ("byline" in called.lower())
    )


def _byline_text(node: Node) -> str:
    """The names that are marked within a byline, else all of its text."""
    links = [
        one for one in node.iterdescendants() if "author" in (one.get("rel") or "") or one.get("itemprop") == "name"
    ]
    if links and sum(len(text_of(one)) for one in links) > 0.5 * len(text_of(node)):
        return "\n".join(map(text_of, links))
    return _spaced(node)


def _spaced(node: Node) -> str:
    """The text of an element with a space where only markup parts two words."""
    return " ".join(" ".join(node.itertext()).split())


def _written_line(node: Node) -> list[str]:
    text = text_of(node)
    if not 6 < len(text) <= 120 or not _STARTS.match(text) or not is_line(node):
        return []
    match = _LINE.fullmatch(_spaced(node))
    return names_in(match[1] or match[2], shown=True) if match and not is_away(node) else []

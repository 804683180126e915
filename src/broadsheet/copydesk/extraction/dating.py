"""When an article appeared, where the page does not say so to machines: in what it shows, in its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from broadsheet.copydesk.extraction.around import is_away, is_in_article
from broadsheet.copydesk.extraction.trees import Node, names_of, text_of
from broadsheet.copydesk.kinds.common import when

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_MONTH = r"[^\W\d_]{3,12}\.?"
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"{_YEAR}[-./]\s?\d{{1,2}}[-./]\s?\d{{1,2}}(?:[T ]+\d{{1,2}}:\d\d(?::\d\d)?)?"
    rf"|\b\d{{1,2}}\s?[-./]\s?\d{{1,2}}\s?[-./]\s?(?:{_YEAR}|\d\d)\b"
    rf"|\b\d{{1,2}}(?:\.|st|nd|rd|th|er|º|°)?[\s/-]+(?:de |d['’])?{_MONTH},?[\s/-]+(?:de |del )?{_YEAR}\b"
    rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}\b"
    rf"|{_YEAR}\s?[年년]\s?\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일]?",
)
_CLOCK = re.compile(
    r"[\s,|·–-]{0,4}(?:at|um|à|alle|a las|às|kl\.?)?\s{0,2}\d{1,2}[:.h]\d\d(?:\s?[ap]\.?m\.?)?", re.IGNORECASE
)
_CALLED = re.compile(
    r"\b(?:date|datum|time|timestamp|published|posted|pubdate|fecha|data|created|meta|veroeffentlicht|stand)(?:\b|_)"
    r"|(?:article|post|entry|story|news|publish\w*|content|display)[-_]{0,2}(?:date|time|meta|info|datum)"
    r"|date(?:line|time)|byline|pub-?date",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"updat|zuletzt|last (?:edit|chang)|modif|aktualisier|geändert|mis à jour|actualiz|aggiorn|edited", re.IGNORECASE
)
_FIRST = re.compile(
    r"\bpublish|\bposted|veröffentlicht|\berstellt|\bpubli[ée]|\bpublicad|\bpubblicat|\bcreated|\b(?:datum|date"
    r"|fecha|data)\b"
    r"|(?:mitteilung|meldung|artikel|beitrag|news) vom ",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_IN_SLUG = re.compile(r"(?:^|[/_-])((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_LONGEST = 160
_ALONE = 30
_LAST = 5
_WEIGHTS = (2.0, 1.5, 1.0, 0.75, 0.5, 0.5, 0.5)


class Vote(NamedTuple):
    """A date, and how much it is worth."""

    moment: datetime
    weight: float


def believable(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment, if an article of the web can be from it."""
    return moment if moment is not None and _EARLIEST <= moment <= now + timedelta(days=2) else None


def agreed(votes: list[Vote]) -> Vote | None:
    """Of many dates the one for which most is said, with the weight of all that lie within a day of it."""
    best: tuple[float, Vote] | None = None
    for vote in votes:
        group = [one for one in votes if abs(one.moment.date() - vote.moment.date()) <= timedelta(days=1)]
        weight = sum(one.weight for one in group)
        if best is None or (weight, vote.weight) > (best[0], best[1].weight):
            best = (weight, vote)
    return Vote(best[1].moment, best[0]) if best is not None else None


def from_elements(root: Node, now: datetime) -> Vote | None:
    """The date of the best `time` element or microdata: the article's own, the first, no later change."""
    best: tuple[int, datetime] | None = None
    headed = False
    for node in root.iter("time", "meta", "span", "abbr", "div", "p", "h1"):
        headed = headed or node.tag == "h1"
        prop = node.get("itemprop") or ""
        marked = "datePublished" in prop or "dateCreated" in prop or node.get("pubdate") is not None
        if node.tag != "time" and not marked:
            continue
        text = node.get("datetime") or node.get("content") or node.get("title") or text_of(node)
        moment = believable(when(text[:100], now) if text else None, now)
        if moment is None:
            continue
        up = node.getparent()
        called = f"{names_of(node)} {names_of(up) if up is not None else ''} {prop} {text_of(node)[:80]}"
        points = 3 * marked + is_in_article(node) + headed - 4 * is_away(node)
        points += bool(_FIRST.search(called)) - 3 * bool(_LATER.search(called))
        if best is None or points > best[0]:
            best = (points, moment)
    return Vote(best[1], min(3.0, max(0.5, best[0]))) if best is not None else None


def from_text(root: Node, now: datetime) -> Vote | None:
    """The date that the page shows: in a place named for one, else behind its headline, else before it.

    A date of which the page says that something was changed then counts little, even where it
    stands at the foot of the page, as wikis have it; one within a sentence counts least.
    """
    found: dict[int, datetime] = {}
    headed = False
    for node, text in _short_texts(root):
        if node.tag == "h1" or (node.tag == "h2" and not is_away(node)):
            headed = True
        match = _DATE.search(text)
        away = match is not None and is_away(node)
        if match is None or (away and not _LATER.search(text)):
            continue
        moment = believable(_moment(text, match, now), now)
        if moment is None:
            continue
        rank = _LAST if away else _rank(node, text, match, headed=headed)
        found.setdefault(rank, moment)
        if rank == 0:
            break
    return Vote(found[min(found)], _WEIGHTS[min(found)]) if found else None


def _rank(node: Node, text: str, match: re.Match[str], *, headed: bool) -> int:
    """How likely a date is the article's, 0 for likeliest."""
    before = text[: match.start()]
    if _LATER.search(before):
        return _LAST - 1
    up = node.getparent()
    called = " ".join(names_of(one) for one in (node, up) if one is not None)
    if _CALLED.search(called) or _FIRST.search(before):
        return 0 if headed else 1
    if len(text) - len(match[0]) > _ALONE:
        return _LAST + 1  # within a sentence: the date of what the article tells
    return 2 if headed else 3


def _short_texts(root: Node) -> Iterator[tuple[Node, str]]:
    for node in root.iter(
        "p",
        "span",
        "div",
        "li",
        "td",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "small",
        "em",
        "strong",
        "b",
        "i",
        "a",
        "dd",
        "font",
        "address",
        "center",
        "header",
    ):
        own = [node.text or "", *(child.tail or "" for child in node)]
        joined = "".join(own)
        # Only what stands in the element itself, so that a text is looked at once.
        if any(character.isdigit() for character in joined) or node.tag in ("h1", "h2"):
            text = text_of(node)
            if len(text) <= _LONGEST:
                yield node, text
            elif node.tag in ("p", "div", "td") and any(character.isdigit() for character in joined[:_LONGEST]):
                yield node, " ".join(joined.split())[:_LONGEST]


def _moment(text: str, match: re.Match[str], now: datetime) -> datetime | None:
    clock = _CLOCK.match(text, match.end())
    found = when(match[0] + clock[0], now) if clock else None
    return found or when(match[0], now)


def from_address(url: str, now: datetime) -> datetime | None:
    """The day in an address like /2021/03/04/ or ending in -2021-03-04."""
    path = url.partition("?")[0]
    match = _IN_ADDRESS.search(path) or _IN_SLUG.search(path)
    if match is None:
        return None
    try:
        return believable(datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC), now)
    except ValueError:
        return None

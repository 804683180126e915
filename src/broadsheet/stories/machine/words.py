"""From headline and text to weighted terms, names and numbers. No dictionary of any language but stop words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import log, sqrt
from sys import intern

from broadsheet.lib import text as plain
from broadsheet.stories.machine.setting import Setting

Weight = Callable[[str], float]

_STOP = frozenset(
    "a an the and or but nor of in on at to for from by with as is are was were be been being it its this that these "
    "those he she they we you i his her their our your my him them us me not no do does did has have had having will "
    "would can could may might should must shall said say says saying after before over into about than then there "
    "here what who whom how why when which where while up down out off new more most just also all some any if so "
    "one two t s d ll re ve m n".split()
)
_MONTH_NAMES = (
    "january jan|february feb|march|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
    "november nov|december dec"
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()}
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:['.][A-Za-z0-9]+)*")
_OPENING = re.compile(r"(?:^|[.!?:][\"'”’)\]]*\s+)[\"'“‘(\[]*([A-Z]\w+)")
# A word of this weight is in one headline of four hundred at most.
_RARE = 6.0
# More letters than this of a headline, or on average of a word, are no headline and no words.
_LONGEST_TITLE = 1_000
_LETTERS_A_WORD = 12
_PIECE = re.compile(r"[-‐‑–]")


@dataclass(frozen=True)
class Text:
    """An article as the machine sees it: terms of unit length, depth of the text (0 to 1), names, dates, spellings."""

    terms: dict[str, float]
    depth: float
    names: frozenset[str] = field(default_factory=frozenset)
    dates: frozenset[str] = field(default_factory=frozenset)
    spelled: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A light stem: case, possessive and commonest endings of English gone; other languages keep their words.

    "Stocks" and "stock", "banned" and "ban" need not meet exactly: what matters is that the forms of one word mostly
    do. After the S-stemmer (Harman 1991, "How effective is suffixing?"), with -ing, -ed and a mute -e.
    """
    low = word.casefold().replace("’", "'")
    low = low.removesuffix("'s").replace("'", "").replace(".", "")
    if not low.isascii() or not low.isalpha():
        return intern(low)
    if len(low) > 4 and low.endswith("ies"):
        return intern(low[:-3] + "y")
    if len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        low = low[:-1]
    if len(low) > 6 and low.endswith("ing"):
        low = low[:-3]
    elif len(low) > 5 and low.endswith("ed"):
        low = low[:-2]
    if len(low) > 4 and low.endswith("e"):
        low = low[:-1]
    return intern(low)


def is_stop(word: str) -> bool:
    """Whether a word says nothing of the event."""
    low = word.casefold()
    return low in _STOP or (len(low) < 2 and low.isascii() and not low.isdigit())


@lru_cache(maxsize=100_000)
def known(word: str) -> tuple[str | None, bool, bool]:
    """A word's term, None for one that says nothing; whether it begins with a capital; whether it is a month."""
    low = word.casefold()
    return (None if is_stop(word) else stem(word)), word[0].isupper(), low in _MONTHS


def pieces(passage: str) -> list[str]:
    """The words of a passage; what a hyphen joins comes apart."""
    passage = passage.replace("’", "'")
    if passage.isascii():
        return _ASCII_WORD.findall(passage)
    return [piece for word in plain.words(passage) for piece in _PIECE.split(word) if piece]


def read(title: str, text: str, weight: Weight, setting: Setting) -> Text:
    """The terms of an article, its `article_terms` strongest kept; `weight` says how much a word tells."""
    counts: dict[str, float] = {}
    spelled: dict[str, str] = {}
    for word in pieces(title[:_LONGEST_TITLE]):
        term = known(word)[0]
        if term is not None:
            spelled.setdefault(term, word)
            counts[term] = counts.get(term, 0.0) + setting.title_weight
    capitals: dict[str, int] = {}
    dates: set[str] = set()
    if text:
        text = text[: setting.text_words * _LETTERS_A_WORD]
        _count_body(pieces(text)[: setting.text_words], counts, spelled, capitals, dates, setting.name_weight)
    names = _names(text, capitals, weight) if capitals else frozenset[str]()
    scored = sorted(
        ((1.0 + log(count) if count > 1.0 else count) * weight(term), term) for term, count in counts.items()
    )
    depth = min(1.0, len(scored) / setting.article_terms)
    kept = scored[-setting.article_terms :]
    length = sqrt(sum(value * value for value, _ in kept)) or 1.0
    terms = {term: value / length for value, term in reversed(kept)}
    return Text(terms, depth, names, frozenset(dates), spelled)


def _count_body(
    body: list[str],
    counts: dict[str, float],
    spelled: dict[str, str],
    capitals: dict[str, int],
    dates: set[str],
    named: float,
) -> None:
    for place, word in enumerate(body):
        term, capital, month = known(word)
        if term is None:
            continue
        spelled.setdefault(term, word)
        counts[term] = counts.get(term, 0.0) + (named if capital else 1.0)
        if month:
            if (date := _date(body, place)) is not None:
                dates.add(date)
        elif capital and len(term) > 2:
            capitals[term] = capitals.get(term, 0) + 1


def _names(text: str, capitals: dict[str, int], weight: Weight) -> frozenset[str]:
    """Rare words with a capital that not only a beginning sentence gives them: people, places, firms."""
    rare = {term: count for term, count in capitals.items() if weight(term) >= _RARE}
    for word in _OPENING.findall(text):
        term = known(word)[0]
        if term in rare:
            rare[term] -= 1
    return frozenset(term for term, count in rare.items() if count > 0)


def _date(body: list[str], place: int) -> str | None:
    """The day named at this place, as "month-day": "July 28" or "28 July"."""
    month = _MONTHS.get(body[place].casefold())
    if month is None:
        return None
    for other in (place + 1, place - 1):
        if 0 <= other < len(body) and body[other].isdigit() and 1 <= int(body[other]) <= 31:
            return f"{month}-{int(body[other])}"
    return None

"""Whether a reader finds a page's headline, authors, date, lead picture and language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from broadsheet.copydesk.kinds.common import person
from broadsheet.ops.evaluating import pagesets
from broadsheet.ops.evaluating.pagesets import Case, Reader, Reading, Timed, Truth

_WORD = re.compile(r"\w+")
_JOINING = frozenset(["by", "von", "and", "und", "et", "y", "e"])
_SETS = (pagesets.postlight, pagesets.newspaper, pagesets.trafilatura, pagesets.readability)
FIELDS = ("title", "author", "date", "picture", "language")


def score(data: Path, read: Reader = pagesets.ours, *, every: int = 1) -> dict[str, Any]:
    """Per set and pooled: for each field the share of pages, of those whose truth is known, that are right.

    Of each set every so many-th page is read.
    """
    reader = Timed(read)
    right: dict[str, Counter[str]] = {}
    known: dict[str, Counter[str]] = {}
    for pages in _SETS:
        for case in list(pages(data))[::every]:
            found = reader(case)
            for name, verdict in judged(case, found).items():
                for group in (case.pages, "pooled"):
                    known.setdefault(group, Counter())[name] += 1
                    right.setdefault(group, Counter())[name] += verdict
    shares: dict[str, Any] = {
        group: {
            name: {
                "right": right[group][name],
                "of": counts[name],
                "share": round(right[group][name] / counts[name], 4),
            }
            for name in FIELDS
            if counts[name]
        }
        for group, counts in known.items()
    }
    return shares | {"speed": reader.report()}


def judged(case: Case, found: Reading) -> dict[str, bool]:
    """The fields whose truth is known, and whether each was found."""
    known = {name: getattr(case.truth, attribute) for name, attribute in zip(FIELDS, _ATTRIBUTES, strict=True)}
    return {name: _JUDGES[name](case.truth, found) for name, value in known.items() if value is not None}


_ATTRIBUTES = ("title", "author", "published", "picture", "language")


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _title(truth: Truth, found: Reading) -> bool:
    """The same words in the same order, whatever stands between them."""
    return _words(found.title) == _words(truth.title or "")


def _author(truth: Truth, found: Reading) -> bool:
    """All words of the name are among those of the authors found; "By" and "and" are no part of a name."""
    return set(_words(person(truth.author))) - _JOINING <= set(_words(" ".join(found.authors)))


def _date(truth: Truth, found: Reading) -> bool:
    """No more than a day apart by the calendar: pages and truths seldom say the zone, many only the day."""
    if found.published is None or truth.published is None:
        return False
    return abs(found.published.date() - truth.published.date()) <= timedelta(days=1)


def _picture(truth: Truth, found: Reading) -> bool:
    return bool(found.picture) and _place(found.picture or "") == _place(truth.picture or "")


def _language(truth: Truth, found: Reading) -> bool:
    return _primary(found.language) == _primary(truth.language)


def _place(address: str) -> tuple[str, str]:
    """Host and path of an address: one picture has many sizes in its query."""
    parts = urlsplit(address)
    return parts.netloc.lower(), unquote(parts.path)


def _primary(tag: str | None) -> str:
    return re.split("[-_]", tag or "")[0].lower()


_JUDGES: dict[str, Callable[[Truth, Reading], bool]] = {
    "title": _title,
    "author": _author,
    "date": _date,
    "picture": _picture,
    "language": _language,
}

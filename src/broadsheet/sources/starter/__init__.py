"""The starter list: real public news sources for a new portal, in nine sections and several languages.

The list is `sources.csv` beside this file. Each row is a feed of a publication: the key of its section, name, owner,
the two-letter codes of country and language, homepage, feed, and `seen`: where the address was confirmed. Nothing in
it grants rights: what is added may be excerpted and linked, until an editor says otherwise.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources

from broadsheet.lib import urls

SECTIONS = ("world", "politics", "sports", "celebrity", "business", "crypto", "gaming", "tech", "travel")


class BadList(Exception):
    """The list is not sound; the message names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One feed of the list."""

    section: str
    name: str
    owner: str
    country: str
    language: str
    homepage: str
    feed: str
    seen: str


@lru_cache(maxsize=1)
def load() -> tuple[Row, ...]:
    """The shipped list, in its own order. Raises BadList."""
    return read((resources.files(__name__) / "sources.csv").read_text("utf-8"))


def read(text: str) -> tuple[Row, ...]:
    """The rows of a list in CSV with a head line, each checked. Raises BadList."""
    reader = csv.DictReader(text.splitlines())
    names = [one.name for one in fields(Row)]
    if reader.fieldnames != names:
        raise BadList(f"line 1: the columns are to be {', '.join(names)}")
    rows: list[Row] = []
    known: set[str] = set()
    for given in reader:
        line = f"line {reader.line_num}"
        if None in given or None in given.values():
            raise BadList(f"{line}: it has not {len(names)} fields")
        row = Row(**{name: value.strip() for name, value in given.items()})
        if wrong := _wrong(row):
            raise BadList(f"{line}: {wrong}")
        if urls.key(row.feed) in known:
            raise BadList(f"{line}: {row.feed} stands in the list before")
        known.add(urls.key(row.feed))
        rows.append(row)
    return tuple(rows)


def _wrong(row: Row) -> str:
    """What is wrong with a row, or ""."""
    if row.section not in SECTIONS:
        return f"there is no section {row.section!r}"
    if not (row.name and row.owner and row.seen):
        return "name, owner and seen must be there"
    if not re.fullmatch("[A-Z]{2}", row.country):
        return f"{row.country!r} is no two-letter code of a country"
    if not re.fullmatch("[a-z]{2}", row.language):
        return f"{row.language!r} is no two-letter code of a language"
    for address in (row.homepage, row.feed):
        parsed = urls.parse(address)
        if parsed is None or not parsed.is_web or parsed.href != address:
            return f"{address!r} is no web address in its plain form"
    return ""

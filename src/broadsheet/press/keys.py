"""Press keys: short names of the facts a printed page depends on.

A key is a noun (`front`, `trending`) or a noun and an identity (`article:17`, `section:world`).
Keys travel in a response header, so they hold nothing but plain characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Longest key, in characters.
MAX_LENGTH = 100

#: Stands in the header of a page whose keys are too many to be listed there. Every purge sent to an
#: outer cache names it too, so such a page is purged rather once too often than once too seldom.
CROWDED = "crowded"

_NOUN = re.compile(r"[a-z][a-z0-9-]{0,39}")
_IDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~/-]*")


def key(noun: str, ident: int | str | None = None) -> str:
    """The press key of one fact. Raises ValueError where noun or identity hold anything unusual."""
    return check(noun if ident is None else f"{noun}:{ident}")


def check(text: str) -> str:
    """Hand `text` back if it is a well-formed key, else raise ValueError."""
    noun, colon, ident = text.partition(":")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"A press key has at most {MAX_LENGTH} characters: {text[:40]!r}…")
    if not _NOUN.fullmatch(noun) or (colon and not _IDENT.fullmatch(ident)):
        raise ValueError(f"Not a press key: {text!r}")
    return text


def header(keys: Iterable[str], *, separator: str = " ", limit: int = 2000) -> str:
    """The keys as one header value of at most `limit` characters, else `CROWDED`.

    A list cut short would be worse than none: the page would miss the purges of the keys left out.
    """
    value = separator.join(sorted(keys))
    return value if len(value) <= limit else CROWDED

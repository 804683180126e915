"""Ordinary words: those that are written small more often than with a capital, in the text that word pieces came from.

The pieces of the installed table stand in the order in which they were learned, the frequent first; a word whose small
form came before its capital one is ordinary ("future"), one known only with a capital is a name ("Paris"). Without the
table nothing is ordinary, and the texts themselves must tell.
"""

from __future__ import annotations

from functools import lru_cache

from broadsheet.copydesk.sections import vectors


@lru_cache(maxsize=20_000)
def ordinary(word: str) -> bool:
    """Whether a word as it was written, with its capital, is rather a word than a name."""
    pieces = vectors.installed()
    if pieces is None or not word.isalpha() or (word.isupper() and len(word) > 1):
        return False
    small, capital = pieces.place(word.lower()), pieces.place(word.capitalize())
    return small is not None and (capital is None or small < capital)

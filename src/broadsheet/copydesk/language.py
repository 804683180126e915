"""Which language a text is in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

# Below this the guess of any program is worth less than what the feed says of itself.
MIN_CHARACTERS = 60
# More of a text does not make the guess better, only dearer.
MAX_CHARACTERS = 600

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")

# Scripts that by themselves say the language.
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("ka", re.compile("[\u10d0-\u10ff]")),
    ("hy", re.compile("[\u0531-\u0587]")),
)


def primary(tag: str | None) -> str:
    """The primary part of a language tag, "" for none: "en-GB" gives "en"."""
    tag = (tag or "").strip()
    return re.split("[-_]", tag)[0].lower() if _TAG.fullmatch(tag) else ""


def detect(text: str, hint: str | None = None) -> str:
    """The language of a plain text, as a primary BCP 47 tag; "" where nothing can be said.

    `hint` is what the feed or page claims. It decides for short texts, and in doubt.
    """
    claimed = primary(hint)
    text = text[:MAX_CHARACTERS].strip()
    letters = sum(map(str.isalpha, text))
    if script := _by_script(text, letters):
        return script
    if letters < MIN_CHARACTERS:
        return claimed or (_classify(text) if letters >= MIN_CHARACTERS // 3 else "")
    guess, margin = _ranked(text, claimed)
    # Close relatives (Danish and Norwegian, Serbian and Croatian) are told apart by the claim.
    return claimed if claimed and margin < letters / 40 else guess


def _by_script(text: str, letters: int) -> str:
    """The language whose own script makes up a third of the letters, or ""."""
    if not letters or text.isascii():
        return ""
    for name, pattern in _SCRIPTS:
        share = 0.1 if name == "ja" else 0.33
        if len(pattern.findall(text)) >= share * letters:
            return name
    return ""


@lru_cache(maxsize=1)
def _langid() -> Any:
    """The model: 100 MB and half a second, so only where it is needed."""
    from py3langid import langid

    return langid


def _classify(text: str) -> str:
    return str(_langid().classify(text)[0])


def _ranked(text: str, claimed: str) -> tuple[str, float]:
    """The likeliest language, and by how much (log likelihood) it beats the claimed one."""
    ranked = [(str(name), float(score)) for name, score in _langid().rank(text)]
    best, score = ranked[0]
    scores = dict(ranked)
    return best, score - scores[claimed] if claimed in scores else float("inf")

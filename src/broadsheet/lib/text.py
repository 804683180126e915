"""Plain text: made valid, split into words, folded and hashed for comparison."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Zero-width and other invisible characters that hide in copied text. The joiners U+200C and
# U+200D stay: Persian, Indic scripts and emoji need them.
_INVISIBLE = "\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u180e"
# Embeddings, overrides and isolates: they can make a headline read backwards on screen.
_BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_SPACES = "\t\n\v\f\r\x85\u2028\u2029"


def _drop_table() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys(range(32))
    table |= dict.fromkeys(range(127, 160))
    table |= {ord(character): None for character in _INVISIBLE + _BIDI_CONTROLS}
    table |= dict.fromkeys(range(64976, 65008))
    for plane in range(0x11):
        table[plane * 0x10000 + 0xFFFE] = None
        table[plane * 0x10000 + 0xFFFF] = None
    table |= dict.fromkeys(range(917504, 917536))
    table |= {ord(character): " " for character in _SPACES}
    return table


_DROP = _drop_table()
_SURROGATE = re.compile("[\ud800-\udfff]+")
_WHITE = re.compile(r"\s+")
# Vowel signs and accents belong to their word, but Python's \w leaves combining marks out: the
# marks of Latin, Cyrillic, Hebrew and Arabic, and the Indic blocks whole but for the dandas.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    "\u102b-\u103e\u17b4-\u17d3\u200c\u200d\u3099\u309a"
)
_LETTERS = rf"(?:[^\W_]|[{_MARKS}])+"
_WORD = re.compile(rf"{_LETTERS}(?:['’\-.]{_LETTERS})*")
_WORD_PARTS = re.compile(_LETTERS)
# Scripts written without spaces: each character counts as a word of its own.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)

# ISO 639 codes of languages whose usual script runs from right to left.
_RIGHT_TO_LEFT_WORDS = (
    "ar arc arz az-arab ckb dv fa glk he iw ji khw ks ku-arab mzn nqo pa-arab pnb prs ps sd syr ug ur yi"
)
RIGHT_TO_LEFT = frozenset(_RIGHT_TO_LEFT_WORDS.split())
_LANGUAGE_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")


def _mend_surrogates(match: re.Match[str]) -> str:
    """Joins surrogate pairs that a decoder left apart; a lone one becomes U+FFFD."""
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def tidy(text: str) -> str:
    """The text as it may be stored: valid NFC, one line, no control or direction characters.

    Removes C0 and C1 controls, NUL, noncharacters, soft hyphens, zero-width spaces and bidi
    controls; joins split surrogate pairs and replaces lone ones; squeezes whitespace to single
    spaces. ``tidy(tidy(x)) == tidy(x)``.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _SURROGATE.sub(_mend_surrogates, text).translate(_DROP)
    return _WHITE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def words(text: str) -> list[str]:
    """The words in reading order. A character of a script without spaces is a word of its own."""
    if text.isascii():
        return _WORD.findall(text)
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii() or not _SPACELESS.search(word):
            found.append(word)
        else:
            found.extend(_split_spaceless(word))
    return found


def _split_spaceless(word: str) -> list[str]:
    pieces: list[str] = []
    run = ""
    for character in word:
        if unicodedata.category(character)[0] == "M" and pieces and not run:
            pieces[-1] += character
        elif _SPACELESS.match(character):
            if run:
                pieces.append(run)
            run = ""
            pieces.append(character)
        else:
            run += character
    if run:
        pieces.append(run)
    return pieces


def direction(language_or_text: str) -> str:
    """``"rtl"`` or ``"ltr"`` for a language code such as ``"ar"``, or for a piece of text.

    Text goes by the majority of its strong characters among the first 500; without any, "ltr".
    """
    value = language_or_text.strip()
    if _LANGUAGE_CODE.match(value) and len(value) <= 12:
        code = value.lower().replace("_", "-")
        return "rtl" if code in RIGHT_TO_LEFT or code.split("-")[0] in RIGHT_TO_LEFT else "ltr"
    right = left = 0
    for character in value[:500]:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            right += 1
        elif kind == "L":
            left += 1
    return "rtl" if right > left else "ltr"


def normal(text: str) -> str:
    """The text folded for comparison: compatibility forms, case and punctuation gone.

    Two copies of one text that differ only in quotes, dashes, case, spacing or ligatures have
    the same normal form. Accents on letters stay, since they tell words apart.
    """
    folded = unicodedata.normalize("NFKC", _SURROGATE.sub(_mend_surrogates, text)).casefold()
    return " ".join(_WORD_PARTS.findall(folded))


def text_hash(text: str) -> str:
    """SHA-256, in hex, of the normal form: equal for two copies of one text."""
    return hashlib.sha256(normal(text).encode("utf-8")).hexdigest()

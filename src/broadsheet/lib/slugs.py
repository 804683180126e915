"""Slugs: a headline in any script becomes the short ASCII last part of an address."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "ђ": "dj", "е": "e", "ё": "yo",
    "є": "ye", "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "yi", "й": "y", "ј": "j", "к": "k",
    "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "ћ": "c", "у": "u", "ў": "w", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "џ": "dz",
    "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "ѓ": "gj", "ќ": "kj", "ѕ": "dz", "қ": "q", "ң": "ng", "ө": "o", "ү": "u", "ұ": "u", "һ": "h",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ء": "", "ئ": "y", "ؤ": "w", "ب": "b", "ت": "t",
    "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s",
    "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "q",
    "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a", "و": "w", "ي": "y", "ى": "a",
    "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ک": "k", "ی": "y", "ٹ": "t", "ڈ": "d", "ڑ": "r",
    "ے": "e", "ہ": "h", "ں": "n", "ھ": "h",
}  # fmt: skip
_HEBREW = {
    "א": "a", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "v", "ז": "z", "ח": "ch", "ט": "t",
    "י": "y", "כ": "k", "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s",
    "ע": "a", "פ": "p", "ף": "f", "צ": "ts", "ץ": "ts", "ק": "q", "ר": "r", "ש": "sh", "ת": "t",
}  # fmt: skip
_LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
    "ħ": "h", "ŋ": "ng", "ə": "e", "ĸ": "k", "ŧ": "t",
}  # fmt: skip
_DEVANAGARI = {
    "अ": "a", "आ": "aa", "इ": "i", "ई": "ee", "उ": "u", "ऊ": "oo", "ए": "e", "ऐ": "ai", "ओ": "o",
    "औ": "au", "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "च": "ch", "छ": "chh", "ज": "j",
    "झ": "jh", "ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d",
    "ध": "dh", "न": "n", "प": "p", "फ": "ph", "ब": "b", "भ": "bh", "म": "m", "य": "y", "र": "r",
    "ल": "l", "व": "v", "श": "sh", "ष": "sh", "स": "s", "ह": "h", "ा": "a", "ि": "i", "ी": "i",
    "ु": "u", "ू": "u", "े": "e", "ै": "ai", "ो": "o", "ौ": "au", "ं": "n", "ृ": "ri",
}  # fmt: skip

_TABLE = MappingProxyType(_CYRILLIC | _GREEK | _ARABIC | _HEBREW | _LATIN | _DEVANAGARI)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def _romanised(character: str) -> str:
    if character.isascii():
        return character
    if (found := _TABLE.get(character)) is not None:
        return found
    pieces = []
    for part in unicodedata.normalize("NFKD", character):
        if part.isascii():
            pieces.append(part)
        elif (found := _TABLE.get(part)) is not None:
            pieces.append(found)
        elif not unicodedata.combining(part):
            pieces.append(" ")
    return "".join(pieces)


def slugify(text: str, limit: int = 80, fallback: str = "article") -> str:
    """Lower-case ASCII words joined by hyphens, at most ``limit`` characters, never empty.

    Cyrillic, Greek, Arabic, Hebrew and Devanagari are transliterated by table, accents dropped.
    The cut falls between words unless the first word alone is too long. A text without a single
    character that can be written this way gives ``fallback``.
    """
    folded = unicodedata.normalize("NFC", text[:600]).lower()
    folded = _APOSTROPHES.sub("", folded).replace("&", " and ")
    slug = _NOT_SLUG.sub("-", "".join(map(_romanised, folded))).strip("-")
    if len(slug) > limit:
        edge = slug.rfind("-", 0, limit + 1)
        slug = slug[: edge if edge > 0 else limit].strip("-")
    return slug or fallback

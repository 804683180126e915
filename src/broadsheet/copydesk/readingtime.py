"""How long a text takes to read."""

from __future__ import annotations

import math

from broadsheet.copydesk.language import primary

# Words a minute of silent reading. English: 238 for non-fiction, the mean of 190 studies
# (Brysbaert 2019, "How many words do we read per minute?", Journal of Memory and Language 109).
# The others: means of the texts of IReST (Trauzettel-Klosinski and Dietz 2012, Investigative
# Ophthalmology & Visual Science 53), scaled by 238/228, since that test finds 228 for English.
_ENGLISH = 238
_SCALE = 238 / 228
_WORDS = {
    "ar": 138, "nl": 202, "fi": 161, "fr": 195, "de": 179, "he": 187, "it": 188, "pl": 166,
    "pt": 181, "ru": 184, "sl": 180, "es": 218, "sv": 199, "tr": 166,
}  # fmt: skip
# Characters a minute, same source: `lib.text.words` counts each character of these as a word.
_CHARACTERS = {"zh": 255, "ja": 357, "yue": 255}
# Thai, Lao, Khmer and Burmese have no spaces either; IReST has no figure, so Chinese and Japanese
# stand in, times the four characters or so that a word of theirs takes.
_CHARACTERS |= dict.fromkeys(("th", "lo", "km", "my"), 900)


def minutes(word_count: int, language: str | None) -> int:
    """Whole minutes to read so many words (characters in scripts without spaces); at least 1."""
    name = primary(language)
    if name in _CHARACTERS:
        speed: float = _CHARACTERS[name]
    elif name in _WORDS:
        speed = _WORDS[name] * _SCALE
    else:
        speed = _ENGLISH
    return max(1, math.ceil(word_count / speed))

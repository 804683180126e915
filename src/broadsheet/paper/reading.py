"""How long a text takes to read, for the facts beside it."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.copydesk import readingtime
from broadsheet.lib import text as texts


@dataclass(frozen=True, slots=True)
class Reading:
    """Minutes, rounded up, and words. Both 0 for a text without words."""

    minutes: int
    words: int

    @property
    def line(self) -> str:
        """«6 minutes, 1,380 words»."""
        if not self.words:
            return ""
        minutes = "1 minute" if self.minutes == 1 else f"{self.minutes} minutes"
        words = "1 word" if self.words == 1 else f"{self.words:,} words"
        return f"{minutes}, {words}"


def reading(text: str, language: str) -> Reading:
    """The length of a plain text."""
    words = len(texts.words(text))
    return Reading(readingtime.minutes(words, language) if words else 0, words)

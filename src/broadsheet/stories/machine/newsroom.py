"""The door to the story machine: one writer per language, made when its first article comes."""

from __future__ import annotations

from typing import Any

from broadsheet.copydesk import language as tongues
from broadsheet.stories.machine.setting import Setting
from broadsheet.stories.machine.writer import Placed, Writer


class Newsroom:
    """All writers. In doubt an article is in the paper's own language: headlines say little of theirs."""

    def __init__(self, setting: Setting | None = None, own_language: str = "en") -> None:
        self.setting = setting or Setting()
        self.own_language = own_language
        self.writers: dict[str, Writer] = {}

    def place(self, title: str, text: str, at: float, language: str = "") -> tuple[str, Placed]:
        """Place one article with the writer of its language, which is heard from its words where it is not given."""
        known = language or tongues.detect(f"{title}\n{text[:1000]}", self.own_language) or self.own_language
        writer = self.writers.get(known)
        if writer is None:
            writer = self.writers[known] = Writer(known, self.setting)
        return known, writer.place(title, text, at)

    def story_of(self, language: str, nucleus: int) -> tuple[str, int] | None:
        """The story that a nucleus belongs to by now; None once it left the window."""
        held = self.writers[language].nuclei.get(nucleus)
        return (language, held.story) if held else None

    def dump(self) -> dict[str, Any]:
        """Everything, as plain data for JSON."""
        return {known: writer.dump() for known, writer in self.writers.items()}

    @classmethod
    def load(cls, data: dict[str, Any], setting: Setting | None = None) -> Newsroom:
        """A newsroom that goes on where `dump` was taken."""
        newsroom = cls(setting)
        newsroom.writers = {known: Writer.load(one, newsroom.setting) for known, one in data.items()}
        return newsroom

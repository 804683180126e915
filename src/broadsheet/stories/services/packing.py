"""Texts of the log and snapshots of a writer as few bytes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from broadsheet.stories.machine.orders import Told
from broadsheet.stories.machine.setting import Setting

# PostgreSQL gives a view of the bytes.
Stored = bytes | memoryview

_SETTING = Setting()
# What `words.read` looks at of a headline and, at most, of a text.
_TITLE = 1_000
_TEXT = _SETTING.text_words * 12


def cut(title: str, text: str) -> tuple[str, str]:
    """As much of an article as its writer reads. Reading it again gives the same, whatever happens to the article."""
    return title[:_TITLE].replace("\x00", " "), text[:_TEXT]


def pack(title: str, text: str) -> bytes:
    """One article's words."""
    return zlib.compress(f"{title}\x00{text}".encode("utf-8", "surrogatepass"), 6)


def unpack(data: Stored) -> tuple[str, str]:
    """Title and text that `pack` was given."""
    title, _, text = zlib.decompress(bytes(data)).decode("utf-8", "surrogatepass").partition("\x00")
    return title, text


def pack_told(texts: Mapping[int, Told]) -> bytes:
    """The words of several articles, by their ids; nothing for none."""
    if not texts:
        return b""
    return zlib.compress(json.dumps([[key, one.title, one.text, one.at] for key, one in texts.items()]).encode(), 6)


def unpack_told(data: Stored) -> dict[int, Told]:
    """What `pack_told` was given."""
    if not data:
        return {}
    return {key: Told(title, text, at) for key, title, text, at in json.loads(zlib.decompress(bytes(data)))}


def pack_dump(dump: Mapping[str, Any]) -> bytes:
    """A writer's dump."""
    return zlib.compress(json.dumps(dump, separators=(",", ":")).encode(), 1)


def unpack_dump(data: Stored) -> dict[str, Any]:
    """What `pack_dump` was given."""
    found: dict[str, Any] = json.loads(zlib.decompress(bytes(data)))
    return found

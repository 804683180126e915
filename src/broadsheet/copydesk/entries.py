"""What a feed says, as plain data: pickles, compares, and goes through JSON unchanged."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

Kind = Literal["rss", "atom", "rdf", "json", "sitemap", "newssitemap", "page"]


@dataclass(slots=True)
class Picture:
    """A picture that a feed or page names; sizes in pixels, None where it does not say.

    `alternative` says what is to be seen, for who does not see it; `caption` what is printed below.
    """

    url: str
    width: int | None = None
    height: int | None = None
    type: str = ""
    credit: str = ""
    caption: str = ""
    alternative: str = ""


@dataclass(slots=True)
class Enclosure:
    """A file that goes with an entry; `length` in bytes."""

    url: str
    type: str = ""
    length: int | None = None


@dataclass(slots=True)
class Entry:
    """One entry of a feed.

    `key` names the entry within its feed and nowhere else: the guid or id, else the address, else
    a hash of title and text. `id` is the guid or id alone, empty where the feed gives none, cut to
    the length of a key. `title` is plain text; `summary_html` and `content_html` are as the
    publisher wrote them, NOT cleaned; relative addresses in them are relative to `base`.
    Times are aware UTC and may be absurd: whoever files clamps them.
    """

    key: str
    url: str | None = None
    title: str = ""
    summary_html: str = ""
    content_html: str | None = None
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    pictures: list[Picture] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)
    source_name: str | None = None
    source_url: str | None = None
    base: str | None = None
    id: str = ""

    def as_json(self) -> dict[str, Any]:
        # By hand: `asdict` copies deeply, and that took a quarter of the time of a pull.
        data = {name: getattr(self, name) for name in _ENTRY_FIELDS}
        data["published"] = _iso(self.published)
        data["updated"] = _iso(self.updated)
        data["pictures"] = [{name: getattr(one, name) for name in _PICTURE_FIELDS} for one in self.pictures]
        data["enclosures"] = [{name: getattr(one, name) for name in _ENCLOSURE_FIELDS} for one in self.enclosures]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Entry:
        # What another version stored: its unknown fields are left, its missing ones are empty.
        values = {name: value for name, value in data.items() if name in _ENTRY_NAMES}
        values["published"] = _when(values.get("published"))
        values["updated"] = _when(values.get("updated"))
        values["pictures"] = [Picture(**one) for one in values.get("pictures", ())]
        values["enclosures"] = [Enclosure(**one) for one in values.get("enclosures", ())]
        return cls(**values)


@dataclass(slots=True)
class ParsedFeed:
    """A whole feed: what it says of itself, and its newest entries in its own order.

    `hubs` are WebSub pairs (hub, topic). `problems` are plain sentences on what was odd and was
    read all the same.
    """

    kind: Kind
    title: str = ""
    home_url: str | None = None
    description: str = ""
    language: str | None = None
    hubs: list[tuple[str, str]] = field(default_factory=list)
    ttl_minutes: int | None = None
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        data = {name: getattr(self, name) for name in _FEED_FIELDS}
        data["hubs"] = [list(pair) for pair in self.hubs]
        data["entries"] = [entry.as_json() for entry in self.entries]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ParsedFeed:
        values = {name: value for name, value in data.items() if name in _FEED_NAMES}
        values["hubs"] = [(hub, topic) for hub, topic in values.get("hubs", ())]
        values["entries"] = [Entry.from_json(one) for one in values.get("entries", ())]
        return cls(**values)


_ENTRY_FIELDS = tuple(one.name for one in fields(Entry))
_ENTRY_NAMES = frozenset(_ENTRY_FIELDS)
_PICTURE_FIELDS = tuple(one.name for one in fields(Picture))
_ENCLOSURE_FIELDS = tuple(one.name for one in fields(Enclosure))
_FEED_FIELDS = (
    "kind", "title", "home_url", "description", "language", "ttl_minutes", "problems",
)  # fmt: skip
_FEED_NAMES = frozenset((*_FEED_FIELDS, "hubs", "entries"))


@dataclass(slots=True)
class FoundFeed:
    """A feed that a page points to."""

    url: str
    title: str = ""
    kind: str = ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

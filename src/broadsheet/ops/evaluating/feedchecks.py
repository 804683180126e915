"""The parser cases of feedparser and gofeed as checks on what was heard; what news has no use for is left out."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from broadsheet.lib import urls
from broadsheet.ops.evaluating.feedreading import Heard, HeardItem

SERVED = "http://127.0.0.1:8097/"
"""Where the cases say that they were fetched from: their relative addresses are relative to it."""

_TAG = re.compile(r"<(?:\"[^\"]*\"|'[^']*'|[^'\">])*>|<[^>]*>")
_ADDRESS = re.compile(r"<(?:a|img)\b[^>]*?\s(?:href|src)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_MAIL = re.compile(r"(?:mailto:)?[^\s@<>()]+@[^\s@<>()]+")


@dataclass(slots=True)
class Check:
    """One expectation: where to look, how to compare, what must be there (any one of `wanted`)."""

    place: str
    same: Callable[[Any, Any], bool]
    got: Callable[[Heard], Any]
    wanted: tuple[Any, ...]

    def holds(self, heard: Heard) -> bool:
        try:
            value = self.got(heard)
        except (IndexError, AttributeError):
            return False
        return any(self.same(value, one) for one in self.wanted)


@dataclass(slots=True)
class Case:
    """A file with what is expected of it, and how it was served."""

    path: Path
    name: str
    checks: list[Check]
    url: str = SERVED
    content_type: str | None = None


def flat(text: str | None) -> str:
    """Text as the protocol compares it: unescaped (twice, since some titles are), no tags, whitespace squeezed."""
    bare = _TAG.sub("", html.unescape(html.unescape(text or "")))
    return unicodedata.normalize("NFC", " ".join(bare.replace("\u200b", " ").split()))


def same_text(got: Any, wanted: Any) -> bool:
    return flat(str(got or "")) == flat(str(wanted or ""))


def same_markup(got: Any, wanted: Any) -> bool:
    """The same visible text, and its links and pictures leading to the same addresses."""
    value, base = got if isinstance(got, tuple) else (got, None)
    return same_text(value, wanted) and _addresses(value, base) == _addresses(wanted, base)


def _addresses(markup: Any, base: str | None) -> list[str]:
    return [_full(one, base) for one in _ADDRESS.findall(html.unescape(str(markup or "")))]


def _full(address: str, base: str | None = None) -> str:
    found = urls.parse(address.strip(), base)
    return found.href if found else address.strip()


def same_address(got: Any, wanted: Any) -> bool:
    return _full(str(got or "")) == _full(str(wanted or ""))


def same_moment(got: Any, wanted: Any) -> bool:
    return isinstance(got, datetime) and got.astimezone(UTC).replace(microsecond=0) == wanted


def same_word(got: Any, wanted: Any) -> bool:
    return str(got or "").replace("_", "-").lower() == str(wanted or "").replace("_", "-").lower()


def same_name(got: Any, wanted: Any) -> bool:
    """The same name, whatever mail address stands beside it."""
    return _name(got) == _name(wanted)


def _name(text: Any) -> str:
    given = flat(str(text or ""))
    return _MAIL.sub("", given).strip(" ()<>,") or given


def same_count(got: Any, wanted: Any) -> bool:
    return bool(got == wanted)


def moment_of(value: Any) -> datetime | None:
    """A time of an expectation: nine numbers in UTC, ISO 8601, or RFC 822; None where it is none of these."""
    try:
        if isinstance(value, list):
            year, month, day, hour, minute, second = value[:6]
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        found = datetime.fromisoformat(value) if value[:4].isdigit() else parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


_FEED: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "title": ("title", same_text), "title_detail.value": ("title", same_text), "link": ("link", same_address),
    "subtitle": ("description", same_text), "tagline": ("description", same_text),
    "description": ("description", same_text), "subtitle_detail.value": ("description", same_text),
    "tagline_detail.value": ("description", same_text), "language": ("language", same_word),
}  # fmt: skip
_ENTRY: dict[str, tuple[Callable[[HeardItem], Any], Callable[[Any, Any], bool]]] = {
    "title": (lambda one: one.title, same_text),
    "title_detail.value": (lambda one: one.title, same_text),
    "link": (lambda one: one.link, same_address),
    "id": (lambda one: one.id, same_text),
    "guid": (lambda one: one.id, same_text),
    "summary": (lambda one: (one.summary or one.content, one.base), same_markup),
    "description": (lambda one: (one.summary or one.content, one.base), same_markup),
    "summary_detail.value": (lambda one: (one.summary or one.content, one.base), same_markup),
    "content.0.value": (lambda one: (one.content or one.summary, one.base), same_markup),
    "content.0.language": (lambda one: one.language, same_word),
    "language": (lambda one: one.language, same_word),
    "author": (lambda one: one.authors[0], same_name),
    "author_detail.name": (lambda one: one.authors[0], same_name),
    "category": (lambda one: one.categories[0], same_text),
    "published_parsed": (lambda one: one.published, same_moment),
    "published": (lambda one: one.published, same_moment),
    "updated_parsed": (lambda one: one.updated or one.published, same_moment),
    "updated": (lambda one: one.updated or one.published, same_moment),
    "image.href": (lambda one: one.pictures[0], same_address),
    "media_thumbnail.0.url": (lambda one: one.pictures[0], same_address),
    "media_content.0.url": (lambda one: one.pictures[0], same_address),
    "source.title": (lambda one: one.source_title, same_text),
    "source.title_detail.value": (lambda one: one.source_title, same_text),
    "source.href": (lambda one: one.source_link, same_address),
}
_LISTED = re.compile(r"(authors|tags|enclosures)\.(\d+)(?:\.(name|term|href|url|type|length))?")


def feedparser_cases(data: Path) -> Iterator[Case]:
    """Every row of expect.jsonl, also those of which no check has a counterpart."""
    folder = data / "feeds" / "feedparser"
    for line in (folder / "expect.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        checks = []
        for one in row["checks"] or ():
            if one["op"] in ("==", "len") and (made := _of_path(one["path"], one["op"], one["value"])):
                checks.append(made)
        headers = {name.lower(): value for name, value in (row.get("http_headers") or {}).items()}
        url = _full(headers.get("content-location", ""), f"{SERVED}feeds/{row['file']}")
        yield Case(folder / row["file"], row["file"], checks, url, headers.get("content-type"))


def _of_path(path: list[Any], op: str, value: Any) -> Check | None:
    words = ".".join(map(str, path[1:]))
    if path[0] == "entries" and len(path) == 1 and op == "len":
        return Check("entries", same_count, lambda heard: len(heard.items), (value,))
    if op != "==":
        return None
    if path[0] == "feed" and words in _FEED:
        name, same = _FEED[words]
        return Check(f"feed.{words}", same, lambda heard: getattr(heard, name), (value,))
    if path[0] != "entries" or len(path) < 3:
        return None
    number, words = path[1], ".".join(map(str, path[2:]))
    if match := _LISTED.fullmatch(words):
        return _of_list(number, words, match, value)
    if words not in _ENTRY:
        return None
    read, alike = _ENTRY[words]
    wanted = moment_of(value) if alike is same_moment else value
    return Check(f"entries.{words}", alike, lambda heard: read(heard.items[number]), (wanted,)) if wanted else None


def _of_list(number: int, words: str, match: re.Match[str], value: Any) -> Check | None:
    which, index, part = match[1], int(match[2]), match[3]
    place = f"entries.{words}"
    if which == "authors" and part == "name":
        return Check(place, same_name, lambda heard: heard.items[number].authors[index], (value,))
    if which == "tags" and part == "term":
        return Check(place, same_text, lambda heard: heard.items[number].categories[index], (value,))
    if which != "enclosures":
        return None
    if part is None and isinstance(value, dict):
        wanted = (value.get("href") or value.get("url"), value.get("type", ""), _count(value.get("length")))
        return Check(place, _same_file, lambda heard: heard.items[number].enclosures[index], (wanted,))
    if part in ("href", "url"):
        return Check(place, same_address, lambda heard: heard.items[number].enclosures[index][0], (value,))
    if part == "type":
        return Check(place, same_word, lambda heard: heard.items[number].enclosures[index][1], (value,))
    if part == "length":
        return Check(place, same_count, lambda heard: heard.items[number].enclosures[index][2], (_count(value),))
    return None


def _count(value: Any) -> int | None:
    return int(value) if str(value).isdigit() else None


def _same_file(got: Any, wanted: Any) -> bool:
    return same_address(got[0], wanted[0]) and same_word(got[1], wanted[1]) and got[2] == wanted[2]


def gofeed_cases(data: Path) -> Iterator[Case]:
    """Each .xml with the .json of gofeed's result beside it."""
    for path in sorted((data / "feeds" / "gofeed").rglob("*.xml")):
        beside = path.with_suffix(".json")
        if not beside.exists():
            continue
        result = json.loads(beside.read_text("utf-8"))
        checks: list[Check] = []
        if isinstance(result, dict):
            _of_gofeed(result, checks)
        yield Case(path, f"{path.parent.name}/{path.name}", checks)


def _of_gofeed(result: dict[str, Any], checks: list[Check]) -> None:
    items = result.get("items") if "entries" not in result else result["entries"]
    checks.append(Check("count", same_count, lambda heard: len(heard.items), (len(items or ()),)))

    def about(name: str, same: Callable[[Any, Any], bool], value: Any) -> None:
        if value not in (None, "", []):
            checks.append(Check(f"feed.{name}", same, lambda heard: getattr(heard, name), (value,)))

    about("title", same_text, result.get("title"))
    about("link", same_address, result.get("link") or _alternate(result.get("links")))
    about("description", same_text, result.get("description") or result.get("subtitle"))
    about("language", same_word, result.get("language"))
    for number, item in enumerate(items or ()):
        _of_gofeed_item(number, item, checks)


def _alternate(links: Any) -> str | None:
    for one in links or ():
        if isinstance(one, dict) and one.get("rel", "alternate") == "alternate" and one.get("href"):
            return str(one["href"])
    return None


def _of_gofeed_item(number: int, item: dict[str, Any], checks: list[Check]) -> None:
    content = item.get("content")
    guid = item.get("guid") or item.get("id")
    simple = {
        "title": item.get("title"),
        "link": item.get("link") or _alternate(item.get("links")),
        "id": guid.get("value") if isinstance(guid, dict) else guid,
        "summary": item.get("description") or item.get("summary"),
        "content.0.value": content.get("value") if isinstance(content, dict) else content,
        "published": item.get("publishedParsed") or item.get("pubDateParsed"),
        "updated": item.get("updatedParsed"),
        "image.href": (item.get("image") or {}).get("url"),
        "author": item.get("author") if isinstance(item.get("author"), str) else None,
        "source.title": (item.get("source") or {}).get("title"),
        "source.href": (item.get("source") or {}).get("url"),
    }
    for words, value in simple.items():
        if value and (made := _of_path(["entries", number, *words.split(".")], "==", value)):
            checks.append(made)
    for index, one in enumerate(item.get("authors") or ()):
        if value := one.get("name"):
            checks.append(_at(number, "authors", index, same_name, (value,)))
    for index, one in enumerate(item.get("categories") or ()):
        values = (one.get("value"), one.get("term"), one.get("label")) if isinstance(one, dict) else (one,)
        if any(values):
            checks.append(_at(number, "categories", index, same_text, tuple(filter(None, values))))
    for index, one in enumerate(item.get("enclosures") or ()):
        wanted = (one.get("url"), one.get("type", ""), _count(one.get("length")))
        checks.append(_at(number, "enclosures", index, _same_file, (wanted,)))


def _at(number: int, name: str, index: int, same: Callable[[Any, Any], bool], wanted: tuple[Any, ...]) -> Check:
    return Check(f"entries.{name}", same, lambda heard: getattr(heard.items[number], name)[index], wanted)

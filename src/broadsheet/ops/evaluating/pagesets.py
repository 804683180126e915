"""Captured pages with what is known of each: which sets there are, and how a reader of pages is called."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadsheet.lib import dates
from broadsheet.lib.html import text_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
"""The moment at which every page is read: scores must not change from day to day."""

_ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?")

HOME = "http://fakehost/test/page.html"
"""The address that all pages of the Readability set are taken to have."""


@dataclass(slots=True)
class Reading:
    """What a reader makes of a page, in the form in which it is scored; `html` may be left empty."""

    text: str = ""
    title: str = ""
    authors: list[str] = field(default_factory=list)
    published: datetime | None = None
    picture: str | None = None
    language: str | None = None
    wall: str = "none"
    html: str = ""


Reader = Callable[[bytes, str], Reading]
"""From the bytes of a page and its address to what it says; may raise anything, which counts as an empty reading."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a page; None where it is not known. `published` is a moment in UTC or a day at midnight."""

    title: str | None = None
    author: str | None = None
    published: datetime | None = None
    picture: str | None = None
    language: str | None = None
    text: str | None = None
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One captured page: its set, its name in it, its bytes and address, and the truth."""

    pages: str
    name: str
    url: str
    body: bytes
    truth: Truth


def ours(body: bytes, url: str) -> Reading:
    """Our own reader: exactly the code that the wire runs in its jail."""
    from broadsheet.copydesk.extract import extract_page

    page = extract_page(body, url=url, content_type=None, now=NOW)
    return Reading(
        text=page.text, title=page.title, authors=page.authors, published=page.published, picture=page.picture,
        language=page.language, wall=page.wall, html=page.html,
    )  # fmt: skip


class Timed:
    """A reader that answers whatever happens, and counts `pages`, `failures`, and `seconds` of the processor."""

    def __init__(self, read: Reader) -> None:
        self.read = read
        self.seconds = 0.0
        self.pages = 0
        self.failures = 0

    def __call__(self, case: Case) -> Reading:
        start = time.process_time()
        try:
            return self.read(case.body, case.url)
        except Exception:  # noqa: BLE001 - a rival may fail in any way; that is a score too
            self.failures += 1
            return Reading()
        finally:
            self.seconds += time.process_time() - start
            self.pages += 1

    def report(self) -> dict[str, Any]:
        return {
            "pages": self.pages,
            "failures": self.failures,
            "seconds": round(self.seconds, 3),
            "pages_per_second": round(self.pages / self.seconds, 1) if self.seconds else None,
        }


def readability(data: Path) -> Iterator[Case]:
    """Mozilla's test pages: the text is what Readability.js itself yields."""
    for folder in sorted((data / "pages" / "readability").iterdir()):
        about = json.loads((folder / "expected-metadata.json").read_text("utf-8"))
        truth = Truth(
            title=about.get("title") or None,
            author=_names(about.get("byline")),
            published=_moment(about.get("publishedTime")),
            language=about.get("lang") or None,
            text=text_of(_packed(folder / "expected.html.gz").decode("utf-8")),
        )
        yield Case("readability", folder.name, HOME, _packed(folder / "source.html.gz"), truth)


def trafilatura(data: Path) -> Iterator[Case]:
    """Trafilatura's evaluation pages: pieces of text that have to be there, and pieces that must not."""
    folder = data / "pages" / "trafilatura-eval"
    for address, about in sorted(json.loads((folder / "evaldata.json").read_text("utf-8")).items()):
        truth = Truth(
            title=about.get("title") or None,
            author=_names(about.get("author")),
            published=_moment(about.get("date")),
            present=tuple(about["with"]),
            absent=tuple(about["without"]),
        )
        url = address if "://" in address else f"https://{address.rpartition('::')[2]}"
        yield Case("trafilatura-eval", about["file"], url, _packed(folder / "html" / about["file"]), truth)


def postlight(data: Path) -> Iterator[Case]:
    """Pages of large news sites: metadata only."""
    folder = data / "pages" / "postlight"
    for row in json.loads((folder / "metadata.json").read_text("utf-8")):
        about = row["fields"]
        truth = Truth(
            title=about.get("title") or None,
            author=_names(about.get("author")),
            published=_moment(about.get("date_published")),
            picture=about.get("lead_image_url") or None,
        )
        yield Case("postlight", row["fixture"], row["url"], _packed(folder / "html" / row["fixture"]), truth)


def newspaper(data: Path) -> Iterator[Case]:
    """News pages in several scripts; some have no metadata beside them."""
    for path in sorted((data / "pages" / "newspaper4k").glob("*.html.gz")):
        name = path.name.removesuffix(".html.gz")
        beside = path.with_name(f"{name}.json")
        about = json.loads(beside.read_text("utf-8")) if beside.exists() else {}
        body_beside = path.with_name(f"{name}.txt")
        truth = Truth(
            title=about.get("title") or None,
            author=_names(about.get("authors")),
            published=_moment(about.get("publish_date")),
            picture=about.get("top_image") or None,
            language=about.get("language") or None,
            text=body_beside.read_text("utf-8") if body_beside.exists() else None,
        )
        yield Case("newspaper4k", name, about.get("url") or "http://fakehost/", _packed(path), truth)


def _packed(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _names(value: str | list[str] | None) -> str | None:
    """The names in a truth, one or many; an address of the web among them is an error of the truth."""
    names = value if isinstance(value, list) else [value or ""]
    return ", ".join(one for one in names if one and not _ADDRESS.fullmatch(one)) or None


def _moment(text: str | None) -> datetime | None:
    return dates.parse(text, now=NOW) if text else None

"""How well feeds are read: captured ones by entries and titles, parser cases by their expected values, and how fast.

The protocols are those of the folder's own SOURCES.md. The reader is an argument, so that others are judged alike.
"""

from __future__ import annotations

import gzip
import json
import re
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from broadsheet.ops.evaluating import feedchecks
from broadsheet.ops.evaluating.feedchecks import Case, flat
from broadsheet.ops.evaluating.feedreading import Heard, Reader, ours

CAPTURED = ("fastfeedparser-captured", "fastfeedparser-integration", "feedreader-news", "rss-parser", "node-feedparser")
ADDRESS = "https://example.org/feed"
# A feed reader for news takes the newest so many of a feed and says so: that is right, too.
ENOUGH = 500
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>/]", re.IGNORECASE)


@dataclass(slots=True)
class Tally:
    """What reading one set came to; `missed` names what was wrong, `seconds` is processor time of
    the reader alone."""

    files: int = 0
    entries_right: int = 0
    entries_of: int = 0
    titles_right: int = 0
    titles_of: int = 0
    checks_right: int = 0
    checks_of: int = 0
    exceptions: int = 0
    seconds: float = 0.0
    missed: list[str] = field(default_factory=list)

    def heard(self, read: Reader, body: bytes, url: str, content_type: str | None = None) -> Heard | None:
        self.files += 1
        began = time.process_time()
        try:
            return read(body, url, content_type)
        except Exception:  # noqa: BLE001 - any exception of a reader is a finding, none ends the scoring
            self.exceptions += 1
            return None
        finally:
            self.seconds += time.process_time() - began

    def as_json(self) -> dict[str, Any]:
        pairs = {
            "entries": (self.entries_right, self.entries_of),
            "titles": (self.titles_right, self.titles_of),
            "checks": (self.checks_right, self.checks_of),
        }
        return {
            "files": self.files,
            **{name: {"right": right, "of": of} for name, (right, of) in pairs.items() if of},
            "exceptions": self.exceptions,
            "seconds": round(self.seconds, 3),
            "feeds_a_second": round(self.files / self.seconds, 1) if self.seconds else None,
            "missed": self.missed[:40],
        }


def score(data: Path, read: Reader = ours) -> dict[str, Any]:
    """Every set of feeds below `data`, by name; a set that is not there is left out."""
    found: dict[str, Any] = {}
    for name in CAPTURED:
        if (data / "feeds" / name / "truth.jsonl").exists():
            found[name] = captured(data / "feeds" / name, read).as_json()
    if (data / "feeds" / "feedparser").is_dir():
        found["feedparser"] = cases(feedchecks.feedparser_cases(data), read).as_json()
    if (data / "feeds" / "gofeed").is_dir():
        found["gofeed"] = cases(feedchecks.gofeed_cases(data), read).as_json()
    if (data / "feeds" / "feedvalidator").is_dir():
        found["feedvalidator"] = survivors(data / "feeds" / "feedvalidator", read).as_json()
    counted = [*_files(data / "feeds" / "trafilatura"), *_files(data / "sitemaps")]
    if counted:
        found["sitemaps-and-trafilatura"] = counts(counted, read).as_json()
    return found


def captured(folder: Path, read: Reader) -> Tally:
    """Entries and titles of feeds as they were served, against an independent strict reader's."""
    tally = Tally()
    for row in map(json.loads, (folder / "truth.jsonl").read_text("utf-8").splitlines()):
        body = (folder / row["file"]).read_bytes()
        heard = tally.heard(read, body, ADDRESS)
        count = row["entries"] if body[:2] != b"\x1f\x8b" else len(_ITEM.findall(_inflated(body)))
        _count(tally, row["file"], heard, count)
        titles = row["titles"]
        if titles is None or count != len(titles) or count > ENOUGH:
            continue
        tally.titles_of += len(titles)
        given = [one.title for one in heard.items] if heard else []
        for number, title in enumerate(titles):
            got = given[number] if number < len(given) else ""
            if flat(got) in _readings(title, row["double_encoded"]):
                tally.titles_right += 1
            else:
                tally.missed.append(f"{row['file']}: title {number}")
    return tally


def _count(tally: Tally, name: str, heard: Heard | None, count: int) -> None:
    tally.entries_of += 1
    got = len(heard.items) if heard else 0
    if got == count or got == min(count, ENOUGH):
        tally.entries_right += 1
    else:
        tally.missed.append(f"{name}: {got} entries of {count}")


def _readings(title: str, double_encoded: bool) -> set[str]:
    """What may be given for a title: the text, for our length of titles its beginning, repaired where it needs it."""
    written = {title}
    if double_encoded:
        for encoding in ("windows-1252", "latin-1"):
            try:
                written.add(title.encode(encoding).decode("utf-8"))
            except (UnicodeEncodeError, UnicodeDecodeError):
                continue
        written.add(_mended(title))
    plain = {flat(one) for one in written}
    return plain | {one[:1000] for one in plain}


_RUN = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]+"
)


def _mended(text: str) -> str:
    """The text with each run of letters that can only be UTF-8 taken for windows-1252 decoded once more."""

    def once_more(found: re.Match[str]) -> str:
        try:
            return b"".join(map(_byte, found[0])).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return found[0]

    # "Â" alone at the end was a no-break space, of which the strict reader has stripped the other half.
    return _RUN.sub(once_more, text).removesuffix("\u00c2")


def _byte(character: str) -> bytes:
    return bytes([ord(character)]) if ord(character) < 0x100 else character.encode("windows-1252")


def _inflated(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return zlib.decompressobj(31).decompress(body)


def cases(of: Iterator[Case], read: Reader) -> Tally:
    """Parser cases: each expected value that news has a place for counts once."""
    tally = Tally()
    for case in of:
        heard = tally.heard(read, case.path.read_bytes(), case.url, case.content_type)
        for check in case.checks:
            tally.checks_of += 1
            if heard is not None and check.holds(heard):
                tally.checks_right += 1
            else:
                tally.missed.append(f"{case.name}: {check.place}")
    return tally


def survivors(folder: Path, read: Reader) -> Tally:
    """Cases with one deviation each: none may be an exception, every file that has entries must give them."""
    tally = Tally()
    for path in sorted(folder.rglob("*.xml")):
        body = path.read_bytes()
        heard = tally.heard(read, body, ADDRESS)
        count = _strict_count(body, b"item", b"entry")
        if count:
            _count(tally, str(path.relative_to(folder)), heard, count)
    return tally


def counts(paths: list[Path], read: Reader) -> Tally:
    """Sitemaps by their places, feeds by their items."""
    tally = Tally()
    for path in paths:
        body = path.read_bytes()
        plain = _inflated(body) if body[:2] == b"\x1f\x8b" else body
        if path.suffix == ".json":
            count = len(json.loads(plain)["items"])
        else:
            count = _strict_count(plain, b"loc", b"item", b"entry") or 0
        _count(tally, path.name, tally.heard(read, body, ADDRESS), count)
    return tally


def _strict_count(body: bytes, *names: bytes) -> int | None:
    """Elements of these names by a strict XML parser; None where it is not well-formed."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except (etree.XMLSyntaxError, ValueError):
        return None
    found = Counter(etree.QName(one).localname for one in root.iter("{*}*"))
    return sum(found[name.decode()] for name in names)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def speeds(data: Path, readers: dict[str, Reader], rounds: int = 3) -> dict[str, Any]:
    """Readers beside each other over the captured feeds, turn by turn on each file, best of the rounds.

    Gives per reader the total in seconds of processor time, and for all but the first how many times slower than the
    first it is: over the total and as the median over feeds.
    """
    files = [path for name in CAPTURED for path in _files(data / "feeds" / name) if ".json" not in path.name]
    bodies = [path.read_bytes() for path in files]
    best: dict[str, list[float]] = {name: [float("inf")] * len(bodies) for name in readers}
    for _ in range(rounds):
        for number, body in enumerate(bodies):
            for name, read in readers.items():
                tally = Tally()
                tally.heard(read, body, ADDRESS)
                best[name][number] = min(best[name][number], tally.seconds)
    first, *others = readers
    totals = {name: round(sum(times), 4) for name, times in best.items()}
    ratios = {}
    for name in others:
        each = sorted(theirs / own for theirs, own in zip(best[name], best[first], strict=True))
        ratios[name] = {
            "total": round(sum(best[name]) / sum(best[first]), 1),
            "median": round(each[len(each) // 2], 1),
            "least": round(each[0], 1),
        }
    return {"feeds": len(bodies), "seconds": totals, f"slower_than_{first}": ratios}

"""Readers of feeds side by side: `./run bench feedears --data DIR [--json]`.

Scores every set with our reader, feedparser and (where installed) fastfeedparser through one mapping, and times them
on the captured feeds in the same run, turn by turn, on one core.
"""

from __future__ import annotations

import argparse
import calendar
import io
import json
import os
import warnings
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from broadsheet.lib import urls
from broadsheet.ops.evaluating import feeds
from broadsheet.ops.evaluating.feedreading import Heard, HeardItem, Reader, ours


def feedparser_reader(body: bytes, url: str, content_type: str | None) -> Heard | None:
    """feedparser as it comes."""
    import feedparser

    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = feedparser.parse(io.BytesIO(body), response_headers=headers)
    if not found.get("version") and not found["entries"] and not found.get("feed"):
        return None
    about = found["feed"]
    heard = Heard(
        title=about.get("title", ""),
        link=about.get("link"),
        description=about.get("subtitle", ""),
        language=about.get("language"),
    )
    heard.items = [_from_feedparser(one) for one in found["entries"]]
    return heard


def _from_feedparser(one: Any) -> HeardItem:
    content = (one.get("content") or [{}])[0]
    source = one.get("source") or {}
    pictures = [one.get("image", {}).get("href")]
    pictures += [media.get("url") for media in (*one.get("media_content", ()), *one.get("media_thumbnail", ()))]
    pictures += [file.get("href") for file in one.get("enclosures", ()) if "image" in (file.get("type") or "")]
    return HeardItem(
        title=one.get("title", ""),
        link=one.get("link"),
        id=one.get("id", ""),
        summary=one.get("summary", ""),
        content=content.get("value", ""),
        authors=[person.get("name") or person.get("email", "") for person in one.get("authors", ()) if person],
        categories=[tag.get("term") or tag.get("label") or "" for tag in one.get("tags", ())],
        published=_moment(dict.get(one, "published_parsed")),
        updated=_moment(dict.get(one, "updated_parsed")),
        language=content.get("language") or one.get("language"),
        enclosures=[(file.get("href", ""), file.get("type", ""), _length(file)) for file in one.get("enclosures", ())],
        pictures=[picture for picture in pictures if picture],
        source_title=source.get("title"),
        source_link=source.get("href"),
    )


def _length(file: Any) -> int | None:
    given = str(file.get("length", ""))
    return int(given) if given.isdigit() else None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC) if value else None
    except (ValueError, OverflowError):
        return None


def fastfeedparser_reader(body: bytes, url: str, content_type: str | None) -> Heard | None:
    """fastfeedparser as it comes."""
    import fastfeedparser

    try:
        found = fastfeedparser.parse(body)
    except ValueError:
        return None
    about = found["feed"]
    heard = Heard(about.get("title") or "", about.get("link"), about.get("subtitle") or "", about.get("language"))
    for one in found["entries"]:
        item = _from_feedparser({name: value for name, value in one.items() if value is not None})
        item.published, item.updated = _iso(one.get("published")), _iso(one.get("updated"))
        heard.items.append(item)
    return heard


def _iso(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def readers() -> dict[str, Reader]:
    """Ours first, then the rivals that are installed."""
    found: dict[str, Reader] = {"broadsheet": ours}
    if find_spec("feedparser"):
        found["feedparser"] = feedparser_reader
    if find_spec("fastfeedparser"):
        found["fastfeedparser"] = fastfeedparser_reader
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    urls.registrable("example.org")
    scores = {name: feeds.score(given.data, read) for name, read in readers().items()}
    speeds = feeds.speeds(given.data, readers(), given.rounds)
    if given.json:
        print(json.dumps({"scores": scores, "speeds": speeds}, ensure_ascii=False))
        return
    sets = list(scores["broadsheet"])
    for name in sets:
        print(name)
        for reader, score in scores.items():
            one = score[name]
            parts = [
                f"{what} {one[what]['right']}/{one[what]['of']}"
                for what in ("entries", "titles", "checks")
                if what in one
            ]
            print(f"  {reader:16} {', '.join(parts)}, exceptions {one['exceptions']}, {one['feeds_a_second']} feeds/s")
    print(json.dumps(speeds, indent=1))


if __name__ == "__main__":
    main()

"""What topics a mixed stream makes of itself: `broadsheet evaluate topics`.

The captured feeds, a voice each, and the headlines of `news/` with the host of each as its voice, run through the same
reading, deciding and finding as the wire's. There is no answer to score against: `--show N` prints topics to be judged
by eye. Speed is processor time of one article, at the gazetteer made here and at 20,000 invented names.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadsheet.copydesk import language, topics
from broadsheet.copydesk.topics.stream import Found, Stream
from broadsheet.lib import html
from broadsheet.ops.evaluating.feedreading import ours
from broadsheet.ops.evaluating.feeds import ADDRESS, CAPTURED

PROMOTE_EVERY = 300
NAMES = 20_000


@dataclass(frozen=True)
class Text:
    """One article of the stream."""

    voice: str
    headline: str
    standfirst: str
    text: str
    language: str
    categories: tuple[str, ...] = ()


def score(data: Path, show: int = 0) -> dict[str, Any]:
    """Counts of what was found, the time it took, and the first `show` topics by voices."""
    texts = [*_of_feeds(data / "feeds"), *_of_headlines(data / "news")]
    stream = Stream()
    began = time.process_time()
    for number, one in enumerate(texts, start=1):
        stream.take(one.voice, one.headline, one.standfirst, one.text, one.language, one.categories)
        if number % PROMOTE_EVERY == 0:
            stream.promote()
    stream.promote()
    took = time.process_time() - began
    found = sorted(stream.topics.values(), key=lambda one: (-len(one.voices), one.name))
    return {
        "job": "topics",
        "articles": len(texts),
        "voices": len({one.voice for one in texts}),
        "topics": len(found),
        "aliases": sum(len(one.aliases) for one in found),
        "candidates": len(stream.waiting),
        "kinds": dict(Counter(one.kind.value for one in found)),
        "milliseconds_an_article": round(1000 * took / max(1, len(texts)), 3),
        "milliseconds_at_20000_names": _at_size([one for one in texts if len(one.text) > 500][:300]),
        "shown": [_line(one) for one in _spread(found, show)],
    }


def _line(one: Found) -> dict[str, Any]:
    return {"name": one.name, "kind": one.kind.value, "aliases": one.aliases, "voices": len(one.voices)}


def _spread(found: list[Found], show: int) -> list[Found]:
    """So many of all, evenly from the most used to the least."""
    if not show or show >= len(found):
        return found[:show]
    return [found[at * len(found) // show] for at in range(show)]


def _at_size(texts: list[Text]) -> float | None:
    """Milliseconds an article for reading and finding, full texts only, beside a gazetteer of `NAMES` names."""
    if not texts:
        return None
    parts = "ar bel cor dun el far gon hil is jor kel lim mor nor ost par quen ral sol tam".split()
    made = (f"{a}{b} {c}{a}".title() for a in parts for b in parts for c in parts)
    more = (f"{c}{b}{a}".title() for a in parts for b in parts for c in parts)
    wanted = [*made, *more, *(f"{a} {b}{c}{a}".title() for a in parts for b in parts for c in parts)][:NAMES]
    gazetteer = topics.Gazetteer(topics.Known(name, topics.bare(name), topics.Kind.PERSON) for name in wanted)
    began = time.process_time()
    for one in texts:
        topics.named(one.headline, one.standfirst, one.text, one.language)
        gazetteer.find(one.headline, one.standfirst, one.text)
    return round(1000 * (time.process_time() - began) / len(texts), 3)


def _of_feeds(folder: Path) -> Iterator[Text]:
    for name in CAPTURED:
        for path in sorted((folder / name).iterdir()):
            if path.suffix not in {".feed", ".xml", ".rss", ".atom"}:
                continue
            heard = ours(path.read_bytes(), ADDRESS, None)
            for item in heard.items[:100] if heard is not None else ():
                summary, text = html.text_of(item.summary), html.text_of(item.content)
                plain = f"{item.title}\n{text or summary}"
                tongue = language.detect(plain, item.language)
                yield Text(path.stem, item.title, summary, text, tongue, tuple(item.categories))


def _of_headlines(folder: Path) -> Iterator[Text]:
    with gzip.open(folder / "stories-uci-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Text(row["host"], row["title"], "", "", "en")
    with gzip.open(folder / "attention-hn-titles-dev.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for number, line in enumerate(lines):
            cells = line.rstrip("\n").split("\t")
            if number % 8 == 0 and len(cells) == 3 and cells[2]:
                yield Text(cells[2], cells[1], "", "", "en")

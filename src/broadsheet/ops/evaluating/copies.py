"""Whether copies are told from texts that only report the same thing: made variants of real articles."""

from __future__ import annotations

import gzip
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

from broadsheet.copydesk import copies
from broadsheet.copydesk.copies import Id, Text
from broadsheet.copydesk.copyshelf import Shelf
from broadsheet.lib import sketch

FOLDS = 5
_TOWARDS_THE_VARIANTS = 2 / 3
_KEPT_DIFFERENCES = 20
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One text with what is known of it: its family (the original's id), event, topic and kind."""

    id: str
    text: str
    family: str
    event: str
    topic: str
    kind: str


def score(data: Path, trained_on: Path | None = None) -> dict[str, Any]:
    """Recall and precision on ``dups_ecbplus``, and the claims among headlines of ``uci``.

    A variant is recalled when it and its original come into one family. A claim names the text that a text
    is said to be a copy of; it is right within one declared family, wrong between two events, and counts
    neither way within one event. ``family_pairs_between_events`` counts every pair that stands in one family.
    With ``trained_on`` the one threshold is chosen anew on that folder by :func:`chosen`.
    """
    began = time.process_time()
    threshold = copies.SURE_SHARE
    settings: dict[str, Any] = {}
    if trained_on is not None:
        choice = chosen(trained_on)
        threshold = choice["sure_share"]
        settings = {"choice": choice}
    sets = {"dups_ecbplus": _variants(data, threshold)}
    headlines = data / "stories-uci-dev.jsonl.gz"
    if headlines.exists():
        sets["uci_headlines"] = _headlines(headlines, threshold)
    settings |= {
        "sure_share": threshold,
        "min_words": copies.MIN_WORDS,
        "min_common": copies.MIN_COMMON,
        "size": sketch.SIZE,
        "run": sketch.RUN,
    }
    return {
        "job": "copies",
        "sets": sets,
        "cpu_seconds": round(time.process_time() - began, 3),
        "settings": settings,
    }


def rows(data: Path) -> list[Row]:
    """The variants of ``dups-ecbplus``, each with its original's event."""
    known = {one["id"]: one for one in _lines(data / "stories-ecbplus-dev.jsonl.gz")}
    found = []
    for one in _lines(data / "dups-ecbplus-dev.jsonl.gz"):
        family = one["dup_of"] or one["id"]
        # An original of which the story file knows nothing stands for an event of its own.
        event = known.get(family, {"story": family, "topic": family})
        found.append(Row(one["id"], one["text"], family, event["story"], str(event["topic"]), one["kind"]))
    return found


def _variants(data: Path, threshold: float) -> dict[str, Any]:
    texts = rows(data)
    claims, families, seconds = _claims([(one.id, one.text) for one in texts], threshold)
    by_id: dict[Id, Row] = {one.id: one for one in texts}
    verdicts: Counter[str] = Counter()
    differences = []
    for id, of in claims.items():
        new, old = by_id[id], by_id[of]
        verdict = "right" if new.family == old.family else "same_event" if new.event == old.event else "wrong"
        verdicts[verdict] += 1
        if verdict == "wrong":
            differences.append({"id": id, "copy_of": of, "kind": new.kind})
    recalled, asked = Counter[str](), Counter[str]()
    for one in texts:
        if one.kind != "original":
            asked[one.kind] += 1
            hit = families[one.id] == families[one.family]
            recalled[one.kind] += hit
            if not hit:
                differences.append({"id": one.id, "missed": one.family, "kind": one.kind})
    judged = verdicts["right"] + verdicts["wrong"]
    return {
        "recall": _rate(recalled.total(), asked.total()),
        "precision": _rate(verdicts["right"], judged),
        "recall_by_kind": {kind: _rate(recalled[kind], asked[kind]) for kind in sorted(asked)},
        "named_the_original": _rate(sum(claims.get(one.id) == one.family for one in texts), asked.total()),
        "claims": len(claims),
        "claims_between_events": verdicts["wrong"],
        "claims_within_an_event": verdicts["same_event"],
        "family_pairs_between_events": _pairs_apart(texts, families),
        "texts": len(texts),
        "words_per_text": round(statistics.mean(len(one.text.split()) for one in texts)),
        "docs_per_cpu_s": round(len(texts) / max(seconds, 1e-9)),
        "differences": differences[:_KEPT_DIFFERENCES],
    }


def _headlines(path: Path, threshold: float) -> dict[str, Any]:
    """Headlines as the only text there is: no two of them may be called copies."""
    lines = list(_lines(path))
    claims, _, seconds = _claims([(one["id"], one["title"]) for one in lines], threshold)
    return {"texts": len(lines), "claims": len(claims), "docs_per_cpu_s": round(len(lines) / max(seconds, 1e-9))}


def _claims(texts: list[tuple[Id, str]], threshold: float) -> tuple[dict[Id, Id], dict[Id, Id], float]:
    """For a stream of texts: id to what it is a copy of, id to family, and CPU seconds."""
    sketch.sketch("")  # the tables of characters are made once in a process
    shelf = Shelf(sure_share=threshold)
    claims: dict[Id, Id] = {}
    families: dict[Id, Id] = {}
    began = time.process_time()
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        for (id, _), drawn in zip(batch, sketch.sketches(text for _, text in batch), strict=True):
            finding, _ = shelf.place(Text(id, drawn))
            families[id] = finding.family if finding else id
            if finding:
                claims[id] = finding.copy_of
    return claims, families, max(time.process_time() - began, 1e-9)


def _pairs_apart(texts: list[Row], families: dict[Id, Id]) -> int:
    events: dict[Id, Counter[str]] = defaultdict(Counter)
    for one in texts:
        events[families[one.id]][one.event] += 1
    return sum(a * b for counts in events.values() for a, b in combinations(counts.values(), 2))


def chosen(data: Path) -> dict[str, Any]:
    """The threshold that five folds over the topics choose, and what each fold loses to its own choice.

    In a fold's training part: two thirds of the way from the most that two texts of different events surely
    share to the least that a variant and its original do. The folds' mean is the choice.
    """
    texts = rows(data)
    drawn = [sketch.sketch(one.text) for one in texts]
    pairs = []  # (fold of a, fold of b, surely shared, whether they are a variant and its original)
    for a, b in combinations(range(len(texts)), 2):
        one, other = texts[a], texts[b]
        related = one.family == other.family
        if (related and one.id != one.family and other.id != one.family) or (not related and one.event == other.event):
            continue
        seen = sketch.overlap(drawn[a], drawn[b])
        if related or seen.common >= copies.MIN_COMMON:
            pairs.append((_fold(one.topic), _fold(other.topic), copies.surely_shared(seen), related))
    folds = []
    for fold in range(FOLDS):
        inside = [pair for pair in pairs if fold not in pair[:2]]
        apart = max((share for *_, share, related in inside if not related), default=0.0)
        least = min((share for *_, share, related in inside if related), default=1.0)
        cut = apart + _TOWARDS_THE_VARIANTS * (least - apart)
        held = [pair for pair in pairs if fold in pair[:2]]
        folds.append({
            "sure_share": round(cut, 3),
            "missed": sum(related and share < cut for *_, share, related in held),
            "wrong": sum(not related and share >= cut for *_, share, related in held),
        })  # fmt: skip
    return {"sure_share": round(statistics.mean(one["sure_share"] for one in folds), 2), "folds": folds}


def _fold(key: str) -> int:
    return sha256(key.encode()).digest()[0] % FOLDS


def _rate(part: int, of: int) -> float | None:
    return round(part / of, 4) if of else None


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)

"""How well articles are put into stories: BCubed against stories known beforehand, speed, and what order changes.

BCubed: Bagga, Baldwin 1998, "Algorithms for scoring coreference chains". Adjusted Rand index: Hubert, Arabie 1985.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict
from math import comb
from pathlib import Path
from typing import Any

from broadsheet.stories.machine.newsroom import Newsroom
from broadsheet.stories.machine.setting import HOUR, Setting

HEADLINES = "stories-uci-dev.jsonl.gz"
TEXTS = "stories-ecbplus-dev.jsonl.gz"
SEED = 7
_APART = 20.0
_SHUFFLES = 3

Row = dict[str, Any]


def score(data: Path, trained_on: Path | None = None) -> dict[str, Any]:
    """The three sets with one setting. `trained_on` changes nothing: the machine learns from no labelled story."""
    began = time.process_time()
    headlines = sorted(_rows(data / HEADLINES), key=lambda row: float(row["t"]))
    texts = sorted(_rows(data / TEXTS), key=lambda row: int(row["order"]))
    setting = Setting()
    orders = {
        "uci": [(float(row["t"]), row) for row in headlines],
        "uci_shuffled": _spaced(_shuffled(headlines, random.Random(SEED)), float(headlines[0]["t"])),  # noqa: S311
        "ecbplus": _spaced(texts, 0.0),
    }
    sets = {}
    for name, order in orders.items():
        sets[name] = _figures(order, setting)
        if name == "uci":
            sets[name]["shuffled_within_hour_ari"] = _steadiness(order, setting)
    return {
        "job": "stories",
        "sets": sets,
        "cpu_seconds": round(time.process_time() - began, 3),
        "settings": asdict(setting),
    }


def clustered(order: Iterable[tuple[float, Row]], setting: Setting) -> list[Hashable]:
    """The story of each article once all have come, in their order."""
    newsroom = Newsroom(setting)
    seen = []
    for at, row in order:
        language, placed = newsroom.place(row["title"], row.get("text") or "", at, "en")
        seen.append((language, placed.nucleus))
    newsroom.writers["en"].repair()
    return [newsroom.story_of(language, nucleus) for language, nucleus in seen]


def bcubed(found: Sequence[Hashable], known: Sequence[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean, each article counting the same."""
    both, of_found, of_known = Counter(zip(found, known, strict=True)), Counter(found), Counter(known)
    count = len(found)
    precision = sum(n * n / of_found[one] for (one, _), n in both.items()) / count
    recall = sum(n * n / of_known[one] for (_, one), n in both.items()) / count
    return precision, recall, 2 * precision * recall / (precision + recall)


def adjusted_rand(found: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Agreement of two groupings, 1 for the same, about 0 for chance."""
    pairs = comb(len(found), 2)
    together = sum(comb(n, 2) for n in Counter(zip(found, other, strict=True)).values())
    one = sum(comb(n, 2) for n in Counter(found).values())
    two = sum(comb(n, 2) for n in Counter(other).values())
    chance = one * two / pairs if pairs else 0.0
    most = (one + two) / 2
    return 1.0 if most == chance else (together - chance) / (most - chance)


def _figures(order: list[tuple[float, Row]], setting: Setting) -> dict[str, Any]:
    began = time.process_time()
    found = clustered(order, setting)
    took = time.process_time() - began
    precision, recall, mean = bcubed(found, [row["story"] for _, row in order])
    return {
        "bcubed_p": round(precision, 4),
        "bcubed_r": round(recall, 4),
        "bcubed_f1": round(mean, 4),
        "stories": len(set(found)),
        "articles": len(order),
        "articles_per_cpu_s": round(len(order) / max(took, 1e-9)),
    }


def _steadiness(order: list[tuple[float, Row]], setting: Setting) -> float:
    """Mean agreement of the order as recorded with orders shuffled inside each hour, times exchanged with them."""
    known = {row["id"]: story for (_, row), story in zip(order, clustered(order, setting), strict=True)}
    total = 0.0
    for seed in range(1, _SHUFFLES + 1):
        dice = random.Random(seed)  # noqa: S311 - an order, not a secret
        hours: dict[int, list[tuple[float, Row]]] = {}
        for at, row in order:
            hours.setdefault(int(at // HOUR), []).append((at, row))
        mixed: list[tuple[float, Row]] = []
        for hour in sorted(hours):
            times = [at for at, _ in hours[hour]]
            mixed += zip(times, _shuffled([row for _, row in hours[hour]], dice), strict=True)
        found = clustered(mixed, setting)
        total += adjusted_rand(found, [known[row["id"]] for _, row in mixed])
    return round(total / _SHUFFLES, 4)


def _spaced(rows: list[Row], start: float) -> list[tuple[float, Row]]:
    return [(start + _APART * number, row) for number, row in enumerate(rows)]


def _shuffled(rows: list[Row], dice: random.Random) -> list[Row]:
    mixed = list(rows)
    dice.shuffle(mixed)
    return mixed


def _rows(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]

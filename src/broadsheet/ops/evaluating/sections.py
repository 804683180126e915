"""How often the section judge is right: `broadsheet evaluate sections`.

Two sets: `reddit2013`, titles whose section is that of the forum they were posted to (weak labels, nine sections),
and `uci`, headlines of 2014 in three sections, of which only those are open. Judged from the title, for `uci` with the
host of the publication as the source. Inside one folder: five folds by title and by story, fitted on the other four of
both sets together. The same sets end in `_cold` where nothing was fitted at all, and in `_by_reddit2013` where no
headline of the set's own kind was.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from broadsheet.copydesk.sections import learning, vectors
from broadsheet.copydesk.sections.evidence import Evidence, Pair, Verdict
from broadsheet.copydesk.sections.judge import Judge

FOLDS = 5
FILES = {"reddit2013": "desks-reddit2013-dev.jsonl.gz", "uci": "stories-uci-dev.jsonl.gz"}
UCI_SECTIONS = {"b": "business", "e": "celebrity", "t": "tech"}
COVERAGE = 0.8


@dataclass(frozen=True)
class Case:
    """A title with its section and the fold that it is scored in."""

    pair: Pair
    fold: int


def score(data: Path, trained_on: Path | None = None) -> dict[str, Any]:
    """The figures of both sets, fitted on the other folds of `data` or on all of `trained_on`."""
    began = time.process_time()
    sets = {name: list(_READ[name](data / file)) for name, file in FILES.items()}
    pieces = vectors.installed()
    cold = learning.learned([], pieces=pieces)
    if trained_on is None:
        judged = _folded(sets, pieces)
        taught = sets["reddit2013"]
    else:
        fitted = {name: list(_READ[name](trained_on / file)) for name, file in FILES.items()}
        taught = fitted["reddit2013"]
        judge = learning.learned(_pairs(*fitted.values()), pieces=pieces)
        judged = {name: _judged(judge, cases) for name, cases in sets.items()}
    judged["uci_by_reddit2013"] = _judged(learning.learned(_pairs(taught), pieces=pieces), sets["uci"])
    for name, cases in sets.items():
        judged[f"{name}_cold"] = _judged(cold, cases)
    return {
        "job": "sections",
        "sets": {name: figures(*one) for name, one in judged.items()},
        "cpu_seconds": round(time.process_time() - began, 2),
        "settings": {
            **asdict(cold.model.settings),
            "fitted_on": str(trained_on) if trained_on is not None else f"{FOLDS} folds by title and story",
            "vectors": pieces is not None,
        },
    }


Judged = tuple[Sequence[Case], Sequence[Verdict], float]


def figures(cases: Sequence[Case], verdicts: Sequence[Verdict], seconds: float) -> dict[str, Any]:
    """Shares of right ones: of all, of the most confident 80 %, of those above the margin, of first and second."""
    truths = [case.pair.section for case in cases]
    right = [verdict.section == truth for verdict, truth in zip(verdicts, truths, strict=True)]
    by_confidence = sorted(range(len(right)), key=lambda at: -verdicts[at].confidence)
    surest = by_confidence[: round(COVERAGE * len(right))]
    kept = [at for at, verdict in enumerate(verdicts) if not verdict.abstained]
    in_two = [truth in (one.section, one.second) for one, truth in zip(verdicts, truths, strict=True)]
    return {
        "rows": len(right),
        "accuracy": _share(sum(right), len(right)),
        "macro_f1": macro_f1(truths, [verdict.section for verdict in verdicts]),
        "accuracy_at_80": _share(sum(right[at] for at in surest), len(surest)),
        "top2": _share(sum(in_two), len(in_two)),
        "coverage": _share(len(kept), len(right)),
        "accuracy_kept": _share(sum(right[at] for at in kept), len(kept)),
        "docs_per_cpu_s": round(len(right) / seconds) if seconds else 0,
    }


def macro_f1(truths: Sequence[str], found: Sequence[str]) -> float:
    """The mean over the sections that occur of the F1 of each."""
    pairs = list(zip(truths, found, strict=True))
    scores = []
    for section in sorted(set(truths)):
        both = sum(truth == section == one for truth, one in pairs)
        total = sum((truth == section) + (one == section) for truth, one in pairs)
        scores.append(2 * both / total)
    return round(sum(scores) / len(scores), 4) if scores else 0.0


def fold_of(key: str) -> int:
    """The fold of a title or a story: the same on every machine."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % FOLDS


def _folded(sets: dict[str, list[Case]], pieces: vectors.Pieces | None) -> dict[str, Judged]:
    kept: dict[str, tuple[list[Case], list[Verdict], float]] = {name: ([], [], 0.0) for name in sets}
    for fold in range(FOLDS):
        others = [[case for case in cases if case.fold != fold] for cases in sets.values()]
        judge = learning.learned(_pairs(*others), pieces=pieces)
        for name, cases in sets.items():
            before = kept[name]
            own, verdicts, seconds = _judged(judge, [case for case in cases if case.fold == fold])
            kept[name] = ([*before[0], *own], [*before[1], *verdicts], before[2] + seconds)
    return {name: (cases, verdicts, seconds) for name, (cases, verdicts, seconds) in kept.items()}


def _judged(judge: Judge, cases: Sequence[Case]) -> Judged:
    """Verdicts with all their reasons, and the seconds of a processor that they took."""
    among = sorted({case.pair.section for case in cases})
    if len(among) < 2:
        return (), (), 0.0
    began = time.process_time()
    verdicts = judge.judge_all([case.pair.evidence for case in cases], among)
    return cases, verdicts, time.process_time() - began


def _pairs(*sets: Sequence[Case]) -> list[Pair]:
    return [case.pair for cases in sets for case in cases]


def titles_of(path: Path) -> Iterator[Pair]:
    """The titles of a file of `reddit2013` with their sections, in its order."""
    return (case.pair for case in _reddit(path))


def _reddit(path: Path) -> Iterator[Case]:
    # The forum's own name would give the answer away: it is not read.
    for row in _rows(path):
        yield Case(Pair(Evidence(row["title"]), row["desk"].lower()), fold_of(row["id"]))


def _uci(path: Path) -> Iterator[Case]:
    for row in _rows(path):
        section = UCI_SECTIONS.get(row["category"])
        if section is not None:
            evidence = Evidence(row["title"], source=row.get("host") or "")
            yield Case(Pair(evidence, section, group=row["story"]), fold_of(row["story"]))


_READ = {"reddit2013": _reddit, "uci": _uci}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0

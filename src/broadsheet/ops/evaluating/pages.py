"""How much of an article's text a reader finds, and how much else it takes along."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from broadsheet.ops.evaluating import pagesets
from broadsheet.ops.evaluating.pagesets import Case, Reader, Timed

_WORD = re.compile(r"\w+")
# Below so many words the truth of a page is no body: an empty answer to it is no loss.
_A_BODY = 5


def score(data: Path, read: Reader = pagesets.ours, *, every: int = 1) -> dict[str, Any]:
    """Body F1 per set, the pages that came out empty, and pages a second.

    `trafilatura-eval` is F1 over segments, counts pooled over all pages; `readability` and
    `newspaper4k` are the mean over pages of the F1 of words. Of each set every so many-th page is read.
    """
    reader = Timed(read)
    empty: list[str] = []
    return {
        "trafilatura-eval": _by_segments(list(pagesets.trafilatura(data))[::every], reader, empty),
        "readability": _by_words(list(pagesets.readability(data))[::every], reader, empty),
        "newspaper4k": _by_words(list(pagesets.newspaper(data))[::every], reader, empty),
        "empty": empty,
        "speed": reader.report(),
    }


def segments(text: str, case: Case) -> tuple[int, int, int]:
    """Of a page's marked pieces: (there and wanted, there and unwanted, wanted and not there)."""
    squeezed = _squeezed(text)
    there = sum(_squeezed(piece) in squeezed for piece in case.truth.present)
    wrong = sum(_squeezed(piece) in squeezed for piece in case.truth.absent)
    return there, wrong, len(case.truth.present) - there


def f1(text: str, truth: str) -> float:
    """F1 of the words of a text against those of the truth, each counted as often as it occurs."""
    found, wanted = (Counter(_WORD.findall(one.lower())) for one in (text, truth))
    both = sum((found & wanted).values())
    total = sum(found.values()) + sum(wanted.values())
    return 2 * both / total if total else 1.0


def _by_segments(cases: list[Case], reader: Timed, empty: list[str]) -> dict[str, Any]:
    there = wrong = missing = 0
    for case in cases:
        text = reader(case).text
        if not text.strip():
            empty.append(f"{case.pages}/{case.name}")
        counts = segments(text, case)
        there, wrong, missing = there + counts[0], wrong + counts[1], missing + counts[2]
    return {
        "pages": len(cases),
        "precision": _share(there, there + wrong),
        "recall": _share(there, there + missing),
        "f1": _share(2 * there, 2 * there + wrong + missing),
    }


def _by_words(cases: list[Case], reader: Timed, empty: list[str]) -> dict[str, Any]:
    scores = []
    for case in cases:
        if case.truth.text is None:
            continue
        text = reader(case).text
        if not text.strip() and len(case.truth.text.split()) >= _A_BODY:
            empty.append(f"{case.pages}/{case.name}")
        scores.append(f1(text, case.truth.text))
    return {"pages": len(scores), "f1": round(sum(scores) / max(1, len(scores)), 4)}


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0

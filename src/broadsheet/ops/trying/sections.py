"""`broadsheet try sections`: which section a line's article belongs to, by the judge that the wire would use."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from broadsheet.copydesk.sections import learning, seed, vectors
from broadsheet.copydesk.sections.descriptions import SHIPPED
from broadsheet.copydesk.sections.evidence import Evidence, Pair
from broadsheet.ops.errors import OperatorError
from broadsheet.ops.trying.answers import Answer, Refused


class Desk:
    """Answers lines in the spelling of the sections that it was taught with, else in our keys."""

    def __init__(self, pairs: list[tuple[Evidence, str]]) -> None:
        self._spelled = {_key(section): section for _, section in pairs}
        taught = [Pair(evidence, _key(section)) for evidence, section in pairs]
        self._judge = learning.learned(taught, pieces=vectors.installed()) if taught else seed.judge()

    def answer(self, request: Any) -> Answer:
        """The answer to one line, or its reason; never raises on account of the line."""
        known = request.get("id") if isinstance(request, dict) else None
        try:
            verdict = self._judge.judge(evidence_of(request))
        except Refused as refused:
            return {"id": known, "reason": str(refused)}
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the lines behind it
            return {"id": known, "reason": f"fault: {type(error).__name__}: {error}"[:500]}
        return {
            "id": known,
            "section": self._spelled.get(verdict.section, verdict.section),
            "second": self._spelled.get(verdict.second, verdict.second),
            "confidence": verdict.confidence,
            "abstained": verdict.abstained,
            "reasons": [push.sentence for push in verdict.reasons],
        }


def answerer(arguments: argparse.Namespace) -> Callable[[Any], Answer]:
    """What answers a line, after learning from the file that `--train` names."""
    return taught_by(arguments.train).answer


def taught_by(path: Path | None) -> Desk:
    """A desk that has learned from a file of lines with "section" and nothing else; without one, as shipped."""
    if path is None:
        return Desk([])
    pairs: list[tuple[Evidence, str]] = []
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    pairs.append(_pair(line, f"{path}, line {number}"))
    except (OSError, UnicodeDecodeError) as problem:
        raise OperatorError(f"{path} cannot be read: {problem}.", "Check the path.") from None
    return Desk(pairs)


def _pair(line: str, where: str) -> tuple[Evidence, str]:
    try:
        row = json.loads(line)
        evidence = evidence_of(row)
        section = row.get("section")
    except (ValueError, RecursionError, Refused) as problem:
        raise OperatorError(f"{where}: {problem}", "Each line is one JSON object.") from None
    if not isinstance(section, str) or _key(section) not in {one.key for one in SHIPPED}:
        raise OperatorError(
            f"{where}: its section {section!r} is none of the paper's.",
            f"They are {', '.join(one.key for one in SHIPPED)}.",
        )
    return evidence, section


def evidence_of(request: Any) -> Evidence:
    """What a line says of an article; refused where it is not of the form asked for."""
    if not isinstance(request, dict):
        raise Refused.bad("The line is no JSON object.")
    labels = request.get("labels")
    if labels is None:
        labels = []
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        raise Refused.bad('"labels" is no list of texts.')
    title = _text(request, "title")
    text = _text(request, "text")
    if not title.strip() and not text.strip():
        raise Refused.bad('"title" is missing.')
    return Evidence(title, text, tuple(labels), _text(request, "url"), _text(request, "source"))


def _text(request: Mapping[str, Any], name: str) -> str:
    value = request.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused.bad(f'"{name}" is no text.')
    return value


def _key(section: str) -> str:
    return section.strip().lower()

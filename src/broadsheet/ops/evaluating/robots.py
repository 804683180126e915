"""Whether robots.txt is read as RFC 9309 and the parsers of others read it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from broadsheet.lib import robots
from broadsheet.wire.errands import may_fetch

# (robots.txt, address, agent) -> may be read.
Decision = Callable[[str, str, str], bool]
_KEPT_DIFFERENCES = 20


def score(data: Path, allowed: Decision = may_fetch) -> dict[str, Any]:
    """Per set the share of decisions that are right (``captured``: that agree with another program's).

    ``google`` counts all its cases, ``rfc`` those of them that do not go beyond the standard. ``differences`` names
    the first cases decided otherwise. A decision that raises is a wrong one.
    """
    began = time.perf_counter()
    right: Counter[str] = Counter()
    known: Counter[str] = Counter()
    differences: list[dict[str, Any]] = []
    for names, text, case in _cases(data / "robots"):
        verdict = _decided(allowed, text, case["url"], case["agent"])
        known.update(names)
        if verdict == case["allowed"]:
            right.update(names)
        elif len(differences) < _KEPT_DIFFERENCES:
            where = case.get("test") or case["file"]
            differences.append({"case": where, "url": case["url"], "agent": case["agent"], "allowed": case["allowed"]})
    seconds = time.perf_counter() - began
    report: dict[str, Any] = {
        name: {"right": right[name], "of": known[name], "share": round(right[name] / known[name], 4)} for name in known
    }
    if allowed is may_fetch:
        report |= _facts(data / "robots")
    return report | {"differences": differences, "seconds": round(seconds, 3)}


def _decided(allowed: Decision, text: str, url: str, agent: str) -> bool | None:
    try:
        return bool(allowed(text, url, agent))
    except Exception:  # noqa: BLE001 - a rival may raise whatever it likes
        return None


def _cases(folder: Path) -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
    """The sets a case counts in, its robots.txt, and the case."""
    for case in _rows(folder / "google.jsonl"):
        beyond = case["test"].startswith("GoogleOnly")
        yield (("google",) if beyond else ("google", "rfc")), case["robots"], case
    texts = _texts(folder)
    for case in _rows(folder / "captured-cases.jsonl"):
        if "allowed" in case:
            yield ("captured",), texts[case["file"]], case


def _facts(folder: Path) -> dict[str, Any]:
    """Sitemaps and crawl delays of the captured files, as another program reads them."""
    texts = _texts(folder)
    right: Counter[str] = Counter()
    files = 0
    for case in _rows(folder / "captured-cases.jsonl"):
        if "sitemaps" in case:
            files += 1
            found = robots.read(texts[case["file"]])
            right["sitemaps"] += list(found.sitemaps) == case["sitemaps"]
            right["crawl_delay"] += found.crawl_delay("Broadsheet") == case["crawl_delay"]
    return {
        name: {"right": right[name], "of": files, "share": round(right[name] / files, 4)}
        for name in ("sitemaps", "crawl_delay")
        if files
    }


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in (folder / "captured").iterdir()}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)

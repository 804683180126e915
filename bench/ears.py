"""How well and how fast the wire reads, beside what others read with: `./run bench ears [--data DIR] [SET …]`.

Sets are feeds, pages, metadata, markup and robots (all, without names), scored by the protocols of `broadsheet
evaluate`; every reader gets the same bytes through the same protocol, in the same run, on one core. `--install` puts
the rivals of requirements/rivals.txt into a folder of their own first, which once needs a network; what is not
installed is named and left out. `--json` prints everything as one object.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import _rivals, feedears
from broadsheet.ops.evaluating import feeds, markup, metadata, pages, robots
from broadsheet.ops.evaluating.pagesets import ours as our_pages
from broadsheet.wire.errands import may_fetch

US = "broadsheet"
PAGE_READERS: dict[str, tuple[str, Any]] = {
    US: ("broadsheet", our_pages),
    "trafilatura": ("trafilatura", _rivals.trafilatura),
    "readability-lxml": ("readability", _rivals.readability),
    "newspaper4k": ("newspaper", _rivals.newspaper),
    "resiliparse": ("resiliparse", _rivals.resiliparse),
}
READERS: dict[str, dict[str, tuple[str, Any]]] = {
    "feeds": {
        US: ("broadsheet", feedears.ours),
        "feedparser": ("feedparser", feedears.feedparser_reader),
        "fastfeedparser": ("fastfeedparser", feedears.fastfeedparser_reader),
    },
    "pages": PAGE_READERS,
    "metadata": PAGE_READERS,
    "markup": {US: ("broadsheet", None), "nh3": ("nh3", _rivals.nh3)},
    "robots": {
        US: ("broadsheet", may_fetch),
        "protego": ("protego", _rivals.protego),
        "urllib.robotparser": ("urllib.robotparser", _rivals.robotparser),
    },
}
SCORES: dict[str, Callable[[Path, Any], dict[str, Any]]] = {
    "feeds": feeds.score,
    "pages": pages.score,
    "metadata": metadata.score,
    "markup": markup.score,
    "robots": robots.score,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"one of {', '.join(SCORES)} (all, without)")
    parser.add_argument("--data", type=Path, default=_rivals.ROOT.parent / "shared" / "data")
    parser.add_argument("--install", action="store_true", help="install the rivals first")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the race of feed readers (default 3)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.sets) - set(SCORES):
        parser.error(f"there is no set {', '.join(sorted(unknown))}")
    if not given.data.is_dir():
        sys.exit(f"The material is not in {given.data}; say where it is with --data DIR.")
    if given.install:
        _rivals.install()
    _rivals.reach()
    if not _rivals.installed():
        say("The rivals are not installed as locked: ./run bench ears --install (once needs a network).")
    quiet()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    figures = measure(given.sets or list(SCORES), given.data, given.rounds)
    if given.json:
        print(json.dumps(figures, ensure_ascii=False, default=str))
    else:
        show(figures)


def measure(sets: list[str], data: Path, rounds: int) -> dict[str, Any]:
    """Every reader that can be imported over every set; feeds are raced as well."""
    figures: dict[str, Any] = {}
    for name in sets:
        figures[name] = {}
        for reader, (module, read) in READERS[name].items():
            if absent := _rivals.missing(module.partition(".")[0]):
                say(f"{name}: without {reader}; {absent[0]} is not installed.")
                continue
            say(f"{name}: {reader} …")
            figures[name][reader] = SCORES[name](data, read)
        if name == "feeds":
            racers = {reader: READERS[name][reader][1] for reader in figures[name]}
            figures["race of feed readers"] = feeds.speeds(data, racers, rounds)
    return figures


def quiet() -> None:
    """Rivals talk while they read; only figures are wanted."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)


def show(figures: dict[str, Any]) -> None:
    """A table for each set: a line a figure, a column a reader."""
    for name, by_reader in figures.items():
        print(f"\n{name}")
        if name not in SCORES:
            print(json.dumps(by_reader, indent=2))
            continue
        flat = {reader: dict(_leaves(found)) for reader, found in by_reader.items()}
        print(f"  {'':50}" + "".join(f"{reader:>20}" for reader in flat))
        for figure in flat[US]:
            print(f"  {figure:50}" + "".join(f"{_set(found.get(figure)):>20}" for found in flat.values()))


def _leaves(found: Any, before: str = "") -> list[tuple[str, Any]]:
    """Figures by their path; what is right of how many is one figure, examples are none."""
    if isinstance(found, dict):
        if {"right", "of"} <= set(found):
            return [(before, f"{found['right']}/{found['of']}")]
        return [leaf for name, inner in found.items() for leaf in _leaves(inner, f"{before} {name}".strip())]
    if isinstance(found, list):
        return [(before, len(found))]
    return [(before, found)]


def _set(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

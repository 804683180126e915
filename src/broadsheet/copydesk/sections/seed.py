"""What the judge knows on its first day: headlines of 2013 whose section is known, and the model learned from them.

The 15,407 titles are in the public domain (PDDL); their sections are those of the forums they were posted to. The model
ships as it was learned from them, since learning takes seconds; the titles ship too, because every later
model learns from them and from the desk's own corrections. Both are made by `broadsheet sections seed`.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path

from broadsheet.copydesk.sections import learning, storing, vectors
from broadsheet.copydesk.sections.evidence import Evidence, Pair
from broadsheet.copydesk.sections.judge import Judge, Model

LANGUAGE = "en"
"""Of all these titles: what the words of the seed say of a text in another language is chance."""

_DATA = resources.files("broadsheet.copydesk.sections") / "data"
MODEL, TITLES = "seed.npz", "titles.tsv.gz"


@cache
def model() -> Model:
    """The model that ships; without the table of word pieces it is learned by its words alone."""
    return storing.unpacked((_DATA / MODEL).read_bytes())


def judge() -> Judge:
    """The judge of the first day."""
    return Judge(model(), vectors.installed())


def pairs() -> list[Pair]:
    """The titles with their sections, in their order."""
    lines = gzip.decompress((_DATA / TITLES).read_bytes()).decode("utf-8").splitlines()
    return [Pair(Evidence(title), section) for section, title in (line.split("\t", 1) for line in lines)]


def make(titles: Iterable[Pair], to: Path) -> tuple[int, int]:
    """Learn from these pairs, write the model and the titles beside it; returns their sizes. Same pairs, same bytes."""
    known = list(titles)
    lines = "".join(f"{one.section}\t{' '.join(one.evidence.title.split())}\n" for one in known)
    to.parent.mkdir(parents=True, exist_ok=True)
    beside = to.with_name(TITLES)
    beside.write_bytes(gzip.compress(lines.encode("utf-8"), 9, mtime=0))
    to.write_bytes(storing.packed(learning.fit(known, pieces=vectors.installed())))
    return to.stat().st_size, beside.stat().st_size

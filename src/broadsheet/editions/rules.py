"""Pure filling of a front: candidates in, slots out. The same candidates always give the same front."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

# Places in the order in which they choose; a story takes the first place that wants it and no other.
LEAD, SECOND, LONG, TRENDING, BRIEF, LATEST, STRIP = "lead", "second", "long", "trending", "brief", "latest", "strip"
SECONDS = 3
TRENDS = 6
BRIEFS = 4
LATESTS = 7
# So many stories of each section the rails and briefs leave to its strip, in a paper that has enough.
KEEP = 4
STRIP_SIZE = 7
# A long read has so many words, and is looked for only in a paper that has enough besides.
LONG_WORDS, LONG_FROM = 600, 40
# The freshness of a story halves with every nine hours since it last moved.
HALF_LIFE = timedelta(hours=9)
# What each further voice adds, up to a dozen; what a picture adds; what is left of an excerpt or a very short text.
PER_VOICE, MOST_VOICES = 0.75, 12
WITH_PICTURE = 1.1
THIN, THIN_WORDS = 0.7, 120
# What a story is worth whose text is in another language than the paper.
FOREIGN = 0.5


@dataclass(frozen=True)
class Candidate:
    """A story that could stand on the front. `heat` is 0 for one that is not trending.

    `last_at` is when the story last moved, `published_at` when the article appeared that would stand for it.
    """

    story_id: int
    article_id: int
    section: str
    last_at: datetime
    voices: int
    words: int
    full: bool
    picture: bool
    heat: float = 0.0
    receipt: str = ""
    foreign: bool = False
    published_at: datetime | None = None


@dataclass(frozen=True)
class Filled:
    """One slot: place, rank from 0, story, article, and the sentence that says why it stands there."""

    place: str
    rank: int
    story_id: int
    article_id: int
    reason: str


def worth(candidate: Candidate, now: datetime) -> float:
    """What a story is worth to the top of the front: independent voices, then fresh, then something to read."""
    age = max(timedelta(0), now - candidate.last_at)
    fresh = 0.5 ** (age / HALF_LIFE)
    voices = 1 + PER_VOICE * min(candidate.voices - 1, MOST_VOICES)
    substance = 1.0 if candidate.full and candidate.words >= THIN_WORDS else THIN
    picture = WITH_PICTURE if candidate.picture else 1.0
    return float(fresh * voices * substance * picture * (FOREIGN if candidate.foreign else 1.0))


def fill(candidates: list[Candidate], sections: list[str], now: datetime) -> list[Filled]:
    """Fill the front. No story appears twice; the seconds come from sections other than the lead's where they can."""
    ranked = sorted(candidates, key=lambda one: (-worth(one, now), one.story_id))
    taken: set[int] = set()
    slots: list[Filled] = []

    def put(place: str, chosen: list[Candidate], reason: str = "") -> None:
        for rank, one in enumerate(chosen):
            taken.add(one.story_id)
            slots.append(Filled(place, rank, one.story_id, one.article_id, reason or why(one)))

    def free(of: list[Candidate]) -> list[Candidate]:
        return [one for one in of if one.story_id not in taken]

    put(LEAD, ranked[:1], why_it_leads(ranked))
    put(SECOND, _varied(free(ranked), SECONDS, avoid={one.section for one in ranked[:1]}))
    hot = sorted((one for one in ranked if one.heat > 0), key=lambda one: (-one.heat, one.story_id))
    put(TRENDING, free(hot)[:TRENDS])
    if len(candidates) >= LONG_FROM:
        put(LONG, [one for one in free(ranked) if one.full and one.words >= LONG_WORDS][:1], "A long read")
    newest = sorted(candidates, key=lambda one: (one.published_at or one.last_at, one.story_id), reverse=True)
    # Strips and the latest rail share what is left: the rail never empties a section of its only stories.
    remaining = free(newest)
    wanted = min(LATESTS, max(1, len(remaining) // 3))
    spare = _spare(remaining, wanted, KEEP) or _spare(remaining, wanted, 1) or remaining[:wanted]
    put(LATEST, spare, "Newest")
    if len(free(ranked)) > 3 * len(sections):
        best = _spare(free(ranked), len(candidates), KEEP) or free(ranked)
        put(BRIEF, _varied(best, BRIEFS, avoid=set()))
    for key in sections:
        in_section = [one for one in free(ranked) if one.section == key]
        put(f"{STRIP}:{key}", in_section[:STRIP_SIZE])
    return slots


def _spare(ordered: list[Candidate], size: int, keep: int) -> list[Candidate]:
    """The first `size` whose section has more than `keep` stories left at its turn."""
    left = Counter(one.section for one in ordered)
    spare: list[Candidate] = []
    for one in ordered:
        if len(spare) < size and left[one.section] > keep:
            left[one.section] -= 1
            spare.append(one)
    return spare


def _varied(ranked: list[Candidate], size: int, avoid: set[str]) -> list[Candidate]:
    """The best `size`, one a section as long as there are enough sections."""
    seen = set(avoid)
    first: list[Candidate] = []
    rest: list[Candidate] = []
    for one in ranked:
        (rest if one.section in seen else first).append(one)
        seen.add(one.section)
    return (first + rest)[:size]


def why_it_leads(ranked: list[Candidate]) -> str:
    """One plain sentence on why the first of `ranked` stands on top; empty without one."""
    if not ranked:
        return ""
    lead = ranked[0]
    most = max(one.voices for one in ranked)
    if most < 2:
        return "It leads as the freshest report: no story has a second independent source yet"
    if lead.voices == most:
        alone = sum(one.voices == most for one in ranked) == 1
        rest = "more than any other story" if alone else "as many as any other story, and more lately"
        return f"It leads because {most} independent sources report it, {rest}"
    told = f"{lead.voices} independent sources" if lead.voices > 1 else "one source"
    return f"It leads because it is newer than the story with most sources ({most}); {told} so far"


def why(one: Candidate) -> str:
    """One plain sentence on what puts a story where it is."""
    if one.receipt:
        return one.receipt
    if one.voices > 1:
        return f"{one.voices} independent sources"
    return "Newest of its section"

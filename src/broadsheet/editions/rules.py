"""Pure filling of a front: candidates in, slots out. The same candidates always give the same front."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# Places in the order in which they choose; a story takes the first place that wants it and no other.
LEAD, SECOND, TRENDING, BRIEF, LATEST, STRIP = "lead", "second", "trending", "brief", "latest", "strip"
SECONDS = 3
TRENDS = 7
BRIEFS = 4
LATESTS = 8
STRIP_SIZE = 5
# The freshness of a story halves with every nine hours since it last moved.
HALF_LIFE = timedelta(hours=9)


@dataclass(frozen=True)
class Candidate:
    """A story that could stand on the front. `heat` is 0 for one that is not trending."""

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
    voices = 1 + 0.75 * min(candidate.voices - 1, 12)
    substance = 1.0 if candidate.full and candidate.words >= 120 else 0.7
    picture = 1.1 if candidate.picture else 1.0
    return float(fresh * voices * substance * picture)


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

    put(LEAD, ranked[:1])
    put(SECOND, _varied(free(ranked), SECONDS, avoid={one.section for one in ranked[:1]}))
    hot = sorted((one for one in ranked if one.heat > 0), key=lambda one: (-one.heat, one.story_id))
    put(TRENDING, free(hot)[:TRENDS])
    newest = sorted(candidates, key=lambda one: (one.last_at, one.story_id), reverse=True)
    # Strips and the latest rail share what is left: the rail never empties a section of its only stories.
    remaining = free(newest)
    first_of_section = {one.section: one.story_id for one in reversed(remaining)}
    spare = [one for one in remaining if first_of_section[one.section] != one.story_id] or remaining
    put(LATEST, spare[: min(LATESTS, max(1, len(remaining) // 3))], "Newest")
    put(BRIEF, _varied(free(ranked), BRIEFS, avoid=set()) if len(free(ranked)) > 3 * len(sections) else [])
    for key in sections:
        in_section = [one for one in free(ranked) if one.section == key]
        put(f"{STRIP}:{key}", in_section[:STRIP_SIZE])
    return slots


def _varied(ranked: list[Candidate], size: int, avoid: set[str]) -> list[Candidate]:
    """The best `size`, one a section as long as there are enough sections."""
    seen = set(avoid)
    first: list[Candidate] = []
    rest: list[Candidate] = []
    for one in ranked:
        (rest if one.section in seen else first).append(one)
        seen.add(one.section)
    return (first + rest)[:size]


def why(one: Candidate) -> str:
    """One plain sentence on what puts a story where it is."""
    if one.receipt:
        return one.receipt
    if one.voices > 1:
        return f"{one.voices} independent sources"
    return "Newest of its section"

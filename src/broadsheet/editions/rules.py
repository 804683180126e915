"""Pure filling of a front: candidates in, slots out. The same candidates always give the same front."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# Places in the order in which they choose; a story takes the first place that wants it and no other.
LEAD, SECOND, LONG, TRENDING, BRIEF, LATEST, STRIP = "lead", "second", "long", "trending", "brief", "latest", "strip"
# Names of editions: the front, and a section's, followed by its key.
FRONT, SECTION = "front", "section:"
SECONDS = 3
TRENDS = 6
TRENDS_OF_ONE = 3
# Beside its lead a section's front has so many.
SECTION_SECONDS = 4
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
# What heat adds to the hottest story; to the others their part of it.
HEAT = 1.0

PINNED = "An editor placed it here"


@dataclass(frozen=True)
class Candidate:
    """A story that could stand on the front. `heat` is 1 for the hottest and 0 for one that is not trending.

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
class Pinned:
    """An editor's word: this story stands in this place. Of several in one place the lower rank comes first."""

    story_id: int
    place: str
    rank: int = 0
    article_id: int | None = None


@dataclass(frozen=True)
class Filled:
    """One slot: place, rank from 0, story, article, and the sentence that says why it stands there."""

    place: str
    rank: int
    story_id: int
    article_id: int
    reason: str


def worth(candidate: Candidate, now: datetime) -> float:
    """What a story is worth to the top of a front: independent voices, then fresh, something to read, and rising."""
    age = max(timedelta(0), now - candidate.last_at)
    fresh = 0.5 ** (age / HALF_LIFE)
    voices = 1 + PER_VOICE * min(candidate.voices - 1, MOST_VOICES)
    substance = 1.0 if candidate.full and candidate.words >= THIN_WORDS else THIN
    picture = WITH_PICTURE if candidate.picture else 1.0
    rising = 1 + HEAT * min(max(candidate.heat, 0.0), 1.0)
    return float(fresh * voices * substance * picture * (FOREIGN if candidate.foreign else 1.0) * rising)


class Page:
    """A front being filled: places choose one after the other, and no story stands twice.

    A pinned story waits for its own place and no other takes it. What a place has no room for is as free as any other.
    """

    def __init__(self, candidates: Iterable[Candidate], pins: Sequence[Pinned], now: datetime, rooms: dict[str, int]):
        told = {one.story_id: one.article_id for one in pins if one.article_id}
        some = [replace(one, article_id=told.get(one.story_id, one.article_id)) for one in candidates]
        self.ranked = sorted(some, key=lambda one: (-worth(one, now), one.story_id))
        self.slots: list[Filled] = []
        self._taken: set[int] = set()
        self._held = _held({one.story_id: one for one in some}, pins, rooms)

    def put(self, place: str, chosen: Sequence[Candidate], size: int | None = None, reason: str = "") -> None:
        """The place's pinned stories, then the chosen, `size` at most."""
        pinned = self._held.pop(place, [])
        size = len(pinned) + len(chosen) if size is None else size
        for rank, one in enumerate([*pinned, *chosen][:size]):
            self._taken.add(one.story_id)
            why_here = PINNED if rank < len(pinned) else reason or why(one)
            self.slots.append(Filled(place, rank, one.story_id, one.article_id, why_here))

    def free(self, of: Iterable[Candidate] | None = None) -> list[Candidate]:
        """Those that stand nowhere yet and wait for no place."""
        waiting = {one.story_id for held in self._held.values() for one in held}
        some = self.ranked if of is None else of
        return [one for one in some if one.story_id not in self._taken and one.story_id not in waiting]

    def sections(self) -> set[str]:
        """Sections of what stands on the page."""
        return {one.section for one in self.ranked if one.story_id in self._taken}


def _held(known: dict[int, Candidate], pins: Sequence[Pinned], rooms: dict[str, int]) -> dict[str, list[Candidate]]:
    """Pinned stories by place, as many as have room there; a second lead stands first among the seconds."""
    held: dict[str, list[Candidate]] = {}
    for pin in sorted(pins, key=lambda one: (one.place != LEAD, one.rank, one.story_id)):
        if pin.story_id not in known:
            continue
        place = SECOND if pin.place == LEAD and len(held.get(LEAD, ())) >= rooms.get(LEAD, 0) else pin.place
        if len(held.get(place, ())) < rooms.get(place, 0):
            held.setdefault(place, []).append(known[pin.story_id])
    return held


#: Places that an editor may pin to, and how many stories each holds.
ROOMS = {LEAD: 1, SECOND: SECONDS}
SECTION_ROOMS = {LEAD: 1, SECOND: SECTION_SECONDS}


def fill(candidates: list[Candidate], sections: list[str], now: datetime, pins: Sequence[Pinned] = ()) -> list[Filled]:
    """Fill the front. No story appears twice; the seconds come from sections other than the lead's where they can."""
    page = Page(candidates, pins, now, ROOMS)
    put, free = page.put, page.free
    put(LEAD, free()[:1], 1, why_it_leads(page.free(), now))
    put(SECOND, _varied(free(), SECONDS, avoid=page.sections()), SECONDS)
    hot = sorted((one for one in page.ranked if one.heat > 0), key=lambda one: (-one.heat, one.story_id))
    put(TRENDING, _at_most(free(hot), TRENDS_OF_ONE)[:TRENDS])
    if len(candidates) >= LONG_FROM:
        put(LONG, [one for one in free() if one.full and one.words >= LONG_WORDS][:1], reason="A long read")
    newest = sorted(page.ranked, key=lambda one: (one.published_at or one.last_at, one.story_id), reverse=True)
    # Strips and the latest rail share what is left: the rail never empties a section of its only stories.
    remaining = free(newest)
    wanted = min(LATESTS, max(1, len(remaining) // 3))
    spare = _spare(remaining, wanted, KEEP) or _spare(remaining, wanted, 1) or remaining[:wanted]
    put(LATEST, spare, reason="Newest")
    if len(free()) > 3 * len(sections):
        best = _spare(free(), len(candidates), KEEP) or free()
        put(BRIEF, _varied(best, BRIEFS, avoid=set()))
    for key in sections:
        in_section = [one for one in free() if one.section == key]
        put(f"{STRIP}:{key}", in_section[:STRIP_SIZE])
    return page.slots


def fill_section(candidates: list[Candidate], now: datetime, pins: Sequence[Pinned] = ()) -> list[Filled]:
    """The top of a section's front: its lead and the four stories worth most beside it."""
    page = Page(candidates, pins, now, SECTION_ROOMS)
    page.put(LEAD, page.free()[:1], 1, why_it_leads(page.free(), now))
    page.put(SECOND, page.free()[:SECTION_SECONDS], SECTION_SECONDS)
    return page.slots


def _at_most(ordered: Iterable[Candidate], of_one: int) -> list[Candidate]:
    """Those of them that are not preceded by `of_one` of the same section."""
    seen: Counter[str] = Counter()
    found = []
    for one in ordered:
        seen[one.section] += 1
        if seen[one.section] <= of_one:
            found.append(one)
    return found


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


def why_it_leads(ranked: list[Candidate], now: datetime) -> str:
    """One plain sentence on why the first of `ranked` stands on top; empty without one."""
    if not ranked:
        return ""
    lead = ranked[0]
    cold = [worth(replace(one, heat=0.0), now) for one in ranked]
    if lead.heat > 0 and max(cold) > cold[0]:
        return f"It leads because it is rising: {lead.receipt}"
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

"""Pure decisions about stories: where an article belongs, and why.

Three kinds of evidence: it copies an article that has a story; its text points to the same rare outside page as one;
its words are like those of a story (`machine`). This module weighs the first two and counts what came of all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadsheet.articles.rules import Spoken, voices

WINDOW = timedelta(hours=72)
# A page that articles of more than this many stories point to is a home of things (a store, a fund), not an event.
TOO_COMMON = 6
VERSION = 2


@dataclass(frozen=True)
class Linked:
    """A recent article of a story that links to a page which ours links to as well."""

    story_id: int
    article_id: int
    url: str
    at: datetime


@dataclass(frozen=True)
class Evidence:
    """What is known of an article when it is to be placed. `copy_story_id`: the story of its original."""

    at: datetime
    copy_of_id: int | None = None
    copy_story_id: int | None = None
    linked: tuple[Linked, ...] = ()


@dataclass(frozen=True)
class Place:
    """The decision: a story (None: a new one), the kind of reason, its receipt and a score from 0 to 1."""

    story_id: int | None
    why: str
    detail: dict[str, str | int]
    score: float


def receipt(why: str, detail: Mapping[str, Any], score: float) -> str:
    """Why an article stands in its story, in one line for readers."""
    if why == "likeness":
        told = ", ".join(str(word) for word in detail.get("shared", ()))
        count = detail.get("articles", 1)
        others = "the first report" if count == 1 else f"{count} reports"
        return f"Shares {told} with {others} of this story ({score:.2f}, 0.50 is asked)."
    return {
        "first": "The first report of this story.",
        "copy": "The same text as another report of this story.",
        "link": "Links to the same page as another report of this story.",
        "desk": "Put here by an editor.",
    }.get(why, "")


def place(evidence: Evidence) -> Place:
    """Choose a story. A copy follows its original; else the story with most shared links, the youngest on a tie."""
    if evidence.copy_story_id is not None:
        return Place(evidence.copy_story_id, "copy", {"article": evidence.copy_of_id or 0}, 1.0)
    by_story: dict[int, list[Linked]] = {}
    for one in evidence.linked:
        if abs(evidence.at - one.at) <= WINDOW and not _too_common(one.url, evidence.linked):
            by_story.setdefault(one.story_id, []).append(one)
    if not by_story:
        return Place(None, "first", {}, 1.0)

    def strength(story_id: int) -> tuple[int, datetime, int]:
        links = by_story[story_id]
        return len({one.url for one in links}), max(one.at for one in links), -story_id

    best = max(by_story, key=strength)
    nearest = max(by_story[best], key=lambda one: (one.at, one.article_id, one.url))
    shared = len({one.url for one in by_story[best]})
    return Place(
        best,
        "link",
        {"url": nearest.url, "article": nearest.article_id, "shared": shared},
        min(1.0, 0.6 + 0.2 * shared),
    )


def _too_common(url: str, linked: tuple[Linked, ...]) -> bool:
    return len({one.story_id for one in linked if one.url == url}) > TOO_COMMON


@dataclass(frozen=True)
class Member:
    """An article of a story, as counting needs it. `voice` names the owner, or the source without one.

    `foreign`: it is not in the paper's own language. `family`: the article that its text goes back to; 0: itself.
    """

    article_id: int
    at: datetime
    voice: str
    is_copy: bool
    live: bool
    words: int
    section_id: int
    full: bool
    foreign: bool = False
    family: int = 0


@dataclass(frozen=True)
class Count:
    """What a story amounts to. `lead_id` is None while nothing of it is in the paper."""

    lead_id: int | None
    section_id: int | None
    articles: int
    copies: int
    voices: int
    first_at: datetime
    last_at: datetime


# From so many words on a report tells the whole story, and being first counts for more than being longer.
ENOUGH_WORDS = 200


def _fit_to_lead(one: Member) -> tuple[bool, bool, bool, float, int, int]:
    enough = one.full and one.words >= ENOUGH_WORDS
    return (not one.foreign, one.full, enough, -one.at.timestamp() if enough else 0.0, one.words, -one.article_id)


def count(members: list[Member], chosen: int | None = None) -> Count:
    """Count a story. Copies add no voice, and what a voice is `articles.rules.voices` says.

    `chosen`, an editor's choice, leads while it is in the paper. Else:
    The lead is a text in the paper's own language that may be shown in full; of several the one that reported first,
    if there is enough in it to be the story's front page; where none has so much, the longest.
    """
    live = [one for one in members if one.live] or members
    originals = [one for one in live if not one.is_copy]
    spoken = [Spoken(one.article_id, one.voice, one.family or one.article_id, one.at) for one in originals]
    shown = [one for one in originals if one.live]
    asked = [one for one in live if one.live and one.article_id == chosen]
    lead = asked[0] if asked else max(shown, key=_fit_to_lead, default=None)
    return Count(
        lead_id=lead.article_id if lead else None,
        section_id=lead.section_id if lead else None,
        articles=len(originals),
        copies=len(live) - len(originals),
        voices=len(set(voices(spoken).values())) or 1,
        first_at=min(one.at for one in live),
        last_at=max((one.at for one in originals), default=max(one.at for one in live)),
    )

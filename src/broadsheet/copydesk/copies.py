"""When one text is a copy of another: found by a few of its smallest passage hashes, judged by how much they share.

Four pure steps that a store of keys stands between: :func:`asked` says which hashes to look up,
:func:`candidates` which texts to load, :func:`judge` what they are to the new one, :func:`filed` under
which hashes the new one is kept. :class:`broadsheet.copydesk.copyshelf.Shelf` runs them in memory.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeVar

from broadsheet.lib.sketch import Overlap, Sketch, overlap

SURE_SHARE = 0.33
"""What the shared part of the passages must surely exceed, where the sketches are a sample.

From five folds over the topics of the developer texts together with the headlines, two thirds of the way
from the most that two different events share to the least that a declared variant does. A text that is
hidden by mistake costs more than one that stands twice, hence not the half.
"""

MIN_WORDS = 20
"""A shorter text is a headline or a teaser: two of them are alike by chance. Only its address could tell."""

MIN_COMMON = 8
"""Fewer common hashes prove nothing, whatever share of the compared part they are."""

SAME_SOURCE_SHARE = 0.8
"""Within one source, whose texts share furniture and phrases: weather, results, market reports."""

ROUNDUP = 8
"""A text this many times as long as one that it contains is a round-up of it, not a copy."""

WINDOW = timedelta(days=14)
"""How long a text's keys are kept."""

CROWD = 64
"""A hash that so many texts are filed under is a phrase of the language: no further text is filed under it."""

WORTH_LOOKING_AT = 8
"""Candidates that are loaded and compared, at most."""

FAR_BEHIND = 4
"""A candidate that shares so many times fewer hashes than the best is not looked at."""

LONE = 2
"""Candidates that are looked at where none shares more than one hash."""

NOTHING_NEW = 0.9
"""A copy of which more than this is known need not be filed under keys: what is like it is like its original."""

FOLD = 0.7
"""A text of which less than this is in another may be of its family, but is not hidden under it."""

Id = str | int
Name = TypeVar("Name", bound=Hashable)

# Half-width of a 95 % interval in standard errors, and how near the best two likenesses are one.
_Z = 1.96
_AS_GOOD = 0.05


@dataclass(frozen=True, slots=True)
class Text:
    """One text as far as copies are concerned. ``family`` is the id of the text that its family
    began with; empty for that text itself."""

    id: Id
    sketch: Sketch
    title: str = ""
    source: str = ""
    moment: datetime | None = None
    family: Id = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text is a copy of, how much they share (0 to 1) and the receipt.

    ``copy_of`` is the text that it is most like; ``family`` the one that all copies go back to, which
    is the same unless that text is itself a copy. ``share`` is of the shorter text's passages, ``own``
    of the new one's: an original that comes after its abridgement has a share of 1 and an own of less.
    """

    copy_of: Id
    family: Id
    share: float
    own: float
    reason: str


def asked(sketch: Sketch) -> list[int]:
    """The hashes to look up for a new text: none if it is too short, 32 to 96 by its length.

    A long text asks and is asked for more, so that it and its abridgement meet whichever came first.
    """
    if sketch.length < MIN_WORDS:
        return []
    found: list[int] = sketch.hashes[: _between(32, sketch.total // 10, 96)].tolist()
    return found


def filed(sketch: Sketch, crowded: Collection[int] = ()) -> list[int]:
    """The hashes to keep a new text under, 16 to 48 by its length, all among those :func:`asked`.

    ``crowded`` are hashes that :data:`CROWD` texts are filed under already.
    """
    free = [one for one in asked(sketch) if one not in crowded]
    return free[: _between(16, sketch.total // 20, 48)]


def candidates(found: Iterable[Sequence[Name]]) -> list[Name]:
    """The texts that share the most looked-up hashes, at most :data:`WORTH_LOOKING_AT`; of equals the earlier filed.

    ``found`` holds for every hash that was looked up the texts filed under it, in the order of filing.
    """
    shared = Counter(chain.from_iterable(found))
    most = max(shared.values(), default=0)
    # Where one text shares twelve hashes, one that shares three or fewer has met it by a phrase. Of those
    # that share one, most have: their number grows with the store, a far longer original comes first.
    near = [name for name, count in shared.items() if FAR_BEHIND * count > most]
    if len(near) > WORTH_LOOKING_AT:
        near.sort(key=lambda name: -shared[name])
    return near[: WORTH_LOOKING_AT if most > 1 else LONE]


def judge(new: Text, known: Iterable[Text], sure_share: float = SURE_SHARE) -> Finding | None:
    """What ``new`` is a copy of among ``known``: the text it is most like; None if of none.

    Of texts that are as good the earliest; where none has a moment, the first of ``known``.
    """
    if new.sketch.length < MIN_WORDS:
        return None
    compared = [(overlap(new.sketch, old.sketch), old) for old in known if old.id != new.id]
    alike = [(seen, old) for seen, old in compared if _is_copy(seen, new, old, sure_share)]
    if not alike:
        return None
    best = max(seen.alike for seen, _ in alike)
    seen, old = min(
        ((seen, old) for seen, old in alike if seen.alike >= best - _AS_GOOD),
        key=lambda one: one[1].moment.timestamp() if one[1].moment else math.inf,
    )
    share, inside = _share(seen)
    return Finding(old.id, _family(old), share, seen.a_in_b, _receipt(new, old, share, inside))


def largest_share(new: Text, known: Iterable[Text]) -> float:
    """The largest share that is worth telling where :func:`judge` found no copy; 0 where too little is comparable."""
    seen = (overlap(new.sketch, old.sketch) for old in known if old.id != new.id)
    return max((_share(one)[0] for one in seen if one.common >= MIN_COMMON), default=0.0)


def why_none(sketch: Sketch, share: float) -> str:
    """The receipt of a text that is no copy, with the share that :func:`largest_share` tells."""
    if sketch.length < MIN_WORDS:
        return f"It has {sketch.length} words; under {MIN_WORDS} only its address could tell."
    if not share:
        return f"It shares no passages with a text of the last {WINDOW.days} days."
    return f"It shares {_percent(share)} of the passages with the text most like it; that is too little to be sure."


def same_address(new: Text, old: Text) -> Finding:
    """The finding for a text that came again under one address."""
    seen = overlap(new.sketch, old.sketch)
    return Finding(old.id, _family(old), _share(seen)[0], seen.a_in_b, f"It has the address of {_named(new, old)}.")


def same_text(new: Text, old: Text) -> Finding:
    """The finding for a text that is word for word another one."""
    return Finding(old.id, _family(old), 1.0, 1.0, f"Its text is word for word that of {_named(new, old)}.")


def tells_all_of(seen: Overlap) -> bool:
    """Whether each of two texts has nearly all of the other, so that either may stand for both."""
    return min(seen.a_in_b, seen.b_in_a) >= FOLD


def surely(common: int, of: int) -> float:
    """The lower end of the 95 % interval of a share of which ``common`` of ``of`` were seen (Wilson, 1927)."""
    if not of:
        return 0.0
    share, z = common / of, _Z * _Z / of
    return (share + z / 2 - math.sqrt(z * (share * (1 - share) + z / 4))) / (1 + z)


def surely_shared(seen: Overlap) -> float:
    """What of the shorter text is :func:`surely` in the longer: an abridgement is inside its original."""
    return surely(seen.common, min(seen.of_a, seen.of_b))


def _family(text: Text) -> Id:
    return text.id if text.family == "" else text.family


def _is_copy(seen: Overlap, new: Text, old: Text, least: float) -> bool:
    if seen.common < MIN_COMMON or old.sketch.length < MIN_WORDS or surely_shared(seen) < least:
        return False
    share, inside = _share(seen)
    if new.source and new.source == old.source and share < SAME_SOURCE_SHARE:
        return False
    return inside or new.sketch.total < ROUNDUP * old.sketch.total


def _share(seen: Overlap) -> tuple[float, bool]:
    """What of the shorter text is in the longer, and whether it is the new text that is inside the old one."""
    return (seen.a_in_b, True) if seen.of_a <= seen.of_b else (seen.b_in_a, False)


def _receipt(new: Text, old: Text, share: float, inside: bool) -> str:
    how_much = "All" if share == 1 else _percent(share)
    named = _named(new, old)
    if inside:
        return f"{how_much} of its passages are in {named}."
    return f"{how_much} of the passages of {named} are in it."


def _percent(share: float) -> str:
    """Hundred only where nothing was missing."""
    return f"{min(99, round(100 * share)) if share < 1 else 100} %"


def _named(new: Text, old: Text) -> str:
    facts = [old.source] if old.source else []
    if new.moment and old.moment:
        facts.append(_apart(new.moment - old.moment))
    title = f"“{old.title}”" if old.title else str(old.id)
    return f"{title} ({', '.join(facts)})" if facts else title


def _apart(gap: timedelta) -> str:
    seconds = abs(gap.total_seconds())
    when = "earlier" if gap >= timedelta(0) else "later"
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= (2 * size if unit != "minute" else size):
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''} {when}"
    return "at the same minute"


def _between(least: int, wished: int, most: int) -> int:
    return max(least, min(wished, most))

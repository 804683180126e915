"""Relatives of an article as they are stored, the desk's word on them, and the reason in a reader's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

#: Relatives kept of an article. A page shows fewer: some stand on it already, others leave the paper.
KEPT = 10
#: What editors may pin or leave out of one article's relatives.
CHOICES = 30

PINNED, LEFT_OUT = "pinned", "left_out"


@dataclass(frozen=True, slots=True)
class Find:
    """One relative: how like it is (0 to 1, with the help of what is near both), the likeness of the words and of the
    vectors alone, what one section and shared topics added, and what both are about."""

    id: int
    likeness: float
    words: float
    vectors: float | None
    favour: float
    same_story: bool
    about: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why it stands there, for readers."""
        if self.same_story:
            return "Same story"
        return f"Also about {', '.join(self.about)}" if self.about else "Reads alike"


def stored(finds: Iterable[Find]) -> list[dict[str, Any]]:
    """As plain values."""
    return [asdict(one) for one in finds]


def read(found: Iterable[Mapping[str, Any]]) -> list[Find]:
    """Stored finds."""
    return [Find(**{**one, "about": tuple(one["about"])}) for one in found]


def shown(found: Sequence[Find], verdicts: Mapping[int, str], order: Collection[int] = ()) -> list[int]:
    """Ids as a page prints them: what editors pinned, in the order of `order`, then what was found and not left out."""
    pinned = [one for one in order if verdicts.get(one) == PINNED]
    return [*pinned, *(one.id for one in found if one.id not in verdicts)][: max(KEPT, len(pinned))]


def about(topics: Sequence[str], shared: Mapping[str, float], *, most: int = 3, least: float = 0.02) -> tuple[str, ...]:
    """What two articles are about: the topics they share, then their weightiest common words that no topic holds.

    `shared` gives the product of each common word's weights; words that say next to nothing are left out.
    """
    named = list(topics[:2])
    held = {word for name in named for word in name.casefold().split()}
    words = [
        word for word in sorted(shared, key=lambda one: (-shared[one], one))
        if shared[word] >= least and word not in held and not word.isdigit()
    ]  # fmt: skip
    return tuple([*named, *words][:most])

"""A group of articles as a few numbers: nuclei and stories are both of this kind."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

from broadsheet.stories.machine.setting import Setting
from broadsheet.stories.machine.words import Text

# Names and dates of a group that are looked at; more of them say no more.
_KEPT = 40


@dataclass(slots=True)
class Group:
    """The sum of the unit vectors of `size` articles, kept packed.

    `square` is the squared length of the whole sum, so the mean likeness of two members is
    ``(square - size) / (size * (size - 1))`` without any member being kept. Times are seconds.
    """

    terms: tuple[str, ...]
    values: array[float]
    size: int
    square: float
    depth: float
    first: float
    last: float
    names: frozenset[str]
    dates: frozenset[str]

    @classmethod
    def of(cls, text: Text, at: float) -> Group:
        """A group of one article."""
        names = frozenset(sorted(text.names)[:_KEPT])
        dates = frozenset(sorted(text.dates)[:_KEPT])
        return cls(tuple(text.terms), array("f", text.terms.values()), 1, 1.0, text.depth, at, at, names, dates)

    def common(self, terms: dict[str, float]) -> tuple[float, float]:
        """The dot product with these terms, and the largest part that one term has in it."""
        total = most = 0.0
        get = terms.get
        for term, value in zip(self.terms, self.values, strict=True):
            other = get(term)
            if other is not None:
                part = value * other
                total += part
                if part > most:
                    most = part
        return total, most

    def as_dict(self) -> dict[str, float]:
        """Terms and weights of the sum."""
        return dict(zip(self.terms, self.values, strict=True))

    def cohesion(self, setting: Setting) -> float:
        """Mean likeness of its members, drawn towards what is usual for texts of its depth while it is small."""
        pairs = self.size * (self.size - 1)
        usual = setting.cohesion_base + setting.cohesion_slope * self.depth
        known = max(0.0, self.square - self.size)
        return (known + setting.cohesion_weight * usual) / (pairs + setting.cohesion_weight)

    def dump(self) -> list[Any]:
        """As plain data for JSON."""
        return [
            list(self.terms), list(self.values), self.size, self.square, self.depth,
            self.first, self.last, sorted(self.names), sorted(self.dates),
        ]  # fmt: skip

    @classmethod
    def load(cls, data: list[Any]) -> Group:
        """What `dump` gave."""
        terms, values, size, square, depth, first, last, names, dates = data
        return cls(
            tuple(terms), array("f", values), size, square, depth, first, last, frozenset(names), frozenset(dates)
        )


def joined(one: Group, other: Group, common: float, keep: int) -> Group:
    """Both groups as one; `common` is their dot product. No more than `keep` terms stay, the strongest."""
    terms = one.as_dict()
    for term, value in zip(other.terms, other.values, strict=True):
        terms[term] = terms.get(term, 0.0) + value
    if len(terms) > keep:
        terms = dict(sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:keep])
    size = one.size + other.size
    return Group(
        tuple(terms),
        array("f", terms.values()),
        size,
        one.square + other.square + 2.0 * common,
        (one.depth * one.size + other.depth * other.size) / size,
        min(one.first, other.first),
        max(one.last, other.last),
        _some(one.names | other.names),
        _some(one.dates | other.dates),
    )


def whole(groups: list[Group], keep: int) -> Group:
    """All of these as one group, in one go. A group of one is itself."""
    if len(groups) == 1:
        return groups[0]
    terms: dict[str, float] = {}
    names: set[str] = set()
    dates: set[str] = set()
    for group in groups:
        names |= group.names
        dates |= group.dates
        for term, value in zip(group.terms, group.values, strict=True):
            terms[term] = terms.get(term, 0.0) + value
    square = sum(value * value for value in terms.values())
    if len(terms) > keep:
        terms = dict(sorted(terms.items(), key=lambda item: (-item[1], item[0]))[:keep])
    size = sum(group.size for group in groups)
    return Group(
        tuple(terms),
        array("f", terms.values()),
        size,
        square,
        sum(group.depth * group.size for group in groups) / size,
        min(group.first for group in groups),
        max(group.last for group in groups),
        _some(frozenset(names)),
        _some(frozenset(dates)),
    )


def _some(names: frozenset[str]) -> frozenset[str]:
    return names if len(names) <= _KEPT else frozenset(sorted(names)[:_KEPT])

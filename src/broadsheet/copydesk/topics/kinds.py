"""What kind of thing a name is, by simple evidence around and inside it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from broadsheet.copydesk.topics.facts import (
    CITIES_OF_CITY,
    CONNECTORS,
    GIVEN,
    ORGANISATION_ENDS,
    ORGANISATION_STARTS,
    ORGANISATIONS,
    PLACE_ENDS,
    PLACE_STARTS,
    Facts,
)
from broadsheet.copydesk.topics.ordinary import ordinary


class Kind(StrEnum):
    """Of a topic."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    THEME = "theme"


#: Evidence as one letter a use: capital where it is strong, small where it is weak, empty where there is none.
EVIDENCE = {
    "P": (Kind.PERSON, 3), "p": (Kind.PERSON, 1),
    "L": (Kind.PLACE, 3), "l": (Kind.PLACE, 1),
    "O": (Kind.ORGANISATION, 3), "o": (Kind.ORGANISATION, 1),
    "T": (Kind.THEME, 1),
}  # fmt: skip
_INSIDE = frozenset({"in", "near", "across", "outside", "throughout", "aus", "en", "à"})
_FEW = 6
_ACTS = frozenset(
    """
    announces announced sues sued warns chief officials director spokesman spokeswoman agents launches launched
    acquires acquired buys bought unveils unveiled hires raises bans files releases released ceo employees shares stock
    executives engineers customers users investors workers researchers boss reports posts recalls
    """.split()
)


def evidence(words: Sequence[str], original: Sequence[str], before: str, after: str, titled: bool, known: Facts) -> str:
    """One letter of `EVIDENCE` for a use: its words in bare form and as written, the words before and after it, whether
    a person's title stood there."""
    whole, first, last = " ".join(words), words[0], words[-1]
    if whole in known.places or whole.removeprefix("the ") in known.places:
        return "L"
    if titled:
        return "P"
    if whole in ORGANISATIONS:
        return "O"
    strong = _by_ends(words, first, last, known)
    if strong:
        return strong
    if len(words) == 1:
        shouted = len(original[0]) > 1 and original[0].isupper()
        if after in _ACTS or (before == "at" and not shouted):
            return "o"
        if shouted:
            return ""
        return "l" if before in _INSIDE else ""
    if 2 <= len(words) <= 4 and first in GIVEN and last.replace("-", "").isalpha():
        return "P"
    return _weak(words, original)


def _by_ends(words: Sequence[str], first: str, last: str, known: Facts) -> str:
    if len(words) == 1:
        return ""
    if last == "city" and " ".join(words[:-1]) in CITIES_OF_CITY:
        return "L"
    if last in ORGANISATION_ENDS and not (first in GIVEN and len(words) == 2 and last in {"guard", "church", "post"}):
        return "O"
    if "of" in words:
        if first in {"isle", "gulf", "bay", "strait", "cape"}:
            return "L"
        return "O" if first in ORGANISATION_ENDS and first in ORGANISATION_STARTS | {"church", "school"} else ""
    if last in PLACE_ENDS:
        return "L"
    if last in {"cup", "championship", "championships", "prize", "award", "awards", "olympics", "games", "festival"}:
        return ""
    if first in ORGANISATION_STARTS and first not in GIVEN:
        return "o"
    if first in PLACE_STARTS and (
        " ".join(words[1:]) in known.places or first in {"lake", "mount", "mt", "fort", "port"}
    ):
        return "L"
    return ""


def _weak(words: Sequence[str], original: Sequence[str]) -> str:
    if any(word in CONNECTORS for word in words[1:-1]):
        return "p"
    if any(len(one) > 1 and one.isupper() for one in original) or any(one.isdigit() for one in words):
        return ""
    plain = all(one[:1].isupper() and one[1:].islower() for one in original)
    return "p" if len(words) == 2 and plain and not any(ordinary(one) for one in original) else ""


def settled(letters: Sequence[str]) -> Kind:
    """The kind that all uses together speak for; a theme where none does."""
    weights: dict[Kind, int] = {}
    # "In X" is said of months of a year, languages and moods, too: it must be a good part of all uses.
    share = 2 if len(letters) <= _FEW else 4
    idle = {"l"} if letters.count("l") * 2 < len(letters) else set()
    idle |= {"o"} if letters.count("o") * share < len(letters) else set()
    for letter in letters:
        if letter in EVIDENCE and letter not in idle:
            kind, weight = EVIDENCE[letter]
            weights[kind] = weights.get(kind, 0) + weight
    return max(weights, key=lambda kind: weights[kind]) if weights else Kind.THEME

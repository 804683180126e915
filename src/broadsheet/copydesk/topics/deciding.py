"""Which names become topics: those that independent voices use, with the kind that they speak for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.copydesk.topics import kinds
from broadsheet.copydesk.topics.facts import GIVEN, JUNK
from broadsheet.copydesk.topics.ordinary import ordinary

#: Voices (owners; copies are none) that must use a name within thirty days before readers see it as a topic.
INDEPENDENT_VOICES = 3
#: A name that mostly stands for a longer one of its article is that one's alias.
_MOSTLY = 0.6
_NEARLY_ALWAYS = 0.8


@dataclass(frozen=True, slots=True)
class Use:
    """A name in one article; see `names.Named`."""

    name: str
    voice: str
    inside: bool = True
    kind: str = ""
    means: str = ""


@dataclass(frozen=True, slots=True)
class Topical:
    """The name is one of a topic: shown so, of this kind."""

    name: str
    kind: kinds.Kind
    voices: int


@dataclass(frozen=True, slots=True)
class Alias:
    """The name stands for another, given in bare form."""

    means: str


Verdict = Topical | Alias | None


def decide(uses: Sequence[Use], *, needed: int = INDEPENDENT_VOICES) -> Verdict:
    """What a name is by all its uses; None while too few voices used it, or none inside a sentence."""
    if " " not in uses[0].name and ordinary(uses[0].name.capitalize()):
        # An everyday word: only those count that label with it.
        uses = [use for use in uses if use.kind == "T"]
    voices = {use.voice for use in uses}
    if len(voices) < needed:
        return None
    meant = Counter(use.means for use in uses if use.means)
    if meant:
        means, times = meant.most_common(1)[0]
        if times >= _MOSTLY * sum(meant.values()) and sum(meant.values()) * 4 >= len(uses):
            return Alias(means)
    inside = {use.voice for use in uses if use.inside}
    single = " " not in uses[0].name
    # A word that stands inside sentences with one voice only begins them with the others.
    if len(inside) < (2 if single else 1) or (single and uses[0].name.casefold() in JUNK | GIVEN):
        return None
    name = shown_as(uses)
    name = name[:1].upper() + name[1:] if name.islower() else name
    return Topical(name, kinds.settled([use.kind for use in uses]), len(voices))


def shown_as(uses: Sequence[Use]) -> str:
    """The commonest form; one that owns (McDonald's) only where it is hardly ever written without."""
    forms = Counter(use.name for use in uses)
    name, times = forms.most_common(1)[0]
    if name.endswith("'s") and (times < _NEARLY_ALWAYS * len(uses) or len(uses) < 5 or name[:-2].isupper()):
        return name[:-2]
    return name


def is_last_name(word: str, full: str, kind: str) -> bool:
    """Whether a single word is the last of a person's name of two words or three."""
    return kind == kinds.Kind.PERSON and full.endswith(f" {word}") and full.count(" ") <= 2

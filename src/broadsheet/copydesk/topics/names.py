"""The names in a text: runs of capitalised words, without those that only begin a sentence.

What the stream's three voices write as a name is a topic; this reads one text. Names of one article that mean one thing
are told: initials (ECB beside European Central Bank, or defined in brackets), the last part (Merkel beside Angela
Merkel), a beginning (Fed beside Federal Reserve). In German every noun is a capital: there a single word counts only
as a known place, in capitals, or after a title. In scripts without case (Arabic, Chinese) only what stands in quotation
marks or brackets is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from broadsheet.copydesk.topics import kinds
from broadsheet.copydesk.topics.facts import (
    CONNECTORS,
    GIVEN,
    JUNK,
    LEGAL_ENDS,
    OF_HEADS,
    OFFICES,
    ORGANISATION_ENDS,
    PEOPLES,
    TITLES,
    Facts,
    bare,
    facts,
)
from broadsheet.copydesk.topics.ordinary import ordinary

#: Characters read of standfirst and text together: what an article is about stands at its beginning.
READ = 1_200
#: Names told of one article at most, those of the headline first.
TOLD = 14
MOST_WORDS = 4
LONGEST = 60

_TOKEN = re.compile(r"[^\W_]+(?:[-'’.&][^\W_]+)*")
_ENDS = re.compile(r"[.!?:;\n“”\"«»„‟—–…•|*\[\]]|\s-\s")
_ABBREVIATED = frozenset("mr mrs ms dr st jr sr gen col sen rep gov lt sgt prof rev mt jos u.s u.k u.n".split())
_OWNERS = GIVEN | {"men", "women", "children"}
_DOTTED = re.compile(r"(?:[A-Z]\.)+[A-Z]")
_QUOTED = re.compile(r"[“\"«「『《（(]([^“”\"«»「」『』《》（）()]{2,20})[”\"»」』》）)]")
_SHORTENED = re.compile(r"['’](?:ll|m|re|ve|d|t)$", re.IGNORECASE)
# Two capitals are a word of a hurry, or a state, more often than a name.
_TWO_LETTERS = frozenset("eu un us uk nz sa al hp lg bp gm ge bt ba sc fc ibm nhs vw bmw".split())
# AI-generated, Turing-complete: a quality, no name.
_QUALITY = re.compile(r".+-[a-zà-ÿ]{3,}")
_NO_SINGLE = frozenset({"de", "lb"})


class Where(IntEnum):
    """Where an article names something; the lowest is the most telling."""

    HEADLINE = 0
    LABEL = 1
    STANDFIRST = 2
    TEXT = 3


@dataclass(slots=True)
class Named:
    """One name of an article. `inside`: seen where no sentence begins. `kind` is a letter of `kinds.EVIDENCE`.

    `means` is the bare form of a longer name of the same article that this one stands for.
    """

    name: str
    fold: str
    where: Where
    times: int = 1
    inside: bool = False
    kind: str = ""
    means: str = ""


@dataclass(slots=True)
class _Run:
    words: list[str]
    initial: bool
    before: str
    after: str = ""
    owns: bool = False


def named(headline: str, standfirst: str, text: str, language: str) -> list[Named]:
    """The names of an article as it is written, those of the headline first. Linear in at most `READ` characters."""
    known = facts(language.partition("-")[0] or "en")
    found: dict[str, Named] = {}
    shorts: dict[str, str] = {}
    lower: set[str] = set()
    title_case = _title_case(headline)
    standfirst, text = beginning(standfirst, text)
    parts = [(Where.STANDFIRST, standfirst), (Where.TEXT, text)]
    if not title_case:
        parts.insert(0, (Where.HEADLINE, headline))
    for where, part in parts:
        if not part or (where == Where.STANDFIRST and _title_case(part)):
            continue
        for run in _runs(part, lower, shorts):
            _take(run, where, found, known, language)
    _drop_common(found, lower, known)
    if title_case:
        _seen_in_title(found, headline)
    if sum(map(str.islower, lower)) * 4 < len(lower):
        found |= _quoted(headline, standfirst, text)
    _tell_meanings(found, shorts)
    return sorted(found.values(), key=lambda one: (one.where, -one.times))[:TOLD]


def beginning(standfirst: str, text: str) -> tuple[str, str]:
    """What is read of an article below its headline: `READ` characters of standfirst and text together."""
    standfirst = standfirst[:READ]
    return standfirst, text[: READ - len(standfirst)]


# Long words that a headline in capitals writes small.
_SMALL = frozenset(
    "with from over after into onto than that about amid under until upon between during against".split()
)


def _title_case(line: str) -> bool:
    """Whether Nearly Every Word of a Line Is a Capital, so that capitals tell nothing: no verb or noun is small."""
    if ". " in line.rstrip():
        return False
    words = [word for word in _TOKEN.findall(line) if len(word) > 3 and word[0].isalpha() and word not in _SMALL]
    low = sum(not word[0].isupper() for word in words)
    return len(words) >= 4 and low <= len(words) // 8


def _runs(part: str, lower: set[str], shorts: dict[str, str]) -> Iterable[_Run]:
    """Runs of capitalised words that nothing but a space parts; lower-case words and "Long Name (LN)" on the way."""
    run: _Run | None = None
    pending: list[str] = []
    end, last = 0, ""
    for match in _TOKEN.finditer(part):
        word, gap = match.group(), part[end : match.start()]
        joined = gap == " " or gap == " & " or (gap == ". " and _is_abbreviated(last, run))
        if not joined and run is not None:
            if gap == " (" and part[match.end() : match.end() + 1] == ")" and len(run.words) > 1 and word[:1].isupper():
                shorts[bare(word)] = bare(" ".join(run.words)).removeprefix("the ")
            yield run
            run, pending = None, []
        start = not joined and (end == 0 or bool(_ENDS.search(gap)))
        end = match.end()
        if word[0].isupper() or (run is not None and joined and word[0].isdigit() and len(word) < 5):
            owns = word.endswith(("'s", "’s"))
            # Dick's Sporting Goods, Men's Wearhouse: who owns is no name by itself.
            owns = owns and not (run is None and word[:-2].casefold() in _OWNERS)
            kept = word[:-2] if owns else word
            if run is None:
                run = _Run([kept], start, last.casefold() if joined else "")
            else:
                run.words += [*pending, *(["&"] if gap == " & " else []), kept]
            pending = []
            if owns:
                run.owns = True
                yield run
                run = None
        elif run is not None and joined and len(pending) < 2 and _joins(run, pending, word):
            pending.append(word)
            lower.add(word)
        else:
            lower.add(word)
            if run is not None:
                run.after = word if joined else ""
                yield run
                run, pending = None, []
        last = word
    if run is not None:
        yield run


def _is_abbreviated(word: str, run: _Run | None) -> bool:
    """Whether the full stop behind a word ends no sentence: Dr. Who, John F. Kennedy."""
    return word.casefold() in _ABBREVIATED or (run is not None and len(word) == 1 and word.isupper())


def _joins(run: _Run, pending: list[str], word: str) -> bool:
    if word in CONNECTORS:
        return True
    if word == "of" and not pending:
        return run.words[-1].casefold() in OF_HEADS
    return word == "the" and pending == ["of"]


def _take(run: _Run, where: Where, found: dict[str, Named], known: Facts, language: str) -> None:
    """Count a run as a name, without the title before it and the legal form behind it."""
    words, titled = _without_title(run, known)
    words = [word.replace(".", "") if _DOTTED.fullmatch(word) else word for word in words]
    if len(words[-1]) > 3 and words[-1].endswith("s") and words[-1][:-1].isupper():
        words = [*words[:-1], words[-1][:-1]]
    folds = [bare(word) for word in words]
    kept_kind = ""
    while len(words) > 1 and folds[-1] in LEGAL_ENDS:
        words, folds, kept_kind = words[:-1], folds[:-1], "O"
    while words and folds[-1].isdigit() and (len(folds[-1]) == 4 or len(words) == 1):
        words, folds = words[:-1], folds[:-1]
    if not words or _is_junk(words, folds, known, titled, language):
        return
    initial = run.initial and words[0] == run.words[0]
    fold = bare(" ".join(words))
    one = found.get(fold)
    # McDonald's: what is nearly always written so is called so; the commonest form wins in the end.
    name = f"{words[0]}'s" if run.owns and len(words) == 1 and len(run.words) == 1 else " ".join(words)
    kind = kept_kind or kinds.evidence(
        folds, words, run.before if words[0] == run.words[0] else "", run.after, titled, known
    )
    if one is None:
        found[fold] = Named(name, fold, where, 1, not initial, kind)
        return
    one.times += 1
    one.inside = one.inside or not initial
    one.kind = min(one.kind, kind) if one.kind and kind else one.kind or kind
    one.where = min(one.where, where)


def _without_title(run: _Run, known: Facts) -> tuple[list[str], bool]:
    words, titled, at = run.words, False, 0
    first = bare(words[0])
    if len(words) > 1 and words[1][:1].isupper():
        known_whole = " ".join(map(bare, words[:2])) in known.places
        article = first == "the" or (run.before == "of" and first in {"state", "defence", "defense", "the"})
        if article or (run.initial and first in JUNK and first not in GIVEN and not known_whole):
            at = 1
    company = words[-1].casefold() in ORGANISATION_ENDS
    while at < len(words) - 1 and not (company and words[at] == "General"):
        fold = words[at].casefold()
        behind = words[at + 1].casefold()
        if fold in TITLES or fold.partition("-")[0] in TITLES:
            titled, at = True, at + 1
        elif (behind in TITLES or behind.partition("-")[0] in TITLES) and (
            fold in OFFICES or bare(fold) in known.languages or bare(fold) in known.places
        ):
            at += 1
        else:
            break
    if not titled and run.before in TITLES:
        titled = True
    return words[at:], titled


def _is_junk(words: list[str], folds: list[str], known: Facts, titled: bool, language: str) -> bool:
    capitals = sum(word[:1].isupper() for word in words)
    if capitals > MOST_WORDS or sum(map(len, words)) > LONGEST or any(fold in known.calendar for fold in folds):
        return True
    if len(words) > 1:
        # A run of junk words is junk; one name in it is none of two words.
        return (
            all(fold in JUNK or fold in known.languages or fold in PEOPLES or fold.isdigit() for fold in folds)
            or folds[-1] in TITLES
            or any(_SHORTENED.search(word) for word in words)
        )
    fold, word = folds[0], words[0]
    if fold in known.places and word[1:].islower():
        return False
    if len(fold) < 2 or fold in JUNK or fold in known.languages or fold in PEOPLES or fold in TITLES or fold in GIVEN:
        return True
    if (
        _QUALITY.fullmatch(word)
        or _SHORTENED.search(word)
        or (len(fold) == 2 and fold not in _TWO_LETTERS)
        or (not titled and ordinary(word))
    ):
        return True
    if language.partition("-")[0] in _NO_SINGLE and not titled:
        return fold not in known.places and not (word.isupper() and word.isalpha() and len(word) <= 5)
    return not any(character.isalpha() for character in word) or fold.isdigit()


def _drop_common(found: dict[str, Named], lower: set[str], known: Facts) -> None:
    """A single word that the same text writes small is no name."""
    for fold in [fold for fold in found if " " not in fold and fold in lower and fold not in known.places]:
        if not (found[fold].name.isupper() and len(fold) > 2):
            del found[fold]


def _seen_in_title(found: dict[str, Named], headline: str) -> None:
    """Names of the text that a headline in capitals has, too, are named in the headline."""
    line = f" {bare(headline)} "
    for one in found.values():
        if f" {one.fold} " in line:
            one.where, one.times = Where.HEADLINE, one.times + 1


def _quoted(headline: str, standfirst: str, text: str) -> dict[str, Named]:
    """Names in quotation marks and brackets, for scripts without capitals."""
    found: dict[str, Named] = {}
    for where, part in ((Where.HEADLINE, headline), (Where.STANDFIRST, standfirst), (Where.TEXT, text)):
        for name in _QUOTED.findall(part):
            fold = bare(name)
            if fold and not fold.isascii() and len(fold.split()) <= MOST_WORDS and fold not in found:
                found[fold] = Named(" ".join(name.split()), fold, where, 1, True, "")
    return found


def _tell_meanings(found: dict[str, Named], shorts: dict[str, str]) -> None:
    """Of the names of one article: which is short for which. What is meant is counted once more for each."""
    longer = [one for one in found.values() if " " in one.fold]
    for one in found.values():
        if " " in one.fold:
            continue
        meant = found.get(shorts.get(one.fold, "")) or next((two for two in longer if _short_of(one, two)), None)
        if meant is not None and meant is not one:
            one.means = meant.fold
            meant.times += one.times
            meant.where = min(meant.where, one.where)
            meant.inside = meant.inside or one.inside


def _short_of(one: Named, two: Named) -> bool:
    parts = two.fold.split()
    if sum(map(str.isupper, one.name)) > 1 and 2 <= len(one.fold) <= 6:
        capitals = "".join(part[0] for part in two.name.split() if part[:1].isupper()).casefold()
        return one.fold in {capitals, "".join(part[0] for part in parts)}
    if two.kind in {"P", "p"}:
        return one.fold == parts[-1] or (len(parts) > 2 and one.fold in parts[1:])
    if one.name.isupper():
        return False
    if two.kind == "L":
        return False
    if two.kind == "O" and one.fold == parts[0] and one.kind != "L" and len(one.fold) > 3:
        return not ordinary(one.name)
    return len(one.fold) >= 3 and parts[0].startswith(one.fold) and parts[0] != one.fold and len(parts) == 2


def with_labels(found: list[Named], labels: Iterable[str]) -> list[Named]:
    """The names of a text together with the labels that its source filed it under."""
    all_of = {one.fold: one for one in found}
    for label in labels:
        fold = bare(label)
        one = all_of.get(fold)
        if one is None:
            words = label.split()
            letter = kinds.evidence([bare(word) for word in words], words, "", "", False, facts("en")) if fold else ""
            all_of[fold] = Named(label, fold, Where.LABEL, 1, True, letter if letter.isupper() else "T")
        else:
            one.where, one.inside, one.means = min(one.where, Where.LABEL), True, ""
    return list(all_of.values())

"""A whole stream in memory: what the tables and the timer do, for measurements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from broadsheet.copydesk.topics import deciding, labels, names, ranking
from broadsheet.copydesk.topics.gazetteer import Gazetteer, Known
from broadsheet.copydesk.topics.kinds import Kind
from broadsheet.copydesk.topics.names import Named

#: Uses kept of one name before it is decided on; more say the same.
_KEPT = 200


@dataclass
class Found:
    """A topic of the stream: voices and articles that named it."""

    name: str
    kind: Kind
    aliases: list[str] = field(default_factory=list)
    voices: set[str] = field(default_factory=set)
    articles: int = 0


def all_named(headline: str, standfirst: str, text: str, language: str, categories: Sequence[str]) -> list[Named]:
    """Names of the text together with the labels that the feed gives."""
    return names.with_labels(
        names.named(headline, standfirst, text, language), labels.from_categories(list(categories))
    )


class Stream:
    """Counts names by voice, lets those of three voices become topics, finds those again."""

    def __init__(self) -> None:
        self.topics: dict[str, Found] = {}
        self.waiting: dict[str, list[deciding.Use]] = {}
        self._of: dict[str, str] = {}
        self._touched: set[str] = set()
        self.gazetteer = Gazetteer([])

    def take(
        self, voice: str, headline: str, standfirst: str, text: str, language: str, categories: Sequence[str] = ()
    ) -> list[Named]:
        """File one article; returns what it is about, best first."""
        told: dict[str, Named] = {one.fold: one for one in self.gazetteer.find(headline, standfirst, text)}
        for one in all_named(headline, standfirst, text, language, categories):
            topic = self._of.get(one.fold)
            if topic is not None:
                told.setdefault(topic, one)
            else:
                uses = self.waiting.setdefault(one.fold, [])
                if len(uses) < _KEPT:
                    uses.append(deciding.Use(one.name, voice, one.inside, one.kind, one.means))
                self._touched.add(one.fold)
        for fold in told:
            self.topics[fold].voices.add(voice)
            self.topics[fold].articles += 1
        return ranking.ranked(list(told.values()), {fold: self.topics[fold].articles for fold in told})

    def _only_person(self, fold: str, verdict: deciding.Topical) -> str | None:
        """The one person whose last name this single word is, unless the word is surely something else."""
        if " " in fold or verdict.kind == Kind.PLACE:
            return None
        bearers = [full for full, one in self.topics.items() if deciding.is_last_name(fold, full, one.kind)]
        return bearers[0] if len(bearers) == 1 else None

    def _absorb(self) -> None:
        """Last names that became topics before their bearers did."""
        for fold in [fold for fold, one in self.topics.items() if " " not in fold and one.kind != Kind.PLACE]:
            one = self.topics[fold]
            person = self._only_person(fold, deciding.Topical(one.name, one.kind, 0))
            if person is not None:
                del self.topics[fold]
                self.topics[person].aliases += [one.name, *one.aliases]
                self.topics[person].voices |= one.voices
                self._of |= {of: person for of, topic in self._of.items() if topic == fold}

    def promote(self) -> int:
        """Let names become topics or aliases; returns how many did."""
        done = 0
        aliases: list[tuple[str, str]] = []
        for fold in sorted(self._touched):
            verdict = deciding.decide(self.waiting[fold])
            if isinstance(verdict, deciding.Topical) and (person := self._only_person(fold, verdict)):
                verdict = deciding.Alias(person)
            if isinstance(verdict, deciding.Topical):
                uses = self.waiting.pop(fold)
                self.topics[fold] = Found(verdict.name, verdict.kind, [], {use.voice for use in uses}, len(uses))
                self._of[fold] = fold
                done += 1
            elif isinstance(verdict, deciding.Alias):
                aliases.append((fold, verdict.means))
        self._absorb()
        for fold, means in aliases:
            topic = self._of.get(means)
            if topic is not None:
                uses = self.waiting.pop(fold)
                self.topics[topic].aliases.append(Counter(use.name for use in uses).most_common(1)[0][0])
                self.topics[topic].voices |= {use.voice for use in uses}
                self._of[fold] = topic
                done += 1
        self._touched = {fold for fold, _ in aliases if fold in self.waiting}
        if done:
            self.gazetteer = Gazetteer(
                Known(name, fold, one.kind) for fold, one in self.topics.items() for name in (one.name, *one.aliases)
            )
        return done

"""The one who writes the stories of one language: places each article, repairs, lets old stories go.

An article joins a *nucleus*, a tight group that moves as one from then on, and by it a story. Placing is online and
final for the nucleus; every fifty articles a repair regroups the nuclei around the stories that changed, best pair
first. A story that goes wholly into another leaves a redirect, a nucleus that changes its story a move. The same
articles in the same order give the same stories.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from broadsheet.stories.machine import orders, repair, words
from broadsheet.stories.machine.background import Background
from broadsheet.stories.machine.groups import Group, joined, whole
from broadsheet.stories.machine.index import Index
from broadsheet.stories.machine.setting import Setting
from broadsheet.stories.machine.vetoes import veto
from broadsheet.stories.machine.words import Text


@dataclass(frozen=True)
class Move:
    """A nucleus went from one story to another; its articles follow."""

    nucleus: int
    old: int
    new: int


@dataclass(frozen=True)
class Placed:
    """Where an article went and why.

    `score` goes from 0 to 1, and 0.5 is what it takes: of a new story it says how near the nearest came. `shared` are
    the words, as the article spells them, that said most. `redirects` and `moves` are what this arrival put right.
    """

    story: int
    nucleus: int
    score: float
    why: str
    shared: tuple[str, ...]
    articles: int
    redirects: tuple[tuple[int, int], ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def reason(self) -> str:
        """The receipt in one line."""
        if self.why == "first":
            if not self.score:
                return "Nothing that still runs tells of this: a new story."
            return f"A new story: the nearest one that still runs comes to {self.score:.2f}, 0.50 is asked."
        others = "1 article" if self.articles == 1 else f"{self.articles} articles"
        return f"Shares {', '.join(self.shared)} with {others} of this story: {self.score:.2f}, 0.50 is asked."


@dataclass(slots=True)
class Nucleus:
    """A tight group and its story. Nuclei with the same `bond` were put together by an editor."""

    group: Group
    story: int
    bond: int | None = None

    def dump(self) -> list[Any]:
        """As plain data for JSON."""
        return [self.group.dump(), self.story, self.bond]


@dataclass(slots=True)
class Story:
    """Its nuclei, and all of them as one group."""

    nuclei: list[int]
    body: Group

    def dump(self) -> list[Any]:
        """As plain data for JSON; of a single nucleus the group says it all."""
        return [list(self.nuclei), self.body.dump() if len(self.nuclei) > 1 else None]


@dataclass
class Writer:
    """Live stories of one language. Not safe for two threads at once: there is one writer per language."""

    language: str = "en"
    setting: Setting = field(default_factory=Setting)

    def __post_init__(self) -> None:
        self.background = Background(self.language, self.setting.remembered)
        self.stories: dict[int, Story] = {}
        self.nuclei: dict[int, Nucleus] = {}
        self.index = Index(self.setting)
        self.locked: set[int] = set()
        self.apart: set[tuple[int, int]] = set()
        self.next_id = 1
        self.touched: set[int] = set()
        self.since_repair = 0
        self.now = 0.0
        self.swept = 0.0
        self.checked = 0.0
        self.retired: list[int] = []

    def place(self, title: str, text: str, at: float, *, beside: int | None = None, settled: bool = False) -> Placed:
        """Place one article that was published at `at` (seconds). Late ones are welcome within the window.

        `beside` names a nucleus that other evidence (a shared link) puts it with: it goes there unless a veto or a
        lock speaks against it, and no repair parts the two. `settled` says that its place is known: it goes `beside`,
        or begins a story, whatever its words are, and nothing is repaired on its account.
        """
        read = words.read(title, text, self.background.weight, self.setting)
        self.now = max(self.now, at)
        touched = set(self.touched) if settled else self.touched
        placed = self._beside(read, at, beside, settled) if beside is not None else None
        placed = placed or self._placed(read, at, alone=settled)
        if settled:
            self.touched = touched
            return placed
        self.since_repair += 1
        if self.since_repair < self.setting.repair_every:
            return placed
        redirects, moves = self.repair()
        story = self.nuclei[placed.nucleus].story
        return Placed(
            story, placed.nucleus, placed.score, placed.why, placed.shared, placed.articles, redirects, moves
        )  # fmt: skip

    def repair(self) -> tuple[tuple[tuple[int, int], ...], tuple[Move, ...]]:
        """Regroup around what changed since the last time: redirects of stories that are gone, moves of nuclei."""
        self.since_repair = 0
        if self.now - self.checked > self.setting.split_check:
            # Once a day also what nobody touched: a story of two parts comes apart.
            self.checked = self.now
            self.touched.update(one for one, story in self.stories.items() if len(story.nuclei) > 1)
        found = repair.repair(self)
        self.touched.clear()
        if self.now - self.swept > self.setting.window / 24:
            self.retire()
        return found

    def merge(self, kept: int, gone: int) -> tuple[tuple[int, int], ...]:
        """An editor's merge: both are one story from now on, through every repair. KeyError for a story not live."""
        orders.merge(self, kept, gone)
        return ((gone, kept),)

    def split(self, story: int, nuclei: list[int]) -> int:
        """An editor's split: these nuclei are a story of their own and never come back; returns its id.

        ValueError where they are not some, but not all, of the story's.
        """
        return orders.split(self, story, nuclei)

    def lock(self, story: int, locked: bool = True) -> None:
        """An editor's lock: the machine puts nothing in and takes nothing out."""
        (self.locked.add if locked else self.locked.discard)(story)

    def restate(self, story: int, nuclei: list[int]) -> list[str]:
        """Say anew which nuclei a story has; returns the words that the index took up for it."""
        before = self.stories.get(story)
        body = whole([self.nuclei[one].group for one in nuclei], self.setting.group_terms)
        self.stories[story] = Story(sorted(nuclei), body)
        self.touched.add(story)
        return self.index.add(story, body, before.body if before else None)

    def retire(self) -> list[int]:
        """Let go of stories whose last article left the window; returns their ids."""
        self.swept = self.now
        old = [one for one, story in self.stories.items() if story.body.last < self.now - self.setting.window]
        for one in old:
            for nucleus in self.stories.pop(one).nuclei:
                del self.nuclei[nucleus]
        self.locked.difference_update(old)
        self.retired += old
        self.apart = {pair for pair in self.apart if pair[0] in self.nuclei and pair[1] in self.nuclei}
        self.index.rebuild({one: self.stories[one].body for one in sorted(self.stories)})
        return old

    def _placed(self, read: Text, at: float, *, alone: bool) -> Placed:
        found = None if alone else self._nearest(read, at)
        if found is None or found[1] < 0.5:
            story = self._fresh()
            group = Group.of(read, at)
            self.stories[story] = Story([story], group)
            self.nuclei[story] = Nucleus(group, story)
            self.background.count(list(read.terms))
            self.index.add(story, group, None)
            self.touched.add(story)
            return Placed(story, story, found[1] if found else 0.0, "first", (), 0)
        story, score, common = found
        return self._taken_in(story, read, at, common, score)

    def _taken_in(self, story: int, read: Text, at: float, common: float, score: float) -> Placed:
        """An article goes into a story that still runs."""
        held = self.stories[story]
        shared = _shared(read, held.body)
        articles = held.body.size
        single = Group.of(read, at)
        nucleus = self._nucleus(held, read, single)
        before = held.body
        held.body = (
            self.nuclei[nucleus].group if held.nuclei == [nucleus]
            else joined(before, single, common, self.setting.group_terms)
        )  # fmt: skip
        self.index.add(story, held.body, before)
        self.touched.add(story)
        return Placed(story, nucleus, score, "likeness", shared, articles)

    def _beside(self, read: Text, at: float, beside: int, settled: bool) -> Placed | None:
        """The article with this nucleus, bound to it; None where the words or a lock speak against it."""
        near = self.nuclei.get(beside)
        if near is None:
            return None
        body = self.stories[near.story].body
        if not settled and (near.story in self.locked or veto(Group.of(read, at), body)):
            return None
        placed = self._taken_in(near.story, read, at, body.common(read.terms)[0], 1.0)
        orders.bind(self, [beside, placed.nucleus])
        return replace(placed, why="link")

    def _nearest(self, read: Text, at: float) -> tuple[int, float, float] | None:
        """The nearest story, its score and dot product; None where none shares a word that tells."""
        setting = self.setting
        single = Group.of(read, at)
        usual = setting.cohesion_base + setting.cohesion_slope * read.depth
        best: tuple[int, float, float] | None = None
        for one in self.index.near(read.terms, self.stories):
            body = self.stories[one].body
            if one in self.locked or not body.first - setting.window <= at <= body.last + setting.window:
                continue
            common, most = body.common(read.terms)
            mean = (common - setting.single_word * most) / body.size
            likeness = mean / (usual * body.cohesion(setting)) ** 0.5
            asked = setting.join_base + setting.join_slope * (read.depth + body.depth) / 2
            score = likeness / (likeness + asked)
            if (best is None or score > best[1]) and not veto(single, body):
                best = (one, score, common)
        return best

    def _nucleus(self, held: Story, read: Text, single: Group) -> int:
        """The nucleus of a story that takes the article, or a new one."""
        setting = self.setting
        best: tuple[float, int, float] | None = None
        for one in held.nuclei:
            group = self.nuclei[one].group
            common, _ = group.common(read.terms)
            usual = (single.cohesion(setting) * group.cohesion(setting)) ** 0.5
            over = (
                common / group.size / usual - setting.tight_base - setting.tight_slope * (read.depth + group.depth) / 2
            )
            if over >= 0.0 and (best is None or over > best[0]):
                best = (over, one, common)
        if best is not None:
            nucleus = self.nuclei[best[1]]
            nucleus.group = joined(nucleus.group, single, best[2], setting.group_terms)
            return best[1]
        fresh = self._fresh()
        self.nuclei[fresh] = Nucleus(single, self.nuclei[held.nuclei[0]].story)
        held.nuclei.append(fresh)
        self.background.count(list(read.terms))
        return fresh

    def _fresh(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def dump(self) -> dict[str, Any]:
        """Everything, as plain data for JSON: a writer that loads it goes on exactly as this one would."""
        return {
            "language": self.language,
            "background": self.background.dump(),
            "nuclei": {str(key): one.dump() for key, one in sorted(self.nuclei.items())},
            "stories": {str(key): one.dump() for key, one in sorted(self.stories.items())},
            "index": self.index.dump(),
            "locked": sorted(self.locked),
            "apart": sorted(self.apart),
            "touched": sorted(self.touched),
            "numbers": [self.next_id, self.since_repair, self.now, self.swept, self.checked],
        }

    @classmethod
    def load(cls, data: dict[str, Any], setting: Setting | None = None) -> Writer:
        """A writer that goes on where `dump` was taken."""
        writer = cls(data["language"], setting or Setting())
        writer.background.load(data["background"])
        writer.take_up(data)
        writer.index.load(data["index"])
        writer.locked = set(data["locked"])
        writer.apart = {(one, other) for one, other in data["apart"]}
        writer.touched = set(data["touched"])
        writer.next_id, writer.since_repair, writer.now, writer.swept, writer.checked = data["numbers"]
        return writer

    def take_up(self, data: dict[str, Any]) -> None:
        """Nuclei and stories as `dump` gives them, beside those that are there."""
        for key, (group, story, bond) in data["nuclei"].items():
            self.nuclei[int(key)] = Nucleus(Group.load(group), story, bond)
        for key, (nuclei, body) in data["stories"].items():
            group = self.nuclei[nuclei[0]].group if body is None else Group.load(body)
            self.stories[int(key)] = Story(list(nuclei), group)


def _shared(read: Text, body: Group) -> tuple[str, ...]:
    """The words of the article that say most for the story, strongest first, as it spells them."""
    parts = [
        (value * read.terms[term], term)
        for term, value in zip(body.terms, body.values, strict=True)
        if term in read.terms
    ]
    return tuple(read.spelled.get(term, term) for _, term in sorted(parts, key=lambda part: (-part[0], part[1]))[:3])

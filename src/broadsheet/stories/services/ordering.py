"""Editors' orders: merge, split, move, lock, lead. Each is a line of the log and a row of history, and can be undone.

Whoever calls has checked `PERMISSION`. An order that makes no sense is `Refused` with a sentence for the editor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from django.db import transaction

from broadsheet.accounts.models import User
from broadsheet.articles.models import Article
from broadsheet.core import clock, events
from broadsheet.stories.events import StoryChanged
from broadsheet.stories.machine import orders
from broadsheet.stories.machine.orders import Done, Told
from broadsheet.stories.models import LogLine, Placement, RunningStory, Story, StoryOrder
from broadsheet.stories.services import filling, keeping, packing, reading, writers
from broadsheet.stories.services.counting import recount_stories
from broadsheet.stories.services.opening import open_stories
from broadsheet.stories.services.settling import put_together

PERMISSION = "stories.change_story"
Verb = StoryOrder.Verb


class Refused(Exception):
    """The order makes no sense; the message says why, to the editor."""


@dataclass
class Order(AbstractContextManager["Order"]):
    """An order while it is carried out. Keeps what was before; at the end writes down what came of it."""

    verb: str
    story: int
    user: User | None
    why: str
    other: int | None = None
    concerned: set[int] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)
    row: StoryOrder | None = None
    before: keeping.Kept = field(default_factory=dict)
    turns: dict[str, writers.Turn] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, set[int]] = field(default_factory=dict)
    posted: dict[str, list[Any]] = field(default_factory=dict)

    def __enter__(self) -> Order:
        self.before = keeping.rows_of(self.concerned)
        return self

    def tell(
        self, language: str, wanted: Sequence[Mapping[str, Any]], texts: Mapping[int, Told], room: set[int]
    ) -> Done:
        """Give one writer its part, which concerns the stories of its numbers in `room`. Returns the last outcome."""
        filling.ensure(language)
        turn = self.turns[language] = writers.begin(language, len(wanted), keep=False)
        missing = sorted(one for one in room if one not in turn.writer.stories)
        if missing:
            raise Refused("The writer has let go of this story by now. Try again.")
        self.machine[language] = orders.state(turn.writer, room)
        self.numbers[language] = set(room)
        self.posted[language] = []
        for one in wanted:
            done = turn.carry_out(one, texts)
            self.posted[language] += [[story, added] for story, added in done.posted]
            self.numbers[language].add(done.story)
        return done

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        recount_stories(self.concerned, tell_all=True)
        machine, states = {}, {}
        for language, turn in self.turns.items():
            live = self.numbers[language]
            states[language] = orders.state(turn.writer, live)
            next_id = turn.writer.next_id
            machine[language] = {"stories": sorted(live), "next_id": next_id, "posted": self.posted[language]}
            turn.end()
        after = {
            "ids": sorted(self.concerned),
            "machine": machine,
            "mark": keeping.mark_of(keeping.rows_of(self.concerned), states),
        }
        self.row = StoryOrder.objects.create(
            verb=self.verb, story=self.story, other=self.other, by=self.user, at=clock.now(), why=self.why[:300],
            facts=self.facts, before={**self.before, "machine": self.machine}, after=after,
        )  # fmt: skip


def _running(story: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for language, number in (
        RunningStory.objects.filter(story_id=story).order_by("number").values_list("language", "number")
    ):
        found.setdefault(language, []).append(number)
    return found


def _originals(story: int) -> list[int]:
    rows = Placement.objects.filter(story_id=story, article__copy_of=None).order_by("article_id")
    return list(rows.values_list("article_id", flat=True))


@transaction.atomic
def merge(kept: Story, gone: Story, *, user: User | None = None, why: str = "") -> StoryOrder:
    """Put two stories together for good; the address of `gone` leads to `kept` from now on."""
    if kept.pk == gone.pk:
        raise Refused("These are one story already.")
    with Order(Verb.MERGE, kept.pk, user, why, gone.pk, {kept.pk, gone.pk}) as order:
        order.facts = {"kept": _originals(kept.pk), "gone": _originals(gone.pk), "title": gone.slug}
        ours, theirs = _running(kept.pk), _running(gone.pk)
        for language in sorted(ours.keys() & theirs.keys()):
            first, rest = ours[language][0], [*ours[language][1:], *theirs[language]]
            wanted = [{"verb": "merge", "kept": first, "gone": one} for one in rest]
            order.tell(language, wanted, {}, {first, *rest})
            RunningStory.objects.filter(language=language, number__in=rest).delete()
        RunningStory.objects.filter(story=gone).update(story=kept)
        put_together({gone.pk: kept.pk})
    assert order.row is not None
    return order.row


@transaction.atomic
def split(story: Story, articles: Iterable[int], *, user: User | None = None, why: str = "") -> StoryOrder:
    """These articles (with their copies) are a story of their own from now on."""
    return _take_out(Verb.SPLIT, story, set(articles), None, user, why)


@transaction.atomic
def move(article: Article, to: Story | None, *, user: User | None = None, why: str = "") -> StoryOrder:
    """One article (with its copies) goes to another story, or (None) begins one of its own."""
    story = Story.objects.get(placements__article=article)
    if to is not None and to.pk == story.pk:
        raise Refused("It stands in this story already.")
    if to is not None and _originals(story.pk) == [article.pk]:
        return merge(to, story, user=user, why=why)
    return _take_out(Verb.MOVE, story, {article.pk}, to, user, why)


def _take_out(verb: str, story: Story, out: set[int], to: Story | None, user: User | None, why: str) -> StoryOrder:
    members = set(_originals(story.pk))
    if not out or not out <= members:
        raise Refused("Choose articles of this story. A copy goes with its original.")
    if out == members:
        raise Refused("At least one article has to stay.")
    running = [(language, number) for language, numbers in _running(story.pk).items() for number in numbers]
    if len(running) > 1:
        raise Refused("This story is told in several languages or parts; it cannot be taken apart yet.")
    concerned = {story.pk} if to is None else {story.pk, to.pk}
    with Order(verb, story.pk, user, why, to.pk if to else None, concerned) as order:
        order.facts = {"out": sorted(out), "rest": sorted(members - out)}
        if to is not None:
            order.facts["to"] = _originals(to.pk)
        nuclei: dict[int, int] = {}
        number = None
        if running:
            number, nuclei = _taken_out_by_writer(order, *running[0], story, out, to)
        row = to
        if row is None:
            leads = Article.objects.filter(pk__in=out).select_related("source__rights", "shown_section").defer("body")
            row = open_stories([leads.order_by("published_at", "pk")[0]])[0]
            order.other = row.pk
        order.concerned.add(row.pk)
        _to_row(story, row, out, nuclei)
        if number is not None:
            RunningStory.objects.update_or_create(
                language=running[0][0], number=number, defaults={"story": row}
            )  # fmt: skip
        if story.chosen_lead_id in out:
            Story.objects.filter(pk=story.pk).update(chosen_lead=None)
    assert order.row is not None
    return order.row


def _to_row(story: Story, row: Story, out: set[int], nuclei: Mapping[int, int]) -> None:
    """The placements of these articles and of their copies go to another story."""
    moving = list(
        Placement.objects.filter(story=story, article__in=out)
        | Placement.objects.filter(story=story, article__copy_of__in=out)
    )
    of = dict(Article.objects.filter(pk__in=[one.article_id for one in moving]).values_list("pk", "copy_of_id"))
    for one in moving:
        original = one.article_id if one.article_id in out else of[one.article_id]
        one.story_id = row.pk
        one.nucleus = nuclei.get(original or 0, one.nucleus)
        if one.article_id in out:
            one.why, one.detail, one.score = Placement.Why.DESK, {}, 1.0
    Placement.objects.bulk_update(moving, ["story", "nucleus", "why", "detail", "score"], batch_size=100)


def _taken_out_by_writer(
    order: Order, language: str, number: int, story: Story, out: set[int], to: Story | None
) -> tuple[int | None, dict[int, int]]:
    """Have the writer take articles out. Returns the number their row takes (None: it has one), and new nuclei."""
    rows = Placement.objects.filter(story=story, article__copy_of=None, language=language, nucleus__isnull=False)
    inside: dict[int, list[int]] = {}
    for article, nucleus in rows.order_by("article_id").values_list("article_id", "nucleus"):
        inside.setdefault(nucleus or 0, []).append(article)
    leaving = {nucleus: [one for one in some if one in out] for nucleus, some in inside.items()}
    whole = sorted(nucleus for nucleus, some in leaving.items() if some and len(some) == len(inside[nucleus]))
    parts = [
        [nucleus, some, [one for one in inside[nucleus] if one not in out]]
        for nucleus, some in sorted(leaving.items())
        if some and nucleus not in whole
    ]
    if not whole and not parts:
        return None, {}
    if len(whole) == len(inside):
        # All that the writer knows of the story leaves: its number goes along.
        return number, {}
    texts = _texts(language, [one for nucleus in leaving if nucleus not in whole for one in inside[nucleus]])
    there = _running(to.pk).get(language, [None])[0] if to is not None else None
    wanted = {"verb": "split" if order.verb == Verb.SPLIT else "move", "story": number, "nuclei": whole, "parts": parts}
    room = {number}
    if there is not None:
        wanted["to"] = there
        room.add(there)
    done = order.tell(language, [wanted], texts, room)
    return (done.story if there is None else None), done.nuclei


def _texts(language: str, articles: Sequence[int]) -> dict[int, Told]:
    """As they were told to the writer; what the log has let go of as the articles are now."""
    found: dict[int, Told] = {}
    for portion in writers.portions(articles):
        for line in LogLine.objects.filter(language=language, article_id__in=portion).order_by("seq"):
            assert line.article_id is not None
            found[line.article_id] = Told(*packing.unpack(line.text), line.at.timestamp())
    missing = [one for one in articles if one not in found]
    times = dict(Article.objects.filter(pk__in=missing).values_list("pk", "published_at"))
    for pk, (title, text) in reading.words_of(missing).items():
        found[pk] = Told(*packing.cut(title, text), times[pk].timestamp())
    return found


@transaction.atomic
def lock(story: Story, locked: bool = True, *, user: User | None = None, why: str = "") -> StoryOrder:
    """From now on only editors put articles in or take them out; copies still go with their originals."""
    if (story.locked_at is not None) == locked:
        raise Refused("It is locked already." if locked else "It is not locked.")
    verb = Verb.LOCK if locked else Verb.UNLOCK
    with Order(verb, story.pk, user, why, None, {story.pk}) as order:
        order.facts = {"articles": _originals(story.pk)}
        for language, numbers in sorted(_running(story.pk).items()):
            wanted = [{"verb": str(verb), "story": number} for number in numbers]
            order.tell(language, wanted, {}, set(numbers))
        Story.objects.filter(pk=story.pk).update(locked_at=clock.now() if locked else None)
    assert order.row is not None
    return order.row


@transaction.atomic
def choose_lead(story: Story, article: Article, *, user: User | None = None, why: str = "") -> StoryOrder:
    """This article leads the story as long as it is in the paper."""
    if not Placement.objects.filter(story=story, article=article, article__live=True).exists():
        raise Refused("Only an article of this story that is in the paper can lead it.")
    with Order(Verb.LEAD, story.pk, user, why, None, {story.pk}) as order:
        order.facts = {"article": article.pk}
        Story.objects.filter(pk=story.pk).update(chosen_lead=article)
    assert order.row is not None
    return order.row


@transaction.atomic
def undo(order: StoryOrder, *, user: User | None = None) -> None:
    """Take an order back: rows and writers are what they were before it. Refused where the stories went on since."""
    if order.undone_at is not None:
        raise Refused("It was undone already.")
    before, after = order.before, order.after
    turns = {}
    for language in sorted(after["machine"]):
        filling.ensure(language)
        turns[language] = writers.begin(language, 1, keep=False)
    states = {one: orders.state(turns[one].writer, after["machine"][one]["stories"]) for one in turns}
    if keeping.mark_of(keeping.rows_of(after["ids"]), states) != after["mark"]:
        raise Refused("The stories have changed since: it can no longer be undone. Merge, split or move instead.")
    for language, turn in turns.items():
        turn.carry_out({"verb": "undo", "before": before["machine"][language], "after": after["machine"][language]}, {})
        turn.end()
    keeping.restore(before, after["ids"])
    gone = sorted(set(after["ids"]) - set(before["ids"]))
    events.announce_all([StoryChanged(one) for one in gone])
    recount_stories(before["ids"], tell_all=True)
    StoryOrder.objects.filter(pk=order.pk).update(undone_at=clock.now(), undone_by=user)

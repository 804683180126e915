"""Placing articles: copies with their originals, everything else by the writer of its language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from broadsheet.articles.models import Article, Judgement
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.stories import rules
from broadsheet.stories.events import StoryChanged
from broadsheet.stories.machine.writer import Placed
from broadsheet.stories.models import Placement, Story, StoryRedirect
from broadsheet.stories.services import filling, reading, settling, writers
from broadsheet.stories.services.counting import recount_of, recounting
from broadsheet.stories.services.evidence import Links, Stand, links_of


def place_article(article: Article, *, joins: int | None = None) -> Story:
    """Put one article into its story; `joins` as in `place_articles`. Returns the story."""
    place_articles([article], {article.pk: joins} if joins else {})
    return Story.objects.get(placements__article=article)


@dataclass
class Planned:
    """Where an article is to go. `number`: its writer's story; `row`: its story's row, once known."""

    article: Article
    why: str
    detail: dict[str, Any] = field(default_factory=dict)
    score: float = 1.0
    language: str | None = None
    nucleus: int | None = None
    number: int = 0
    row: int | None = None

    def placement(self) -> Placement:
        """As a row."""
        assert self.row is not None
        return Placement(
            article=self.article,
            story_id=self.row,
            why=self.why,
            detail=self.detail,
            score=self.score,
            version=rules.VERSION,
            language=self.language,
            nucleus=self.nucleus,
            placed_at=clock.now(),
        )


@together()
def place_articles(articles: Sequence[Article], joins: Mapping[int, int]) -> None:
    """Put articles, in this order, into their stories, or give them ones of their own. Placing again changes nothing.

    `joins` names, by article, one whose story it belongs to: a copy of it that came first. Raises `writers.Contended`.
    """
    ids = [article.pk for article in articles]
    placed = set(Placement.objects.filter(article_id__in=ids).values_list("article_id", flat=True))
    copies, followers, to_read = _sorted([one for one in articles if one.pk not in placed], joins)
    with recounting():
        # Copies of what stands already go first: what a repair moves, moves with them.
        Placement.objects.bulk_create([plan.placement() for plan in copies])
        plans = _read(to_read)
        for article, original in followers:
            plan = plans[original]
            detail = {"article": original}
            copies.append(Planned(article, "copy", detail, 1.0, plan.language, plan.nucleus, row=plan.row))
        Placement.objects.bulk_create(
            [plan.placement() for plan in [*plans.values(), *copies[len(copies) - len(followers) :]]]
        )
        for plan in copies:
            # Until an article enters the paper it changes nothing that readers see.
            if plan.article.live:
                recount_of(plan.article.pk)


def _sorted(
    articles: Sequence[Article], joins: Mapping[int, int]
) -> tuple[list[Planned], list[tuple[Article, int]], list[Article]]:
    """Copies of what is placed, copies of what is in the batch (with the original's id), and what is to be read."""
    equal = {one.pk: one.copy_of_id or joins.get(one.pk) for one in articles}
    rows = Placement.objects.filter(article_id__in=[one for one in equal.values() if one])
    known = {
        pk: (story, language, nucleus)
        for pk, story, language, nucleus in rows.values_list("article_id", "story_id", "language", "nucleus")
    }
    copies, followers, to_read = [], [], list[Article]()
    root: dict[int, int] = {}
    for article in articles:
        original = equal[article.pk]
        if original in known:
            story, language, nucleus = known[original]
            known[article.pk] = (story, language, nucleus)
            copies.append(Planned(article, "copy", {"article": original}, 1.0, language, nucleus, row=story))
        elif original in root:
            root[article.pk] = root[original]
            followers.append((article, root[original]))
        else:
            root[article.pk] = article.pk
            to_read.append(article)
    return copies, followers, to_read


def _read(articles: Sequence[Article]) -> dict[int, Planned]:
    """Have the writers place these, and settle what their repairs changed. Every plan knows its row afterwards."""
    if not articles:
        return {}
    said = dict(Judgement.objects.filter(pk__in=[one.pk for one in articles]).values_list("pk", "language"))
    by_language: dict[str, list[Article]] = {}
    for article in articles:
        by_language.setdefault(reading.tongue(said.get(article.pk) or article.language), []).append(article)
    words = reading.words_of([one.pk for one in articles])
    links = links_of(articles)
    plans: dict[int, Planned] = {}
    for language in sorted(by_language):
        filling.ensure(language)
        turn = writers.begin(language, len(by_language[language]))
        changes = settling.Changes(language)
        own = [_told(turn, changes, links, article, *words[article.pk]) for article in by_language[language]]
        _settled(turn, changes, own)
        turn.end()
        plans |= {plan.article.pk: plan for plan in own}
    return {article.pk: plans[article.pk] for article in articles}


def _told(
    turn: writers.Turn, changes: settling.Changes, links: Links, article: Article, title: str, text: str
) -> Planned:
    """One article, placed by its writer, with what its links say."""
    place, stand = links.best(article)
    beside = stand.nucleus if stand is not None and stand.language == turn.language else None
    placed = turn.place(article, title, text, beside=beside, linked=int(place.detail.get("article", 0)))
    changes.note(placed)
    plan = Planned(article, *_reason(placed), language=turn.language, nucleus=placed.nucleus, number=placed.story)
    if placed.why == "link":
        plan.why, plan.detail, plan.score = "link", dict(place.detail), place.score
    elif placed.why == "first" and stand is not None and beside is None and stand.story_id is not None:
        # Of another language, or of a story that its writer let go of: the words cannot speak against it.
        plan.why, plan.detail, plan.score, plan.row = "link", dict(place.detail), place.score, stand.story_id
    row = plan.row if plan.row is not None else -placed.story
    links.add(article, row, Stand(turn.language, placed.nucleus, plan.row))
    return plan


def _reason(placed: Placed) -> tuple[str, dict[str, Any], float]:
    if placed.why == "first":
        return "first", ({"nearest": round(placed.score, 3)} if placed.score else {}), 1.0
    return placed.why, {"shared": list(placed.shared), "articles": placed.articles}, round(placed.score, 4)


def _settled(turn: writers.Turn, changes: settling.Changes, plans: Sequence[Planned]) -> None:
    """Give every plan its row: the running one of its number, one that a link names, or a new one."""
    for plan in plans:
        plan.number = changes.number_of(plan.nucleus or 0, plan.number)
    wanted: dict[int, Article] = {}
    given: dict[int, int] = {}
    for plan in plans:
        wanted.setdefault(plan.number, plan.article)
        if plan.row is not None:
            given.setdefault(plan.number, plan.row)
    if given:
        # A writer of another language may have put a row that a link names into another, in this very batch.
        led = dict(StoryRedirect.objects.filter(was__in=given.values()).values_list("was", "story_id"))
        given = {number: led.get(row, row) for number, row in given.items()}
    rows, opened = settling.settle(changes, wanted, given)
    first: set[int] = set()
    alone = []
    for plan in plans:
        plan.row = rows[plan.number]
        if plan.row in opened and plan.row not in first:
            first.add(plan.row)
            alone.append(plan.row)
            if plan.why != "first" and not changes.touches(plan.number):
                plan.why, plan.detail, plan.score = "first", {}, 1.0
        elif plan.article.live:
            recount_of(plan.article.pk)
    live = set(Story.objects.filter(pk__in=alone, live=True).values_list("pk", flat=True))
    events.announce_all([StoryChanged(pk) for pk in alone if pk in live])

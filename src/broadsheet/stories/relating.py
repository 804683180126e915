"""Looking for the relatives of articles, in the worker, when an article comes or its text changes.

Found once and stored, because a page is printed far more often than its relatives change, and because a search needs
the codes of thirty days in memory, which one process holds and not every reader's. A new article is also offered to
those that it came near to, at most `NEAR` a turn, so that yesterday's page may lead to today's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from broadsheet.accounts.models import User
from broadsheet.articles import queries as articles
from broadsheet.articles import related
from broadsheet.articles.models import Article, ArticleVector, RelatedChoice, RelatedList
from broadsheet.articles.related import Find
from broadsheet.articles.services.publishing import log_action
from broadsheet.copydesk import keepsakes, likeness
from broadsheet.copydesk.likeness import Piece
from broadsheet.core import clock, events, queue
from broadsheet.core.transactions import together
from broadsheet.stories.events import RelatedChanged
from broadsheet.stories.models import Placement
from broadsheet.stories.shelf import Shelf

RELATE = "stories.relate"

TURN = 20
#: Between two turns while more articles wait.
PAUSE = timedelta(seconds=1.5)
"""Articles looked after at once."""

NEAR = 10
"""Earlier articles a turn whose relatives are looked for again, since a new one may be among them."""

OF_STORY = 20
"""Members of an article's story that are weighed, the latest."""

SAME_SECTION = 0.02
SHARED_TOPIC = 0.01
TOPICS_COUNTED = 3

# Few enough for one statement of any database.
_PORTION = 500

_shelf = Shelf()


def start_anew() -> None:
    """Forget the codes in memory; they are read when next needed."""
    global _shelf
    _shelf = Shelf()


def wish() -> None:
    """Ask for a turn; wishes within a moment are one."""
    queue.defer(RELATE, key=RELATE)


def wish_waiting() -> bool:
    """Ask for a turn where an article waits for one: after a crash, and for what was filed before there were any."""
    waiting = ArticleVector.objects.filter(waiting=True, article__live=True).exists()
    if waiting:
        wish()
    return waiting


@dataclass(frozen=True, slots=True)
class _Known:
    """An article as far as its relatives are concerned."""

    piece: Piece
    code: tuple[bytes, Mapping[str, float]]
    language: str
    section: int
    topics: frozenset[int]


@dataclass
class Turn:
    """What a turn found, before it is written: relatives by article, and which articles waited for it."""

    found: dict[int, list[Find]] = field(default_factory=dict)
    waited: list[int] = field(default_factory=list)
    began: object = None


def look() -> Turn:
    """Relatives of the articles that wait and of those that they come near to. Reads only; some ten milliseconds each.

    Queries: their number does not grow with the articles of the paper.
    """
    turn = Turn(began=clock.now())
    rows = ArticleVector.objects.filter(waiting=True, article__live=True).order_by("-article_id")
    turn.waited = list(rows.values_list("article_id", flat=True)[:TURN])
    if not turn.waited:
        return turn
    _shelf.grow(timezone.localdate(clock.now()))
    turn.found = _find(turn.waited)
    nearer = _came_nearer(turn.found)
    turn.found |= {ident: finds for ident, finds in _find(nearer).items() if ident not in turn.found}
    return turn


@together()
def keep(turn: Turn) -> int:
    """Write what a turn found and announce what changed; returns for how many articles it looked."""
    choices = _choices(turn.found)
    held = RelatedList.objects.filter(article_id__in=turn.found)
    before = {row.article_id: _printed(row) for row in held}
    there = set(Article.objects.filter(pk__in=turn.found).values_list("pk", flat=True))
    rows = [
        RelatedList(
            article_id=ident, found=related.stored(finds), at=clock.now(),
            shown=related.shown(finds, *choices.get(ident, ({}, []))),
        )
        for ident, finds in turn.found.items()
        if ident in there
    ]  # fmt: skip
    fields = ["found", "shown", "at"]
    RelatedList.objects.bulk_create(rows, update_conflicts=True, unique_fields=["article"], update_fields=fields)
    # What was changed meanwhile waits on.
    ArticleVector.objects.filter(pk__in=turn.waited, kept_at__lte=turn.began).update(waiting=False)
    changed = [row.article_id for row in rows if _printed(row) != before.get(row.article_id, [])]
    events.announce_all([RelatedChanged(ident) for ident in changed])
    if len(turn.waited) == TURN:
        # What arrives by the thousand goes first: the search for relatives takes a fifth of the worker at most.
        queue.defer(RELATE, key=RELATE, due_at=clock.now() + PAUSE)
    return len(rows)


def _printed(row: RelatedList) -> list[tuple[int, str]]:
    """What a reader sees of a list: whom it names, in which order, and why."""
    reasons = {find.id: find.reason for find in related.read(row.found)}
    return [(ident, reasons.get(ident, "")) for ident in row.shown]


def _choices(ids: Collection[int]) -> dict[int, tuple[dict[int, str], list[int]]]:
    """Of each article: the verdict on others, and their order of choice."""
    found: dict[int, tuple[dict[int, str], list[int]]] = {}
    rows = RelatedChoice.objects.filter(article_id__in=list(ids)).order_by("at", "id")
    for article_id, other, verdict in rows.values_list("article_id", "other_id", "verdict"):
        verdicts, order = found.setdefault(article_id, ({}, []))
        verdicts[other] = verdict
        order.append(other)
    return found


def choose(article: Article, other_id: int, verdict: str | None, *, user: User | None = None) -> None:
    """Pin an article beside another or leave it out; None takes an earlier choice back.

    The page follows at once. Raises ValueError beyond `related.CHOICES`, and for an article beside itself.
    """
    if other_id == article.pk:
        raise ValueError("an article does not stand beside itself")
    with together():
        mine = RelatedChoice.objects.filter(article=article)
        if verdict is None:
            mine.filter(other_id=other_id).delete()
        elif mine.exclude(other_id=other_id).count() >= related.CHOICES:
            raise ValueError("too many choices beside one article")
        else:
            facts = {"verdict": verdict, "editor": user, "at": clock.now()}
            RelatedChoice.objects.update_or_create(article=article, other_id=other_id, defaults=facts)
        row = RelatedList.objects.filter(article=article).first() or RelatedList(article=article)
        verdicts, order = _choices([article.pk]).get(article.pk, ({}, []))
        before, row.shown = row.shown, related.shown(related.read(row.found), verdicts, order)
        row.at = clock.now()
        row.save()
        log_action(article, "broadsheet.related", user, {"other": other_id, "verdict": verdict or "taken back"})
        if row.shown != before:
            events.announce(RelatedChanged(article.pk))


# Finding


def _find(ids: Sequence[int]) -> dict[int, list[Find]]:
    askers = _known(ids)
    near = {ident: _shelf.nearest(keepsakes.asking(*one.code), likeness.CANDIDATES) for ident, one in askers.items()}
    own = _of_stories({one.piece.story for one in askers.values()} - {None})
    for ident, one in askers.items():
        near[ident] = list(dict.fromkeys([*own.get(one.piece.story, []), *near[ident]]))
    known = askers | _known({other for others in near.values() for other in others} - askers.keys())
    names = _names(askers)
    extra = {ident: len(verdicts) for ident, (verdicts, _) in _choices(askers).items()}
    return {
        ident: _relatives(one, [known[other] for other in near[ident] if other in known], names, extra.get(ident, 0))
        for ident, one in askers.items()
    }


def _relatives(of: _Known, among: Sequence[_Known], names: Mapping[int, str], extra: int) -> list[Find]:
    readable = [one for one in among if one.language == of.language or one.piece.story == of.piece.story is not None]
    by_id = {one.piece.id: one for one in readable}
    favour = {ident: _favour(of, one) for ident, one in by_id.items()}
    chosen = likeness.related(of.piece, [one.piece for one in readable], related.KEPT + extra, (), favour)
    return [_find_of(of, by_id[one.id], one, favour[one.id], names) for one in chosen]


def _favour(of: _Known, other: _Known) -> float:
    shared = min(TOPICS_COUNTED, len(of.topics & other.topics))
    return SAME_SECTION * (of.section == other.section) + SHARED_TOPIC * shared


def _find_of(of: _Known, other: _Known, one: likeness.Suggestion, favour: float, names: Mapping[int, str]) -> Find:
    mine, theirs = of.piece, other.piece
    shared = {word: weight * theirs.words[word] for word, weight in mine.words.items() if word in theirs.words}
    alike = None
    if mine.vector is not None and theirs.vector is not None:
        alike = round(float(mine.vector @ theirs.vector), 3)
    topics = [names[topic] for topic in sorted(of.topics & other.topics) if topic in names]
    return Find(
        id=int(one.id),
        likeness=round(one.likeness, 3),
        words=round(sum(shared.values()), 3),
        vectors=alike,
        favour=round(favour, 3),
        same_story=one.same_story,
        about=related.about(topics, shared),
    )


def _known(ids: Iterable[int]) -> dict[int, _Known]:
    """Those of the articles that stand in the paper and have a vector; two queries for each 500."""
    wanted = sorted(set(ids))
    found: dict[int, _Known] = {}
    for at in range(0, len(wanted), _PORTION):
        portion = wanted[at : at + _PORTION]
        topics: dict[int, set[int]] = {}
        for article_id, topic_id in articles.topic_pairs(portion):
            topics.setdefault(article_id, set()).add(topic_id)
        rows = ArticleVector.objects.filter(pk__in=portion).values_list(
            "article_id", "words", "vector", "article__language", "article__shown_section_id",
            "article__placement__story_id", "article__live", "article__copy_of_id", "article__withdrawn_at",
        )  # fmt: skip
        for ident, words, vector, language, section, story, live, copy_of, withdrawn in rows:
            if live and copy_of is None and withdrawn is None:
                kept = bytes(vector)
                piece = Piece(ident, words, keepsakes.restored(kept), story)
                mine = frozenset(topics.get(ident, ()))
                found[ident] = _Known(piece, (kept, words), language.split("-")[0], section, mine)
    return found


def _of_stories(stories: Collection[object]) -> dict[object, list[int]]:
    """The latest members of these stories, copies left out."""
    rows = Placement.objects.filter(story_id__in=list(stories), article__copy_of=None).order_by("-article_id")
    found: dict[object, list[int]] = {}
    for story, article_id in rows.values_list("story_id", "article_id")[: TURN * OF_STORY]:
        members = found.setdefault(story, [])
        if len(members) < OF_STORY:
            members.append(article_id)
    return found


def _names(known: Mapping[int, _Known]) -> dict[int, str]:
    """Names of the topics of these articles, hidden ones left out."""
    by_article = articles.topics_by_article(list(known))
    return {topic.pk: topic.name for topics in by_article.values() for topic in topics}


def _came_nearer(found: Mapping[int, Sequence[Find]]) -> list[int]:
    """The articles that new ones came near to, nearer than the last of their own relatives; the nearest first."""
    best: dict[int, float] = {}
    for finds in found.values():
        for one in finds:
            if one.id not in found:
                best[one.id] = max(best.get(one.id, 0.0), one.likeness + one.same_story)
    kept = dict(RelatedList.objects.filter(article_id__in=best).values_list("article_id", "found"))
    nearer = [
        ident for ident, value in best.items()
        if len(kept.get(ident, [])) < related.KEPT or value > min(one["likeness"] for one in kept[ident])
    ]  # fmt: skip
    return sorted(nearer, key=lambda ident: (-best[ident], ident))[:NEAR]

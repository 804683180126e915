"""Names become topics when independent voices use them; what nobody uses is forgotten.

A pass looks only at names used since the last one. Readers see a topic from three voices on; from two on it stands
among the candidates at the desk. A topic that was public stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Max, QuerySet, When

from broadsheet.articles import gazetteer
from broadsheet.articles.models import ArticleTopic, Topic, TopicAlias, TopicUse
from broadsheet.articles.services.merging import merge_topics
from broadsheet.articles.services.naming import link_uses, make_topics, stock_of
from broadsheet.copydesk import topics
from broadsheet.core import clock, facts
from broadsheet.core.transactions import together
from broadsheet.lib import text

WINDOW = timedelta(days=30)
#: Rows of `TopicUse` kept at most; names are never more than rows.
MOST_USES = 500_000
#: Voices from which on a name stands among the candidates at the desk.
CANDIDATE_VOICES = 2
#: Uses looked at of one name; more say the same.
_LOOKED_AT = 200
_CHUNK = 400
_MARK = "articles.topics.mark"


@dataclass(frozen=True)
class _Pass:
    """What a pass knows of people: full names by their last word."""

    bearers: dict[str, list[str]]

    def only_bearer(self, fold: str, verdict: topics.Topical) -> str | None:
        if " " in fold or verdict.kind == topics.Kind.PLACE:
            return None
        found = self.bearers.get(fold, [])
        return found[0] if len(found) == 1 else None


def promote_topics(*, everything: bool = False) -> int:
    """Let names become topics or aliases by the voices that used them; returns how many did.

    Looks at names used since the last pass, or at all with `everything`. Each chunk of names is one transaction.
    """
    mark = 0 if everything else int(facts.get(_MARK, 0))
    newest = TopicUse.objects.aggregate(newest=Max("pk"))["newest"] or 0
    if newest <= mark:
        return 0
    since = clock.now().date() - WINDOW
    knows = _Pass(_bearers())
    done = 0
    for folds in _chunks(_touched(mark, newest)):
        with together():
            done += _promote(folds, since, knows)
    with together():
        facts.put(_MARK, newest)
        if done:
            _absorb(knows)
            gazetteer.changed()
    return done


def _touched(mark: int, newest: int) -> QuerySet[Any, str]:
    rows = TopicUse.objects.filter(pk__gt=mark, pk__lte=newest).order_by("fold")
    return rows.values_list("fold", flat=True).distinct()


def _chunks(folds: Iterable[str]) -> Iterator[list[str]]:
    # Read whole before the first write: at most as many names as the table has, a few bytes each.
    waiting = list(folds)
    for start in range(0, len(waiting), _CHUNK):
        yield waiting[start : start + _CHUNK]


def _bearers() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = Topic.objects.filter(kind=Topic.Kind.PERSON, public=True, merged_into=None)
    for name in rows.values_list("name", flat=True)[: gazetteer.MOST]:
        fold = topics.bare(name)
        if 1 <= fold.count(" ") <= 2:
            found.setdefault(fold.rpartition(" ")[2], []).append(fold)
    return found


def _promote(folds: list[str], since: date, knows: _Pass) -> int:
    rows = TopicUse.objects.filter(fold__in=folds, day__gte=since)
    counted = rows.values("fold").annotate(speaking=Count("voice", distinct=True)).order_by()
    wanted = list(counted.filter(speaking__gte=CANDIDATE_VOICES).values_list("fold", flat=True))
    uses = _uses(rows.filter(fold__in=wanted))
    become: dict[str, topics.Topical] = {}
    candidates: dict[str, topics.Topical] = {}
    means: dict[str, str] = {}
    for fold, some in uses.items():
        verdict = topics.decide(some)
        if isinstance(verdict, topics.Topical) and (full := knows.only_bearer(fold, verdict)):
            verdict = topics.Alias(full)
        if isinstance(verdict, topics.Topical):
            become[fold] = verdict
        elif isinstance(verdict, topics.Alias):
            means[fold] = verdict.means
        elif isinstance(early := topics.decide(some, needed=CANDIDATE_VOICES), topics.Topical):
            candidates[fold] = early
    _make(candidates | become)
    for fold, topical in become.items():
        if topical.kind == topics.Kind.PERSON and " " in fold:
            knows.bearers.setdefault(fold.rpartition(" ")[2], []).append(fold)
    stock = stock_of({*become, *means.values()})
    published = _publish({fold: (stock[fold], one) for fold, one in become.items() if fold in stock})
    aliased = {fold: stock[full] for fold, full in means.items() if full in stock and stock[full].public}
    _alias(aliased, uses)
    link_uses({**published, **aliased})
    return len(published) + len(aliased)


def _uses(rows: QuerySet[TopicUse]) -> dict[str, list[topics.Use]]:
    found: dict[str, list[topics.Use]] = {}
    columns = ("fold", "name", "voice", "inside", "kind", "means")
    for fold, *facts_of in rows.order_by("-pk").values_list(*columns).iterator(chunk_size=2_000):
        some = found.setdefault(fold, [])
        if len(some) < _LOOKED_AT:
            some.append(topics.Use(*facts_of))
    return found


def _make(wanted: Mapping[str, topics.Topical]) -> None:
    """Candidates of these names, where nothing stands for them yet."""
    known = stock_of(wanted)
    new = {text.normal(one.name)[:120]: (one.name, str(one.kind)) for fold, one in wanted.items() if fold not in known}
    if new:
        make_topics(new)


def _publish(chosen: Mapping[str, tuple[Topic, topics.Topical]]) -> dict[str, Topic]:
    """Make these public, with the kind their uses speak for unless it is the desk's. Hidden ones stay hidden."""
    for topic, topical in chosen.values():
        if not topic.by_desk and not topic.public:
            topic.kind = topical.kind
        topic.public = True
        topic.voices = max(topic.voices, topical.voices)
    Topic.objects.bulk_update([topic for topic, _ in chosen.values()], ["kind", "public", "voices"], batch_size=_CHUNK)
    return {fold: topic for fold, (topic, _) in chosen.items()}


def _alias(aliased: Mapping[str, Topic], uses: Mapping[str, Sequence[topics.Use]]) -> None:
    shown = {fold: topics.shown_as(uses[fold]) for fold in aliased}
    rows = [
        TopicAlias(topic=topic, fold=text.normal(shown[fold])[:120], name=shown[fold])
        for fold, topic in aliased.items()
    ]
    TopicAlias.objects.bulk_create([row for row in rows if row.fold], ignore_conflicts=True)


def _absorb(knows: _Pass) -> None:
    """Last names that became topics before their bearers did go into them, unless the desk made or touched them."""
    only = {last: full[0] for last, full in knows.bearers.items() if len(full) == 1}
    single = Topic.objects.filter(public=True, merged_into=None, by_desk=False).exclude(kind=Topic.Kind.PLACE)
    lasts = [topic for topic in single.exclude(fold__contains=" ") if topics.bare(topic.name) in only]
    if lasts:
        stock = stock_of(only[topics.bare(topic.name)] for topic in lasts)
        for topic in lasts:
            full = stock.get(only[topics.bare(topic.name)])
            if full is not None and full.public and full.pk != topic.pk:
                merge_topics(topic, full)


def tidy_topics() -> None:
    """The nightly pass: everything is decided once more, old uses go, public topics are counted anew."""
    promote_topics(everything=True)
    _purge()
    _recount()


def _purge() -> None:
    today = clock.now().date()
    _delete(TopicUse.objects.filter(day__lt=today - WINDOW))
    over = TopicUse.objects.count() - MOST_USES
    if over > 0:
        once = TopicUse.objects.values("fold").annotate(rows=Count("pk")).filter(rows=1).order_by().values("fold")
        over -= _delete(TopicUse.objects.filter(fold__in=once, day__lt=today - timedelta(days=2)).order_by("pk"), over)
    if over > 0:
        _delete(TopicUse.objects.order_by("pk"), over)


def _delete(rows: QuerySet[TopicUse], most: int | None = None) -> int:
    """Delete rows a thousand at a time, each thousand by itself, so that no writer waits long."""
    gone = 0
    while most is None or gone < most:
        ids = list(rows.values_list("pk", flat=True)[: min(1_000, (most or gone + 1_000) - gone)])
        if not ids:
            break
        gone += TopicUse.objects.filter(pk__in=ids).delete()[0]
    return gone


def _recount() -> None:
    since = clock.now() - WINDOW
    speaker = Case(
        When(article__source__owner=None, then=F("article__source_id") * 2),
        default=F("article__source__owner_id") * 2 + 1,
    )
    last = 0
    while chunk := list(Topic.objects.filter(public=True, pk__gt=last).order_by("pk")[:_CHUNK]):
        last = chunk[-1].pk
        links = ArticleTopic.objects.filter(topic__in=chunk, published_at__gte=since, article__copy_of=None)
        rows = links.values("topic_id").annotate(n=Count("pk"), v=Count(speaker, distinct=True)).order_by()
        counts = {row["topic_id"]: (row["n"], row["v"]) for row in rows}
        for topic in chunk:
            topic.uses, topic.voices = counts.get(topic.pk, (0, 0))
        Topic.objects.bulk_update(chunk, ["uses", "voices"])

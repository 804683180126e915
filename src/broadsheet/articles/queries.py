"""Reads of articles for pages. Bodies are left in the database unless a page prints one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from broadsheet.articles.models import (
    Article,
    ArticleTopic,
    Judgement,
    Section,
    SectionModel,
    SectionPair,
    Topic,
    TopicAlias,
)
from broadsheet.copydesk.topics import MOST

#: How many older articles of a topic one article's page looks at; see `earlier_ids`.
EARLIER = 8
#: How many neighbours in the section it looks at each way, the nearest of another story being printed.
BESIDE = 4

#: Columns that lists never print; a body can be a hundred times the rest of the row.
HEAVY = ("body", "judgement__reasons", "origin_picture", "kept_fields")


def in_paper() -> QuerySet[Article]:
    """Articles that stand in the paper: live, not withdrawn, not a copy of another."""
    # `live__in`: SQLite uses no index for a bare truth value, and would sort the whole table.
    return Article.objects.filter(live__in=[True], copy_of=None, withdrawn_at=None)


def with_facts(rows: QuerySet[Article]) -> QuerySet[Article]:
    """The same rows with all that a teaser prints, in one query."""
    return rows.select_related("source__rights", "shown_section", "picture", "judgement").defer(*HEAVY)


def at_address(address: str) -> QuerySet[Article]:
    """The article at `section/slug`, in whatever state it is, with its body and all that its page prints."""
    return (
        Article.objects.filter(address=address)
        .select_related("source__rights", "source__owner", "shown_section", "picture", "judgement", "copy_of")
        .defer("copy_of__body")
    )


def in_section(section: Section) -> QuerySet[Article]:
    """Articles shown in the section, newest first."""
    return in_paper().filter(shown_section=section).order_by("-published_at", "-id")


def of_source(source_id: int) -> QuerySet[Article]:
    """Articles of the source, newest first."""
    return in_paper().filter(source_id=source_id).order_by("-published_at", "-id")


def newest() -> QuerySet[Article]:
    """All articles of the paper, newest first."""
    return in_paper().order_by("-published_at", "-id")


def ids_on_topic(topic_id: int, *, start: int, stop: int) -> list[int]:
    """Ids of the topic's articles from `start` to `stop`, newest first, read from one index."""
    rows = ArticleTopic.objects.filter(topic_id=topic_id).order_by("-published_at", "-id")
    return list(rows.values_list("article_id", flat=True)[start:stop])


def of_ids(ids: Collection[int]) -> QuerySet[Article]:
    """The articles with these ids, in whatever state, in no order; `stands` tells whether one is in the paper."""
    return Article.objects.filter(pk__in=list(ids)).order_by()


def among(ids: Collection[int]) -> QuerySet[Article]:
    """Those of `ids` that stand in the paper, newest first.

    The conditions are written so that no index fits them: else the database may walk all live articles for a few ids.
    """
    rows = of_ids(ids).alias(alive=Coalesce("live", False), original=Coalesce("copy_of_id", 0))
    return rows.filter(alive=True, original=0, withdrawn_at=None).order_by("-published_at", "-id")


def stands(article: Article) -> bool:
    """What `in_paper` asks, of a row that was read."""
    return article.live and article.copy_of_id is None and article.withdrawn_at is None


def section_by_slug(slug: str) -> Section | None:
    """The section with this address."""
    return Section.objects.filter(slug=slug).first()


def sections() -> list[Section]:
    """All sections in their order."""
    return list(Section.objects.order_by("order", "name"))


def topic_by_slug(slug: str) -> Topic | None:
    """The topic with this address, unless it is a candidate or the desk hid it; a merged one knows where it went."""
    found = Topic.objects.filter(slug=slug).select_related("merged_into").first()
    if found is None:
        return None
    shown = found.merged_into or found
    return found if shown.public and not shown.hidden else None


def aliases_of(topic_id: int) -> list[str]:
    """Other names of a topic, by name; at most a dozen."""
    return list(TopicAlias.objects.filter(topic_id=topic_id).order_by("name").values_list("name", flat=True)[:12])


def topics_of(article_id: int) -> list[Topic]:
    """The article's topics as the desk or the machine ranked them, candidates and hidden ones left out."""
    return list(
        Topic.objects.filter(article_links__article_id=article_id, public=True, hidden=False).order_by(
            "article_links__rank", "article_links__id"
        )[:MOST]
    )


def topics_by_article(article_ids: Sequence[int]) -> dict[int, list[Topic]]:
    """The topics of each of these articles in their order, candidates and hidden ones left out; one query."""
    rows = ArticleTopic.objects.filter(
        article_id__in=article_ids, topic__public=True, topic__hidden=False
    ).select_related("topic")
    found: dict[int, list[Topic]] = {}
    for row in rows.order_by("article_id", "rank", "id"):
        found.setdefault(row.article_id, []).append(row.topic)
    return found


def topic_ids(article_id: int) -> list[int]:
    """Ids of all topics of the article, in order."""
    rows = ArticleTopic.objects.filter(article_id=article_id).order_by("rank", "id")
    return list(rows.values_list("topic_id", flat=True))


def topics_among(article_ids: Sequence[int], *, limit: int) -> list[Topic]:
    """The topics that most of these articles share, most frequent first, then by name."""
    links = ArticleTopic.objects.filter(article_id__in=list(article_ids), topic__public=True, topic__hidden=False)
    counts: dict[int, int] = {}
    found: dict[int, Topic] = {}
    for link in links.select_related("topic"):
        counts[link.topic_id] = counts.get(link.topic_id, 0) + 1
        found[link.topic_id] = link.topic
    ranked = sorted(found.values(), key=lambda topic: (-counts[topic.pk], topic.name))
    return [topic for topic in ranked if counts[topic.pk] > 1][:limit]


def earlier_ids(topic_id: int, before: datetime) -> list[int]:
    """Ids of the newest articles of a topic that are older than `before`. Nothing filed later alters the answer,
    unless it is older itself."""
    rows = ArticleTopic.objects.filter(topic_id=topic_id, published_at__lt=before).order_by("-published_at", "-id")
    return list(rows.values_list("article_id", flat=True)[:EARLIER])


def before(article: Article) -> QuerySet[Article]:
    """Older articles of the same section, nearest first."""
    return in_section(article.shown_section).filter(published_at__lt=article.published_at)


def after(article: Article) -> QuerySet[Article]:
    """Newer articles of the same section, nearest first."""
    rows = in_paper().filter(shown_section=article.shown_section, published_at__gt=article.published_at)
    return rows.order_by("published_at", "id")


def topic_pairs(ids: Iterable[int]) -> list[tuple[int, int]]:
    """(article id, topic id) of these articles."""
    return list(ArticleTopic.objects.filter(article_id__in=ids).values_list("article_id", "topic_id"))


def ids(rows: QuerySet[Article]) -> list[int]:
    """The ids alone, in order."""
    return list(rows.values_list("id", flat=True))


def beside(article: Article, topics: Sequence[int]) -> set[int]:
    """Ids of the articles whose pages may print this one as a neighbour: those that look as far as this one in the
    section, and the next ones on each of its topics."""
    found = {*ids(before(article)[:BESIDE]), *ids(after(article)[:BESIDE])}
    for topic_id in topics:
        newer = ArticleTopic.objects.filter(topic_id=topic_id, published_at__gt=article.published_at)
        found |= set(newer.order_by("published_at", "id").values_list("article_id", flat=True)[:EARLIER])
    return found - {article.pk}


#: Above this many articles at once their neighbours are looked up by the span of time, not one by one.
FEW = 4


def beside_all(articles: Sequence[Article], topics: Mapping[int, Sequence[int]]) -> set[int]:
    """Neighbours of many articles that came at once. Names rather some too many: a page marked in vain is printed to
    the same bytes, and only when somebody asks."""
    if len(articles) <= FEW:
        return {pk for one in articles for pk in beside(one, topics.get(one.pk, []))}
    found: set[int] = set()
    by_section: dict[int, list[Article]] = {}
    for one in articles:
        by_section.setdefault(one.shown_section_id, []).append(one)
    for rows in by_section.values():
        oldest, newest = min(rows, key=_time), max(rows, key=_time)
        span = in_section(oldest.shown_section)
        span = span.filter(published_at__gte=oldest.published_at, published_at__lte=newest.published_at)
        found |= {*ids(before(oldest)[:BESIDE]), *ids(after(newest)[:BESIDE]), *ids(span[:SPAN])}
    wanted = {topic_id for one in articles for topic_id in topics.get(one.pk, [])}
    newer = ArticleTopic.objects.filter(topic_id__in=wanted, published_at__gte=min(map(_time, articles)))
    found |= set(newer.order_by("published_at").values_list("article_id", flat=True)[:SPAN])
    return found - {one.pk for one in articles}


#: Articles between the oldest and the newest of a batch, at most.
SPAN = 500


def _time(article: Article) -> datetime:
    return article.published_at


def by_confidence(since: datetime) -> list[tuple[float, int]]:
    """(confidence of the section, number of articles) of what was published since a moment."""
    rows = Judgement.objects.filter(article__published_at__gte=since).values_list("confidence").order_by("confidence")
    return list(rows.annotate(Count("pk")))


def in_review() -> QuerySet[Judgement]:
    """Judgements of articles whose section is a guess that nobody has looked at, the newest first."""
    waiting = {"article__section": None, "article__copy_of": None, "article__withdrawn_at": None}
    rows = Judgement.objects.filter(abstained=True, **waiting).select_related("article__source", "section")
    return rows.defer("article__body", "article__origin_picture").order_by("-article_id")


def reviews_waiting(most: int = 1_000) -> int:
    """How many of them there are, counted no further than `most`."""
    return int(in_review().order_by()[:most].count())


def latest_choices(user: Any, count: int) -> list[SectionPair]:
    """What this person chose last, the latest first."""
    rows = SectionPair.objects.filter(by=user).exclude(article=None).select_related("article")
    return list(rows.defer("evidence", "article__body", "article__origin_picture").order_by("-at", "-pk")[:count])


def section_models() -> list[SectionModel]:
    """What the section judge learned at its times, the latest first, without the models themselves."""
    return list(SectionModel.objects.defer("blob").order_by("-pk"))

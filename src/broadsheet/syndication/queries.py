"""Reads of what is sent out: entries of feeds, and addresses for sitemaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from broadsheet.articles import queries as article_queries
from broadsheet.articles.models import Article, ArticleTopic, Section
from broadsheet.articles.showing import Shown, shown
from broadsheet.pages.models import StandingPage
from broadsheet.pictures import queries as picture_queries
from broadsheet.sources import rights
from broadsheet.sources.models import RightsProfile, Source
from broadsheet.sources.queries import profile_of
from broadsheet.stories.models import Placement, Story
from broadsheet.syndication.entries import Entry, Image, entry_of, printable

#: Entries of one feed.
LENGTH = 30
#: Articles looked at to find them: some may not be shown yet (embargo) or stand in one story.
LOOKED_AT = 120


@dataclass(frozen=True)
class Selection:
    """The entries of a feed and the articles they were made from."""

    entries: list[Entry]
    articles: list[Article]


def newest_entries(rows: QuerySet[Article], *, site: str, now: datetime, one_a_story: bool = False) -> Selection:
    """The newest of `rows` that may be shown, as entries. With `one_a_story`, a story has only its newest article."""
    ids = _chosen(rows, now=now, one_a_story=one_a_story)
    full = Article.objects.select_related("source__rights", "shown_section", "picture").order_by().in_bulk(ids)
    articles = [full[ident] for ident in ids if ident in full]
    topics = _topic_names(ids)
    images = _images(articles, site=site, now=now)
    entries = [
        entry_of(
            shown(article, now=now),
            site=site,
            categories=[article.shown_section.name, *topics.get(article.pk, ())],
            image=images.get(article.picture_id or 0),
        )
        for article in articles
    ]
    return Selection(entries, articles)


def _images(articles: Sequence[Article], *, site: str, now: datetime) -> dict[int, Image]:
    """The widest JPEG of each picture that may be shown and is rendered, by the picture's id."""
    pictures = {article.picture.pk: article.picture for article in articles if article.picture is not None}
    shown = [picture for picture in pictures.values() if picture_queries.may_be_shown(picture, now)]
    found = {}
    for pk, made in picture_queries.renditions_of(shown).items():
        widest, said = made.jpeg[-1], pictures[pk]
        address = widest.url if "://" in widest.url else site + widest.url
        found[pk] = Image(address, widest.width, widest.height, printable(said.alternative), printable(said.credit))
    return found


def _chosen(rows: QuerySet[Article], *, now: datetime, one_a_story: bool) -> list[int]:
    looked_at = list(_by_index(rows).select_related("source__rights").defer("body")[:LOOKED_AT])
    stories: dict[int, int] = {}
    if one_a_story:
        stories = dict(Placement.objects.filter(article__in=looked_at).values_list("article_id", "story_id"))
    ids: list[int] = []
    told: set[int] = set()
    for article in looked_at:
        story = stories.get(article.pk)
        if article.address is None or story in told or not _visible(article, now):
            continue
        if story is not None:
            told.add(story)
        ids.append(article.pk)
        if len(ids) == LENGTH:
            break
    return ids


def _by_index(rows: QuerySet[Article]) -> QuerySet[Article]:
    """The same live rows, asked for so that SQLite reads them from an index: it has no use for a bare truth there."""
    return rows.filter(live__in=[True])


def _visible(article: Article, now: datetime) -> bool:
    seen: Shown = shown(article, now=now, body=False)
    return seen.visible


def _topic_names(ids: Sequence[int]) -> dict[int, list[str]]:
    links = ArticleTopic.objects.filter(article_id__in=ids, topic__public=True, topic__hidden=False)
    links = links.order_by("rank", "pk")
    names: dict[int, list[str]] = {}
    for article_id, name in links.values_list("article_id", "topic__name"):
        names.setdefault(article_id, []).append(name)
    return names


def of_topic(topic_id: int) -> QuerySet[Article]:
    """Articles on a topic, newest first."""
    return article_queries.among(article_queries.ids_on_topic(topic_id, start=0, stop=LOOKED_AT))


def of_story(story_id: int) -> QuerySet[Article]:
    """Articles of a story, newest first."""
    rows = article_queries.in_paper().filter(placement__story_id=story_id)
    return rows.order_by("-published_at", "-id")


def source_by_slug(slug: str) -> Source | None:
    """The source with this address."""
    return Source.objects.filter(slug=slug).first()


def story_by_slug(slug: str) -> Story | None:
    """The story with this address, if any of it is in the paper."""
    return Story.objects.select_related("lead__source__rights").filter(slug=slug, live=True).first()


# Sitemaps. Only what is canonical here is listed; that is a matter of the source's rights.


@dataclass(frozen=True, slots=True)
class Listed:
    """One address of a sitemap."""

    path: str
    changed: datetime
    published: datetime
    headline: str = ""
    language: str = ""


def canonical_here() -> dict[int, rights.Profile]:
    """Sources whose articles are canonical here, with their rights."""
    rows = Source.objects.filter(rights__canonical=RightsProfile.Canonical.HERE)
    return {row.pk: profile_of(row.rights) for row in rows.select_related("rights").order_by()}


def spans(span: int, sources: Iterable[int]) -> list[int]:
    """Numbers of the id spans (1: ids up to `span`) that hold any article of these sources.

    Read from the index by source alone, which also holds the ids.
    """
    rows = _by_index(Article.objects.filter(source__in=list(sources))).order_by()
    numbers = rows.values_list((F("pk") - 1) / span, flat=True).distinct()
    return sorted(int(number) + 1 for number in numbers)


def in_span(number: int, span: int, profiles: dict[int, rights.Profile], *, now: datetime) -> list[Listed]:
    """Addresses of the articles with ids in span `number`, in the order of their ids."""
    rows = (
        article_queries.in_paper()
        .filter(pk__gt=(number - 1) * span, pk__lte=number * span, source__in=list(profiles))
        .order_by("pk")
    )
    return _listed(rows, profiles, now)


def recent(profiles: dict[int, rights.Profile], *, now: datetime, days: int, limit: int) -> list[Listed]:
    """The newest articles of the last `days` days."""
    rows = _by_index(article_queries.newest()).filter(
        source__in=list(profiles), published_at__gte=now - timedelta(days=days), published_at__lte=now
    )
    return _listed(rows[:limit], profiles, now)


def _listed(rows: QuerySet[Article], profiles: dict[int, rights.Profile], now: datetime) -> list[Listed]:
    found = []
    for address, source, published, updated, headline, language in rows.values_list(
        "address", "source_id", "published_at", "updated_at", "headline", "language"
    ):
        if address is None:
            continue
        if not rights.allowed(profiles[source], published_at=published, now=now, origin="").visible:
            continue
        changed = max(updated or published, published)
        found.append(Listed(f"/{address}/", changed, published, headline, language))
    return found


def standing_paths() -> list[tuple[str, datetime | None]]:
    """Sections of the bar and published standing pages, with the last change where it is known."""
    sections = [(section.path, None) for section in Section.objects.filter(shown=True)]
    pages = StandingPage.objects.live().order_by("path").values_list("slug", "last_published_at")
    return [("/", None), *sections, *((f"/{slug}/", changed) for slug, changed in pages)]

"""Writes on stories: placing articles, keeping counts and leads true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection
from django.db.models import F, Q

from broadsheet.articles.models import Article, Judgement, OutsideLink
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.sources.models import RightsProfile
from broadsheet.stories import rules
from broadsheet.stories.events import StoryChanged
from broadsheet.stories.models import Placement, Story


def place_article(article: Article, *, joins: int | None = None) -> Story:
    """Put one article into its story; `joins` as in `place_articles`. Returns the story."""
    place_articles([article], {article.pk: joins} if joins else {})
    return Story.objects.get(placements__article=article)


@together()
def place_articles(articles: Sequence[Article], joins: Mapping[int, int]) -> None:
    """Put articles, in this order, into their stories, or give them ones of their own. Placing again changes nothing.

    `joins` names, by article, one whose story it belongs to: a copy of it that came first. Articles without any
    evidence, which most are, are placed together.
    """
    ids = [article.pk for article in articles]
    placed = set(Placement.objects.filter(article_id__in=ids).values_list("article_id", flat=True))
    links = _link_keys(ids)
    alone: dict[int, Article] = {}
    for article in articles:
        equal = article.copy_of_id or joins.get(article.pk)
        if article.pk in placed:
            continue
        if not equal and not links.get(article.pk):
            alone[article.pk] = article
            continue
        if equal in alone:
            _open_stories(list(alone.values()))
            alone.clear()
        _place(article, equal, links.get(article.pk, []))
    _open_stories(list(alone.values()))


def _place(article: Article, equal: int | None, keys: Sequence[str]) -> None:
    """Place one article by what is known of it."""
    place = rules.place(_evidence(article, equal, keys))
    story = _story(place.story_id) if place.story_id else None
    if story is None:
        _open_stories([article])
        return
    Placement.objects.create(
        article=article,
        story=story,
        why=place.why,
        detail=place.detail,
        score=place.score,
        version=rules.VERSION,
        placed_at=clock.now(),
    )
    # Until the article enters the paper it changes nothing that readers see.
    if article.live:
        recount_of(article.pk)


def _open_stories(articles: Sequence[Article]) -> None:
    """A story for each of these articles, counted as it is with that one article."""
    if not articles:
        return
    slugs = _free_slugs(articles)
    judged = dict(_judged([article.pk for article in articles]))
    stories = []
    for article, slug in zip(articles, slugs, strict=True):
        count = rules.count([_member(article, *judged.get(article.pk, (0, "")))])
        stories.append(
            Story(
                slug=slug,
                lead=article,
                section=article.shown_section,
                first_at=count.first_at,
                last_at=count.last_at,
                articles_count=count.articles,
                copies_count=count.copies,
                voices_count=count.voices,
                live=count.lead_id is not None,
            )
        )
    Story.objects.bulk_create(stories)
    moment = clock.now()
    Placement.objects.bulk_create(
        [
            Placement(article=article, story=story, why=Placement.Why.FIRST, version=rules.VERSION, placed_at=moment)
            for article, story in zip(articles, stories, strict=True)
        ]
    )
    events.announce_all([StoryChanged(story.pk) for story in stories if story.live])


def _story(story_id: int) -> Story | None:
    rows = Story.objects.filter(pk=story_id)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return rows.first()


def _link_keys(ids: Sequence[int]) -> dict[int, list[str]]:
    """The outside pages that each article points to."""
    found: dict[int, list[str]] = {}
    for article_id, key in OutsideLink.objects.filter(article_id__in=ids).values_list("article_id", "key"):
        found.setdefault(article_id, []).append(key)
    return found


def _evidence(article: Article, equal: int | None, keys: Sequence[str]) -> rules.Evidence:
    copy_story = None
    if equal:
        copy_story = Placement.objects.filter(article_id=equal).values_list("story_id", flat=True).first()
    linked: list[rules.Linked] = []
    if keys:
        rows = (
            OutsideLink.objects.filter(
                key__in=keys,
                article__published_at__gte=article.published_at - rules.WINDOW,
                article__published_at__lte=article.published_at + rules.WINDOW,
                article__placement__isnull=False,
            )
            .exclude(article=article)
            .order_by("-article_id")
            .values_list("article__placement__story_id", "article_id", "url", "article__published_at")
        )
        linked = [rules.Linked(*row) for row in rows[:200]]
    return rules.Evidence(
        at=article.published_at,
        copy_of_id=equal,
        copy_story_id=copy_story,
        linked=tuple(linked),
    )


def _free_slugs(articles: Sequence[Article]) -> list[str]:
    """The articles' own slugs; a story keeps its address when its lead changes."""
    bases = [(article.address or "story").rpartition("/")[2][:100] for article in articles]
    taken = set(Story.objects.filter(slug__in=bases).values_list("slug", flat=True))
    free = []
    for base in bases:
        slug, number = base, 1
        while slug in taken or (number > 1 and Story.objects.filter(slug=slug).exists()):
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        free.append(slug)
    return free


@together()
def recount(story: Story) -> None:
    """Count a story anew and choose its lead; announce it when anything readers see moved."""
    _recount(story, members_of([story.pk])[story.pk])


def _recount(story: Story, members: list[rules.Member]) -> None:
    if not members:
        return
    count = rules.count(members)
    fields = {
        "articles_count": count.articles,
        "copies_count": count.copies,
        "voices_count": count.voices,
        "first_at": count.first_at,
        "last_at": count.last_at,
        "live": count.lead_id is not None,
        "lead_id": count.lead_id or story.lead_id,
        "section_id": count.section_id or story.section_id,
    }
    if all(getattr(story, name) == value for name, value in fields.items()):
        return
    Story.objects.filter(pk=story.pk).update(**fields)
    for name, value in fields.items():
        setattr(story, name, value)
    events.announce(StoryChanged(story.pk))


def members_of(story_ids: Sequence[int]) -> dict[int, list[rules.Member]]:
    """The articles of each story as counting needs them."""
    rows = Article.objects.filter(placement__story_id__in=story_ids).select_related("source__rights")
    rows = rows.only(
        "published_at", "copy_of_id", "live", "shown_section_id", "source__owner_id", "source__rights__text"
    ).annotate(
        story_id=F("placement__story_id"),
        words=F("judgement__words"),
        said=F("judgement__language"),
        family=F("sketch__family_id"),
    )
    found: dict[int, list[rules.Member]] = {pk: [] for pk in story_ids}
    for row in rows.order_by("pk"):
        found[row.story_id].append(_member(row, row.words, row.said, row.family))
    return found


def _judged(ids: Sequence[int]) -> Iterator[tuple[int, tuple[int, str]]]:
    rows = Judgement.objects.filter(article_id__in=ids).values_list("article_id", "words", "language")
    for article_id, words, language in rows:
        yield article_id, (words, language)


def _member(article: Article, words: int | None, language: str | None, family: int | None = None) -> rules.Member:
    own = settings.LANGUAGE_CODE.split("-")[0]
    source = article.source
    return rules.Member(
        article_id=article.pk,
        at=article.published_at,
        voice=source.voice,
        is_copy=article.copy_of_id is not None,
        live=article.live,
        words=words or 0,
        section_id=article.shown_section_id,
        full=source.rights.text == RightsProfile.Text.FULL,
        family=family or article.copy_of_id or article.pk,
        foreign=bool(language) and str(language).split("-")[0] != own,
    )


# Articles whose stories are to be counted when the block ends.
_to_recount: ContextVar[set[int] | None] = ContextVar("articles_to_recount", default=None)


@contextmanager
def recounting() -> Iterator[None]:
    """Within the block stories are only noted, and each is counted once at its end."""
    if _to_recount.get() is not None:
        yield
        return
    token = _to_recount.set(set())
    try:
        yield
        noted = _to_recount.get() or set()
    finally:
        _to_recount.reset(token)
    _recount_of(noted)


def recount_of(article_id: int) -> None:
    """Count the story of this article anew, after the article entered, left or changed."""
    noted = _to_recount.get()
    if noted is None:
        _recount_of({article_id})
    else:
        noted.add(article_id)


@together()
def _recount_of(article_ids: set[int]) -> None:
    if not article_ids:
        return
    placed = Placement.objects.filter(article_id__in=article_ids)
    stories = list(Story.objects.filter(pk__in=placed.values("story_id")).order_by("pk"))
    members = members_of([story.pk for story in stories])
    for story in stories:
        _recount(story, members[story.pk])


@together()
def follow(article_id: int) -> None:
    """An article turned out to be a copy of another: it goes into that one's story, unless an editor placed it."""
    target = Placement.objects.filter(article__copies=article_id).select_related("story").first()
    placed = Placement.objects.filter(article_id=article_id).exclude(why=Placement.Why.DESK).first()
    if target is None or placed is None or placed.story_id == target.story_id:
        return
    left = _story(placed.story_id)
    placed.story, placed.why, placed.detail = target.story, Placement.Why.COPY, {"article": target.article_id}
    placed.save(update_fields=["story", "why", "detail"])
    recount(target.story)
    if left is None:
        return
    heir = left.placements.order_by("article_id").values_list("article_id", flat=True).first()
    if heir is None:
        # Nothing stands in it any more; its page goes.
        events.announce(StoryChanged(left.pk))
        left.delete()
        return
    if left.lead_id == article_id:
        Story.objects.filter(pk=left.pk).update(lead_id=heir)
        left.lead_id = heir
    recount(left)


def recount_source(source_id: int) -> int:
    """Count the recent stories that a source has a part in, after its owner or rights changed."""
    since = clock.now() - rules.WINDOW * 2
    stories = Story.objects.filter(Q(placements__article__source_id=source_id), last_at__gte=since).distinct()
    done = 0
    for story in stories.iterator():
        recount(story)
        done += 1
    return done

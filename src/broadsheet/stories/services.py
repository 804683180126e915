"""Writes on stories: placing articles, keeping counts and leads true."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.models import Q

from broadsheet.articles.models import Article, OutsideLink
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.sources.models import RightsProfile
from broadsheet.stories import rules
from broadsheet.stories.events import StoryChanged
from broadsheet.stories.models import Placement, Story


@together()
def place_article(article: Article, *, joins: int | None = None) -> Story:
    """Put an article into its story, or give it one of its own. Placing again changes nothing.

    `joins` is an article whose story it belongs to: a copy of it that came first. Counts follow when the article
    enters the paper: until then it changes nothing that readers see.
    """
    placed = Placement.objects.select_related("story").filter(article=article).first()
    if placed is not None:
        return placed.story
    place = rules.place(_evidence(article, joins))
    story = _story(place.story_id) if place.story_id else None
    if story is None:
        story = Story.objects.create(
            slug=_free_slug(article),
            lead=article,
            section=article.shown_section,
            first_at=article.published_at,
            last_at=article.published_at,
        )
    Placement.objects.create(
        article=article,
        story=story,
        why=place.why if place.story_id else Placement.Why.FIRST,
        detail=place.detail,
        score=place.score,
        version=rules.VERSION,
        placed_at=clock.now(),
    )
    if article.live:
        recount(story)
    return story


def _story(story_id: int) -> Story | None:
    rows = Story.objects.filter(pk=story_id)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return rows.first()


def _evidence(article: Article, joins: int | None) -> rules.Evidence:
    copy_story = None
    equal = article.copy_of_id or joins
    if equal:
        copy_story = Placement.objects.filter(article_id=equal).values_list("story_id", flat=True).first()
    keys = list(OutsideLink.objects.filter(article=article).values_list("key", flat=True))
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


def _free_slug(article: Article) -> str:
    """The article's own slug; a story keeps its address when its lead changes."""
    base = (article.address or "story").rpartition("/")[2][:100]
    slug, number = base, 1
    while Story.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@together()
def recount(story: Story) -> None:
    """Count a story anew and choose its lead; announce it when anything readers see moved."""
    members = members_of(story.pk)
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


def members_of(story_id: int) -> list[rules.Member]:
    """The story's articles as counting needs them."""
    own = settings.LANGUAGE_CODE.split("-")[0]
    rows = Article.objects.filter(placement__story_id=story_id).values_list(
        "pk", "published_at", "source_id", "source__owner_id", "copy_of_id", "live", "judgement__words",
        "shown_section_id", "source__rights__text", "judgement__language",
    )  # fmt: skip
    return [
        rules.Member(
            article_id=pk,
            at=at,
            voice=f"owner:{owner}" if owner else f"source:{source}",
            is_copy=copy_of is not None,
            live=live,
            words=words or 0,
            section_id=section,
            full=text == RightsProfile.Text.FULL,
            foreign=bool(language) and language.split("-")[0] != own,
        )
        for pk, at, source, owner, copy_of, live, words, section, text, language in rows
    ]


def recount_of(article_id: int) -> None:
    """Count the story of this article anew, after the article entered, left or changed."""
    story = Story.objects.filter(placements__article_id=article_id).first()
    if story is not None:
        recount(story)


def recount_source(source_id: int) -> int:
    """Count the recent stories that a source has a part in, after its owner or rights changed."""
    since = clock.now() - rules.WINDOW * 2
    stories = Story.objects.filter(Q(placements__article__source_id=source_id), last_at__gte=since).distinct()
    done = 0
    for story in stories.iterator():
        recount(story)
        done += 1
    return done

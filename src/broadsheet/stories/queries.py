"""Reads of stories for pages."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, QuerySet

from broadsheet.articles import queries as articles
from broadsheet.articles.models import Article
from broadsheet.stories.models import Placement, Story

#: A story page and a coverage box read at most this many members.
MEMBERS = 200


def with_story(rows: QuerySet[Article]) -> QuerySet[Article]:
    """Articles with all that a teaser prints, and the story each stands in."""
    return articles.with_facts(rows).select_related("placement__story")


def article_at(address: str) -> Article | None:
    """The article at an address with its body, and the story it stands in."""
    return articles.at_address(address).select_related("placement__story").first()


def placement_of(article: Article) -> Placement | None:
    """Where the article stands; None while it is not placed. Costs nothing for a row that was read with it."""
    found: Placement | None = getattr(article, "placement", None)
    return found


def by_slug(slug: str) -> Story | None:
    """The story with this address."""
    return Story.objects.filter(slug=slug).select_related("lead__source__rights", "section").defer("lead__body").first()


def members(story_id: int, *, limit: int = MEMBERS) -> list[Placement]:
    """The story's articles that are in the paper, copies too, oldest first."""
    rows = Placement.objects.filter(story_id=story_id, article__live=True, article__withdrawn_at=None).select_related(
        "article__source__rights", "article__source__owner", "article__shown_section", "article__copy_of"
    )
    heavy = ("article__body", "article__origin_picture", "article__kept_fields", "article__copy_of__body")
    return list(rows.defer(*heavy).order_by("article__published_at", "article_id")[:limit])


def leads(story_ids: Sequence[int]) -> list[Article]:
    """Lead articles of those of the stories that are in the paper, in the order of the ids."""
    rows = with_story(Article.objects.filter(placement__story_id__in=list(story_ids), placement__story__live=True))
    found = {row.placement.story_id: row for row in rows.filter(placement__story__lead=F("pk"))}
    return [found[ident] for ident in story_ids if ident in found]

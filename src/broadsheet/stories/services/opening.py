"""New stories with addresses of their own."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.articles.models import Article
from broadsheet.stories import rules
from broadsheet.stories.models import Story, StoryRedirect
from broadsheet.stories.services.counting import judged, member


def open_stories(leads: Sequence[Article]) -> list[Story]:
    """A story for each of these articles, counted as it is with that one article. Nothing is announced."""
    if not leads:
        return []
    slugs = free_slugs(leads)
    known = dict(judged([article.pk for article in leads]))
    stories = []
    for article, slug in zip(leads, slugs, strict=True):
        count = rules.count([member(article, *known.get(article.pk, (0, "")))])
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
    return Story.objects.bulk_create(stories)


def free_slugs(articles: Sequence[Article]) -> list[str]:
    """The articles' own slugs, none that a story has or had; a story keeps its address when its lead changes."""
    bases = [(article.address or "story").rpartition("/")[2][:100] for article in articles]
    taken = _taken(bases)
    free = []
    for base in bases:
        slug, number = base, 1
        while slug in taken or (number > 1 and _taken([slug])):
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        free.append(slug)
    return free


def _taken(slugs: Sequence[str]) -> set[str]:
    stories = Story.objects.filter(slug__in=slugs).values_list("slug", flat=True)
    return {*stories, *StoryRedirect.objects.filter(slug__in=slugs).values_list("slug", flat=True)}

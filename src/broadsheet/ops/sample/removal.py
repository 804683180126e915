"""Taking sources out with everything they brought."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from broadsheet.articles import search
from broadsheet.articles.models import Article, Topic
from broadsheet.editions import services as editions
from broadsheet.paper import keys as paper_keys
from broadsheet.pictures.models import Picture
from broadsheet.press import services as press
from broadsheet.sources.models import Source
from broadsheet.stories import services as stories
from broadsheet.stories.models import Story
from broadsheet.trends import services as trends


def remove_sources(sources: QuerySet[Source]) -> dict[str, int]:
    """Delete sources with feeds, dispatches, articles and pictures; shared stories live on without them.

    Returns counts by noun. Printed pages of what is gone are dropped at once.
    """
    with transaction.atomic():
        articles = Article.objects.filter(source__in=sources)
        ids = list(articles.values_list("pk", flat=True))
        paths = [f"/{address}/" for address in articles.exclude(address=None).values_list("address", flat=True)]
        pictures = list(
            Picture.objects.filter(pk__in=articles.exclude(picture=None).values_list("picture_id", flat=True))
        )
        touched = list(Story.objects.filter(placements__article__in=ids).distinct())
        Article.objects.filter(copy_of__in=ids).update(copy_of=None)
        paths += [source.path for source in sources]
        gone_stories = _free_stories(touched, set(ids))
        paths += [story.path for story in gone_stories]
        keys = set(paper_keys.keys_of_articles(set(ids))) | {paper_keys.story(story.pk) for story in touched}
        keys |= {paper_keys.source(source.pk) for source in sources}
        keys |= {"trending", "edition:front", "topic-names"}
        for pk in ids:
            search.forget(pk)
        for story in gone_stories:
            story.delete()
        articles.delete()
        source_count = sources.count()
        for source in list(sources):
            source.delete()
        topics, _ = Topic.objects.filter(article_links=None).delete()
        press.mark_stale(*keys)
    for picture in pictures:
        if not Article.objects.filter(picture=picture).exists():
            picture.delete()
    for path in paths:
        press.drop(path)
    trends.tally()
    editions.assemble()
    return {"sources": source_count, "articles": len(ids), "stories": len(gone_stories), "topics": topics}


def _free_stories(touched: list[Story], going: set[int]) -> list[Story]:
    """Stories that only the leaving articles carried; in the others the lead passes on."""
    empty = []
    for story in touched:
        staying = story.placements.exclude(article_id__in=going).order_by("article_id")
        first = staying.first()
        if first is None:
            empty.append(story)
            continue
        story.placements.filter(article_id__in=going).delete()
        Story.objects.filter(pk=story.pk).update(lead_id=first.article_id)
        story.refresh_from_db()
        stories.recount(story)
    return empty

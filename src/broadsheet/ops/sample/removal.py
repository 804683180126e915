"""Taking sources out with everything they brought."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from broadsheet.articles import search
from broadsheet.articles.models import Article, CopyKey, Topic
from broadsheet.articles.services.filing import mint
from broadsheet.editions import services as editions
from broadsheet.paper import keys as paper_keys
from broadsheet.pictures.models import Picture
from broadsheet.press import services as press
from broadsheet.sources.models import Source
from broadsheet.stories import services as stories
from broadsheet.stories.models import Story
from broadsheet.trends import rules as trend_rules
from broadsheet.trends import services as trends
from broadsheet.wire.models import Dispatch, Feed


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
        topics = list(Topic.objects.filter(article_links__article__in=ids).values_list("pk", flat=True).distinct())
        heirs = _pass_on_copies(ids)
        _take_in_again(ids)
        paths += [source.path for source in sources]
        gone_stories = _free_stories(touched, set(ids))
        paths += [story.path for story in gone_stories]
        keys = set(paper_keys.keys_of_articles({*ids, *heirs})) | {paper_keys.story(story.pk) for story in touched}
        keys |= {paper_keys.source(source.pk) for source in sources}
        keys |= {"trending", "edition:front", "topic-names"}
        for pk in ids:
            search.forget(pk)
        for story in gone_stories:
            story.delete()
        CopyKey.objects.filter(article__in=articles).delete()  # no constraint takes them along
        articles.delete()
        stories.begin_anew()
        source_count = sources.count()
        for source in list(sources):
            source.delete()
        # A topic that somebody described is the desk's, with articles or without.
        empty = Topic.objects.filter(pk__in=topics, article_links=None, description="", hidden=False)
        topic_count, _ = empty.delete()
        press.mark_stale(*keys)
    for picture in pictures:
        if not Article.objects.filter(picture=picture).exists():
            picture.delete()
    for path in paths:
        press.drop(path)
    trends.tally(trend_rules.WINDOWS)
    editions.assemble()
    editions.assemble_sections()
    return {"sources": source_count, "articles": len(ids), "stories": len(gone_stories), "topics": topic_count}


def _pass_on_copies(going: list[int]) -> set[int]:
    """Of the copies that stay behind a leaving original the oldest takes its place, with an address of its own.

    Returns the ids of those heirs.
    """
    heirs: dict[int, int] = {}
    staying = Article.objects.filter(copy_of__in=going).exclude(pk__in=going).select_related("shown_section")
    for copy in staying.defer("body").order_by("pk"):
        assert copy.copy_of_id is not None
        heir = heirs.setdefault(copy.copy_of_id, copy.pk)
        if heir == copy.pk:
            address = copy.address or mint(copy.shown_section, copy.headline)
            Article.objects.filter(pk=copy.pk).update(copy_of=None, address=address)
        else:
            Article.objects.filter(pk=copy.pk).update(copy_of=heir)
    return set(heirs.values())


def _take_in_again(going: list[int]) -> None:
    """What other feeds brought under a leaving article's address is forgotten: their next pull files it."""
    rows = Dispatch.objects.filter(article__in=going)
    Feed.objects.filter(dispatches__in=rows).update(etag="", last_modified="", body_hash="")
    rows.delete()


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

"""All subscriptions on one screen: which fact leads to what. And the names of all waiting effects.

`at_once` runs in the transaction of the fact, `later` in the worker. Press keys are marked at once, so that nobody
who saw a change commit can see the old page for long.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from broadsheet.articles import events as article_events
from broadsheet.articles import previews as article_previews
from broadsheet.articles import services as articles
from broadsheet.articles.models import Article
from broadsheet.articles.services import section_learning
from broadsheet.core import clock, events, queue, tasks
from broadsheet.editions import events as edition_events
from broadsheet.editions import services as editions
from broadsheet.ops.sparing import Sparing
from broadsheet.pages import events as page_events
from broadsheet.pages import previews as page_previews
from broadsheet.paper import keys
from broadsheet.paper import previews as paper_previews
from broadsheet.paper import printing as paper_printing
from broadsheet.pictures import events as picture_events
from broadsheet.pictures import services as pictures
from broadsheet.press import gathering
from broadsheet.press.printing import printer
from broadsheet.sources import events as source_events
from broadsheet.sources.models import Source
from broadsheet.stories import events as story_events
from broadsheet.stories import relating
from broadsheet.stories import services as stories
from broadsheet.syndication import printing as syndication_printing
from broadsheet.trends import events as trend_events
from broadsheet.trends import services as trends
from broadsheet.wire.services import filing, picturing

ASSEMBLE = "editions.assemble"
ASSEMBLE_SECTIONS = "editions.assemble_sections"
KEEP_PICTURE = "wire.keep_picture"
# Facts settle for a moment before the front is filled: a batch of fifty articles is one assembly.
SETTLE = timedelta(seconds=0.4)
# The tops of section pages may follow a little later: what is new stands in their streams meanwhile.
SETTLE_SECTIONS = timedelta(seconds=3)
# A few milliseconds in a small paper, a second and more among ten thousand stories of a week.
ranking, filling_sections = Sparing(), Sparing()


def connect() -> None:
    """Name every listener, every effect and every page kind. Idempotent."""
    on = events.subscribe
    on(article_events.ArticleFiled, later=[place_and_publish])
    on(article_events.ArticlePublished, at_once=[recount_story, mark_article, assemble_soon, relate_soon])
    on(article_events.ArticleChanged, at_once=[recount_story, mark_article, assemble_soon, relate_soon])
    on(article_events.ArticleWithdrawn, at_once=[recount_story, mark_article, assemble_soon])
    on(article_events.ArticleFolded, at_once=[follow_original])
    on(article_events.SectionsChanged, at_once=[mark_sections, assemble_soon])
    on(article_events.TopicChanged, at_once=[mark_topic])
    on(article_events.TopicsNamed, at_once=[mark_named])
    on(story_events.StoryChanged, at_once=[mark_story, assemble_soon])
    on(story_events.RelatedChanged, at_once=[mark_related])
    on(story_events.StoryMerged, at_once=[mark_merged])
    on(trend_events.HeatMoved, at_once=[mark_trending, assemble_soon])
    on(edition_events.EditionChanged, at_once=[mark_edition])
    on(edition_events.PinChanged, at_once=[assemble_soon, assemble_when_over])
    on(source_events.SourceChanged, at_once=[mark_source], later=[recount_source])
    on(picture_events.PictureChanged, at_once=[mark_pictured, render_soon])
    on(picture_events.PictureRendered, at_once=[mark_pictured])
    on(picture_events.PictureRemoved, at_once=[mark_pictured])
    on(page_events.StandingPageChanged, at_once=[mark_standing_page])
    on(page_events.RedirectsChanged, at_once=[mark_redirects])
    on(page_events.BrandChanged, at_once=[mark_brand])

    queue.run_batches_in(gathering.gathered)
    queue.register("event:", lambda stored: handle_events([stored]), run_all=handle_events)
    queue.register(tasks.NAME, tasks.run)
    queue.register(ASSEMBLE, assemble)
    queue.register(ASSEMBLE_SECTIONS, assemble_sections)
    queue.register(articles.RECLEAN, reclean)
    queue.register(relating.RELATE, relate, outside=True)
    relating.start_anew()
    queue.register(section_learning.LEARN, learn_sections, outside=True)
    queue.register(filing.LOOK_AGAIN, lambda payload: articles.look_again(payload["articles"]))
    queue.register(KEEP_PICTURE, lambda payload: picturing.keep(payload["article_id"]), outside=True)
    queue.register(pictures.RENDER, render, outside=True)

    if not printer.kinds():
        syndication_printing.register(printer)
        paper_printing.register(printer)
    article_previews.use(paper_previews.article)
    page_previews.use(paper_previews.standing_page)


def assemble(_: dict[str, Any]) -> None:
    """Heat first, since fronts are filled by it. In a great paper what takes long is not done every time."""
    if ranking.may():
        with ranking.timed():
            trends.tally()
    editions.assemble()
    if filling_sections.may():
        with filling_sections.timed():
            editions.assemble_sections()
    else:
        queue.defer(ASSEMBLE_SECTIONS, key=ASSEMBLE_SECTIONS, due_at=clock.now() + SETTLE_SECTIONS)


def assemble_sections(_: dict[str, Any]) -> None:
    """The tops of all section pages, of which those are written that changed."""
    editions.assemble_sections()


def reclean(_: dict[str, Any]) -> None:
    """A turn at the texts that an older cleaner left; it asks for the next one itself."""
    articles.take_turn()


def relate(_: dict[str, Any]) -> None:
    """A turn at the articles whose relatives are to be looked for: the search without, the writing within a
    transaction, which is short."""
    turn = relating.look()
    with transaction.atomic(), gathering.gathered():
        relating.keep(turn)


def relate_soon(_: Any) -> None:
    """An article that came or changed has other relatives, and is one to others; it is placed in its story first."""
    queue.defer(relating.RELATE, key=relating.RELATE, due_at=clock.now() + relating.PAUSE)


def learn_sections(_: dict[str, Any]) -> None:
    """The section judge learns what is new in the desk's choices and descriptions."""
    section_learning.learn_news()


def render(payload: dict[str, Any]) -> None:
    """A picture in all its widths and formats, encoded in the wire's jail."""
    pictures.render(payload["picture_id"], picturing.draw_renditions)


# The road from filed to printed


def handle_events(stored: list[dict[str, Any]]) -> None:
    """Stored events of one name, in their order."""
    events.handle(stored[0]["event"], [one["payload"] for one in stored])


@events.takes_all
def place_and_publish(filed: list[article_events.ArticleFiled]) -> None:
    """Filed articles get their stories; a trusted source's go into the paper at once, others wait for the desk."""
    related = ("source__rights", "shown_section", "copy_of")
    rows = Article.objects.select_related(*related).defer("body", "copy_of__body")
    # Those that are missing went with their source before the event's turn came.
    known = rows.in_bulk([event.article_id for event in filed])
    found = [known[event.article_id] for event in filed if event.article_id in known]
    with stories.recounting():
        articles.publish_all([one for one in found if _goes_out_at_once(one)])
        stories.place_articles(found, {event.article_id: event.joins for event in filed if event.joins})
    for article in found:
        if picturing.wants(article):
            # Fetching a picture is an effect of its own: it may fail and be tried again.
            queue.defer(KEEP_PICTURE, {"article_id": article.pk}, key=f"picture:{article.pk}")


def _goes_out_at_once(article: Article) -> bool:
    source: Source = article.source
    return source.publishing == Source.Publishing.AT_ONCE and not source.is_house


def recount_story(event: Any) -> None:
    """An article came, went or changed: its story's counts and lead follow."""
    stories.recount_of(event.article_id)


def follow_original(event: article_events.ArticleFolded) -> None:
    """A copy stands in the story of its original."""
    stories.follow(event.article_id)


def recount_source(event: source_events.SourceChanged) -> None:
    """A new owner may make two voices one."""
    stories.recount_source(event.source_id)
    assemble_soon(event)


def render_soon(event: picture_events.PictureChanged) -> None:
    """A new file is rendered in the worker; where the old renditions still hold, nothing is done there."""
    pictures.wish(event.picture_id)


def assemble_soon(_: Any) -> None:
    """The fronts are filled anew; many wishes within a moment are one."""
    queue.defer(ASSEMBLE, key=ASSEMBLE, due_at=clock.now() + SETTLE)


def assemble_when_over(event: edition_events.PinChanged) -> None:
    """When a pin runs out its front is filled without it."""
    if event.until:
        queue.defer(ASSEMBLE, key=f"{ASSEMBLE}:{event.until}", due_at=datetime.fromisoformat(event.until))


# At once: what becomes stale


def mark_article(event: Any) -> None:
    """Its own page and every list it stands in, or stood in before."""
    gathering.mark_of(keys.keys_of_articles, event.article_id)
    left = [keys.section(name) for name in getattr(event, "left_sections", ())]
    left += [keys.topic(pk) for pk in getattr(event, "left_topics", ())]
    if left:
        gathering.mark(*left)


def mark_story(event: story_events.StoryChanged) -> None:
    """Its full coverage and whatever shows its counts."""
    gathering.mark(*keys.keys_of_story(event.story_id))


def mark_related(event: story_events.RelatedChanged) -> None:
    """The article's own page alone."""
    gathering.mark(keys.related(event.article_id))


def mark_merged(event: story_events.StoryMerged) -> None:
    """The page of what is gone, which leads to the other from now on."""
    gathering.mark(*keys.keys_of_story(event.old_id))


def mark_sections(event: article_events.SectionsChanged) -> None:
    """The section bar stands on every page."""
    gathering.mark(keys.SECTIONS, keys.section(event.section_key))


def mark_topic(event: article_events.TopicChanged) -> None:
    """Its own list, and its name below every article about it."""
    gathering.mark(keys.topic(event.topic_id), keys.TOPIC_NAMES)


def mark_named(event: article_events.TopicsNamed) -> None:
    """Their lists, and the articles that name them from now on."""
    gathering.mark(*map(keys.topic, event.topic_ids), *map(keys.article, event.article_ids))


def mark_trending(_: trend_events.HeatMoved) -> None:
    """The trending pages."""
    gathering.mark(keys.TRENDING)


def mark_edition(event: edition_events.EditionChanged) -> None:
    """The front, or the page of a section."""
    gathering.mark(keys.edition(event.edition))


def mark_source(event: source_events.SourceChanged) -> None:
    """Its list, its name and its rights wherever they are printed."""
    gathering.mark(keys.source(event.source_id), keys.rights(event.source_id), keys.SOURCES)


def mark_pictured(event: Any) -> None:
    """Whatever shows an article with this picture."""
    gathering.mark_of(keys.keys_of_pictures, event.picture_id)


def mark_standing_page(event: page_events.StandingPageChanged) -> None:
    """The page, and the footer that names it."""
    gathering.mark(keys.page(event.page_id), keys.STANDING)


def mark_redirects(_: page_events.RedirectsChanged) -> None:
    """Printed redirects, and pages that were not there."""
    gathering.mark(keys.REDIRECTS)


def mark_brand(_: page_events.BrandChanged) -> None:
    """Masthead and footer stand on every page."""
    gathering.mark(keys.BRAND)

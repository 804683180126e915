"""Keeping the counts and leads of stories true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db.models import F, Q

from broadsheet.articles.models import Article, Judgement
from broadsheet.core import clock, events
from broadsheet.core.transactions import together
from broadsheet.sources.models import RightsProfile
from broadsheet.stories import rules
from broadsheet.stories.events import StoryChanged
from broadsheet.stories.models import Placement, Story


@together()
def recount(story: Story) -> None:
    """Count a story anew and choose its lead; announce it when anything readers see moved."""
    _recount_all([story])


@together()
def recount_stories(story_ids: Iterable[int], *, tell_all: bool = False) -> None:
    """The same for several, in as many queries as for one. `tell_all`: other articles stand in them, count or not."""
    _recount_all(list(Story.objects.filter(pk__in=story_ids).order_by("pk")), tell_all=tell_all)


def _recount_all(stories: Sequence[Story], *, tell_all: bool = False) -> None:
    members = members_of([story.pk for story in stories])
    changed = [story for story in stories if members[story.pk] and _counted(story, members[story.pk])]
    if changed:
        Story.objects.bulk_update(changed, COUNTED, batch_size=100)
    events.announce_all([StoryChanged(story.pk) for story in (stories if tell_all else changed)])


COUNTED = ("articles_count", "copies_count", "voices_count", "first_at", "last_at", "live", "lead", "section")


def _counted(story: Story, members: list[rules.Member]) -> bool:
    """Lay a fresh count on the story; False where it said so already."""
    count = rules.count(members, story.chosen_lead_id)
    # A lead that went to another story with its article leads here no more.
    here = {one.article_id for one in members}
    kept = story.lead_id if story.lead_id in here else min(here)
    fields = {
        "articles_count": count.articles,
        "copies_count": count.copies,
        "voices_count": count.voices,
        "first_at": count.first_at,
        "last_at": count.last_at,
        "live": count.lead_id is not None,
        "lead_id": count.lead_id or kept,
        "section_id": count.section_id or story.section_id,
    }
    if all(getattr(story, name) == value for name, value in fields.items()):
        return False
    for name, value in fields.items():
        setattr(story, name, value)
    return True


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
        found[row.story_id].append(member(row, row.words, row.said, row.family))
    return found


def judged(ids: Sequence[int]) -> Iterator[tuple[int, tuple[int, str]]]:
    rows = Judgement.objects.filter(article_id__in=ids).values_list("article_id", "words", "language")
    for article_id, words, language in rows:
        yield article_id, (words, language)


def member(article: Article, words: int | None, language: str | None, family: int | None = None) -> rules.Member:
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
    _recount_all(list(Story.objects.filter(pk__in=placed.values("story_id")).order_by("pk")))


def recount_source(source_id: int) -> int:
    """Count the recent stories that a source has a part in, after its owner or rights changed."""
    since = clock.now() - rules.WINDOW * 2
    stories = Story.objects.filter(Q(placements__article__source_id=source_id), last_at__gte=since).distinct()
    done = 0
    for story in stories.iterator():
        recount(story)
        done += 1
    return done

"""The invariants of a whole portal, checked row by row. What it finds is a fault, never a matter of taste.

Used by operators (`broadsheet verify`) and at the end of every crash test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Count, F, Q

from broadsheet.articles import search
from broadsheet.articles.models import Article, ArticleTopic
from broadsheet.articles.services import RECLEAN
from broadsheet.copydesk.sanitise import CLEANER
from broadsheet.core import clock, queue
from broadsheet.core.models import Effect
from broadsheet.editions.models import Slot
from broadsheet.ops import printedfor
from broadsheet.pictures import queries as picture_queries
from broadsheet.pictures import services as picture_services
from broadsheet.pictures import strays
from broadsheet.pictures.models import Picture
from broadsheet.press import services as press
from broadsheet.stories import rules as story_rules
from broadsheet.stories import services as stories
from broadsheet.stories.models import Placement, Story
from broadsheet.wire.models import Dispatch, Feed, HubSubscription
from broadsheet.wire.services import filing, pulling, subscribing


@dataclass(frozen=True)
class Invariant:
    """A rule and the search for what breaks it; `broken` yields one plain line a fault."""

    name: str
    rule: str
    broken: Callable[[], Iterator[str]]


def _dispatches() -> Iterator[str]:
    doubled = Dispatch.objects.values("feed", "entry_key").annotate(n=Count("id")).filter(n__gt=1)
    for row in doubled:
        yield f"feed {row['feed']} has an entry {row['n']} times"
    homeless = Dispatch.objects.filter(fate__in=["filed", "merged", "copied"], article=None)
    for pk in homeless.values_list("pk", flat=True):
        yield f"dispatch {pk} has a fate but no article"
    for pk in Dispatch.objects.filter(fate="spiked", reason="").values_list("pk", flat=True):
        yield f"dispatch {pk} is spiked without a reason"
    lost = Dispatch.objects.filter(fate="arrived", due_at=None).exclude(reason__in=["wants_page", "held"])
    for pk in lost.values_list("pk", flat=True):
        yield f"dispatch {pk} arrived and nobody will look at it"
    forgotten = Dispatch.objects.filter(fate="arrived", reason="held", feed__held_since=None)
    for pk in forgotten.values_list("pk", flat=True):
        yield f"dispatch {pk} is held by a feed that is not"


def _articles() -> Iterator[str]:
    for pk in Article.objects.filter(judgement=None).values_list("pk", flat=True):
        yield f"article {pk} has no judgement"
    for pk in Article.objects.filter(copy_of=None, address=None).values_list("pk", flat=True):
        yield f"article {pk} has no address"
    # While the worker cleans them anew, turn by turn, older ones are no fault.
    if not Effect.objects.filter(name=RECLEAN).exists():
        for pk in Article.objects.filter(cleaner__lt=CLEANER).values_list("pk", flat=True):
            yield f"article {pk} was cleaned by an older cleaner and nothing will clean it anew"
    for pk in Article.objects.filter(live=True, withdrawn_at__isnull=False).values_list("pk", flat=True):
        yield f"article {pk} is withdrawn and yet in the paper"
    wrong = Article.objects.exclude(section=None).exclude(section=F("shown_section"))
    for pk in wrong.filter(has_unpublished_changes=False).values_list("pk", flat=True):
        yield f"article {pk} is not shown in the section that the desk chose"
    times = ArticleTopic.objects.exclude(published_at=F("article__published_at"))
    for pk in times.values_list("article_id", flat=True):
        yield f"article {pk} stands at another time under a topic"


def _copies() -> Iterator[str]:
    chained = Article.objects.filter(copy_of__copy_of__isnull=False)
    for pk in chained.values_list("pk", flat=True):
        yield f"article {pk} is a copy of a copy"


def _index() -> Iterator[str]:
    for pk in search.missing(1000):
        yield f"article {pk} is not in the search index"
    for pk in search.strays(1000):
        yield f"the search index has a row {pk} without an article"


def _stories() -> Iterator[str]:
    # A filed article whose event still waits in the outbox has no place yet, and that is no fault.
    pending = set()
    for payload in Effect.objects.filter(name="event:articles.ArticleFiled").values_list("payload", flat=True):
        pending.add(payload.get("article_id"))
    for pk in Article.objects.filter(placement=None).values_list("pk", flat=True):
        if pk not in pending:
            yield f"article {pk} is in no story"
    if Effect.objects.filter(name__startswith="event:").exists():
        return
    for story in Story.objects.all().iterator():
        yield from _story(story)


def _story(story: Story) -> Iterator[str]:
    members = stories.members_of([story.pk])[story.pk]
    if not members:
        yield f"story {story.pk} has no article"
        return
    count = story_rules.count(members)
    stored = (story.articles_count, story.copies_count, story.voices_count, story.live)
    counted = (count.articles, count.copies, count.voices, count.lead_id is not None)
    if stored != counted:
        yield f"story {story.pk} says {stored}, counted {counted}"
    if not Placement.objects.filter(story=story, article_id=story.lead_id).exists():
        yield f"story {story.pk} is led by an article that is not in it"


def _fronts() -> Iterator[str]:
    doubled = Slot.objects.values("edition", "story").annotate(n=Count("id")).filter(n__gt=1)
    for row in doubled:
        yield f"edition {row['edition']} shows story {row['story']} {row['n']} times"
    if not Effect.objects.exists():
        for slot in Slot.objects.filter(Q(article__live=False) | Q(article__withdrawn_at__isnull=False)):
            yield f"slot {slot.pk} shows an article that is not in the paper"


def _leases() -> Iterator[str]:
    now = clock.now()
    for name, rows, term in (
        ("feed", Feed.objects.all(), pulling.LEASE),
        ("dispatch", Dispatch.objects.filter(fate="arrived").exclude(reason="wants_page"), filing.LEASE),
        ("effect", Effect.objects.all(), queue.LEASE),
    ):
        stuck = rows.filter(lease_until__lt=now - term, lease_until__isnull=False)
        for pk in stuck.values_list("pk", flat=True)[:1000]:
            yield f"{name} {pk} is held by a lease that ran out more than a term ago"
    claimed = HubSubscription.objects.filter(claimed_until__lt=now - subscribing.CLAIM)
    for pk in claimed.values_list("pk", flat=True)[:1000]:
        yield f"hub subscription {pk} is held by a claim that ran out more than a term ago"


def _outbox() -> Iterator[str]:
    now = clock.now()
    for row in Effect.objects.filter(attempts__gte=queue.ATTEMPTS):
        yield f"effect {row.pk} ({row.name}) was given up: {row.error[:100]}"
    late = Effect.objects.filter(due_at__lt=now - timedelta(minutes=10), attempts__lt=queue.ATTEMPTS)
    for row in late[:1000]:
        yield f"effect {row.pk} ({row.name}) is more than ten minutes late"


def _media() -> Iterator[str]:
    for picture in Picture.objects.all().iterator():
        if not picture.file.storage.exists(picture.file.name):
            yield f"picture {picture.pk} has no file {picture.file.name}"
    pending = picture_services.waiting()
    for picture in picture_queries.not_rendered().iterator():
        if picture.pk not in pending:
            why = "its file cannot be read" if picture.unreadable == picture.mark else "the worker is not asked"
            yield f"picture {picture.pk} has no renditions: {why}"
    for rendition in picture_queries.of_the_paper().iterator():
        if not rendition.file.storage.exists(rendition.file.name):
            yield f"picture {rendition.image_id} has no rendition {rendition.file.name}"
    for name in strays.found(2 * strays.TERM):
        yield f"the file {name} belongs to no picture"


def _printed() -> Iterator[str]:
    if not printedfor.other_site():  # a print made with the settings of this process would prove nothing
        yield from press.verify()


def _database() -> Iterator[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            for (line,) in cursor.fetchall():
                if line != "ok":
                    yield str(line)
            cursor.execute("PRAGMA foreign_key_check")
            for table, rowid, parent, _ in cursor.fetchall():
                yield f"{table} row {rowid} points to nothing in {parent}"


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("database", "The database is sound and every reference leads somewhere.", _database),
    Invariant("dispatches", "Every dispatch is there once and has a fate or a time.", _dispatches),
    Invariant("articles", "Every article has a judgement, an address, a clean body.", _articles),
    Invariant("copies", "A copy points to an original.", _copies),
    Invariant("index", "Every article is in the search index once.", _index),
    Invariant("stories", "Every article is in one story, and stories count true.", _stories),
    Invariant("fronts", "No front shows a story twice or an article that is gone.", _fronts),
    Invariant("leases", "No lease is older than two terms.", _leases),
    Invariant("outbox", "The outbox is empty or on time.", _outbox),
    Invariant("pictures", "Every picture has its file and its renditions, every file its row.", _media),
    Invariant("press", "Every fresh printed page equals a new print.", _printed),
)


def verify(only: list[str] | None = None) -> Iterator[tuple[Invariant, list[str]]]:
    """Check each invariant; yields it with the faults found (at most a thousand)."""
    for invariant in INVARIANTS:
        if only and invariant.name not in only:
            continue
        faults = []
        for line in invariant.broken():
            faults.append(line)
            if len(faults) >= 1000:
                break
        yield invariant, faults

"""Reads of stories for pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from broadsheet.articles import queries as articles
from broadsheet.articles import related
from broadsheet.articles.models import Article
from broadsheet.stories.models import Placement, Story, StoryOrder, StoryRedirect

#: A story page and a coverage box read at most this many members.
MEMBERS = 200


def with_story(rows: QuerySet[Article]) -> QuerySet[Article]:
    """Articles with all that a teaser prints, and the story each stands in."""
    return articles.with_facts(rows).select_related("placement__story")


def article_at(address: str) -> Article | None:
    """The article at an address with its body, the story it stands in, and the relatives found for it."""
    return articles.at_address(address).select_related("placement__story", "related").first()


def relatives_of(article: Article) -> dict[int, str]:
    """Ids of the article's relatives with the reason of each, best first; none while none were looked for.

    Costs nothing for a row that was read with them.
    """
    row = getattr(article, "related", None) if article.pk else None
    if row is None:
        return {}
    reasons = {find.id: find.reason for find in related.read(row.found)}
    return {ident: reasons.get(ident, "Chosen by an editor") for ident in row.shown}


@dataclass(frozen=True)
class Around:
    """What stands near an article: older and newer in its section, nearest first, older on a topic, and relatives."""

    before: list[Article]
    after: list[Article]
    earlier: list[Article]
    related: list[Article]


def around(article: Article, topic_id: int | None, relatives: Collection[int] = ()) -> Around:
    """The articles that an article's page may print as its neighbours.

    Three queries for ids and one for the rows: building the statement for whole rows costs more than running it.
    """
    before = articles.ids(articles.before(article)[: articles.BESIDE])
    after = articles.ids(articles.after(article)[: articles.BESIDE])
    earlier = articles.earlier_ids(topic_id, article.published_at) if topic_id is not None else []
    found = {row.pk: row for row in by_ids([*{*before, *after, *earlier, *relatives}])}
    some = (before, after, earlier, relatives)
    return Around(*([found[ident] for ident in ids if ident in found] for ids in some))


def placement_of(article: Article) -> Placement | None:
    """Where the article stands; None while it is not placed. Costs nothing for a row that was read with it."""
    found: Placement | None = getattr(article, "placement", None)
    return found


def by_slug(slug: str) -> Story | None:
    """The story with this address."""
    return Story.objects.filter(slug=slug).select_related("lead__source__rights", "section").defer("lead__body").first()


def went_into(slug: str) -> tuple[int, Story] | None:
    """The number of the story that had this address, and the one it went into; None for an address without either."""
    found = StoryRedirect.objects.filter(slug=slug).select_related("story").first()
    return (found.was, found.story) if found is not None else None


def members(story_id: int, *, limit: int = MEMBERS) -> list[Placement]:
    """The story's articles that are in the paper, copies too, oldest first."""
    rows = Placement.objects.filter(story_id=story_id, article__live=True, article__withdrawn_at=None).select_related(
        "article__source__rights", "article__source__owner", "article__shown_section", "article__copy_of"
    )
    heavy = ("article__body", "article__origin_picture", "article__kept_fields", "article__copy_of__body")
    # What its text goes back to, and why it is a copy: of the judgement's reasons that sentence alone.
    receipt = KeyTextTransform("receipt", KeyTransform("copy", "article__judgement__reasons"))
    rows = rows.annotate(family=F("article__sketch__family_id"), copy_receipt=receipt)
    return list(rows.defer(*heavy).order_by("article__published_at", "article_id")[:limit])


def leads(story_ids: Sequence[int]) -> list[Article]:
    """Lead articles of those of the stories that are in the paper, in the order of the ids."""
    of_story = dict(Story.objects.filter(pk__in=list(story_ids), live=True).values_list("pk", "lead_id"))
    rows = {row.pk: row for row in with_story(articles.of_ids(of_story.values()))}
    found = [rows.get(of_story.get(ident, 0)) for ident in story_ids]
    return [row for row in found if row is not None and articles.stands(row)]


def by_ids(ids: Sequence[int]) -> list[Article]:
    """Those of the articles that stand in the paper, with all that a teaser prints, in the order of the ids."""
    rows = {row.pk: row for row in with_story(articles.of_ids(ids))}
    return [rows[ident] for ident in ids if ident in rows and articles.stands(rows[ident])]


def placed_why(since: datetime) -> list[tuple[str, int]]:
    """(reason, number) of the articles placed in stories since a moment, the commonest first."""
    rows = Placement.objects.filter(article__published_at__gte=since).values_list("why").order_by("why")
    return sorted(rows.annotate(Count("article_id")), key=lambda row: (-row[1], row[0]))


def by_voices(since: datetime) -> list[tuple[float, int]]:
    """(independent voices, number of stories) of the stories that moved since a moment."""
    rows = (
        Story.objects.filter(live__in=[True], last_at__gte=since).values_list("voices_count").order_by("voices_count")
    )
    return list(rows.annotate(Count("id")))


#: A desk's page of a story shows so many articles, and so many orders.
AT_DESK, ORDERS = 300, 50


@dataclass
class Member:
    """An article of a story as the desk sees it, with its copies folded beneath it."""

    placement: Placement
    copies: list[Placement]


@dataclass
class AtDesk:
    """The members of a story, oldest first; `cut` where there are more than are shown."""

    members: list[Member]
    cut: bool


def at_desk(story_id: int) -> AtDesk:
    """Every article of a story, in the paper or not."""
    rows = Placement.objects.filter(story_id=story_id).select_related("article__source")
    rows = rows.defer("article__body", "article__origin_picture").order_by("article__published_at", "article_id")
    found = list(rows[: AT_DESK + 1])
    members = {row.article_id: Member(row, []) for row in found[:AT_DESK]}
    for row in found[:AT_DESK]:
        original = row.article.copy_of_id
        if original in members:
            members[original].copies.append(members.pop(row.article_id).placement)
    return AtDesk(list(members.values()), len(found) > AT_DESK)


def history(story_id: int) -> list[StoryOrder]:
    """The orders that were given about a story and about those that went into it, the last one first."""
    ids = [story_id, *StoryRedirect.objects.filter(story_id=story_id).values_list("was", flat=True)]
    rows = StoryOrder.objects.filter(Q(story__in=ids) | Q(other__in=ids)).select_related("by")
    return list(rows.defer("before", "after", "facts").order_by("-pk")[:ORDERS])

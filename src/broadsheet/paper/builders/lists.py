"""Section, topic, source and latest pages: a list of articles, thirty to a page, each story once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from broadsheet.articles import queries as articles
from broadsheet.articles.models import Article, Section
from broadsheet.copydesk.kinds.common import link
from broadsheet.editions import queries as editions
from broadsheet.editions import rules as fronts
from broadsheet.paper import keys, structured
from broadsheet.paper.frame import Frame, frame, sheet
from broadsheet.paper.makeup import Card, Makeup, story_of
from broadsheet.paper.paging import Turn, bounds, number_of, turned
from broadsheet.press.printing import Moved, Sheet
from broadsheet.sources import rights
from broadsheet.sources.models import Source
from broadsheet.sources.queries import profile_of
from broadsheet.stories import queries as stories
from broadsheet.stories.queries import by_ids
from broadsheet.trends import queries as trends
from broadsheet.trends import rules as trend_rules

#: How many of a section's first stories stand above its stream.
LEADS = 5
#: How many of its hottest ones beside them.
RISING = 4


def section_page(around: Frame, section: Section, number: int) -> Sheet | None:
    """A section: its first stories large, then the stream."""
    start, stop = bounds(number)
    ids, turn = turned(articles.ids(articles.in_section(section)[start:stop]), number, section.path)
    if not ids and number > 1:
        return None
    name = f"{fronts.SECTION}{section.key}"
    chosen = editions.article_ids(name) if number == 1 else []
    found = {row.pk: row for row in by_ids([*dict.fromkeys([*chosen, *ids])])}
    rows = [found[ident] for ident in ids if ident in found]
    # The front of a section is filled a moment after a change: what has left the section by then is not printed.
    placed = [found[ident] for ident in chosen if ident in found and found[ident].shown_section_id == section.pk]
    makeup = _makeup(around, rows)
    first = makeup.cards((placed or _told_by_lead(rows))[:1]) if number == 1 else []
    rising = _rising(makeup, section) if first else []
    above = LEADS - 2 if rising else LEADS
    cards = makeup.counted(first) + makeup.cards(dict.fromkeys([*placed[:above], *rows]))
    leads = makeup.counted(cards[:above]) if number == 1 else []
    rest = cards[len(leads) :]
    # Few rising stories leave room under them, as long as the stream can spare as many.
    few = RISING - len(rising) if rising and len(rest) > 2 * RISING else 0
    topics = articles.topics_among(ids, limit=5)
    return sheet(
        "section.html",
        around,
        on=makeup.keys | {keys.section(section.key), keys.edition(name), keys.TOPIC_NAMES, keys.TRENDING},
        section=section,
        leads=leads,
        rising=rising,
        window=int(trend_rules.WINDOW.total_seconds() // 3600),
        beside=rest[:few],
        stream=rest[few:],
        topics=topics,
        **_common(around, turn, section.name, section.path, section.description),
    )


def _told_by_lead(rows: list[Article]) -> list[Article]:
    """The same articles, but the first story is told by its own lead, if that is among them."""
    story = story_of(rows[0]) if rows else None
    lead = next((row for row in rows if story is not None and row.pk == story.lead_id), None)
    return [lead, *(row for row in rows if row is not lead)] if lead is not None else rows


def _rising(makeup: Makeup, section: Section) -> list[Card]:
    """The section's hottest stories with their receipts; none where it would be a single one."""
    receipts = trends.rising_in(section.pk, RISING + 1)
    rows = stories.leads(list(receipts))
    makeup.with_pictures(rows)
    free = [row for row in rows if makeup.is_free(row, story_of(row))][:RISING]
    if len(free) < 2:
        return []
    found = []
    for row in free:
        story = story_of(row)
        card = makeup.card(row, story, receipt=receipts.get(story.pk, "") if story is not None else "")
        if card is not None:
            found.append(card)
    return found


def topic(path: str, slug: str, number: str | None = None) -> Sheet | Moved | None:
    """A topic: everything in the paper about it. A merged one leads to where it went."""
    page, found = number_of(number), articles.topic_by_slug(slug)
    if found is None or not page:
        return None
    if found.merged_into is not None:
        return Moved(found.merged_into.path, keys=frozenset({keys.topic(found.pk), keys.TOPIC_NAMES}))
    around = frame()
    start, stop = bounds(page)
    ids, turn = turned(articles.ids_on_topic(found.pk, start=start, stop=stop), page, found.path)
    rows = by_ids(ids)
    if not rows:
        return None
    makeup = _makeup(around, rows)
    stream = makeup.cards(rows)
    return sheet(
        "list.html",
        around,
        on=makeup.keys | {keys.topic(found.pk), keys.TOPIC_NAMES},
        stream=stream,
        kind=found.get_kind_display() if found.kind != found.Kind.THEME else "Topic",
        also=articles.aliases_of(found.pk) if page == 1 else [],
        **_common(around, turn, found.name, found.path, found.description),
    )


def source(path: str, slug: str, number: str | None = None) -> Sheet | None:
    """A source: who it is, what we may show of it, and what it reported."""
    page = number_of(number)
    found = Source.objects.filter(slug=slug).select_related("owner", "rights").first()
    if found is None or not page:
        return None
    around = frame()
    start, stop = bounds(page)
    ids, turn = turned(articles.ids(articles.of_source(found.pk)[start:stop]), page, found.path)
    if not ids and page > 1:
        return None
    rows = by_ids(ids)
    makeup = _makeup(around, rows)
    stream = makeup.cards(rows)
    return sheet(
        "source.html",
        around,
        on=makeup.keys | {keys.source(found.pk), keys.rights(found.pk)},
        source=found,
        rights_line=rights.rights_line(profile_of(found.rights), found.name),
        licence_url=link(found.rights.licence_url, None),
        homepage=link(found.homepage, None),
        stream=stream,
        kind="Source",
        **_common(around, turn, found.name, found.path, found.about),
    )


def latest(path: str, number: str | None = None) -> Sheet | None:
    """Everything, newest first."""
    page = number_of(number)
    if not page:
        return None
    around = frame()
    start, stop = bounds(page)
    ids, turn = turned(articles.ids(articles.newest()[start:stop]), page, "/latest/")
    if not ids and page > 1:
        return None
    rows = by_ids(ids)
    makeup = _makeup(around, rows)
    stream = makeup.cards(rows)
    summary = "Everything in the paper by the time it was published, each story once a page."
    return sheet(
        "list.html",
        around,
        on=makeup.keys | {keys.LATEST},
        stream=stream,
        kind="",
        current="latest",
        **_common(around, turn, "Latest", "/latest/", summary),
    )


def _makeup(around: Frame, rows: Iterable[Article]) -> Makeup:
    """A list is dated by its newest article: short times mean the day or year of that one."""
    newest = max((row.published_at for row in rows), default=None)
    return Makeup(around.now, against=newest)


def _common(around: Frame, turn: Turn, name: str, base: str, summary: str) -> dict[str, Any]:
    """What every list page's template takes: title, way on, feed, canonical address."""
    steps = [("Home", "/"), (name, base)]
    return {
        "name": name,
        "title": name if turn.number == 1 else f"{name}, page {turn.number}",
        "summary": summary,
        "turn": turn,
        "canonical": around.absolute(turn.here),
        "feed": f"{base}feed.rss",
        "data": [structured.script(structured.breadcrumbs(around, steps))],
    }

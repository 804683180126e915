"""The front: the edition's slots as a newspaper's first page."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from broadsheet.articles import queries as articles
from broadsheet.articles.models import Topic
from broadsheet.editions import queries as editions
from broadsheet.editions import rules
from broadsheet.editions.models import Edition, Slot
from broadsheet.paper import keys, sizes, structured
from broadsheet.paper.balance import balanced
from broadsheet.paper.coverage import Voice, coverage
from broadsheet.paper.frame import Frame, frame, sheet
from broadsheet.paper.makeup import Card, Makeup
from broadsheet.paper.strips import Strip, arrange
from broadsheet.paper.times import Stamp, edition_name, stamp
from broadsheet.press.printing import Sheet
from broadsheet.stories import queries as stories
from broadsheet.trends import rules as trend_rules

#: Places above the strips, in the order in which the page reads; a section's strip is `strip:<key>`.
PLACES = (rules.LEAD, rules.SECOND, rules.LONG, rules.BRIEF, rules.TRENDING, rules.LATEST)
#: Other voices printed beside the lead.
VOICES = 3
#: Topics named beside a section's head.
STRIP_TOPICS = 4


def front(path: str) -> Sheet:
    """The front page. Without an edition it says what is happening and where the desk is."""
    around = frame()
    edition = editions.edition("front")
    slots = editions.slots(edition.pk, around.sections) if edition is not None else []
    makeup = Makeup(around.now, against=edition.assembled_at if edition is not None else None)
    placed = _placed(makeup, slots)
    if edition is None or not any(placed.values()):
        return _empty(around, makeup)
    lead = placed[rules.LEAD][0] if placed[rules.LEAD] else None
    voices = _voices(around, makeup, edition, slots, lead)
    upper = balanced(
        lead=lead,
        second=placed[rules.SECOND],
        long=placed[rules.LONG],
        brief=placed[rules.BRIEF],
        trending=placed[rules.TRENDING],
        latest=placed[rules.LATEST],
    )
    return sheet(
        "front.html",
        around,
        on=makeup.keys | {keys.FRONT, keys.TOPIC_NAMES},
        upper=upper,
        voices=voices,
        why=_why(slots, lead),
        is_sample=any(slot.article.source.is_sample for slot in slots),
        quiet_since=_quiet_since(edition),
        rows=arrange(_strips(around, placed)),
        **sizes.above(len(upper.second), railed=bool(upper.trending or upper.latest)),
        **_masthead(around, edition),
    )


def _empty(around: Frame, makeup: Makeup) -> Sheet:
    return sheet("front_empty.html", around, on=makeup.keys | {keys.FRONT}, title="", canonical=around.absolute("/"))


def _placed(makeup: Makeup, slots: list[Slot]) -> dict[str, list[Card]]:
    """Cards by place, taken in order of rank: what stands above is never repeated below."""
    order = {name: number for number, name in enumerate(PLACES)}
    ranked = sorted(slots, key=lambda slot: (order.get(slot.place, len(order)), slot.place, slot.rank))
    makeup.with_pictures([slot.article for slot in ranked])
    placed: dict[str, list[Card]] = {name: [] for name in PLACES}
    for slot in ranked:
        line = slot.reason if slot.place == rules.TRENDING else ""
        card = makeup.card(slot.article, slot.story, receipt=line)
        if card is not None:
            placed.setdefault(slot.place, []).append(card)
    if not placed[rules.LEAD] and placed[rules.SECOND]:
        placed[rules.LEAD].append(placed[rules.SECOND].pop(0))
    return placed


def _voices(around: Frame, makeup: Makeup, edition: Edition, slots: list[Slot], lead: Card | None) -> list[Voice]:
    """Other voices of the lead's story."""
    story = next((slot.story_id for slot in slots if lead is not None and slot.article_id == lead.id), None)
    if lead is None or story is None or not lead.story_path:
        return []
    cover = coverage(stories.members(story, limit=40), now=around.now, against=edition.assembled_at, subject=lead.id)
    makeup.keys |= cover.keys
    return cover.others(lead.id, VOICES)


def _why(slots: list[Slot], lead: Card | None) -> str:
    """The sentence that the edition stored for its lead, while that is what leads here."""
    return next(
        (one.reason for one in slots if lead is not None and one.place == rules.LEAD and one.article_id == lead.id), ""
    )


def _quiet_since(edition: Edition) -> Stamp | None:
    """When the last report came, where that is too long ago to pass over in silence."""
    receipt = edition.receipt
    return stamp(datetime.fromisoformat(receipt["newest"])) if receipt.get("quiet") else None


def _strips(around: Frame, placed: dict[str, list[Card]]) -> list[Strip]:
    sections = {
        section: placed[f"{rules.STRIP}:{section.key}"]
        for section in around.sections
        if placed.get(f"{rules.STRIP}:{section.key}")
    }
    topics = articles.topics_by_article([card.id for cards in placed.values() for card in cards])
    everywhere = Counter(topic.pk for some in topics.values() for topic in some)
    return [Strip(section, cards, _shared(cards, topics, everywhere)) for section, cards in sections.items()]


def _shared(cards: list[Card], topics: dict[int, list[Topic]], everywhere: Counter[int]) -> list[Topic]:
    """The topics of these articles that are commonest on the whole page, those of the upper articles first."""
    found = dict.fromkeys(topic for card in cards for topic in topics.get(card.id, ()))
    return sorted(found, key=lambda topic: -everywhere[topic.pk])[:STRIP_TOPICS]


def _masthead(around: Frame, edition: Edition) -> dict[str, Any]:
    when = stamp(edition.assembled_at)
    title = f"{edition_name(edition.assembled_at)} of {when.weekday}, {when.date}"
    return {
        "edition": edition,
        "edition_when": when,
        "edition_name": edition_name(edition.assembled_at),
        "edition_title": title,
        "window": int(trend_rules.WINDOW.total_seconds() // 3600),
        "title": "",
        "canonical": around.absolute("/"),
        "feed": "/feed.rss",
        "data": [
            structured.script(
                {
                    "@context": "https://schema.org",
                    "@type": "WebSite",
                    "name": around.brand.name,
                    "url": around.absolute("/"),
                    "potentialAction": {
                        "@type": "SearchAction",
                        "target": around.absolute("/search/?q={search_term_string}"),
                        "query-input": "required name=search_term_string",
                    },
                }
            )
        ],
    }

"""The front: the edition's slots as a newspaper's first page."""

from __future__ import annotations

from typing import Any

from broadsheet.editions import queries as editions
from broadsheet.editions import rules
from broadsheet.editions.models import Edition, Slot
from broadsheet.paper import keys, structured
from broadsheet.paper.balance import balanced
from broadsheet.paper.coverage import Voice, coverage
from broadsheet.paper.frame import Frame, frame, sheet
from broadsheet.paper.makeup import Card, Makeup
from broadsheet.paper.strips import Strip, arrange
from broadsheet.paper.times import edition_name, stamp
from broadsheet.press.printing import Sheet
from broadsheet.stories import queries as stories
from broadsheet.trends import rules as trend_rules

#: Places above the strips, in the order in which the page reads; a section's strip is `strip:<key>`.
PLACES = (rules.LEAD, rules.SECOND, rules.BRIEF, rules.TRENDING, rules.LATEST)
#: Other voices printed beside the lead.
VOICES = 3


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
        brief=placed[rules.BRIEF],
        trending=placed[rules.TRENDING],
        latest=placed[rules.LATEST],
    )
    return sheet(
        "front.html",
        around,
        on=makeup.keys | {keys.FRONT},
        upper=upper,
        voices=voices,
        rows=arrange(_strips(around, placed)),
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


def _strips(around: Frame, placed: dict[str, list[Card]]) -> list[Strip]:
    return [
        Strip(section, placed[f"{rules.STRIP}:{section.key}"])
        for section in around.sections
        if placed.get(f"{rules.STRIP}:{section.key}")
    ]


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

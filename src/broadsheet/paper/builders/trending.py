"""Trending: the hottest stories of a window, each with the line that says why."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.paper import keys, structured
from broadsheet.paper.frame import frame, sheet
from broadsheet.paper.makeup import Card, Makeup, story_of
from broadsheet.press.printing import Sheet
from broadsheet.stories import queries as stories
from broadsheet.trends import queries as trends
from broadsheet.trends import rules

LENGTH = 30


@dataclass(frozen=True, slots=True)
class Tab:
    """One window of trending: its address, its name as a tab, and the time it looks back in words."""

    window: str
    path: str
    name: str
    span: str


#: The usual window has the short address.
TABS = (
    Tab(rules.HOUR, "/trending/hour/", "Hour", "the last hour"),
    Tab(rules.DAY, "/trending/", "Day", "the last 24 hours"),
    Tab(rules.WEEK, "/trending/week/", "Week", "the last 7 days"),
)
BY_WINDOW = {tab.window: tab for tab in TABS}


def trending(path: str, window: str | None = None) -> Sheet:
    """Stories by heat, hottest first, with their receipts. The window and the rule are printed above them."""
    around = frame()
    tab = BY_WINDOW[window or rules.USUAL]
    receipts = trends.receipts(LENGTH, tab.window)
    rows = stories.leads(list(receipts))
    makeup = Makeup(around.now, against=max((row.published_at for row in rows), default=None))
    cards: list[Card] = []
    for row in rows:
        story = story_of(row)
        card = makeup.card(row, story, receipt=receipts.get(story.pk, "") if story is not None else "")
        if card is not None:
            cards.append(card)
    steps = [("Home", "/"), ("Trending", "/trending/")]
    if tab.window != rules.USUAL:
        steps.append((tab.name, tab.path))
    return sheet(
        "trending.html",
        around,
        on=makeup.keys | {keys.TRENDING},
        max_age=60,
        cards=cards,
        tabs=TABS,
        tab=tab,
        least=rules.MIN_VOICES,
        readers=rules.MIN_READERS,
        title="Trending" if tab.window == rules.USUAL else f"Trending in {tab.span}",
        current="trending",
        canonical=around.absolute(tab.path),
        data=[structured.script(structured.breadcrumbs(around, steps))],
    )

"""Trending: the hottest stories, each with the line that says why."""

from __future__ import annotations

from broadsheet.paper import keys, structured
from broadsheet.paper.frame import frame, sheet
from broadsheet.paper.makeup import Card, Makeup, story_of
from broadsheet.press.printing import Sheet
from broadsheet.stories import queries as stories
from broadsheet.trends import queries as trends
from broadsheet.trends import rules

LENGTH = 30


def trending(path: str) -> Sheet:
    """Stories by heat, hottest first, with their receipts. The window and the rule are printed above them."""
    around = frame()
    heats = trends.scores()
    hottest = sorted(heats, key=lambda story: (-heats[story][0], story))[:LENGTH]
    rows = stories.leads(hottest)
    makeup = Makeup(around.now, against=max((row.published_at for row in rows), default=None))
    cards: list[Card] = []
    for row in rows:
        story = story_of(row)
        card = makeup.card(row, story, receipt=heats[story.pk][1] if story is not None else "")
        if card is not None:
            cards.append(card)
    return sheet(
        "trending.html",
        around,
        on=makeup.keys | {keys.TRENDING},
        max_age=60,
        cards=cards,
        window=int(rules.WINDOW.total_seconds() // 3600),
        least=rules.MIN_VOICES,
        half_life=int(rules.HALF_LIFE.total_seconds() // 3600),
        title="Trending",
        current="trending",
        canonical=around.absolute("/trending/"),
        data=[structured.script(structured.breadcrumbs(around, [("Home", "/"), ("Trending", "/trending/")]))],
    )

"""The numbers behind the judgements: what came in and what became of it, and every figure that a rule uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from broadsheet.articles import queries as articles
from broadsheet.editions import rules as fronts
from broadsheet.paper import keys, structured
from broadsheet.paper.coverage import WHY
from broadsheet.paper.frame import frame, sheet
from broadsheet.paper.times import stamp
from broadsheet.press.printing import Sheet
from broadsheet.stories import queries as stories
from broadsheet.stories import rules as folding
from broadsheet.stories.models import Placement
from broadsheet.trends import rules as trends
from broadsheet.wire import queries as wire
from broadsheet.wire import rules as fates
from broadsheet.wire.models import Dispatch

HOURS = 48
#: The steps in which stories are counted by voices, and judgements by confidence: (lowest, highest, words).
VOICES = ((1, 1, "one"), (2, 2, "two"), (3, 4, "three or four"), (5, 7, "five to seven"), (8, 10_000, "eight or more"))
SURE = ((0.0, 0.5, "below 0.5: asks for a person"), (0.5, 0.8, "0.5 to 0.8"), (0.8, 1.01, "0.8 and more"))

_FATES = {
    Dispatch.Fate.FILED: "Filed as an article",
    Dispatch.Fate.MERGED: "Merged as an update",
    Dispatch.Fate.COPIED: "Recognised as a copy",
    Dispatch.Fate.SPIKED: "Turned away",
    Dispatch.Fate.ARRIVED: "Not yet decided",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of counts."""

    name: str
    count: int
    detail: str = ""


def numbers(path: str) -> Sheet:
    """Counts of the last two days, and the constants of the rules as the program uses them."""
    around = frame()
    since = around.now - timedelta(hours=HOURS)
    return sheet(
        "numbers.html",
        around,
        on={keys.FRONT, keys.TRENDING},
        max_age=300,
        hours=HOURS,
        counted=stamp(around.now),
        fates=_fates(),
        placed=[Row(WHY.get(Placement.Why(why), why), count) for why, count in stories.placed_why(since)],
        voices=_steps(stories.by_voices(since), VOICES),
        sure=_steps(articles.by_confidence(since), SURE),
        rules=_rules(),
        title="The numbers",
        canonical=around.absolute("/numbers/"),
        data=[structured.script(structured.breadcrumbs(around, [("Home", "/"), ("The numbers", "/numbers/")]))],
    )


def _fates() -> list[Row]:
    found = []
    for fate, reason, count in wire.fates_by_reason(HOURS):
        name = _FATES[Dispatch.Fate(fate)]
        found.append(Row(name, count, wire.sentence(reason)))
    order = list(_FATES.values())
    return sorted(found, key=lambda row: (order.index(row.name), -row.count, row.detail))


def _steps(counted: list[tuple[float, int]], steps: tuple[tuple[float, float, str], ...]) -> list[Row]:
    """Counts by value gathered into steps; a step's end belongs to it where it is a whole number."""
    closed = all(isinstance(high, int) for _, high, _ in steps)
    return [
        Row(
            words,
            sum(count for value, count in counted if low <= value and (value < high or (closed and value == high))),
        )
        for low, high, words in steps
    ]


def _rules() -> list[Row]:
    """Every figure that decides something, read from the code that uses it."""
    hour = timedelta(hours=1)
    return [
        Row("Words from which equal texts are copies", fates.COPY_MIN_WORDS),
        Row("Days after which a late dispatch is turned away", fates.OLDEST.days),
        Row("Hours in which articles that link to one page fold into one story", int(folding.WINDOW / hour)),
        Row("Stories to which a page may belong before its links count for nothing", folding.TOO_COMMON),
        Row("Hours that trending looks back", int(trends.WINDOW / hour)),
        Row("Independent voices that trending needs", trends.MIN_VOICES),
        Row("Readers that trending needs where there are fewer voices", trends.MIN_READERS),
        Row("Stories of one section in the trending rail of the front, at most", fronts.TRENDS_OF_ONE),
        Row("Visitors of one network that count in full for one article and hour", trends.NETWORK_FULL),
        Row("Hours after which a story counts half on the front", int(fronts.HALF_LIFE / hour)),
        Row("Per cent that each further voice adds on the front", round(fronts.PER_VOICE * 100)),
        Row("Per cent that a picture adds on the front", round((fronts.WITH_PICTURE - 1) * 100)),
        Row(
            "Per cent that a text in another language than the paper loses on the front",
            round((1 - fronts.FOREIGN) * 100),
        ),
        Row("Words from which the first report of a story may stand for it", folding.ENOUGH_WORDS),
        Row("Per cent that an excerpt or a very short text loses on the front", round((1 - fronts.THIN) * 100)),
    ]

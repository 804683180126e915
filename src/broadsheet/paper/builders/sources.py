"""The list of all sources: who this paper is made from."""

from __future__ import annotations

from broadsheet.paper import keys, structured
from broadsheet.paper.frame import frame, sheet
from broadsheet.press.printing import Sheet
from broadsheet.sources.models import Source


def sources(path: str) -> Sheet:
    """Every source by name, with its owner and what we may show of it."""
    around = frame()
    rows = list(Source.objects.exclude(state=Source.State.QUARANTINED).select_related("owner", "rights"))
    on = {keys.SOURCES, *(keys.rights(row.pk) for row in rows[:100])}
    return sheet(
        "sources.html",
        around,
        on=on,
        sources=rows,
        title="Our sources",
        canonical=around.absolute("/sources/"),
        data=[structured.script(structured.breadcrumbs(around, [("Home", "/"), ("Our sources", "/sources/")]))],
    )

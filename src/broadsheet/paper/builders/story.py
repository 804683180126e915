"""A story's full coverage: every voice, first reporter on top, copies folded."""

from __future__ import annotations

from broadsheet.articles.showing import shown
from broadsheet.paper import keys, structured
from broadsheet.paper.builders.moved import moved
from broadsheet.paper.coverage import coverage
from broadsheet.paper.frame import frame, sheet
from broadsheet.paper.languages import tongue
from broadsheet.paper.times import span, stamp
from broadsheet.press.printing import Moved, Sheet
from broadsheet.stories import queries as stories

#: Voices in the order of their first report, beside the voices in full.
TIMELINE = 12


def story(path: str, slug: str) -> Sheet | Moved | None:
    """The story's page, under the headline of its lead article. None while none of its articles is in the paper."""
    found = stories.by_slug(slug)
    if found is None:
        went = stories.went_into(slug)
        if went is None:
            return moved(path)
        was, into = went
        return Moved(location=into.path, keys=frozenset({keys.story(was), keys.story(into.pk)}))
    around = frame()
    cover = coverage(stories.members(found.pk), now=around.now, against=found.last_at)
    if not cover.voices:
        return None
    lead = shown(found.lead, now=around.now, body=False)
    heading = lead.headline if lead.visible else cover.voices[0].report.headline
    standfirst = lead.standfirst if lead.visible else ""
    return sheet(
        "story.html",
        around,
        on=cover.keys | {keys.story(found.pk), keys.article(found.lead_id)},
        story=found,
        cover=cover,
        headline=heading,
        standfirst=standfirst,
        tongue=tongue(lead.language if lead.visible else cover.voices[0].report.tongue.lang),
        section=found.section,
        first=stamp(found.first_at),
        last=stamp(found.last_at),
        took=span(found.first_at, found.last_at),
        timeline=sorted(
            ((voice.report, voice.first) for voice in cover.voices), key=lambda one: one[0].when.iso, reverse=True
        )[:TIMELINE],
        title=f"Full coverage: {heading}",
        description=standfirst,
        canonical=around.absolute(found.path),
        data=[
            structured.script(
                structured.breadcrumbs(
                    around, [("Home", "/"), (found.section.name, found.section.path), (heading, found.path)]
                )
            )
        ],
    )

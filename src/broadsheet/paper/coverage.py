"""Who reports a story: one line for every voice, copies and outlets of the same owner folded under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from broadsheet.articles.rules import Spoken
from broadsheet.articles.rules import voices as voices_of
from broadsheet.articles.showing import shown
from broadsheet.paper import keys
from broadsheet.paper.languages import Tongue, tongue
from broadsheet.paper.times import Stamp, stamp
from broadsheet.stories.models import Placement


@dataclass(frozen=True, slots=True)
class Report:
    """One article of the story."""

    id: int
    path: str
    headline: str
    deck: str
    tongue: Tongue
    source_name: str
    source_path: str
    when: Stamp
    why: str
    label: str


@dataclass(slots=True)
class Voice:
    """One voice: its first report, the names of sources that carry the same text with the sentences that say how much
    of it, its owner's other outlets, and kin: reports that share much of the text and say more besides."""

    report: Report
    copies: list[str] = field(default_factory=list)
    receipts: list[tuple[str, str]] = field(default_factory=list)
    also: list[Report] = field(default_factory=list)
    kin: list[Report] = field(default_factory=list)
    first: bool = False


@dataclass(frozen=True)
class Coverage:
    """The voices of a story, first reporter on top, and what a page that prints them depends on."""

    voices: list[Voice]
    keys: frozenset[str]
    sources: int
    copies: int
    articles: int

    def others(self, article_id: int, limit: int) -> list[Voice]:
        """Voices besides the one that an article's own page already is, at most `limit`."""
        return [voice for voice in self.voices if voice.report.id != article_id][:limit]

    def voice_of(self, article_id: int) -> Voice | None:
        """The voice that an article speaks for, if it stands first in one."""
        return next((voice for voice in self.voices if voice.report.id == article_id), None)


#: Why an article stands in a story, as a sentence a reader understands.
WHY = {
    Placement.Why.FIRST: "First report of this story here",
    Placement.Why.COPY: "Carries the same text as another report",
    Placement.Why.LINK: "Its text links to the same page as another report",
    Placement.Why.LIKENESS: "Tells of the same event in the same words",
    Placement.Why.DESK: "Placed here by an editor",
}


def why_of(place: Placement) -> str:
    """Why an article stands in its story, in one line; of likeness with the words that both share."""
    if place.why == Placement.Why.LIKENESS and place.detail.get("shared"):
        return f"Tells of the same event: {', '.join(place.detail['shared'])}"
    return WHY.get(Placement.Why(place.why), "")


def coverage(
    members: Iterable[Placement], *, now: datetime, against: datetime | None = None, subject: int | None = None
) -> Coverage:
    """Fold a story's members into voices. `subject` is the article whose page this is: it leads its own voice."""
    rows = list(members)
    rows.sort(key=lambda one: (one.article_id != subject, one.article.published_at, one.article_id))
    whose = _whose(rows)
    found: dict[str, Voice] = {}
    outlets: dict[str, str] = {}
    by_article: dict[int, Voice] = {}
    copies: list[Placement] = []
    on: set[str] = set()
    names: set[int] = set()
    for place in rows:
        article = place.article
        on |= {keys.article(article.pk), keys.rights(article.source_id)}
        if article.copy_of_id:
            copies.append(place)
            continue
        report = _report(place, now=now, against=against)
        if report is None:
            continue
        names.add(article.source_id)
        name, outlet = whose[article.pk], article.source.voice
        voice = found.get(name)
        if voice is None:
            voice = found[name] = Voice(report)
            outlets[name] = outlet
        else:
            (voice.also if outlet == outlets[name] else voice.kin).append(report)
        by_article[article.pk] = voice
    for place in copies:
        copy = place.article
        names.add(copy.source_id)
        voice = by_article.get(copy.copy_of_id or 0)
        if voice is not None:
            voice.copies.append(copy.source.name)
            if said := getattr(place, "copy_receipt", None):
                voice.receipts.append((copy.source.name, said))
    when = {row.article_id: row.article.published_at for row in rows}
    voices = sorted(found.values(), key=lambda one: min(when[r.id] for r in (one.report, *one.also, *one.kin)))
    if voices:
        voices[0].first = len(voices) > 1
    return Coverage(
        voices, frozenset(on), sources=len(names), copies=len(copies), articles=len(by_article) + len(copies)
    )


def _whose(rows: list[Placement]) -> dict[int, str]:
    """Whose voice each report is, as stories and trends count."""
    reports = ((one, one.article) for one in rows if not one.article.copy_of_id)
    return voices_of(
        Spoken(said.pk, said.source.voice, getattr(one, "family", None) or said.pk, said.published_at)
        for one, said in reports
    )


def _report(place: Placement, *, now: datetime, against: datetime | None) -> Report | None:
    article = place.article
    seen = shown(article, now=now, body=False)
    if not seen.visible or not seen.path:
        return None
    return Report(
        id=article.pk,
        path=seen.path,
        headline=seen.headline,
        deck=seen.standfirst,
        tongue=tongue(seen.language),
        source_name=seen.source_name,
        source_path=seen.source_path,
        when=stamp(seen.published_at, against=against),
        why=why_of(place),
        label=seen.label,
    )

"""The article page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from broadsheet.articles import queries as articles
from broadsheet.articles.models import Article, Topic
from broadsheet.articles.showing import Shown, shown
from broadsheet.copydesk import blocks
from broadsheet.paper import keys, structured
from broadsheet.paper.body import body_html
from broadsheet.paper.builders.gone import gone
from broadsheet.paper.builders.moved import moved
from broadsheet.paper.coverage import Coverage, coverage, why_of
from broadsheet.paper.frame import Frame, draw, frame, sheet
from broadsheet.paper.languages import tongue
from broadsheet.paper.makeup import Card, Makeup, story_of
from broadsheet.paper.plates import Plate, plate
from broadsheet.paper.reading import Reading, reading
from broadsheet.paper.times import stamp
from broadsheet.press.printing import Moved, Sheet
from broadsheet.stories import queries as stories
from broadsheet.stories.models import Placement
from broadsheet.trends import rules as trend_rules

#: Other voices in the coverage box, relatives, and older articles of the topic where no relatives are known.
VOICES = 6
RELATED = 4
EARLIER = 4


def article(path: str, section: str, slug: str) -> Sheet | Moved | None:
    """The article at an address; a copy leads to its original, a withdrawn or expired one says that it is gone."""
    found = stories.article_at(f"{section}/{slug}")
    if found is None:
        return moved(path)
    if found.copy_of is not None and found.copy_of.address:
        both = {keys.article(found.pk), keys.article(found.copy_of.pk)}
        return Moved(found.copy_of.path, keys=frozenset(both))
    around = frame()
    if found.withdrawn_at is not None:
        return gone(around, {keys.article(found.pk)}, why="withdrawn", reason=found.withdrawn_why)
    seen = shown(found, now=around.now)
    if seen.until is not None and seen.until <= around.now and found.live:
        return gone(around, {keys.article(found.pk), keys.rights(found.source_id)}, why="expired")
    if not seen.visible:
        return None
    page = _read(around, found, seen)
    return sheet("article.html", around, on=page.keys, **page.context)


def preview(found: Article) -> str:
    """The page of a draft as it would be printed, whatever its state and rights' times."""
    around = frame()
    seen = shown(found, now=around.now)
    return draw("article.html", around, preview=True, **_read(around, found, seen).context)


@dataclass(frozen=True)
class _Page:
    context: dict[str, Any]
    keys: frozenset[str]


def _read(around: Frame, found: Article, seen: Shown) -> _Page:
    """Everything the page prints, in a number of queries that does not grow with the paper."""
    topics = articles.topics_of(found.pk) if found.pk else []
    place = stories.placement_of(found) if found.pk else None
    makeup = Makeup(around.now, against=found.published_at)
    makeup.claim(found, place.story if place else None)
    cover = _coverage(around, found, place)
    relatives = stories.relatives_of(found)
    near = stories.around(found, topics[0].pk if topics else None, relatives)
    before = makeup.cards(near.before, limit=1, pictures=False)
    after = makeup.cards(near.after, limit=1, pictures=False)
    related = _related(makeup, near.related, relatives)
    earlier = makeup.cards(near.earlier, limit=EARLIER, pictures=False) if not related else []
    on = makeup.keys | cover.keys | {keys.article(found.pk or 0), keys.rights(found.source_id), keys.TOPIC_NAMES}
    on.add(keys.related(found.pk or 0))
    if place is not None:
        on.add(keys.story(place.story_id))
    context = {
        **_text(around, found, seen, topics),
        "topics": topics,
        "cover": cover,
        "voices": cover.others(found.pk, VOICES),
        "own": cover.voice_of(found.pk),
        "story": place.story if place is not None else None,
        "reasons": _reasons(found, place),
        "before": before[0] if before else None,
        "after": after[0] if after else None,
        "related": related,
        "earlier": earlier,
        "earlier_topic": topics[0] if topics else None,
        "window": int(trend_rules.WINDOW.total_seconds() // 3600),
    }
    return _Page(context, frozenset(on))


def _related(makeup: Makeup, rows: Iterable[Article], reasons: Mapping[int, str]) -> list[Card]:
    """Relatives with their reasons, as far as neither they nor their stories stand on the page already."""
    found: list[Card] = []
    for row in rows:
        if len(found) == RELATED:
            break
        card = makeup.card(row, story_of(row), receipt=reasons.get(row.pk, ""))
        if card is not None:
            found.append(card)
    return found


def _text(around: Frame, found: Article, seen: Shown, topics: list[Topic]) -> dict[str, Any]:
    """The article itself: its words as far as rights go, its dates, its origin."""
    section = found.shown_section
    picture = plate(found.picture, around.now) if seen.picture or seen.is_house else None
    length = _length(found, seen)
    steps = [("Home", "/"), (section.name, section.path), (seen.headline, seen.path)]
    return {
        "article": found,
        "seen": seen,
        "section": section,
        "tongue": tongue(seen.language),
        # A text that runs the other way turns its page round: facts stand where its lines begin.
        "turned": tongue(seen.language).dir != around.dir,
        "standfirst": seen.standfirst,
        "excerpt": seen.excerpt,
        "body": body_html(seen.body) if seen.body else "",
        "picture": picture,
        "published": stamp(seen.published_at),
        "updated": stamp(seen.updated_at) if seen.updated_at and seen.updated_at > seen.published_at else None,
        "is_sample": found.source.is_sample,
        "until": stamp(seen.until) if seen.until else None,
        "length": length,
        "title": seen.headline,
        "description": seen.standfirst or seen.excerpt,
        "canonical": around.absolute(seen.canonical),
        "own_url": around.absolute(seen.path),
        "card": picture,
        "data": _data(around, found, seen, picture, length, steps, topics),
    }


def _data(
    around: Frame,
    found: Article,
    seen: Shown,
    picture: Plate | None,
    length: Reading,
    steps: list[tuple[str, str]],
    topics: list[Topic],
) -> list[str]:
    return [
        structured.script(structured.article(around, found, seen, picture, length.words, topics)),
        structured.script(structured.breadcrumbs(around, steps)),
    ]


def _length(found: Article, seen: Shown) -> Reading:
    """How long what is printed here takes to read. For an excerpt that is the excerpt, not the text behind it."""
    judgement: Any = getattr(found, "judgement", None)
    if seen.full and judgement is not None and judgement.words:
        return Reading(judgement.read_minutes, judgement.words)
    if seen.full:
        read = [block for block in seen.body or [] if block["type"] not in {"picture", "embed"}]
        return reading(blocks.text(read) or seen.standfirst, seen.language)
    return reading(f"{seen.standfirst} {seen.excerpt}", seen.language)


def _coverage(around: Frame, found: Article, place: Placement | None) -> Coverage:
    members = stories.members(place.story_id) if place is not None else []
    return coverage(members, now=around.now, against=found.published_at, subject=found.pk)


def _reasons(found: Article, place: Placement | None) -> list[tuple[str, str]]:
    """The receipts of what a machine or an editor decided about this article."""
    given = []
    judgement: Any = getattr(found, "judgement", None)
    if found.section_id:
        given.append(("Section", "Chosen by an editor"))
    elif judgement is not None and judgement.reasons.get("section"):
        given.append(("Section", _sentence(str(judgement.reasons["section"]))))
    if place is not None and place.story.articles_count > 1:
        given.append(("Story", why_of(place)))
    return given


def _sentence(text: str) -> str:
    """A stored reason as the line prints it, which sets the full stop itself."""
    text = text.rstrip(".")
    return text[:1].upper() + text[1:]

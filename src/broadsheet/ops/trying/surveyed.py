"""What `sources test` found, set for a person and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from broadsheet.copydesk.rightshints import Hint
from broadsheet.wire.surveying import SiteFeed, Survey
from broadsheet.wire.testing import SeenEntry


def as_data(seen: Survey) -> dict[str, Any]:
    """The survey as JSON carries it; moments are ISO 8601 in UTC."""
    found = seen.found
    return {
        "url": found.url,
        "kind": found.kind,
        "title": found.title,
        "language": found.language or None,
        "total": found.total,
        "newest": _moment(found.newest),
        "reason": found.reason.value if found.reason else None,
        "entries": [
            {
                "headline": one.headline,
                "url": one.url,
                "published": _moment(one.published),
                "full_words": one.full_words,
                "summary_words": one.summary_words,
            }
            for one in found.entries
        ],
        "problems": found.problems,
        "hubs": found.hubs,
        "feeds": [
            {
                "url": one.url,
                "title": one.title,
                "kind": one.kind or None,
                "total": one.total,
                "newest": _moment(one.newest),
                "where": one.where,
            }
            for one in _feeds(seen)
        ],
        "rights": [{"kind": one.kind, "says": one.says, "url": one.url, "where": one.where} for one in seen.rights],
        "requests": seen.requests,
        "best": seen.best.url if seen.best else None,
    }


def lines(seen: Survey) -> Iterator[str]:
    """The survey as an operator reads it."""
    found = seen.found
    yield found.url
    if found.reason is not None:
        yield f"  itself    {found.reason.sentence} {found.detail}".rstrip()
    else:
        yield f"  kind      {found.kind}"
        yield f"  title     {found.title}"
        yield f"  language  {found.language or 'not said'}"
        yield f"  entries   {found.total}"
    yield from (_entry(one) for one in found.entries)
    yield from (_feed(one) for one in _feeds(seen))
    yield from (f"  pushes    {hub}" for hub in found.hubs)
    yield from (f"  odd       {problem}" for problem in found.problems)
    yield from (_hint(one) for one in seen.rights)
    if not seen.rights:
        yield "  rights    It says nothing that a machine can read; all rights are the publisher's."
    best = seen.best
    if best is not None:
        yield f"  to add    {best.url}  ({best.kind})"


def _feeds(seen: Survey) -> list[SiteFeed]:
    """The site's feeds, or those that an OPML list names."""
    return seen.feeds or [SiteFeed(url, title, "named") for url, title in seen.found.feeds]


def _entry(entry: SeenEntry) -> str:
    when = f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else "no date"
    words = f"{entry.full_words} words" if entry.full_words else f"{entry.summary_words} words of summary"
    return f"    {when}  {entry.headline[:80]}  ({words})"


def _feed(feed: SiteFeed) -> str:
    facts = [feed.where]
    if feed.kind:
        facts = [
            feed.kind,
            f"{feed.total} entries",
            *([f"newest {feed.newest:%Y-%m-%d}"] if feed.newest else []),
            *facts,
        ]
    return f"  feed      {feed.url}  {feed.title}  ({', '.join(facts)})"


def _hint(hint: Hint) -> str:
    return f"  rights    {hint.says} {hint.url}".rstrip() + f"  ({hint.where})"


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None

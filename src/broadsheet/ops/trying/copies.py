"""A stream of texts, one a line, and which of them are copies of earlier ones."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from broadsheet.copydesk import copies
from broadsheet.copydesk.copies import Text
from broadsheet.copydesk.copyshelf import Shelf
from broadsheet.lib import sketch, urls
from broadsheet.ops.trying.answers import Answer, Refused, Request
from broadsheet.ops.trying.stream import Answerer


def answerer(arguments: argparse.Namespace | None = None) -> Answerer:
    """What answers the lines of one stream, in their order; the shelf of texts lives as long as it does."""
    shelf = Shelf()

    def answer(request: Any) -> Answer:
        known = request.get("id") if isinstance(request, dict) else None
        try:
            if not isinstance(request, dict):
                raise Refused.bad("The line is no JSON object.")
            return {"id": known, **_placed(request, shelf)}
        except Refused as refused:
            return {"id": known, "reason": str(refused)}

    return answer


def _placed(request: Request, shelf: Shelf) -> Answer:
    id = request.get("id")
    if not isinstance(id, str | int) or isinstance(id, bool) or id == "":
        raise Refused.bad('"id" is missing.')
    title, source, url = (_optional(request, name) for name in ("title", "source", "url"))
    if not title and request.get("text") is None:
        raise Refused.bad('"text" is missing.')
    text = _optional(request, "text")
    new = Text(id, sketch.sketch(text), title, source, moment_of(request.get("t")))
    finding, share = shelf.place(new, _address(url))
    if finding is not None:
        return {"copy_of": finding.copy_of, "share": round(finding.share, 4), "reason": finding.reason}
    return {"copy_of": None, "share": round(share, 4), "reason": copies.why_none(new.sketch, share)}


def moment_of(value: Any) -> datetime | None:
    """A line's "t": seconds since 1970, or ISO 8601 (UTC where it names no zone); None where it says nothing."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise Refused.bad('"t" is no time: seconds since 1970 or ISO 8601.') from None


def _optional(request: Request, name: str) -> str:
    value = request.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused.bad(f'"{name}" is no text.')
    return value.strip()


def _address(url: str) -> str:
    """The key of an article's address; a site's home page is no article's."""
    key = urls.key(url) if url else ""
    return key if "/" in key or "?" in key else ""

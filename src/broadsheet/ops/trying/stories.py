"""Lines whose answers hang on the lines before: state is kept along the stream, one line at a time."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from broadsheet.stories.machine.newsroom import Newsroom


def answerer(_: argparse.Namespace) -> StoriesClerk:
    """What answers the lines of one stream."""
    return StoriesClerk()


class StoriesClerk:
    """Answers of `broadsheet try stories`: the story of each article, and which earlier ones went into another."""

    def __init__(self) -> None:
        self._newsroom = Newsroom()
        self._at = 0.0

    def __call__(self, request: Any) -> dict[str, Any]:
        """One answer for one line; a line that is not of the form asked for gets a reason and changes nothing."""
        known = request.get("id") if isinstance(request, dict) else None
        problem = self._problem(request)
        if problem:
            return {"id": known, "reason": f"bad_request: {problem}"}
        self._at = at = self._moment(request.get("t"))
        language, placed = self._newsroom.place(request["title"], request.get("text") or "", at)
        return {
            "id": known,
            "story": f"{language}-{placed.story}",
            "score": round(placed.score, 4),
            "reason": placed.reason,
            "redirects": [[f"{language}-{old}", f"{language}-{new}"] for old, new in placed.redirects],
        }

    def _problem(self, request: Any) -> str | None:
        if not isinstance(request, dict):
            return "The line is no JSON object."
        if not isinstance(request.get("title"), str):
            return '"title" is missing or no text.'
        if not isinstance(request.get("text") or "", str):
            return '"text" is no text.'
        try:
            self._moment(request.get("t"))
        except ValueError:
            return '"t" is no moment: seconds since 1970 or an ISO date are.'
        return None

    def _moment(self, given: Any) -> float:
        """Seconds of a number or an ISO date; without one, that of the line before."""
        if given is None:
            return self._at
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            if not 0 <= given < 1e11:
                raise ValueError(given)
            return float(given)
        if isinstance(given, str):
            try:
                return float(given)
            except ValueError:
                return datetime.fromisoformat(given).timestamp()
        raise ValueError(given)

"""The page of an article that was here and may be no longer."""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.paper.frame import Frame, sheet
from broadsheet.press.printing import Sheet


def gone(around: Frame, on: Iterable[str], *, why: str, reason: str = "") -> Sheet:
    """410: withdrawn by the desk (with its reason, when given), or past the time its rights allowed."""
    return sheet("errors/410.html", around, on=on, status=410, indexable=False, title="Gone", why=why, reason=reason)

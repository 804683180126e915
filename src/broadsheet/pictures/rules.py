"""Where a picture's focal point lies. Pure."""

from __future__ import annotations

_ACROSS = ("w", "", "e")
_DOWN = ("n", "", "s")


def focus(x: int | None, y: int | None, width: int, height: int) -> str:
    """The part of nine, by the compass, that a point in pixels lies in; empty for the middle and for no point."""
    if x is None or y is None or width <= 0 or height <= 0:
        return ""
    return _DOWN[_third(y, height)] + _ACROSS[_third(x, width)]


def _third(place: int, length: int) -> int:
    return min(2, max(0, place * 3 // length))

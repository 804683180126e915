"""How wide each picture stands on the page, as its `sizes` attribute says it: true to the columns of paper.css.

A width that follows the window is `(vw, rem)`: so many hundredths of the window and so many rem more.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Line = tuple[float, float]

# As in paper.css: twelve columns, the gap between them, the edges of the page, and where its layout changes.
_COLUMNS = 12
_GAP, _EDGE, _SMALL_EDGE, _PAGE = 2.0, 2.0, 1.25, 82.5
_MIDDLE, _WIDE, _WIDEST = 44.0, 68.0, _PAGE + 2 * _EDGE
_THUMB = "6.5rem"

WHOLE: Line = (100.0, -2 * _EDGE)
_PHONE: Line = (100.0, -2 * _SMALL_EDGE)


def span(columns: int, within: Line = WHOLE) -> Line:
    """The width of so many columns of a grid that is `within` wide."""
    vw, rem = within
    share = columns / _COLUMNS
    return vw * share, (rem - _GAP * (_COLUMNS - 1)) * share + _GAP * (columns - 1)


def share(part: float, within: Line) -> Line:
    """A part of a width."""
    return within[0] * part, within[1] * part


def _said(line: Line) -> str:
    vw, rem = line
    return f"calc({vw:.4g}vw {'-' if rem < 0 else '+'} {abs(rem):.3g}rem)"


def _sizes(wide: Line, middle: Line, small: str = _said(_PHONE)) -> str:
    """From the page's full width on, on a desktop, on a tablet, on a phone."""
    most = wide[0] * _WIDEST / 100 + wide[1]
    desktop = f"(min-width: {_WIDE:g}rem) {_said(wide)}, " if wide != middle else ""
    return f"(min-width: {_WIDEST:g}rem) {most:.4g}rem, {desktop}(min-width: {_MIDDLE:g}rem) {_said(middle)}, {small}"


def _lead(main: Line) -> str:
    """The front's lead: two of three parts of the main column where that has 50 rem, else all of it."""

    def beside(column: Line) -> Line:
        return column[0] * 2 / 3, (column[1] - _GAP) * 2 / 3

    most = beside(main)[0] * _WIDEST / 100 + beside(main)[1]
    turns = (50 - main[1]) / main[0] * 100
    wide = f"(min-width: {turns:.3g}rem) {_said(beside(main))}, " if turns > _WIDE else ""
    narrow = f"(min-width: {_WIDE:g}rem) {_said(main)}, " if turns > _WIDE else ""
    middle = f"(min-width: {50 + 2 * _EDGE:g}rem) {_said(beside(WHOLE))}, (min-width: {_MIDDLE:g}rem) {_said(WHOLE)}, "
    return f"(min-width: {_WIDEST:g}rem) {most:.4g}rem, {wide}{narrow}{middle}{_said(_PHONE)}"


def _above(main: Line, ending: str = "") -> dict[str, str]:
    """What stands above the strips, in a main column beside the rail or, with `ending`, in one that is alone."""
    half = span(6)
    return {
        f"lead{ending}": _lead(main),
        f"long{ending}": _sizes(share(0.55, main), share(0.55, WHOLE)),
        f"second2{ending}": _sizes(span(6, main), half, _THUMB),
        f"second3{ending}": _sizes(span(4, main), half, _THUMB),
        f"second3last{ending}": _sizes(span(4, main), WHOLE, _THUMB),
        f"second4{ending}": _sizes(span(3, main), half, _THUMB),
    }


#: By place: `w6` is six columns on a desktop and the whole width on a tablet, `w6half` half of it there; a `turn` is a
#: small square on a phone.
SIZES: Mapping[str, str] = MappingProxyType(
    {
        **_above(span(9)),
        **_above(WHOLE, "alone"),
        "plate": _sizes(WHOLE, WHOLE),
        "call": _sizes(WHOLE, WHOLE),
        "w3": _sizes(span(3), span(6)),
        "w3turn": _sizes(span(3), span(6), _THUMB),
        "w4": _sizes(span(4), WHOLE),
        "w4half": _sizes(span(4), span(6)),
        "w5": _sizes(span(5), WHOLE),
        "w6": _sizes(span(6), WHOLE),
        "w6half": _sizes(span(6), span(6)),
        "w8": _sizes(span(8), WHOLE),
        "w8first": _sizes(share(0.55, span(8)), share(0.55, WHOLE)),
        "w8last": _sizes(share(0.5, span(8)), share(0.5, WHOLE)),
        "w7part": _sizes(share(0.42, span(7)), share(0.42, WHOLE)),
        "thumb": _THUMB,
        "stream": f"(min-width: {_MIDDLE:g}rem) 13rem, {_said(_PHONE)}",
    }
)


def above(seconds: int, *, railed: bool) -> dict[str, Any]:
    """What the front's template calls its places above the strips, for so many second stories, beside a rail or not."""
    ending = "" if railed else "alone"
    second = f"second{seconds if seconds in (3, 4) else 2}{ending}"
    return {
        "lead_sizes": SIZES[f"lead{ending}"],
        "long_sizes": SIZES[f"long{ending}"],
        "second_sizes": SIZES[second],
        "second_last_sizes": SIZES[f"second3last{ending}"],
    }

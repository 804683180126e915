"""`sizes` says how wide a picture really stands: worked out here for a window, and compared with the grid by hand."""

from __future__ import annotations

import re

import pytest

from broadsheet.paper.sizes import SIZES, above

REM = 16


def shown(sizes: str, window: int) -> float:
    """The width in pixels that a browser takes from `sizes` at a window this wide."""
    for part in sizes.split(", "):
        condition = re.match(r"\(min-width: ([\d.]+)rem\) ", part)
        if condition and window < float(condition[1]) * REM:
            continue
        value = part[condition.end() :] if condition else part
        line = re.fullmatch(r"calc\(([\d.]+)vw ([-+]) ([\d.]+)rem\)", value)
        if line:
            return float(line[1]) * window / 100 + (-1 if line[2] == "-" else 1) * float(line[3]) * REM
        return float(value.removesuffix("rem")) * REM
    raise AssertionError(f"no length for {window} in {sizes}")


@pytest.mark.parametrize(
    ("place", "window", "pixels"),
    [
        ("w3", 1600, 306), ("w4", 1600, 418.7), ("w6", 1600, 644), ("w8", 1600, 869.3), ("plate", 1600, 1320),
        ("w3", 1200, 260), ("w6", 1200, 552), ("plate", 1200, 1136),
        ("w3", 800, 352), ("w6", 800, 736), ("w4half", 800, 352), ("plate", 800, 736),
        ("w3", 390, 350), ("w3turn", 390, 104), ("thumb", 390, 104), ("stream", 390, 350), ("plate", 390, 350),
        ("stream", 1600, 208), ("lead", 1600, 633.3), ("lead", 1120, 784), ("lead", 390, 350),
        ("second4", 1600, 221.5), ("w8first", 1600, 478), ("w8last", 1600, 435), ("w8first", 800, 405),
        ("leadalone", 1600, 858.7),
    ],
)  # fmt: skip
def test_the_width_is_that_of_the_column(place: str, window: int, pixels: float) -> None:
    assert shown(SIZES[place], window) == pytest.approx(pixels, abs=2)


@pytest.mark.parametrize("place", SIZES)
@pytest.mark.parametrize("window", [320, 390, 704, 800, 1088, 1200, 1384, 2560])
def test_no_picture_is_said_to_be_wider_than_the_page(place: str, window: int) -> None:
    assert 60 < shown(SIZES[place], window) <= min(window - 40, 1320)


@pytest.mark.parametrize("count", range(1, 7))
@pytest.mark.parametrize("railed", [True, False])
def test_the_places_above_the_strips_have_their_widths(count: int, railed: bool) -> None:
    found = above(count, railed=railed)
    assert set(found) == {"lead_sizes", "long_sizes", "second_sizes", "second_last_sizes"}
    columns = {3: 4, 4: 3}.get(count, 6)
    main = 982 if railed else 1320
    width = (main - 11 * 32) * columns / 12 + (columns - 1) * 32
    assert shown(found["second_sizes"], 1600) == pytest.approx(width, abs=2)
    assert shown(found["second_sizes"], 390) == 104
    assert (shown(found["second_last_sizes"], 390), shown(found["second_last_sizes"], 800)) == (104, 736)

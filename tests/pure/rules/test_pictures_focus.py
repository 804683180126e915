"""The focal point as one of nine parts of the picture."""

from __future__ import annotations

import pytest

from broadsheet.pictures.rules import focus


@pytest.mark.parametrize(
    ("x", "y", "part"),
    [
        (0, 0, "nw"), (150, 10, "n"), (299, 0, "ne"),
        (0, 75, "w"), (150, 75, ""), (290, 75, "e"),
        (10, 149, "sw"), (150, 149, "s"), (300, 150, "se"),
        (9000, -5, "ne"),
    ],
)  # fmt: skip
def test_a_point_lies_in_one_of_nine_parts(x: int, y: int, part: str) -> None:
    assert focus(x, y, 300, 150) == part


def test_no_point_is_the_middle() -> None:
    assert focus(None, None, 300, 150) == focus(3, None, 300, 150) == focus(0, 0, 0, 0) == ""

from __future__ import annotations

from collections import Counter

import pytest

from broadsheet.wire.lanes import LONGEST, Lanes

NOBODY: Counter[str] = Counter()


def test_the_first_goes_and_the_others_stand_behind_one_another() -> None:
    lanes = Lanes(per_host=2, spacing=1.0)

    waits = [lanes.wait("a.example", NOBODY, 100.0, busy=0.0, has_place=False) for _ in range(4)]

    assert waits == [0.0, 1.0, 2.0, 3.0]


def test_a_host_waits_for_no_other() -> None:
    lanes = Lanes(per_host=2, spacing=1.0)
    for _ in range(50):
        lanes.wait("slow.example", NOBODY, 100.0, busy=0.0, has_place=False)

    assert lanes.wait("b.example", NOBODY, 100.0, busy=0.0, has_place=False) == 0.0


def test_whoever_has_a_place_goes_when_its_time_has_come_and_not_behind_newcomers() -> None:
    lanes = Lanes(per_host=2, spacing=1.0)
    for _ in range(10):
        lanes.wait("a.example", NOBODY, 100.0, busy=0.0, has_place=False)

    assert lanes.wait("a.example", NOBODY, 101.0, busy=0.0, has_place=True) == 0.0
    assert lanes.wait("a.example", NOBODY, 101.2, busy=0.0, has_place=True) == pytest.approx(0.8)


def test_two_that_are_out_are_enough() -> None:
    lanes = Lanes(per_host=2, spacing=1.0)
    out = Counter({"a.example": 2})

    assert lanes.wait("a.example", out, 100.0, busy=0.0, has_place=True) == 1.0
    assert lanes.wait("a.example", out, 100.0, busy=0.0, has_place=False) == 1.0


def test_what_the_door_says_of_a_host_is_heard() -> None:
    lanes = Lanes(per_host=2, spacing=1.0)

    assert lanes.wait("a.example", NOBODY, 100.0, busy=30.0, has_place=False) == 30.0
    assert lanes.wait("a.example", NOBODY, 100.0, busy=30.0, has_place=True) == 30.0


def test_a_line_has_an_end_and_hosts_are_forgotten() -> None:
    lanes = Lanes(per_host=2, spacing=1.0)
    waits = [lanes.wait("a.example", NOBODY, 0.0, busy=0.0, has_place=False) for _ in range(int(LONGEST) + 50)]
    for number in range(5_000):
        lanes.wait(f"h{number}.example", NOBODY, LONGEST + number, busy=0.0, has_place=False)

    assert max(waits) <= LONGEST
    assert len(lanes._started) + len(lanes._free) < 2_100

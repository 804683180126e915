"""Heat in an invented newspaper. What is shown here is simulated: it says what the rules do, not what readers do."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.ops.simulating import world
from broadsheet.ops.simulating.driver import Play
from broadsheet.ops.simulating.readers import CRAWLER, NETWORK_CAP, Tally, Visit, burst, crawl, refresh, visits
from broadsheet.ops.simulating.world import Place, Report, Setting, Told
from broadsheet.trends import pulse
from broadsheet.trends.counter import ReadCounter
from broadsheet.trends.heat.rank import Window
from broadsheet.trends.heat.signals import READ, SHARE

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
HOUR, MINUTE = world.HOUR, world.MINUTE
SETTING = Setting(readers=400.0)


def tally() -> Tally:
    return Tally(ReadCounter, lambda agent: not pulse._NOT_A_READER.search(agent))


def told(number: int, *voices: str, section: str = "world", appeal: float = 1.0, at: datetime = START) -> Told:
    """A story with one report a minute; reports of one name are copies."""
    return Told(number, section, appeal, tuple(Report(at + n * MINUTE, name, name) for n, name in enumerate(voices)))


def played(
    stories: list[Told], others: Iterable[Visit] = (), hours: float = 2, setting: Setting = SETTING, **more: object
) -> Play:
    play = Play(setting, stories, tally(), **more)  # type: ignore[arg-type]
    play.run(START, START + hours * HOUR, others)
    return play


def order(play: Play, hours: float = 2, window: Window = Window.DAY) -> list[int]:
    return [one.story_id for one in play.ranked(START + hours * HOUR, window)]


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    one, same, other = (world.stories(Setting(), seed, START, 12) for seed in (1, 1, 2))
    assert one == same != other
    assert [told.began for told in one] == sorted(told.began for told in one)


def test_sections_hours_and_copies_are_as_set() -> None:
    setting = Setting(places=(Place("a", 8.0), Place("b", 2.0)), copies=3.0)
    found = world.stories(setting, 3, START, 24 * 7)
    share = sum(one.section == "a" for one in found) / len(found)
    assert 0.75 < share < 0.85
    night = sum(one.began.hour in (1, 2, 3) for one in found)
    noon = sum(one.began.hour in (13, 14, 15) for one in found)
    assert noon > 3 * night > 0
    reports = [report for one in found for report in one.reports]
    copies = sum(report.outlet != report.voice for report in reports)
    assert copies / (len(reports) - copies) == pytest.approx(3.0, rel=0.1)


def test_places_of_the_page_are_read_in_proportion() -> None:
    page = [told(n, "a") for n in range(10)]
    reads = [one.story for one in visits(SETTING, random.Random(1), page, START, 10 * HOUR) if one.kind == READ]
    assert 1.6 < reads.count(0) / reads.count(1) < 2.4


def test_shares_bring_readers() -> None:
    loud = replace(SETTING, shares=0.5, per_share=5.0)
    found = list(visits(loud, random.Random(1), [told(1, "a")], START, HOUR))
    assert sum(one.kind == READ for one in found) > 3 * sum(one.kind == SHARE for one in found) > 0


def test_thirty_copies_lose_against_three_independent_reports() -> None:
    """Both are read alike: places of the page weigh the same here."""
    fair = replace(SETTING, position_bias=0.0)
    play = played([told(1, *["agency"] * 30), told(2, "one", "two", "three")], setting=fair)
    assert order(play) == [2, 1]


def test_crawlers_and_refresh_floods_shift_no_rank() -> None:
    stories = world.stories(replace(SETTING, places=(Place("world", 3.0), Place("travel", 1.0))), 5, START, 2)
    quiet = played(stories)
    last = order(quiet)[-1]
    noise = [*crawl(stories, START + HOUR, 30), *refresh(last, START + HOUR, 1700)]
    noisy = played(stories, noise)
    assert len(order(quiet)) >= 3
    assert order(noisy) == order(quiet)
    assert noisy.tally.refused > 1600 + 30 * len(stories)


def test_a_burst_of_one_network_counts_no_further_than_its_cap() -> None:
    counted = tally()
    taken = [counted.add(one) for one in burst(1, START, 3000)]
    assert sum(taken) == NETWORK_CAP
    assert not counted.add(Visit(START, 1, "x", "elsewhere", CRAWLER))
    assert counted.add(Visit(START, 1, "x", "elsewhere"))


def test_an_old_article_that_readers_storm_does_not_trend() -> None:
    old = told(1, "a", "b", "c", at=START - timedelta(days=730))
    storm = [Visit(START + HOUR + n * timedelta(seconds=1), 1, f"v{n}", f"net {n}") for n in range(3000)]
    play = played([old, told(2, "a", "b")], storm)
    assert sum(n for _, n in play.tally.buckets(1, START + 2 * HOUR)[READ]) == 3000
    for window in (Window.DAY, Window.WEEK):
        assert order(play, window=window) == [2]


def test_a_quiet_section_is_heard_beside_a_loud_one() -> None:
    """Of two sections with a hundredfold difference in readers the quiet one's hit stands among the loud one's news."""
    loud = [told(n, "a", "b", section="sports", appeal=2.0, at=START + n * MINUTE) for n in range(1, 9)]
    quiet = [told(n, "c", "d", section="travel", appeal=0.02) for n in (11, 12, 13, 14)]
    hit = told(10, "c", "d", "e", "f", "g", section="travel", appeal=0.2)
    found = order(played([*loud, *quiet, hit], setting=replace(SETTING, readers=6000.0, position_bias=0.3)))
    assert found.index(10) < 8
    assert all(found.index(10) < found.index(one.number) for one in quiet)


def test_after_a_gap_in_counting_heat_finds_its_order_again() -> None:
    stories = [told(n, "a", "b", appeal=appeal) for n, appeal in ((1, 0.1), (2, 0.4), (3, 2.0))]
    whole = played(stories, hours=4)
    gap = played(stories, hours=4, gone=((START + HOUR, START + 2 * HOUR),))
    assert gap.tally.counts != whole.tally.counts
    assert order(gap, hours=2) == order(whole, hours=4) == order(gap, hours=4) == [3, 2, 1]

"""The story machine on invented news: what belongs together, what stays apart, what outlives a restart."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from broadsheet.stories.machine.groups import Group
from broadsheet.stories.machine.newsroom import Newsroom
from broadsheet.stories.machine.regroup import regroup
from broadsheet.stories.machine.setting import HOUR, Setting
from broadsheet.stories.machine.vetoes import veto
from broadsheet.stories.machine.words import read, stem
from broadsheet.stories.machine.writer import Placed, Writer

BRIDGE = (
    "Harbour bridge at Velden closed after crane strikes pylon",
    "Velden harbour bridge shut as floating crane hits pylon",
    "Crane collision closes Velden's harbour bridge for weeks",
    "Engineers inspect pylon of Velden bridge after crane collision",
    "Floating crane damaged Velden harbour bridge pylon, inspectors find",
)
CHESS = (
    "Teenager Ilse Maran wins national chess title in Torbay",
    "Ilse Maran, 14, becomes youngest national chess champion",
    "Chess: Maran takes national title with late rook sacrifice",
    "Youngest chess champion Maran credits her grandmother",
)
QUAKE = (
    "The earthquake struck near {place} on {day}, the {office} said, and was felt in {town}. Residents of {town} ran "
    "into the streets when the earthquake shook houses. Mayor {mayor} told reporters that roads were blocked by "
    "rubble. Rescue teams from {place} searched damaged houses through the night, and {mayor} asked for tents."
)
NORTH = {"place": "Karsund", "day": "March 4", "office": "Nordvik Institute", "town": "Halmeby", "mayor": "Lindroth"}
SOUTH = {"place": "Pellara", "day": "June 19", "office": "Caldera Bureau", "town": "Montesol", "mayor": "Iribarne"}


def told(writer: Writer, titles: tuple[str, ...], start: float = 0.0) -> list[Placed]:
    return [writer.place(title, "", start + 60.0 * number) for number, title in enumerate(titles)]


def stories(writer: Writer, placed: list[Placed]) -> list[int]:
    return [writer.nuclei[one.nucleus].story for one in placed]


def mixed(seed: int, count: int = 160) -> list[str]:
    """Headlines of some invented events, each in words of its own, in any order."""
    dice = random.Random(seed)
    syllables = "bar cen dol fim gul hane jor kest lom mirt nov pran quel rist sund tev".split()
    events = [["".join(dice.choices(syllables, k=3)).title() for _ in range(7)] for _ in range(12)]
    return [" ".join(dice.sample(dice.choice(events), 5)) for _ in range(count)]


def test_reports_of_one_event_are_one_story_and_those_of_another_are_not() -> None:
    writer = Writer()
    bridge, chess = told(writer, BRIDGE), told(writer, CHESS, 30.0)
    writer.repair()
    assert len(set(stories(writer, bridge))) == 1
    assert len(set(stories(writer, chess))) == 1
    assert stories(writer, bridge)[0] != stories(writer, chess)[0]


def test_every_placement_says_why_in_the_words_of_the_article() -> None:
    writer = Writer()
    first, second = told(writer, BRIDGE[:2])
    assert (first.why, first.score) == ("first", 0.0)
    assert "new story" in first.reason
    assert second.score >= 0.5
    assert second.reason.startswith("Shares ")
    assert "Velden" in second.reason
    assert "1 article " in second.reason
    other = writer.place(
        "Parking fees beside harbour rise as council budget gap, staff shortage and winter repairs loom", "", 300.0
    )
    assert other.why == "first"
    assert 0 < other.score < 0.5


def test_full_texts_on_two_events_of_one_kind_stay_apart() -> None:
    writer = Writer()
    placed = []
    for number, event in enumerate((NORTH, SOUTH) * 3):
        body = QUAKE.format(**event) + f" Aid number {number} is on its way."
        placed.append(writer.place("Earthquake damages houses", body, 60.0 * number))
    writer.repair()
    found = stories(writer, placed)
    assert found[0::2] == [found[0]] * 3
    assert found[1::2] == [found[1]] * 3
    assert found[0] != found[1]


def test_the_same_stream_gives_the_same_stories() -> None:
    def run() -> list[tuple[int, float, str]]:
        writer = Writer()
        return [(one.story, one.score, one.reason) for one in told(writer, tuple(mixed(1)))]

    assert run() == run()


def test_a_restart_in_the_middle_changes_nothing() -> None:
    titles = tuple(mixed(2))
    through, before = Writer(), Writer()
    told(through, titles[:83])
    told(before, titles[:83])
    kept = json.dumps(before.dump())
    after = Writer.load(json.loads(kept))
    assert json.dumps(after.dump()) == kept
    rest = [told(one, titles[83:], 60.0 * 83) for one in (through, after)]
    assert [(a.story, a.nucleus, a.redirects, a.moves) for a in rest[0]] == [
        (b.story, b.nucleus, b.redirects, b.moves) for b in rest[1]
    ]
    assert through.dump()["stories"].keys() == after.dump()["stories"].keys()


def test_redirects_lead_from_what_is_gone_to_what_lives_and_moves_agree() -> None:
    writer = Writer(setting=Setting(join_base=3.0, repair_every=40))
    told_so_far: list[Placed] = []
    gone: dict[int, int] = {}
    where: dict[int, int] = {}
    for number, title in enumerate(mixed(3)):
        placed = writer.place(title, "", 60.0 * number)
        told_so_far.append(placed)
        where.setdefault(placed.nucleus, placed.story)
        where.update({move.nucleus: move.new for move in placed.moves})
        gone.update(placed.redirects)
    assert gone, "a writer that joins nothing at once must merge in its repairs"
    for old, new in gone.items():
        assert old not in writer.stories
        while new in gone:
            new = gone[new]
        assert new in writer.stories
    assert where == {key: one.story for key, one in writer.nuclei.items()}
    assert sum(story.body.size for story in writer.stories.values()) == len(told_so_far)


def test_what_left_the_window_is_let_go_and_takes_no_more() -> None:
    writer = Writer()
    old = told(writer, BRIDGE)[0]
    late = writer.place(BRIDGE[1], "", 73 * HOUR)
    assert late.story != old.story
    writer.repair()
    assert old.story not in writer.stories
    assert set(writer.nuclei) == {late.nucleus}
    assert writer.index.near({stem("Velden"): 1.0}, writer.stories) == [late.story]


def test_an_editors_merge_split_and_lock_outlive_every_repair() -> None:
    writer = Writer()
    bridge, chess = told(writer, BRIDGE), told(writer, CHESS, 30.0)
    kept, gone = stories(writer, bridge)[0], stories(writer, chess)[0]
    assert writer.merge(kept, gone) == ((gone, kept),)
    told(writer, tuple(mixed(4)), 600.0)
    assert {*stories(writer, bridge), *stories(writer, chess)} == {kept}
    apart = writer.split(kept, sorted({one.nucleus for one in chess}))
    writer = Writer.load(json.loads(json.dumps(writer.dump())))
    told(writer, tuple(mixed(5)), 9_000.0)
    assert set(stories(writer, bridge)) == {kept}
    assert set(stories(writer, chess)) == {apart}
    writer.lock(apart)
    assert writer.place(CHESS[0], "", 20_000.0).story != apart
    with pytest.raises(ValueError):
        writer.split(kept, [])


@pytest.mark.slow("loads the language model")
def test_each_language_has_its_own_writer() -> None:
    newsroom = Newsroom()
    title = "Hafenbrücke in Velden nach Zusammenstoß mit einem Schwimmkran für mehrere Wochen gesperrt"
    assert newsroom.place(title, "", 0.0)[0] == "de"
    assert newsroom.place(BRIDGE[0], "", 1.0)[0] == "en"
    assert newsroom.place("Velden", "", 2.0)[0] == "en"
    assert newsroom.place(BRIDGE[0], "", 3.0, "nl")[0] == "nl"
    again = Newsroom.load(json.loads(json.dumps(newsroom.dump())))
    assert set(again.writers) == {"de", "en", "nl"}


def group(title: str, at: float = 0.0, body: str = "") -> Group:
    return Group.of(read(title, body, lambda _: 9.0, Setting()), at)


def test_vetoes_and_bonds_hold_in_a_regrouping() -> None:
    groups = [group("red kite over mill")] * 3 + [group("green boat under bridge")]
    vetoed = np.zeros((4, 4), dtype=bool)
    assert regroup(groups, [], vetoed, Setting())[0] == [0, 0, 0, 3]
    vetoed[0, 2] = vetoed[2, 0] = True
    labels, fusions = regroup(groups, [(1, 3)], vetoed, Setting())
    assert labels[0] != labels[2]
    assert labels[1] == labels[3]
    assert all(one.score >= 0 for one in fusions)
    far = [group("red kite over mill"), group("red kite over mill", 49 * HOUR)]
    assert regroup(far, [], np.zeros((2, 2), dtype=bool), Setting())[0] == [0, 1]


def test_names_veto_only_where_both_sides_name_enough_and_share_none() -> None:
    north, south = (group("Quake", body=QUAKE.format(**one)) for one in (NORTH, SOUTH))
    assert veto(north, south) == "names"
    assert veto(north, north) is None
    assert veto(north, group("Quake shakes Pellara")) is None


def test_a_hostile_article_is_placed_like_any_other() -> None:
    writer = Writer()
    for number, (title, body) in enumerate((("", ""), ("…", "\x00"), ("a" * 100_000, "b " * 300_000), ("9", "1 2 3"))):
        placed = writer.place(title, body, float(number))
        assert placed.story in writer.stories
        assert len(writer.stories[placed.story].body.terms) <= writer.setting.group_terms


def test_forms_of_a_word_meet() -> None:
    assert {stem(word) for word in ("Stock", "stocks", "stock's", "STOCKS")} == {"stock"}
    assert stem("companies") == stem("company")
    assert stem("U.S.") == "us"
    assert stem("Brücken") == "brücken"

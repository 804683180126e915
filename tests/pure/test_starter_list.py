"""The starter list: enough real publications for every section, each whole, none twice."""

from __future__ import annotations

from collections import Counter

import pytest

from broadsheet.lib import urls
from broadsheet.ops.settingup import SECTIONS
from broadsheet.sources import starter

HEAD = "section,name,owner,country,language,homepage,feed,seen"
ROW = "world,The Gazette,Gazette Ltd,GB,en,https://gazette.example/,https://gazette.example/feed,here"


def test_every_section_has_twelve_and_more_in_several_languages() -> None:
    rows = starter.load()
    assert tuple(key for key, *_ in SECTIONS) == starter.SECTIONS
    counts = Counter(row.section for row in rows)
    assert all(counts[section] >= 12 for section in starter.SECTIONS), counts
    assert len({row.language for row in rows}) >= 6
    for section in starter.SECTIONS:
        assert len({row.language for row in rows if row.section == section}) >= 3, section


def test_addresses_are_plain_secure_and_stand_once() -> None:
    rows = starter.load()
    assert all(row.feed.startswith("https://") and row.homepage.startswith("https://") for row in rows)
    assert all(urls.canonical(row.feed) == row.feed for row in rows)
    assert len({urls.key(row.feed) for row in rows}) == len(rows)


def test_a_publication_is_described_in_one_way() -> None:
    told: dict[str, tuple[str, ...]] = {}
    for row in starter.load():
        facts = (row.owner, row.country, row.language, row.homepage)
        assert told.setdefault(row.name, facts) == facts, row.name


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (ROW.replace("world", "weather"), "no section 'weather'"),
        (ROW.replace("Gazette Ltd", " "), "name, owner and seen"),
        (ROW.replace(",here", ","), "name, owner and seen"),
        (ROW.replace("GB", "UK?"), "code of a country"),
        (ROW.replace(",en,", ",eng,"), "code of a language"),
        (ROW.replace("https://gazette.example/feed", "ftp://gazette.example/feed"), "no web address"),
        (ROW.replace("https://gazette.example/feed", "https://Gazette.example/feed"), "no web address"),
        (ROW + "," + "more", "has not 8 fields"),
        (ROW.replace(",here", ""), "has not 8 fields"),
        (ROW + "\n" + ROW.replace("https://gazette.example/feed", "http://www.gazette.example/feed/"), "before"),
    ],
)
def test_a_list_that_is_not_sound_is_refused_with_its_line(line: str, why: str) -> None:
    assert len(starter.read(f"{HEAD}\n{ROW}")) == 1
    with pytest.raises(starter.BadList, match=f"line [23]: .*{why}"):
        starter.read(f"{HEAD}\n{line}")


def test_other_columns_are_refused() -> None:
    with pytest.raises(starter.BadList, match="line 1"):
        starter.read("name,feed\nx,y")

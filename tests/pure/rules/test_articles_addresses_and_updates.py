"""Addresses are minted once; updates leave the desk's words alone; drafts follow what they did not touch."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.articles import rules


def mint(slug: str, taken: set[str] = frozenset(), section: str = "world-news") -> str:  # type: ignore[assignment]
    return rules.mint_address(section, slug, taken.__contains__)


@pytest.mark.parametrize(
    ("slug", "taken", "address"),
    [
        ("ferry", set(), "world-news/ferry"),
        ("ferry", {"world-news/ferry"}, "world-news/ferry-2"),
        ("ferry", {"world-news/ferry", "world-news/ferry-2"}, "world-news/ferry-3"),
        ("ferry", {"politics/ferry"}, "world-news/ferry"),
        ("", set(), "world-news/article"),
        ("---", set(), "world-news/article"),
        ("page", set(), "world-news/page-2"),
        ("feed.rss", set(), "world-news/feed.rss-2"),
        ("a" * 300, set(), "world-news/" + "a" * 90),
        ("a" * 89 + "-b", set(), "world-news/" + "a" * 89),
    ],
)
def test_addresses(slug: str, taken: set[str], address: str) -> None:
    assert mint(slug, taken) == address


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("ab-", max_size=3), max_size=40))
def test_no_address_is_given_twice(slugs: list[str]) -> None:
    taken: set[str] = set()
    for slug in slugs:
        address = mint(slug, taken)
        assert address not in taken
        assert address.partition("/")[2] not in rules.RESERVED_UNDER_SECTION
        taken.add(address)


def test_no_section_of_ours_takes_a_reserved_word() -> None:
    from broadsheet.ops.settingup import SECTIONS

    assert not {slug for _, _, slug in SECTIONS} & rules.RESERVED


NOW_STATE = {"headline": "Old", "standfirst": "S", "byline": "Ann", "body": [1]}


@pytest.mark.parametrize(
    ("offered", "kept", "take", "overruled"),
    [
        ({**NOW_STATE}, set(), {}, ()),
        ({**NOW_STATE, "headline": "New"}, set(), {"headline": "New"}, ()),
        ({**NOW_STATE, "headline": "New"}, {"headline"}, {}, ("headline",)),
        ({**NOW_STATE, "headline": "New", "body": [2]}, {"headline"}, {"body": [2]}, ("headline",)),
        ({**NOW_STATE}, {"headline", "body"}, {}, ()),
    ],
)
def test_an_update_against_the_desks_words(offered: dict, kept: set, take: dict, overruled: tuple) -> None:
    plan = rules.plan_update(NOW_STATE, offered, frozenset(kept))
    assert (dict(plan.take), plan.overruled) == (take, overruled)
    assert plan.changes_anything is bool(take or overruled)


states = st.fixed_dictionaries({name: st.integers(0, 2) for name in ("headline", "standfirst", "body")})


@settings(max_examples=25, deadline=None)
@given(states, states, st.frozensets(st.sampled_from(["headline", "standfirst", "body"])))
def test_after_an_update_kept_fields_stand_and_all_others_are_the_sources(
    now: dict, offered: dict, kept: frozenset
) -> None:
    plan = rules.plan_update(now, offered, kept)
    after = {**now, **plan.take}
    for name in now:
        assert after[name] == (now[name] if name in kept else offered[name])


@settings(max_examples=25, deadline=None)
@given(states, states, states)
def test_a_rebased_draft_keeps_what_its_writer_touched_and_follows_in_the_rest(
    draft: dict, before: dict, after: dict
) -> None:
    result = rules.rebased(draft, before, after)
    for name in draft:
        untouched = draft[name] == before[name]
        assert result[name] == (after[name] if untouched else draft[name])


def test_rebasing_leaves_fields_alone_that_a_draft_does_not_have() -> None:
    assert rules.rebased({"headline": "A", "section": 4}, {"headline": "A"}, {"headline": "B", "body": []}) == {
        "headline": "B",
        "section": 4,
    }

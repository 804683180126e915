"""The one rights function as a matrix of profile and time, and what an article shows under each profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from broadsheet.articles.models import Article, Section
from broadsheet.articles.services import stream
from broadsheet.articles.showing import Shown, shown
from broadsheet.sources.models import RightsProfile, Source
from broadsheet.sources.queries import profile_of
from broadsheet.sources.rights import Profile, TextRight, allowed, rights_line
from tests.make import NOW, paragraphs

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("embargo", "expiry", "age", "visible"),
    [
        (0, None, timedelta(0), True),
        (0, None, 10_000 * DAY, True),
        (0, None, -MINUTE, False),  # published in the future at the origin
        (30, None, 29 * MINUTE, False),
        (30, None, 30 * MINUTE, True),
        (30, None, 31 * MINUTE, True),
        (0, 7, 7 * DAY - MINUTE, True),
        (0, 7, 7 * DAY, False),
        (0, 7, 8 * DAY, False),
        (60, 1, 30 * MINUTE, False),
        (60, 1, 2 * 60 * MINUTE, True),
        (60, 1, DAY, False),
        (0, 0, timedelta(0), False),  # rights for no day at all
    ],
)
def test_embargo_and_expiry_by_time(embargo: int, expiry: int | None, age: timedelta, visible: bool) -> None:
    profile = Profile(embargo_minutes=embargo, expiry_days=expiry)
    may = allowed(profile, published_at=NOW - age, now=NOW, origin="Gazette")
    assert may.visible is visible
    assert may.since == (NOW - age + embargo * MINUTE if embargo else None)
    assert may.until == (NOW - age + expiry * DAY if expiry is not None else None)


@pytest.mark.parametrize(
    ("text", "licence", "line"),
    [
        ("headline", "", "Headline from Gazette"),
        ("excerpt", "", "Excerpt from Gazette"),
        ("full", "", "Full text from Gazette"),
        ("full", "CC BY 4.0", "Full text from Gazette, CC BY 4.0"),
    ],
)
def test_the_rights_line(text: TextRight, licence: str, line: str) -> None:
    assert rights_line(Profile(text=text, licence_name=licence), "Gazette") == line


def test_a_new_source_may_show_an_excerpt_without_picture_canonical_at_the_origin() -> None:
    assert profile_of(RightsProfile()) == Profile() == Profile("excerpt", 60, False, False, "", "", 0, None)


def test_stored_rights_are_handed_on_whole() -> None:
    stored = RightsProfile(
        text="full", excerpt_words=9, pictures="kept", canonical="here", licence_name="L",
        licence_url="https://l.example/", embargo_minutes=4, expiry_days=5,
    )  # fmt: skip
    assert profile_of(stored) == Profile("full", 9, True, True, "L", "https://l.example/", 4, 5)


def article(**values: object) -> Article:
    source = Source(pk=3, name="Gazette", slug="gazette", rights=RightsProfile())
    facts: dict[str, object] = {
        "pk": 5,
        "headline": "The ferry sails again",
        "standfirst": "After nine weeks of waiting in the harbour",
        "byline": "Ann Field",
        "body": stream(paragraphs("First words here. " * 40, "Second part.")),
        "language": "en",
        "origin_url": "https://gazette.example/ferry",
        "address": "world-news/ferry",
        "published_at": NOW - timedelta(hours=1),
        "live": True,
        "source": source,
        "shown_section": Section(pk=1, key="world", name="World", slug="world-news"),
        **values,
    }
    return Article(**facts)


def shown_as(profile: Profile, *, body: bool = True, **values: object) -> Shown:
    return shown(article(**values), now=NOW, profile=profile, body=body)


@pytest.mark.parametrize("text", ["headline", "excerpt", "full"])
def test_body_standfirst_and_excerpt_by_profile(text: TextRight) -> None:
    seen = shown_as(Profile(text=text, excerpt_words=40))
    words = {name: len(getattr(seen, name).replace("…", "").split()) for name in ("standfirst", "excerpt")}
    expected = {
        "headline": (None, 0, 0, "Headline"),
        "excerpt": (None, 8, 30, "Excerpt"),
        "full": (2, 8, 30, ""),
    }[text]
    blocks, standfirst, excerpt, label = expected
    assert (len(seen.body) if seen.body is not None else None) == blocks
    assert (words["standfirst"], words["excerpt"]) == (standfirst, excerpt)
    assert seen.label == label
    assert seen.full is (text == "full")
    assert seen.headline == "The ferry sails again"


@pytest.mark.parametrize("allowed_words", [1, 5, 8, 9, 20, 60, 400])
def test_of_an_excerpt_source_never_more_words_than_allowed(allowed_words: int) -> None:
    seen = shown_as(Profile(text="excerpt", excerpt_words=allowed_words))
    assert len(f"{seen.standfirst} {seen.excerpt}".split()) <= allowed_words
    assert seen.body is None


@pytest.mark.parametrize("text", ["headline", "excerpt", "full"])
@pytest.mark.parametrize("pictures", [True, False])
@pytest.mark.parametrize("here", [True, False])
def test_pictures_and_canonical_do_not_depend_on_the_text(text: TextRight, pictures: bool, here: bool) -> None:
    seen = shown_as(Profile(text=text, pictures=pictures, canonical_here=here))
    assert seen.picture is pictures
    assert seen.canonical_here is here
    assert seen.canonical == ("/world-news/ferry/" if here else "https://gazette.example/ferry")


def test_an_article_without_origin_is_canonical_here() -> None:
    seen = shown_as(Profile(), origin_url="")
    assert (seen.canonical, seen.canonical_here) == ("/world-news/ferry/", True)


@pytest.mark.parametrize(
    ("values", "visible"),
    [
        ({}, True),
        ({"live": False}, False),
        ({"withdrawn_at": NOW}, False),
        ({"published_at": NOW + MINUTE}, False),
    ],
)
def test_visible_only_while_in_the_paper(values: dict[str, object], visible: bool) -> None:
    assert shown_as(Profile(), **values).visible is visible


def test_a_teaser_reads_no_body_and_has_its_standfirst_alone() -> None:
    seen = shown_as(Profile(text="full"), body=False)
    assert (seen.body, seen.excerpt) == (None, "")
    assert seen.standfirst.startswith("After nine weeks")


def test_the_profile_is_the_sources_own_unless_one_is_given() -> None:
    own = shown(article(), now=NOW)
    assert own == shown(article(), now=NOW, profile=Profile())
    assert own != shown(article(), now=NOW, profile=replace(Profile(), text="full"))

"""The fate of a dispatch, branch by branch, as a table; and what can never happen, as properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.wire.rules import (
    COPY_MIN_WORDS,
    OLDEST,
    Arrival,
    Copy,
    Decision,
    Known,
    KnownArticle,
    New,
    Spike,
    SpikeReason,
    Update,
    decide,
)
from tests.make import NOW

FRESH = Arrival(
    source_id=1,
    headline="The ferry sails again",
    url="https://gazette.example/ferry",
    is_home=False,
    text_hash="t",
    words=200,
    state_hash="new",
    published_at=NOW - timedelta(hours=1),
    now=NOW,
    source_active=True,
)
OURS = KnownArticle(id=7, source_id=1, withdrawn=False, state_hash="old")
SAME = replace(OURS, state_hash="new")
THEIRS = KnownArticle(id=8, source_id=2, withdrawn=False, state_hash="old")
NOTHING = Known()


def gone(article: KnownArticle) -> KnownArticle:
    return replace(article, withdrawn=True)


CASES: list[tuple[str, dict[str, Any], Known, Decision]] = [
    ("nothing known of it", {}, NOTHING, New()),
    ("unreadable wins over everything", {"unreadable": True}, Known(by_entry=OURS), Spike(SpikeReason.UNREADABLE)),
    ("the same entry with new words", {}, Known(by_entry=OURS), Update(7, changes=True)),
    ("the same entry with the same words", {}, Known(by_entry=SAME), Update(7, changes=False)),
    ("the same entry, withdrawn here", {}, Known(by_entry=gone(OURS)), Spike(SpikeReason.WITHDRAWN_HERE)),
    ("own address under a new entry", {}, Known(by_address=OURS), Update(7, changes=True)),
    ("own address, withdrawn here", {}, Known(by_address=gone(OURS)), Spike(SpikeReason.WITHDRAWN_HERE)),
    ("another's address", {}, Known(by_address=THEIRS), Copy(8, same_address=True)),
    ("another's address, withdrawn here", {}, Known(by_address=gone(THEIRS)), Spike(SpikeReason.WITHDRAWN_HERE)),
    ("the entry counts before the address", {}, Known(by_entry=OURS, by_address=THEIRS), Update(7, changes=True)),
    ("the address counts before the text", {}, Known(by_address=THEIRS, by_text=OURS), Copy(8, same_address=True)),
    ("another's text", {}, Known(by_text=THEIRS), Copy(8, same_address=False)),
    ("our own text under another address", {}, Known(by_text=OURS), Copy(7, same_address=True)),
    ("a withdrawn text", {}, Known(by_text=gone(THEIRS)), Spike(SpikeReason.WITHDRAWN_HERE)),
    ("a text just long enough to be a proof", {"words": COPY_MIN_WORDS}, Known(by_text=THEIRS), Copy(8, False)),
    ("a text too short to be a proof", {"words": COPY_MIN_WORDS - 1}, Known(by_text=THEIRS), New()),
    ("a paused source", {"source_active": False}, NOTHING, Spike(SpikeReason.SOURCE_PAUSED)),
    ("a paused source still corrects", {"source_active": False}, Known(by_entry=OURS), Update(7, changes=True)),
    ("no headline", {"headline": ""}, NOTHING, Spike(SpikeReason.NO_HEADLINE)),
    ("neither address nor text", {"url": "", "words": 0}, NOTHING, Spike(SpikeReason.NO_ADDRESS)),
    ("no address but a text", {"url": ""}, NOTHING, New()),
    ("no text but an address", {"words": 0}, NOTHING, New()),
    ("the home page", {"is_home": True}, NOTHING, Spike(SpikeReason.NOT_AN_ARTICLE)),
    ("thirty days old to the second", {"published_at": NOW - OLDEST}, NOTHING, New()),
    ("older", {"published_at": NOW - OLDEST - timedelta(seconds=1)}, NOTHING, Spike(SpikeReason.TOO_OLD)),
    ("an old entry that is known", {"published_at": NOW - OLDEST * 2}, Known(by_entry=OURS), Update(7, True)),
    ("rights that ran out now", {"expires_at": NOW}, NOTHING, Spike(SpikeReason.RIGHTS_EXPIRED)),
    ("rights that run out soon", {"expires_at": NOW + timedelta(seconds=1)}, NOTHING, New()),
    ("a paused source's copy", {"source_active": False}, Known(by_text=THEIRS), Spike(SpikeReason.SOURCE_PAUSED)),
]


@pytest.mark.parametrize(("facts", "known", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_branch_of_the_decision(facts: dict[str, Any], known: Known, expected: Decision) -> None:
    assert decide(replace(FRESH, **facts), known) == expected


_articles = st.none() | st.builds(
    KnownArticle,
    id=st.integers(1, 9),
    source_id=st.integers(1, 2),
    withdrawn=st.booleans(),
    state_hash=st.sampled_from("ab"),
)
_arrivals = st.builds(
    Arrival,
    source_id=st.integers(1, 2),
    headline=st.sampled_from(["", "H"]),
    url=st.sampled_from(["", "https://a.example/x"]),
    is_home=st.booleans(),
    text_hash=st.sampled_from(["", "t"]),
    words=st.integers(0, 100),
    state_hash=st.sampled_from("ab"),
    published_at=st.sampled_from([NOW - timedelta(days=40), NOW, NOW + timedelta(days=1)]),
    now=st.just(NOW),
    source_active=st.booleans(),
    expires_at=st.sampled_from([None, NOW - timedelta(days=1), NOW + timedelta(days=1)]),
    unreadable=st.booleans(),
)
_known = st.builds(Known, by_entry=_articles, by_address=_articles, by_text=_articles)


@settings(max_examples=25, deadline=None)
@given(_arrivals, _known)
def test_every_arrival_has_a_fate_and_no_source_touches_anothers_article(arrival: Arrival, known: Known) -> None:
    decision = decide(arrival, known)
    match decision:
        case Update(article_id):
            found = known.by_entry or known.by_address
            assert found is not None
            assert found.id == article_id
            assert found is known.by_entry or found.source_id == arrival.source_id
            assert not found.withdrawn
        case Copy(article_id):
            original = known.by_address or known.by_text
            assert original is not None
            assert original.id == article_id
            assert not original.withdrawn
        case Spike(reason):
            assert reason.sentence.endswith(".")
        case New():
            assert known.by_entry is None
            assert known.by_address is None


def test_every_reason_has_a_plain_sentence_of_its_own() -> None:
    sentences = {reason.sentence for reason in SpikeReason}
    assert len(sentences) == len(SpikeReason)

"""Related articles: the same story first, then what is like it, with variety and a reason."""

from __future__ import annotations

import math

import numpy as np
import pytest

from broadsheet.copydesk import likeness
from broadsheet.copydesk.likeness import Background, Piece

NEWS = Background.of(
    [
        "the council votes",
        "the harbour opens",
        "the bank and the budget",
        "a storm and the coast",
        "the ferry",
        "the mayor",
    ]
)


def piece(id: int, text: str, **facts: int) -> Piece:
    return Piece(id, likeness.weighed(text, NEWS), None, facts.get("story"), facts.get("family"))


def vectors(count: int, size: int = 256, seed: int = 3) -> likeness.Matrix:
    made = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_rare_words_weigh_more_and_weights_have_length_one() -> None:
    words = likeness.weighed("the zeppelin over the harbour", NEWS)
    assert words["zeppelin"] > words["harbour"] > words["the"] > 0
    assert sum(weight * weight for weight in words.values()) == pytest.approx(1)
    assert likeness.weighed("", NEWS) == {}
    assert len(likeness.weighed(" ".join(f"w{n}" for n in range(500)), NEWS)) == likeness.WORDS
    assert NEWS.weight("the") > 0, "even a word of every text"


def test_a_turn_keeps_angles_and_is_the_same_for_ever() -> None:
    some = vectors(20)
    turned = likeness.spun(some)
    assert np.allclose(turned @ turned.T, some @ some.T, atol=1e-5)
    one = np.zeros((1, 8), np.float32)
    one[0, 0] = 1
    assert likeness.codes(likeness.spun(one)).tolist() == [[70]], "codes are stored"
    with pytest.raises(ValueError):
        likeness.spun(vectors(1, 100))


def test_the_nearest_are_found_by_thirty_two_bytes() -> None:
    some = likeness.spun(vectors(3000))
    held = likeness.codes(some)
    assert held.shape == (3000, 32)
    near = some[7] + 0.05 * likeness.spun(vectors(1, seed=9))[0]
    places, alike = likeness.nearest(near, held, 5)
    assert places[0] == 7
    assert alike[0] > 0.7 > alike[1]
    assert list(alike) == sorted(alike, reverse=True)
    assert len(likeness.nearest(near, held[:3], 5)[0]) == 3


def test_likeness_counts_words_and_vectors_by_halves() -> None:
    a, b = piece(1, "zeppelin lands"), piece(2, "zeppelin lands")
    assert likeness.likeness([a, b])[0, 1] == pytest.approx(1)
    across = np.zeros((2, 4), np.float32)
    across[0, 0] = across[1, 1] = 1
    with_vectors = [Piece(one.id, one.words, vector) for one, vector in zip((a, b), across, strict=True)]
    assert likeness.likeness(with_vectors)[0, 1] == pytest.approx(0.5)
    assert likeness.likeness([with_vectors[0], b])[0, 1] == pytest.approx(1), "words alone where a vector is missing"


def test_who_has_the_same_neighbours_comes_nearer() -> None:
    """Two headlines of one event without a common word meet through a third."""
    told = ["zeppelin lands harbour", "zeppelin harbour airship", "airship touches down", "budget passes council"]
    pieces = [piece(n, one) for n, one in enumerate(told)]
    before, after = likeness.likeness(pieces), likeness.settled(likeness.likeness(pieces))
    assert before[0, 2] == 0
    assert after[0, 2] > 0.1 > after[0, 3]
    assert np.allclose(after.diagonal(), 1, atol=1e-4)
    assert [place for place, _ in likeness.ranked(pieces[0], pieces[1:])] == [0, 1, 2]
    assert likeness.ranked(pieces[0], []) == []


def test_the_same_story_comes_first_then_variety() -> None:
    asker = piece(0, "zeppelin lands in the harbour", story=1, family=100)
    among = [
        piece(1, "zeppelin harbour crowd", story=2),
        piece(2, "zeppelin harbour crowd", story=3),
        piece(3, "pilot tells of fog", story=1),
        piece(4, "harbour dues rise", story=4),
        piece(5, "zeppelin lands in the harbour", story=1, family=100),
        piece(6, "quiet chess evening", story=5),
    ]
    found = likeness.related(asker, among, 6)
    assert [one.id for one in found] == [3, 1, 4], "no copy, nothing alien, not twice the same"
    assert (found[0].same_story, found[0].reason) == (True, "Of the same story.")
    assert found[1].reason == "Both are about zeppelin, harbour."
    assert all(0 <= one.likeness <= 1 for one in found)
    assert [one.id for one in likeness.related(asker, among, 1)] == [3]


def test_what_the_page_shows_is_not_shown_again() -> None:
    asker = piece(0, "zeppelin lands in the harbour", story=1)
    among = [piece(n, f"zeppelin harbour word{n}", story=n, family=9 if n < 3 else n) for n in range(1, 6)]
    assert {one.id for one in likeness.related(asker, among, 9)} == {1, 3, 4, 5}, "one of a family of copies"
    assert {one.id for one in likeness.related(asker, among, 9, shown=[2, 4])} == {3, 5}
    assert likeness.related(asker, [asker], 9) == []


def test_weights_are_logarithms() -> None:
    assert Background({"a": 3}, 9).weight("a") == pytest.approx(math.log1p(10 / 3.5))

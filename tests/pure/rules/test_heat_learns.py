"""The forecast's model: a law and trees, learned, kept in order, taken apart, stored."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.trends.heat.boosting import Model, Plan, fit

NAMES = ("rate", "age", "noise")


def made(n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Counts with mean exp(0.8 rate - 0.5 age), a third of it where age is above 1."""
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(n, 3))
    mean = np.exp(0.8 * rows[:, 0] - 0.5 * rows[:, 1]) * np.where(rows[:, 1] > 1, 1 / 3, 1)
    return rows, chance.poisson(mean).astype(float)


def learned(**plan: object) -> Model:
    return fit(*made(), NAMES, ("rate",), Plan(**{"rounds": 30, "depth": 2, "least": 50, **plan}))  # type: ignore[arg-type]


def test_the_law_is_found_and_the_trees_find_what_it_cannot_say() -> None:
    found = learned()
    rows, target = made()
    law = fit(rows, target, NAMES, ("rate",), Plan(rounds=0))
    assert found.coefficients[0] == pytest.approx(0.8, abs=0.1)
    assert abs(found.coefficients[2]) < 0.05

    def loss(model: Model) -> float:
        told = model.parts(rows).sum(axis=1)
        return float(np.mean(np.exp(told) - target * told))

    assert loss(found) < loss(law) - 0.01
    young, old = found.parts(np.array([[0, 0.9, 0], [0, 1.1, 0]])).sum(axis=1)
    assert young - old > 0.4


def test_the_parts_add_up_and_a_feature_without_meaning_adds_next_to_nothing() -> None:
    found = learned()
    parts = found.parts(np.array([[1.0, 0.0, 0.3]]))
    assert parts.shape == (1, 4)
    assert np.exp(parts.sum()) == pytest.approx(np.exp(0.8), rel=0.25)
    assert abs(parts[0, 2]) < 0.15


@pytest.mark.parametrize("depth", [1, 3])
def test_a_feature_that_may_only_raise_never_lowers(depth: int) -> None:
    """Even where the data say the reverse."""
    rows, target = made()
    model = fit(-rows, target, NAMES, ("rate",), Plan(rounds=30, depth=depth, least=50))
    line = np.zeros((200, 3))
    line[:, 0] = np.linspace(-4, 4, 200)
    for age in (-1.5, 0, 1.5):
        line[:, 1] = age
        assert (np.diff(model.parts(line).sum(axis=1)) >= -1e-12).all()


def test_beyond_what_was_seen_the_law_goes_on() -> None:
    near, far = learned().parts(np.array([[50.0, 0, 0], [60.0, 0, 0]])).sum(axis=1)
    assert far - near == pytest.approx(8, abs=1)


def test_a_mean_of_logarithms_is_learned_as_well() -> None:
    rows, _ = made()
    model = fit(rows, 2 * rows[:, 1], NAMES, (), Plan(loss="log", rounds=5, depth=2))
    assert model.parts(rows[:5]).sum(axis=1) == pytest.approx(2 * rows[:5, 1], abs=0.05)


@pytest.mark.parametrize("rounds", [0, 30])
def test_a_stored_model_says_the_same(rounds: int) -> None:
    found = learned(rounds=rounds)
    rows, _ = made(50)
    again = Model.from_json(found.as_json())
    assert again.parts(rows) == pytest.approx(found.parts(rows), abs=0.01)
